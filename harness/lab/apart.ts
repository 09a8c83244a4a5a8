/** The lines of one pipe, taken apart by the number that each begins with. */
import { Readable } from 'node:stream'
import { asBenchError } from '../model/error.ts'

/**
 * One stream of lines for each number from 0 below `count`, without the number. A line without a number of theirs goes to the
 * first as it is, which finds out that it is none of an agent's. All end when the pipe does; what breaks it breaks all.
 */
export function apart(lines: AsyncIterable<string>, count: number): readonly AsyncIterator<string>[] {
  const feeds = Array.from({ length: count }, () =>
    // What breaks it is thrown to its reader; while it has none, it is no crash.
    new Readable({ objectMode: true, read: () => undefined }).on('error', () => undefined),
  )
  const read = async (): Promise<void> => {
    for await (const line of lines) {
      const [, number, rest] = /^(\d+) (.*)$/s.exec(line) ?? []
      const feed = feeds[Number(number)]
      if (feed === undefined) feeds[0]?.push(line)
      else feed.push(rest)
    }
  }
  read().then(
    () => feeds.forEach((feed) => feed.push(null)),
    (error: unknown) => feeds.forEach((feed) => feed.destroy(asBenchError(error))),
  )
  return feeds.map((feed) => feed[Symbol.asyncIterator]() as AsyncIterator<string>)
}

import { PassThrough } from 'node:stream'
import { expect, it } from 'vitest'
import { LineFeed } from './lines.ts'

const feedOf = (text: string): LineFeed => {
  const stream = new PassThrough({ highWaterMark: 64 * 1024 * 1024 })
  const feed = new LineFeed(stream, 'program', () => undefined)
  stream.end(text)
  return feed
}

it('hands on half a million short lines that wait in seconds, each once and in their order', async () => {
  const wanted = 500_000
  const feed = feedOf(Array.from({ length: wanted }, (_, i) => `${i}\n`).join(''))
  const begun = performance.now()
  let next = 0
  for await (const line of feed) {
    if (line !== String(next)) break
    next += 1
  }
  expect(next).toBe(wanted)
  expect(performance.now() - begun).toBeLessThan(20_000)
})

it('keeps no more of empty lines than of others while nobody reads', async () => {
  const feed = feedOf('\n'.repeat(5 * 1024 * 1024))
  await new Promise((resolve) => setTimeout(resolve, 50))
  const read = async () => {
    for await (const _ of feed);
  }
  await expect(read()).rejects.toThrow('must be read as they come, got a reader after 4 MiB')
})

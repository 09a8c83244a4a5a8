/** Atomic batches as they are on the wire: against a peer that answers commits as nats-server 2.15 does. */
import { expect, test } from 'vitest'
import { listeningPeer, publishedTo, type PublishJob } from '../../fixtures/wire/publishing.ts'

interface Got {
  readonly reply: string | undefined
  readonly headers: string
}

/** Takes HPUBs and answers those that ask for an answer. */
async function peer(answer: (commit: number) => string): Promise<{ readonly port: number; readonly got: Got[] }> {
  const got: Got[] = []
  let commits = 0
  const port = await listeningPeer((came, socket) => {
    let text = came
    for (let end = text.indexOf('\r\n'); end >= 0; end = text.indexOf('\r\n')) {
      const [word = '', , ...rest] = text.slice(0, end).split(/ +/)
      if (word !== 'HPUB') {
        text = text.slice(end + 2)
        if (word === 'PING') socket.write('PONG\r\n')
        continue
      }
      const [head = 0, total = 0] = rest.slice(-2).map(Number)
      if (text.length < end + 4 + total) break
      const reply = rest.length === 3 ? rest[0] : undefined
      got.push({ reply, headers: text.slice(end + 2, end + 2 + head) })
      text = text.slice(end + 4 + total)
      if (reply === undefined) continue
      const body = answer(commits++)
      socket.write(`MSG ${reply} 1 ${body.length}\r\n${body}\r\n`)
    }
    return text
  })
  return { port, got }
}

async function published(port: number, changes: Partial<PublishJob> = {}) {
  const { over, ...told } = await publishedTo(port, { timeoutMs: 5000, batch: 4, ...changes })
  expect(over).toBeUndefined()
  return told
}

test('members have the id and their place in the batch, the last one commits and asks for an answer', async () => {
  const { port, got } = await peer((commit) => `{"stream":"orders","seq":${(commit + 1) * 4},"batch":"p3","count":4}`)
  const { sent, acked, tally } = await published(port)
  expect(got.length).toBe(sent)
  expect(sent).toBeGreaterThanOrEqual(4)
  const read = got.map(({ headers, reply }) => [
    Number(/Nats-Batch-Id: p3-(\d{10})\r\n/.exec(headers)?.[1]),
    Number(/Nats-Batch-Sequence: (\d{10})\r\n/.exec(headers)?.[1]),
    headers.includes('Nats-Batch-Commit: 1\r\n'),
    reply !== undefined,
  ])
  const wanted = read.map((_, i) => [Math.floor(i / 4), (i % 4) + 1])
  expect(read.map(([id, place]) => [id, place])).toEqual(wanted)
  for (const [i, [, place, commits, asks]] of read.entries()) {
    const last = place === 4 || i === read.length - 1
    expect([commits, asks], String(i)).toEqual([last, last])
  }
  expect(acked).toMatchObject({ publishers: { '3': { count: sent } }, duplicates: 0, errors: {} })
  expect(tally).toMatchObject({ sent, received: sent, late: 0 })
})

test('an error is the answer to every message of its batch', async () => {
  const error = '{"error":{"code":400,"err_code":10176,"description":"atomic publish batch is incomplete"}}'
  const { port } = await peer(() => error)
  const { sent, acked, tally } = await published(port)
  expect(acked).toMatchObject({ errors: { '10176 atomic publish batch is incomplete': sent } })
  expect(tally).toMatchObject({ received: 0, late: 0 })
})

test.each<PublishJob['arrivals']>([{ kind: 'flood' }, { kind: 'constant', perSecond: 200_000 }])(
  'a batch of more than a buffer takes is filled and committed whole ($kind)',
  async (arrivals) => {
    const { port, got } = await peer(
      (commit) => `{"stream":"orders","seq":${100 * (commit + 1)},"batch":"b","count":100}`,
    )
    await published(port, { arrivals, batch: 100, payload: { bytes: 2000, compressible: 0, seed: 1 } })
    expect(got.findIndex(({ reply }) => reply !== undefined)).toBe(99)
  },
)

import { expect, it } from 'vitest'
import { deliveryOf } from '../../fixtures/wire/delivery.ts'
import { Clock } from './clock.ts'
import type { Delivery, Link } from './engine.ts'
import { OwnReads, ownReadsTold, type ReadFrom } from './own-reads.ts'

const answers: { readonly [F in ReadFrom]: (reply: string, revision: number) => Delivery } = {
  direct: (reply, revision) =>
    deliveryOf(reply, 'value', { headers: `NATS/1.0\r\nNats-Stream: KV_b\r\nNats-Sequence: ${revision}\r\n\r\n` }),
  leader: (reply, revision) =>
    deliveryOf(reply, JSON.stringify({ message: { subject: '$KV.b.key.4', seq: revision, data: 'dmFsdWU=' } })),
}

class Steps extends Clock {
  #now = 0
  override now(): number {
    return (this.#now += 1000)
  }
}

it.each([
  ['direct', '$JS.API.DIRECT.GET.KV_b.$KV.b.key.4', ''],
  ['leader', '$JS.API.STREAM.MSG.GET.KV_b', '{"last_by_subj":"$KV.b.key.4"}'],
] as const)(
  'a read (%s) that finds an older revision is stale, and asked again until it is not',
  async (from, subject, body) => {
    const asked: (readonly [string, string, string])[] = []
    const link = {
      subscribe: () => undefined,
      publish: (to: string, text: string | Uint8Array, reply = '') => void asked.push([to, String(text), reply]),
    } as Partial<Link> as Link
    const reads = new OwnReads(link, 'KV_b', (key) => `$KV.b.key.${key}`, from)
    reads.clock = new Steps(0n)
    reads.ask(4, 12)
    expect(asked[0]?.slice(0, 2)).toEqual([subject, body])
    const answer = (at: number, revision: number) => reads.message(answers[from](asked[at]![2], revision))
    answer(0, 11)
    answer(1, 11)
    answer(2, 13)
    reads.ask(4, 14)
    answer(3, 14)
    await reads.settled()
    expect(ownReadsTold([reads])).toEqual({ asked: 2, stale: 1, unanswered: 0, longestNs: 1000 })
    reads.ask(4, 15)
    expect(reads.unanswered).toBe(1)
  },
)

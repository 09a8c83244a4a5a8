import { JetStreamApiError } from '@nats-io/jetstream'
import { errors, headers } from 'nats'
import { describe, expect, it } from 'vitest'
import { answerOf, headerBytesOf, keyOf, pubAckBytes, refusalOf } from './nats-js-client.ts'
import { PubAcks } from './pub-ack.ts'

const wrongSequence = new JetStreamApiError({ code: 400, err_code: 10_071, description: 'wrong last sequence: 12' })
const full = new JetStreamApiError({ code: 503, err_code: 10_077, description: 'maximum bytes exceeded' })

describe('answers of the official packages', () => {
  it('are counted as those of the wire are', async () => {
    const acks = new PubAcks()
    const answers: readonly Promise<{ stream: string; seq: number; duplicate?: boolean }>[] = [
      Promise.resolve({ stream: 'orders', seq: 7, duplicate: false }),
      Promise.resolve({ stream: 'orders', seq: 7, duplicate: true }),
      Promise.reject(wrongSequence),
      Promise.reject(full),
    ]
    const taken: [boolean, number][] = []
    for (const [sequence, answer] of answers.entries())
      taken.push([acks.take(await answerOf(answer), sequence), acks.last])
    expect(taken).toEqual([
      [true, 7],
      [true, 7],
      [false, 12],
      [false, 0],
    ])
    expect([acks.acked.count, acks.duplicates, acks.conflicts]).toEqual([1, 1, 1])
    expect([...acks.errors]).toEqual([['10077 maximum bytes exceeded', 1]])
  })

  it('that do not come are late, and a connection that is gone ends the agent', async () => {
    await expect(answerOf(Promise.reject(new errors.TimeoutError()))).rejects.toMatchObject({ code: 'timeout' })
    expect(refusalOf(new errors.ClosedConnectionError()).code).toBe('connection-lost')
    expect(refusalOf(full)).toMatchObject({ code: 'server-error', message: '10077 maximum bytes exceeded' })
    expect(refusalOf(new TypeError('x')).code).toBe('bug')
  })

  it('have the size that the server gave them', () => {
    expect(pubAckBytes({ stream: 'orders', seq: 12, duplicate: false })).toBe('{"stream":"orders","seq":12}'.length)
    const text = '{"stream":"orders","seq":12,"duplicate":true}'
    expect(pubAckBytes({ stream: 'orders', seq: 12, duplicate: true })).toBe(text.length)
    const made = headers()
    made.append('Trace-Id', 'x')
    made.append('Trace-Id', 'yz')
    expect(headerBytesOf({ headers: made })).toBe('NATS/1.0\r\nTrace-Id: x\r\nTrace-Id: yz\r\n\r\n'.length)
  })

  it('name a key without its bucket', () => {
    expect(keyOf('$KV.state.key.12')).toBe('key.12')
  })
})

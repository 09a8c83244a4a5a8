import { describe, expect, it } from 'vitest'
import type { Delivery } from './engine.ts'
import { chooser, gotSequence, KeyView, statusWords } from './key-view.ts'

function delivery(headers: string, body: string): Delivery {
  const bytes = Buffer.from(headers + body)
  const [start, end] = [headers.length, headers.length + body.length]
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
  const none = { token: () => 0, isAside: () => true, replySubject: () => '', respond: () => false }
  return { bytes, view, start, end, headerBytes: headers.length, replyStart: 0, replyEnd: 0, ...none }
}

const acked = (revision: number) => delivery('', `{"stream":"KV_state","seq":${revision}}`)
const conflict = (words: string, code: number) =>
  delivery('', `{"error":{"code":400,"err_code":${code},"description":"${words}"},"stream":"KV_state","seq":0}`)

describe('the keys of a bucket as a connection knows them', () => {
  const keys = { keys: 4, random: false, filled: 2, payload: { seed: 1 } }

  it('begin with the revisions that they were filled with', () => {
    const view = new KeyView(keys, 0)
    expect([0, 1, 2, 3].map((sequence) => view.expected(sequence))).toEqual([1, 2, 0, 0])
  })

  it('have the revision of the last acknowledgement, or the one that a conflict names', () => {
    const view = new KeyView(keys, 0)
    expect(view.accept(acked(7), 0)).toBe(true)
    expect(view.accept(acked(8), 4)).toBe(true)
    expect(view.accept(conflict('wrong last sequence: 12', 10_071), 1)).toBe(false)
    expect(view.accept(conflict('wrong last sequence', 10_164), 2)).toBe(false)
    expect([0, 1, 2].map((sequence) => view.expected(sequence))).toEqual([8, 12, 0])
    expect([...view.own]).toEqual([8, 0, 0, 0])
    expect(view.acks).toMatchObject({ conflicts: 2, errors: new Map() })
  })

  it('are used in turn, or at random and then all of them', () => {
    expect([0, 1, 2, 3].map(chooser(3, false, 1))).toEqual([0, 1, 2, 0])
    const used = Array.from({ length: 4000 }, (_, sequence) => chooser(40, true, 1)(sequence))
    const counts = Array.from({ length: 40 }, (_, key) => used.filter((each) => each === key).length)
    expect(Math.min(...counts)).toBeGreaterThan(50)
    expect(Math.max(...counts)).toBeLessThan(200)
  })
})

describe('answers to a direct get', () => {
  const found =
    'NATS/1.0\r\nNats-Stream: KV_state\r\nNats-Subject: $KV.state.key.1\r\nNats-Sequence: 42\r\nNats-Time-Stamp: x\r\n\r\n'

  it('carry the sequence number of the message', () => {
    expect(gotSequence(delivery(found, 'value'))).toBe(42)
    expect(statusWords(delivery(found, 'value'))).toBeUndefined()
  })

  it('say so where there is none', () => {
    const missing = delivery('NATS/1.0 404 Message Not Found\r\n\r\n', '')
    expect([gotSequence(missing), statusWords(missing)]).toEqual([0, '404 Message Not Found'])
  })
})

import { expect, test } from 'vitest'
import { readPublished } from '../../fixtures/wire/read-published.ts'
import type { MessageShape } from './engine.ts'
import { sizeOf } from './payload.ts'
import { SizedTemplate } from './sized-template.ts'
import { stampDue, stampSequence } from './stamp.ts'
import { Template } from './template.ts'

const shape: MessageShape = {
  subject: 'a.b',
  subjects: 1,
  headers: {},
  payload: {
    bytes: 4096,
    smaller: [
      { bytes: 16, share: 0.7 },
      { bytes: 100, to: 199, share: 0.2 },
    ],
    compressible: 0,
    seed: 1,
  },
  publisher: 3,
}
const sized = (changes: Partial<MessageShape> = {}, room = 65_536) => {
  const whole = { ...shape, ...changes }
  return new SizedTemplate(new Template(whole, room, 'r.'), whole, room)
}

test.each([{}, { Trace: 'abc' }])('every message has its own size, stamp and reply, with headers %o', (headers) => {
  const template = sized({ headers })
  const expected = sizeOf(shape)
  let sequence = 0
  while (sequence < 500) {
    const count = template.room
    const bytes = template.put(sequence, count, 77, 0)
    const messages = readPublished(template.take())
    expect(messages).toHaveLength(count)
    messages.forEach(({ words, payload, headers }, i) => {
      const view = new DataView(payload.buffer, payload.byteOffset)
      expect([stampSequence(view, 0), stampDue(view, 0)]).toEqual([sequence + i, 77])
      expect(words[2]).toBe(`r.${String(sequence + i).padStart(10, '0')}`)
      expect(payload.length).toBe(expected(sequence + i))
      expect(headers.includes('Trace: abc')).toBe('Trace' in shape.headers || words[0] === 'HPUB')
    })
    expect(bytes).toBe(messages.reduce((sum, { payload, headers }) => sum + payload.length + headers.length, 0))
    sequence += count
  }
})

test('sizes come in their shares, evenly from the least to the largest of a part', () => {
  const of = sizeOf(shape)
  const sizes = Array.from({ length: 100_000 }, (_, sequence) => of(sequence))
  const share = (least: number, most: number) => sizes.filter((size) => size >= least && size <= most).length / 100_000
  expect(share(16, 16)).toBeCloseTo(0.7, 2)
  expect(share(100, 199)).toBeCloseTo(0.2, 2)
  expect(share(100, 149)).toBeCloseTo(0.1, 2)
  expect(share(4096, 4096)).toBeCloseTo(0.1, 2)
  expect(new Set(sizes).size).toBe(102)
})

test('another publisher has other sizes; all messages may be small', () => {
  const of = (publisher: number) => Array.from({ length: 50 }, (_, i) => sizeOf({ ...shape, publisher })(i))
  expect(of(1)).not.toEqual(of(2))
  const all = { ...shape.payload, smaller: [{ bytes: 20, share: 1 }] }
  expect(sized({ payload: all }).put(0, 10, 0, 0)).toBe(200)
})

test('a message larger than the room still has its place', () => {
  const template = sized({ payload: { ...shape.payload, bytes: 3_000_000 } }, 4096)
  expect(template.room).toBe(1)
  template.put(0, 1, 0, 0)
  expect(readPublished(template.take())).toHaveLength(1)
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readPublished } from '../../fixtures/wire/read-published.ts'
import type { MessageShape } from './engine.ts'
import { stampBytes, stampDue, stampLag, stampPublisher, stampSequence } from './stamp.ts'
import { Template, writeDigits } from './template.ts'

const shape: MessageShape = {
  subject: 'a.b',
  subjects: 1,
  headers: {},
  payload: { bytes: 16, compressible: 0, seed: 1 },
  publisher: 3,
}

test('a template is whole messages, as many as fit, each with the stamp it was patched with', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 300 }), fc.nat(2 ** 32 - 1), fc.nat(2 ** 31), (bytes, sequence, due) => {
      const template = new Template({ ...shape, payload: { ...shape.payload, bytes } }, 4096)
      template.patch(0, template.slots, sequence, due, 160)
      const messages = readPublished(template.bytes)
      expect(messages).toHaveLength(template.slots)
      expect(template.slots).toBe(Math.floor(4096 / template.stride))
      messages.forEach(({ words, payload }, i) => {
        expect(words).toEqual(['PUB', 'a.b', String(bytes)])
        if (bytes < stampBytes) return
        const view = new DataView(payload.buffer, payload.byteOffset)
        expect(stampSequence(view, 0)).toBe((sequence + i) % 2 ** 32)
        expect([stampPublisher(view, 0), stampDue(view, 0), stampLag(view, 0)]).toEqual([3, due, 160])
      })
    }),
    { numRuns: 50 },
  )
})

test('a message larger than the room still has one slot', () => {
  const template = new Template({ ...shape, payload: { ...shape.payload, bytes: 10_000 } }, 4096)
  expect(template.slots).toBe(1)
  expect(readPublished(template.bytes)).toHaveLength(1)
})

test('subjects take turns by sequence number, whatever number of digits they have', () => {
  const template = new Template({ ...shape, subjects: 1000 }, 4096)
  const subjectsOf = (sequence: number) => {
    template.patch(0, template.slots, sequence, 0, 0)
    return readPublished(template.bytes).map(({ words }) => words[1])
  }
  for (const sequence of [0, 5, 95, 990, 12_345]) {
    expect(subjectsOf(sequence)).toEqual(
      Array.from({ length: template.slots }, (_, i) => `a.b.${(sequence + i) % 1000}`),
    )
  }
})

test('requests ask for a reply at the prefix and ten digits of the sequence number', () => {
  const template = new Template(shape, 4096, '_INBOX.q.')
  template.patch(1, 2, 4_294_967_295, 0, 0)
  const replies = readPublished(template.bytes).map(({ words }) => words[2])
  expect(replies.slice(0, 3)).toEqual(['_INBOX.q.0000000000', '_INBOX.q.4294967295', '_INBOX.q.0000000000'])
})

test.each(['müsli.x', 'mu\u0308sli', '路.🚀', '\u{1f469}\u200d\u{1f680}.ü'])(
  'a subject beyond ASCII, %s, is UTF-8: places and lengths are counted in bytes',
  (subject) => {
    const wide = { ...shape, subject, subjects: 1000, headers: { Trace: 'x' } }
    for (const template of [new Template(wide, 4096), new Template(wide, 4096, '_INBOX.q.')]) {
      template.patch(0, template.slots, 95, 7, 160)
      const messages = readPublished(template.bytes)
      expect(messages).toHaveLength(template.slots)
      messages.forEach(({ words, headers, payload }, i) => {
        expect(words[1]).toBe(`${subject}.${(95 + i) % 1000}`)
        if (words.length === 5) expect(words[2]).toBe(`_INBOX.q.${String(95 + i).padStart(10, '0')}`)
        expect(headers).toBe('NATS/1.0\r\nTrace: x\r\n\r\n')
        expect(stampSequence(new DataView(payload.buffer, payload.byteOffset), 0)).toBe(95 + i)
      })
    }
    const plain = new Template({ ...shape, subject }, 4096)
    plain.patch(0, plain.slots, 3, 7, 160)
    expect(readPublished(plain.bytes).map(({ words }) => words)).toEqual(
      Array.from({ length: plain.slots }, () => ['PUB', subject, '16']),
    )
  },
)

test('headers make it HPUB with both sizes, and count as bytes of the message', () => {
  const template = new Template({ ...shape, headers: { A: 'b', Trace: 'x y' } }, 4096)
  const [first] = readPublished(template.bytes)
  expect(first?.words).toEqual(['HPUB', 'a.b', '30', '46'])
  expect(first?.headers).toBe('NATS/1.0\r\nA: b\r\nTrace: x y\r\n\r\n')
  expect(template.messageBytes).toBe(46)
})

test('only stamps differ between two patches; bodies are random and differ between slots', () => {
  const template = new Template({ ...shape, payload: { ...shape.payload, bytes: 64 } }, 4096)
  const before = readPublished(template.bytes).map(({ payload }) => payload.toString('latin1', stampBytes))
  template.patch(0, template.slots, 77, 88, 99)
  const after = readPublished(template.bytes).map(({ payload }) => payload.toString('latin1', stampBytes))
  expect(after).toEqual(before)
  expect(new Set(after).size).toBe(template.slots)
})

test.each([0, 7, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 9_999_999_999])('the digits of %d fill their room', (value) => {
  const bytes = Buffer.from('x'.repeat(12))
  writeDigits(bytes, 1, 10, value)
  expect(bytes.toString()).toBe(`x${String(value).padStart(10, '0')}x`)
})

test('of a number with more digits than there is room for, the last ones are written', () => {
  const bytes = Buffer.from('xxxx')
  writeDigits(bytes, 1, 2, 2 ** 32)
  expect(bytes.toString()).toBe('x96x')
})

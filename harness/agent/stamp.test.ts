import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lagUnitNs, stampBytes, stampDue, stampLag, stampPublisher, stampSequence, writeStamp } from './stamp.ts'

const whole = (max: number) => fc.double({ min: 0, max, noNaN: true }).map(Math.floor)

test('a stamp reads back as it was written, the lag rounded down to its unit', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 0xffffffff }),
      fc.integer({ min: 0, max: 0xffff }),
      whole(2 ** 48 - 1),
      whole(68e9),
      fc.integer({ min: 0, max: 9 }),
      (sequence, publisher, due, lag, at) => {
        const view = new DataView(new ArrayBuffer(at + stampBytes))
        writeStamp(view, at, sequence, publisher, due, lag)
        expect(stampSequence(view, at)).toBe(sequence)
        expect(stampPublisher(view, at)).toBe(publisher)
        expect(stampDue(view, at)).toBe(due)
        expect(stampLag(view, at)).toBe(lag - (lag % lagUnitNs))
      },
    ),
  )
})

test('a sequence number above 32 bits wraps, and a lag above 68 s saturates', () => {
  const view = new DataView(new ArrayBuffer(stampBytes))
  writeStamp(view, 0, 2 ** 32 + 3, 1, 0, 3600e9)
  expect(stampSequence(view, 0)).toBe(3)
  expect(stampLag(view, 0)).toBe(0xffffffff * lagUnitNs)
})

test('a stamp touches its 16 bytes and no other', () => {
  const bytes = new Uint8Array(20).fill(0xaa)
  writeStamp(new DataView(bytes.buffer), 2, 1, 2, 3, 4)
  expect([...bytes.subarray(0, 2), ...bytes.subarray(18)]).toEqual([0xaa, 0xaa, 0xaa, 0xaa])
})

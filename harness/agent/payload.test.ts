import { deflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { fillPayload } from './payload.ts'

function payload(bytes: number, compressible: number, seed = 1, number = 0): Uint8Array {
  const out = new Uint8Array(bytes)
  fillPayload(out, 0, { bytes, compressible, seed }, number)
  return out
}

test.each([0, 0.25, 0.5, 0.9, 1])(
  'with a compressible share of %d about the rest remains after compression',
  (share) => {
    const left = deflateSync(payload(64_000, share), { level: 9 }).length / 64_000
    expect(Math.abs(left - (1 - share))).toBeLessThan(0.06)
  },
)

test('the same seed and number give the same bytes, others give others', () => {
  expect(payload(100, 0, 5, 2)).toEqual(payload(100, 0, 5, 2))
  expect(payload(100, 0, 5, 2)).not.toEqual(payload(100, 0, 5, 3))
  expect(payload(100, 0, 5, 2)).not.toEqual(payload(100, 0, 6, 2))
})

test('it fills its own bytes and no others', () => {
  const bytes = new Uint8Array(30).fill(0xee)
  fillPayload(bytes, 10, { bytes: 10, compressible: 0.5, seed: 1 }, 0)
  expect(bytes.subarray(0, 10)).toEqual(new Uint8Array(10).fill(0xee))
  expect(bytes.subarray(20)).toEqual(new Uint8Array(10).fill(0xee))
})

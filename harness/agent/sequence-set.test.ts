import { describe, expect, it } from 'vitest'
import { bitmapOf, countMissing, SequenceSet } from './sequence-set.ts'

const setOf = (...sequences: readonly number[]) => {
  const set = new SequenceSet()
  for (const sequence of sequences) set.add(sequence)
  return set
}
const bitmap = (...sequences: readonly number[]) => bitmapOf(setOf(...sequences).told().bits)

describe('a set of sequence numbers', () => {
  it('counts each number once, also far beyond the first room', () => {
    const set = setOf(0, 7, 8, 7, 1_000_000)
    expect(set.count).toBe(4)
    expect(set.add(8)).toBe(false)
    expect(set.add(9)).toBe(true)
  })

  it('is short when nothing is missing', () => {
    const set = new SequenceSet()
    for (let i = 0; i < 1_000_000; i++) set.add(i)
    expect(set.told().bits.length).toBeLessThan(400)
    expect(bitmapOf(set.told().bits).equals(new Uint8Array(125_000).fill(255))).toBe(true)
  })

  it('tells what is in one and not in the other, whichever is longer', () => {
    expect(countMissing(bitmap(0, 1, 2, 70_000), bitmap(0, 2))).toBe(2)
    expect(countMissing(bitmap(0, 2), bitmap(0, 1, 2, 70_000))).toBe(0)
    expect(countMissing(bitmap(31, 32), bitmap())).toBe(2)
  })

  it('refuses numbers that would need more than 32 MiB', () => {
    expect(() => setOf(2 ** 28)).toThrow(RangeError)
  })
})

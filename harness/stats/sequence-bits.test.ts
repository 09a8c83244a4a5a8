import { expect, it } from 'vitest'
import { SequenceSet } from '../agent/sequence-set.ts'
import { BenchError } from '../model/error.ts'
import { bitsOf } from './sequence-bits.ts'

it('is the bitmap of a told set', () => {
  const set = new SequenceSet()
  set.add(3)
  expect([...bitsOf(set.told().bits)]).toEqual([8])
})

it.each(['', 'x', 'AAAA', `${'x'.repeat(99)}`])('of a damaged recording, %j, is refused', (bits) => {
  const refused = expect(() => bitsOf(bits))
  refused.toThrow(BenchError)
  refused.toThrow(/^sequence numbers must be base64 of a deflated bitmap, got ".{0,40}"$/)
})

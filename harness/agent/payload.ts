/** Message bodies: their sizes, and seeded random bytes with a share that compresses well. The stamp is written over their head. */
import type { PayloadPlan } from '../model/plan.ts'
import type { MessageShape } from './engine.ts'
import { mixSeed, scattered, seededRandom } from './random.ts'

const runBytes = 64

/**
 * Fills `bytes[from, from + plan.bytes)`. Of each run of 64 bytes the share `compressible` is one repeated byte (a
 * compressor takes it nearly away), the rest is random. `number` gives each message of a batch another body.
 */
export function fillPayload(bytes: Uint8Array, from: number, plan: PayloadPlan, number: number): void {
  const random = seededRandom(mixSeed(plan.seed, number))
  const end = from + plan.bytes
  for (let start = from; start < end; start += runBytes) {
    const stop = Math.min(start + runBytes, end)
    const plain = start + Math.round((stop - start) * plan.compressible)
    bytes.fill(0x20, start, plain)
    for (let i = plain; i < stop; i++) bytes[i] = random() * 256
  }
}

/**
 * The size of each message's payload, by its sequence number: the same seed and publisher give the same sizes. Shares are laid
 * end to end on [0, 1); a message's place there is drawn, and within a part with `to` its place in the part is its size.
 */
export function sizeOf({
  payload,
  publisher,
}: Pick<MessageShape, 'payload' | 'publisher'>): (sequence: number) => number {
  const { bytes, smaller, seed } = payload
  if (smaller === undefined) return () => bytes
  const own = mixSeed(seed, publisher)
  return (sequence) => {
    let rest = scattered(own, sequence, drawn) / drawn
    for (const { bytes: least, to = least, share } of smaller) {
      if (rest < share) return least + Math.floor((rest / share) * (to - least + 1))
      rest -= share
    }
    return bytes
  }
}

const drawn = 0x1_0000_0000

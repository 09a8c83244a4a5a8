/** Message bodies: seeded random bytes, with a share that compresses well. The stamp is written over their head. */
import type { PayloadPlan } from '../model/plan.ts'
import { mixSeed, seededRandom } from './random.ts'

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

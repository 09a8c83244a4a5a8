/** Sequence numbers of a publisher as a recording tells them → their bitmap. */
import { bitmapOf } from '../agent/sequence-set.ts'
import { BenchError } from '../model/error.ts'

/** Throws `recording-invalid` where `bits` is no told set: a recording may be damaged, or of others. */
export function bitsOf(bits: string): Uint8Array {
  try {
    return bitmapOf(bits)
  } catch (cause) {
    const got = JSON.stringify(bits.length > 40 ? `${bits.slice(0, 37)}...` : bits)
    throw new BenchError('recording-invalid', `sequence numbers must be base64 of a deflated bitmap, got ${got}`, {
      hint: 'the recording was changed or is damaged: measure again',
      cause,
    })
  }
}

/**
 * The 16 bytes at the head of every payload that has room for them, little endian:
 *
 *   0  u32  sequence, per publisher, from 0, wraps
 *   4  u16  publisher number
 *   6  u48  due time, nanoseconds since the block's start (reaches 78 hours)
 *  12  u32  lag of the real send behind the due time, in units of 16 ns rounded down (reaches 68 s, then saturates)
 *
 * The real send is due + lag. Rounding down keeps it from seeming later than it was, so it makes no negative latency.
 */

export const stampBytes = 16
export const lagUnitNs = 16
/** Publisher number of what was put into a stream before the load: its times mean nothing. */
export const filledPublisher = 0xffff
const low32 = 0x1_0000_0000

/** `due` and `lag` are whole nanoseconds, 0 or more. */
export function writeStamp(
  view: DataView,
  at: number,
  sequence: number,
  publisher: number,
  due: number,
  lag: number,
): void {
  const high = Math.floor(due / low32)
  view.setUint32(at, sequence, true)
  view.setUint16(at + 4, publisher, true)
  view.setUint32(at + 6, due - high * low32, true)
  view.setUint16(at + 10, high, true)
  view.setUint32(at + 12, lag < lagUnitNs * 0xffffffff ? lag / lagUnitNs : 0xffffffff, true)
}

export function stampSequence(view: DataView, at: number): number {
  return view.getUint32(at, true)
}

export function stampPublisher(view: DataView, at: number): number {
  return view.getUint16(at + 4, true)
}

export function stampDue(view: DataView, at: number): number {
  return view.getUint32(at + 6, true) + view.getUint16(at + 10, true) * low32
}

export function stampLag(view: DataView, at: number): number {
  return view.getUint32(at + 12, true) * lagUnitNs
}

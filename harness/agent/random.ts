/** Seeded random numbers: the same seed gives the same run. */

/** Uniform in [0, 1), 32 bits fine. Algorithm: mulberry32 (Tommy Ettinger, public domain). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 0x1_0000_0000
  }
}

/** Another seed for each number, far from its neighbours'. */
export function mixSeed(seed: number, number: number): number {
  return (Math.imul(seed ^ (number + 0x9e3779b9), 0x85ebca6b) ^ (number << 13)) >>> 0
}

/** A whole number below `below` for each number, as if at random. The finalizer of MurmurHash3 (Austin Appleby, public domain). */
export function scattered(seed: number, number: number, below: number): number {
  let mixed = mixSeed(seed, number)
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return Math.floor((((mixed ^ (mixed >>> 16)) >>> 0) / 0x1_0000_0000) * below)
}

/** Seeded random numbers: the same seed gives the same answer on every machine. Never Math.random in statistics. */

export type Random = () => number

/** sfc32 (C. Doty-Humphrey, PractRand), uniform in [0, 1). */
export function seeded(seed: number): Random {
  let a = 0x9e3779b9 | 0
  let b = seed | 0
  let c = (seed / 2 ** 32) | 0
  let d = 1
  const next = () => {
    const t = (((a + b) | 0) + d) | 0
    d = (d + 1) | 0
    a = b ^ (b >>> 9)
    b = (c + (c << 3)) | 0
    c = (c << 21) | (c >>> 11)
    c = (c + t) | 0
    return (t >>> 0) / 2 ** 32
  }
  for (let i = 0; i < 16; i++) next()
  return next
}

/** Standard normal, by Box and Muller. */
export function normal(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

const nearlyNormal = 50

/** Student's t with few degrees of freedom: heavy tails. Scaled to a standard deviation of 1 where it has one (above 2). */
export function heavyTailed(random: Random, freedom: number): number {
  if (freedom >= nearlyNormal) return normal(random)
  let squares = 0
  for (let i = 0; i < freedom; i++) squares += normal(random) ** 2
  return (normal(random) / Math.sqrt(squares / freedom)) * Math.sqrt((freedom - 2) / freedom)
}

export function below(random: Random, limit: number): number {
  return Math.floor(random() * limit)
}

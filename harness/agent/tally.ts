/** Counts that a hot path adds to. */
import type { Counts } from '../model/recording.ts'

export type Tally = { -readonly [K in keyof Counts]: number }

export function emptyTally(): Tally {
  return { sent: 0, received: 0, bytes: 0, lost: 0, duplicated: 0, reordered: 0, late: 0, negative: 0, undecodable: 0 }
}

const names = Object.keys(emptyTally()) as readonly (keyof Counts)[]

export const plus = (a: Counts, b: Counts): Counts => each((name) => a[name] + b[name])
export const difference = (now: Counts, before: Counts): Counts => each((name) => now[name] - before[name])

function each(of: (name: keyof Counts) => number): Counts {
  const tally = emptyTally()
  for (const name of names) tally[name] = of(name)
  return tally
}

/** Numbers of the same name added up. */
export function summed(all: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sums: Record<string, number> = {}
  for (const each of all) for (const [name, count] of Object.entries(each)) sums[name] = (sums[name] ?? 0) + count
  return sums
}

/** Axes of charts: where they begin and end, and where a person wants ticks. All in the numbers that are drawn. */
import type { Unit } from '../model/report.ts'
import { secondsText, tick } from './format.ts'

export interface Tick {
  readonly at: number
  readonly text: string
}

export interface Axis {
  readonly min: number
  readonly max: number
  readonly ticks: readonly Tick[]
  readonly name?: string
}

/** From zero to a round number above `most`, four or five ticks. */
export function fromZero(most: number, text: (value: number) => string): Axis {
  const top = most > 0 ? most : 1
  const step = round(top / 4)
  // a little air, so that a line is never drawn on the frame
  const count = Math.max(1, Math.ceil((top * 1.02) / step))
  return { min: 0, max: step * count, ticks: range(count + 1).map((i) => ({ at: i * step, text: text(i * step) })) }
}

export function unitAxis(most: number, unit: Unit): Axis {
  return fromZero(most, (value) => tick(value, unit))
}

/** Drawn as log10 of the value; ticks at 1, or 1, 2, 5, of each decade. */
export function logAxis(low: number, high: number, text: (value: number) => string): Axis {
  const from = Math.max(low, 1e-9)
  const to = Math.max(high, from * 1.5)
  const min = Math.log10(from) - 0.05
  const max = Math.log10(to) + 0.05
  const steps =
    max - min > 2.2
      ? [1]
      : max - min > 1.1
        ? [1, 3]
        : max - min > 0.55
          ? [1, 2, 5]
          : [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8]
  const decades = range(Math.ceil(max) - Math.floor(min) + 1).map((i) => Math.floor(min) + i)
  const ticks = decades
    .flatMap((d) => steps.map((s) => s * 10 ** d))
    .map((value) => ({ at: Math.log10(value), text: text(Number(value.toPrecision(3))) }))
    .filter(({ at }) => at >= min && at <= max)
  // a narrow range may hold one round number or none: then its ends are the ticks
  if (ticks.length >= 2) return { min, max, ticks }
  return { min, max, ticks: [from, to].map((value) => ({ at: Math.log10(value), text: text(value) })) }
}

const nines = [
  ['p0', 0],
  ['p50', Math.log10(2)],
  ['p90', 1],
  ['p99', 2],
  ['p99.9', 3],
  ['p99.99', 4],
  ['p99.999', 5],
] as const

/** The HdrHistogram axis: −log10(1 − q), so that each further nine takes the same room. */
export function percentileAxis(reach: number): Axis {
  const max = Math.max(1, reach)
  return { min: 0, max, ticks: nines.filter(([, at]) => at <= max + 1e-9).map(([text, at]) => ({ at, text })) }
}

export function timeAxis(seconds: number): Axis {
  return fromZero(seconds, secondsText)
}

/** Equal places for names, from the top or left: the first at 0, drawn from −0.5 to n − 0.5. */
export function placesAxis(names: readonly string[]): Axis {
  return { min: -0.5, max: names.length - 0.5, ticks: names.map((text, at) => ({ at, text })) }
}

function round(step: number): number {
  const size = 10 ** Math.floor(Math.log10(step))
  const digit = step / size
  return size * (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 2.5 ? 2.5 : digit <= 5 ? 5 : 10)
}

export function range(count: number): readonly number[] {
  return Array.from({ length: Math.max(0, count) }, (_, i) => i)
}

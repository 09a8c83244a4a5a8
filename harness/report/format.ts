/** Numbers for people: three significant digits, always with their unit. Nothing here ever prints a number bare. */
import type { Unit } from '../model/report.ts'

interface Step {
  readonly from: number
  readonly by: number
  readonly sign: string
}

const seconds: readonly Step[] = [
  { from: 60e9, by: 60e9, sign: 'min' },
  { from: 1e9, by: 1e9, sign: 's' },
  { from: 1e6, by: 1e6, sign: 'ms' },
  { from: 1e3, by: 1e3, sign: 'µs' },
  { from: 0, by: 1, sign: 'ns' },
]
const decimal = (unit: string): readonly Step[] => [
  { from: 1e9, by: 1e9, sign: `G${unit}` },
  { from: 1e6, by: 1e6, sign: `M${unit}` },
  { from: 1e3, by: 1e3, sign: `k${unit}` },
  { from: 0, by: 1, sign: unit.trimStart() },
]
const steps: Readonly<Record<Unit, readonly Step[]>> = {
  ns: seconds,
  'msg/s': decimal(' msg/s').map((step) => ({ ...step, sign: step.sign.trim() })),
  'B/s': decimal('B/s'),
  B: [
    { from: 1024 ** 3, by: 1024 ** 3, sign: 'GiB' },
    { from: 1024 ** 2, by: 1024 ** 2, sign: 'MiB' },
    { from: 1024, by: 1024, sign: 'KiB' },
    { from: 0, by: 1, sign: 'B' },
  ],
  'us/msg': [{ from: 0, by: 1, sign: 'µs/msg' }],
  share: [{ from: 0, by: 0.01, sign: '%' }],
  count: [{ from: 0, by: 1, sign: '' }],
  '1/msg': [{ from: 0, by: 1, sign: '/msg' }],
}

/** What stands in place of a number that is not known. */
export const absent = '–'

/** `45.6 µs`, `1.23 M msg/s`, `0.210 µs/msg`; a dash where there is none. */
export function quantity(value: number | undefined, unit: Unit): string {
  if (value === undefined || !Number.isFinite(value)) return absent
  if (unit === 'count') return Number.isSafeInteger(value) ? grouped(value) : threeDigits(value)
  const step = stepOf(value, unit)
  const text = unit === 'B' && step.by === 1 && Number.isInteger(value) ? grouped(value) : threeDigits(value / step.by)
  return `${text} ${step.sign}`.trimEnd()
}

/** `1.20 … 1.25 M msg/s`; `55.5 µs … 2.39 ms` where the ends have units of their own. */
export function range(interval: readonly [number, number] | undefined, unit: Unit): string {
  if (interval === undefined) return absent
  const [low, high] = interval
  if (unit === 'count') return `${quantity(low, unit)} … ${quantity(high, unit)}`
  const [from, to] = [stepOf(low, unit), stepOf(high, unit)]
  if (low !== 0 && from !== to) return `${quantity(low, unit)} … ${quantity(high, unit)}`
  return `${threeDigits(low / to.by)} … ${quantity(high, unit)}`
}

/** Three significant digits: 0.0123, 1.23, 12.3, 123, 1,230,000; with an exponent where it would be a long row of zeros. */
export function threeDigits(value: number): string {
  if (value === 0) return '0'
  const rounded = Number(value.toPrecision(3))
  const size = Math.floor(Math.log10(Math.abs(rounded)))
  if (size > 15 || size < -10) return rounded.toExponential(2)
  return size >= 3 ? grouped(rounded) : rounded.toFixed(Math.max(0, 2 - size))
}

// made once: an Intl object costs more than all it formats
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 })

/** `12,345`. */
export function grouped(value: number): string {
  return whole.format(value)
}

// twelve places: what an author wrote, without the noise of binary fractions
const exact = new Intl.NumberFormat('en-US', { maximumFractionDigits: 12 })

/** A number that somebody chose, as it is: `12,345`, `0.1`. */
export function asGiven(value: number): string {
  return exact.format(value)
}

/** Seconds of a time line: `12 s`, `0.50 s`. */
export function secondsText(value: number): string {
  return `${Number.isInteger(value) ? grouped(value) : Number(value.toFixed(2)).toString()} s`
}

/** `×1.05`; a ratio of two quantities of one unit. */
export function ratio(value: number | undefined): string {
  return value === undefined || !Number.isFinite(value) ? absent : `×${threeDigits(value)}`
}

function stepOf(value: number, unit: Unit): Step {
  // rounding first, so that 999.9 µs is not printed as "1,000 µs"
  const size = Math.abs(Number(value.toPrecision(3)))
  return steps[unit].find((step) => size >= step.from) ?? { from: 0, by: 1, sign: unit }
}

/** The same without zeros at the end, for ticks: `10 µs`, `2.5 k msg/s`. */
export function tick(value: number, unit: Unit): string {
  return quantity(value, unit).replace(/^(\d+)\.0+(?= )|^(\d+\.\d*?[1-9])0+(?= )/, '$1$2')
}

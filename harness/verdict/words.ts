/** Numbers in the sentences of verdicts: short, with their unit, always written in the same way. */
import type { Unit } from '../model/report.ts'

type Writer = (value: number, digits: number) => string

const usualDigits = 3
const mostDigits = 12

const writers: Readonly<Record<Unit, Writer>> = {
  ns: time,
  'msg/s': (value, digits) => `${grouped(value, digits)} msg/s`,
  'B/s': (value, digits) => `${bytes(value, digits)}/s`,
  B: bytes,
  'us/msg': (value, digits) => `${significant(value, digits)} µs/msg`,
  '1/msg': (value, digits) => `${significant(value, digits)} per message`,
  share: (value, digits) => `${(value * 100).toFixed(digits - 2)} %`,
  count: grouped,
}

/** `digits`: significant ones, where more than usual are wanted. */
export function amount(value: number, unit: Unit, digits = usualDigits): string {
  return Number.isFinite(value) ? writers[unit](value, digits) : 'no number'
}

/** Digits with which none of the values looks like the one that was wanted unless it is that one: 99,999.8 is not 100,000. */
export function digitsApart(values: readonly number[], wanted: number, unit: Unit): number {
  const others = values.filter((value) => value !== wanted)
  let digits = usualDigits
  const alike = (value: number) => amount(value, unit, digits) === amount(wanted, unit, digits)
  while (digits < mostDigits && others.some(alike)) digits++
  return digits
}

/** Each in digits enough to tell it from the one that was wanted. */
export function amountsApart(values: readonly number[], wanted: number, unit: Unit): readonly string[] {
  const digits = digitsApart(values, wanted, unit)
  return values.map((value) => amount(value, unit, digits))
}

const times = [
  [1e9, 's'],
  [1e6, 'ms'],
  [1e3, 'µs'],
] as const

function time(ns: number, digits: number): string {
  // Rounding first, so that 999.9 µs becomes 1.00 ms.
  const size = Math.abs(Number(ns.toPrecision(digits)))
  const [by, unit] = times.find(([from]) => size >= from) ?? [1, 'ns']
  return by === 1 ? `${ns.toFixed(Math.max(0, digits - usualDigits))} ns` : `${significant(ns / by, digits)} ${unit}`
}

const sizes = ['B', 'KiB', 'MiB', 'GiB', 'TiB'] as const

function bytes(value: number, digits: number): string {
  const text = (step: number) =>
    (value / 1024 ** step).toFixed(step === 0 ? Math.max(0, digits - usualDigits) : digits - 2)
  let step = 0
  while (step < sizes.length - 1 && Math.abs(Number(text(step))) >= 1024) step++
  return `${text(step)} ${sizes[step] ?? 'B'}`
}

/** `12,345`: whole from 100 on, where no more digits are wanted than that has. */
function grouped(value: number, digits: number): string {
  if (Math.abs(value) < 100 && !Number.isInteger(value)) return significant(value, digits)
  return decimals(value, digits <= usualDigits ? 0 : Math.max(0, digits - 1 - sizeOf(value)))
}

/** `0.0123`, `1.23`, `123`, `1,230`. */
function significant(value: number, digits: number): string {
  if (value === 0) return '0'
  const rounded = Number(value.toPrecision(digits))
  return decimals(rounded, Math.max(0, digits - 1 - sizeOf(rounded)))
}

function sizeOf(value: number): number {
  return value === 0 ? 0 : Math.floor(Math.log10(Math.abs(value)))
}

function decimals(value: number, places: number): string {
  const most = Math.min(20, places)
  return value.toLocaleString('en-US', { minimumFractionDigits: most, maximumFractionDigits: most })
}

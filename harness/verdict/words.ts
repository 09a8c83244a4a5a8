/** Numbers in the sentences of verdicts: short, with their unit, always written in the same way. */
import type { Unit } from '../model/report.ts'

const writers: Readonly<Record<Unit, (value: number) => string>> = {
  ns: time,
  'msg/s': (value) => `${grouped(value)} msg/s`,
  'B/s': (value) => `${bytes(value)}/s`,
  B: bytes,
  'us/msg': (value) => `${value.toPrecision(3)} µs/msg`,
  '1/msg': (value) => `${value.toPrecision(3)} per message`,
  share: (value) => `${(value * 100).toFixed(1)} %`,
  count: grouped,
}

export function amount(value: number, unit: Unit): string {
  return Number.isFinite(value) ? writers[unit](value) : 'no number'
}

/** `+4.0 %`, `−3.1 %`: a ratio as a change. */
export function change(ratio: number): string {
  const value = (ratio - 1) * 100
  const text = Math.abs(value).toFixed(1)
  return `${Number(text) === 0 ? '±' : value < 0 ? '−' : '+'}${text} %`
}

function time(ns: number): string {
  if (Math.abs(ns) >= 1e9) return `${(ns / 1e9).toPrecision(3)} s`
  if (Math.abs(ns) >= 1e6) return `${(ns / 1e6).toPrecision(3)} ms`
  if (Math.abs(ns) >= 1e3) return `${(ns / 1e3).toPrecision(3)} µs`
  return `${ns.toFixed(0)} ns`
}

function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB']
  const step = value >= 1 ? Math.min(units.length - 1, Math.floor(Math.log2(value) / 10)) : 0
  return `${(value / 1024 ** step).toFixed(step === 0 ? 0 : 1)} ${units[step] ?? 'B'}`
}

function grouped(value: number): string {
  return Math.abs(value) >= 100 || Number.isInteger(value)
    ? Math.round(value).toLocaleString('en-US')
    : value.toPrecision(3)
}

/** Was the machine as fast at the end as at the beginning? Heat makes later blocks slower, and no repetition shows it. */
import type { Finding, ThermalReading } from '../model/report.ts'
import { rounded } from './bottleneck.ts'
import { blockName, type Examined } from './health-rule.ts'
import { count } from '../model/count.ts'

/** A clock that differs by more than this share between windows of one variant: the same load ran at two speeds. */
const clockFall = 0.1
/** Boards such as the Rock64 begin to throttle between 75 and 85 °C. */
const hotC = 75

/**
 * What the CPU itself counts decides. A clock that fell does where it was hot, or where nobody can tell; with a cool CPU it
 * is the governor or a boost that ended, and said only. So is heat without anything else, and the clock of a virtual machine,
 * which is its host's affair.
 */
export function throttling({ counted, plan, host }: Examined): Finding[] {
  const readings = counted.flatMap(({ thermals }) => thermals)
  const times = rise(readings.flatMap(({ throttled }) => throttled ?? []))
  const hottest = extreme(readings, 'temperatureC', (a, b) => a > b)
  const hot = hottest !== undefined && hottest.value >= hotC
  const fell = plan.variants
    .flatMap(({ name }) => fallOf(readings.filter(({ variant }) => variant === name)) ?? [])
    .toSorted((a, b) => a.slow.value / a.fast.value - b.slow.value / b.fast.value)[0]
  const because = [
    ...(times > 0 ? [`the CPU throttled itself ${count(times, 'time')} by its own count`] : []),
    ...(fell === undefined
      ? []
      : [`the CPU ran at ${clockIn(fell.fast)} and at ${clockIn(fell.slow)} under the same load`]),
    ...(hot ? [`it was at ${hottest.value.toFixed(0)} °C in ${blockName(hottest.block)}`] : []),
  ]
  if (because.length === 0) return []
  const blind = hottest === undefined && host.virtualization === undefined
  const doubtful = times > 0 || (fell !== undefined && (hot || blind))
  const harm =
    times > 0 || fell !== undefined
      ? 'blocks at different speeds cannot be compared'
      : 'boards throttle when they are hot'
  const advice = hot || times > 0 ? 'cool the board, or fix the clock below what it can hold' : 'fix the clock'
  return [
    {
      about: 'host',
      rule: 'throttling',
      outcome: doubtful ? 'unknown' : 'pass',
      because: `${because.join('; ')}: ${harm}, ${advice}`,
    },
  ]
}

function rise(counts: readonly number[]): number {
  return Math.max(0, (counts.at(-1) ?? 0) - (counts[0] ?? 0))
}

interface Found {
  readonly value: number
  readonly block: number
}

function clockIn({ value, block }: Found): string {
  return `${rounded(value)} MHz in ${blockName(block)}`
}

function fallOf(readings: readonly ThermalReading[]): { readonly fast: Found; readonly slow: Found } | undefined {
  const fast = extreme(readings, 'cpuMHz', (a, b) => a > b)
  const slow = extreme(readings, 'cpuMHz', (a, b) => a < b)
  if (fast === undefined || slow === undefined || slow.value >= fast.value * (1 - clockFall)) return undefined
  return { fast, slow }
}

function extreme(
  readings: readonly ThermalReading[],
  name: 'cpuMHz' | 'temperatureC',
  beats: (a: number, b: number) => boolean,
): Found | undefined {
  return readings.reduce<Found | undefined>((best, { block, [name]: value }) => {
    if (value === undefined || (best !== undefined && !beats(value, best.value))) return best
    return { value, block }
  }, undefined)
}

/**
 * A value from a file or a pipe → a frame or a line, or undefined where it is none.
 *
 * Samples are nearly all of a recording, and zod would take longer over one than reading it does: they are looked through by
 * hand, member by member. A test holds this equal to `sampleSchema`.
 */
import { issueLines, largest } from './json.ts'
import {
  frameSchema,
  histogramNames,
  latestNs,
  lineSchema,
  type Frame,
  type HistogramGaps,
  type HistogramName,
  type Line,
  type Sample,
  type SampleHistogram,
} from './recording.ts'

type Members = Readonly<Record<string, unknown>>

const countNames = [
  'sent',
  'received',
  'bytes',
  'lost',
  'duplicated',
  'reordered',
  'late',
  'negative',
  'undecodable',
] satisfies readonly (keyof Sample['counts'])[]
const meterNames = [
  'cpuUserMicros',
  'cpuSystemMicros',
  'memoryBytes',
  'switchesVoluntary',
  'switchesInvoluntary',
  'gcCount',
  'gcNs',
] satisfies readonly (keyof Sample['meter'])[]
const gapNames = ['from', 'to'] as const satisfies readonly (keyof NonNullable<Sample['gap']>)[]
const measuredNames = ['significantBits', 'min', 'max', 'total'] satisfies readonly (keyof HistogramGaps)[]

export function readFrame(value: unknown): Frame | undefined {
  if (isMembers(value) && value['t'] === 'sample') return readSample(value)
  return frameSchema.safeParse(value).data
}

/** What is wrong with a value that is no line, such as `frame.to: Invalid input: expected number, received string`. */
export function lineProblems(value: unknown): readonly string[] {
  const { error } = lineSchema.safeParse(value)
  return error === undefined ? [] : issueLines(error, 5)
}

export function readLine(value: unknown): Line | undefined {
  if (!isMembers(value) || value['t'] !== 'frame') return lineSchema.safeParse(value).data
  const { block, from } = value
  const frame = readFrame(value['frame'])
  if (frame === undefined || !isBlock(block) || typeof from !== 'string') return undefined
  return { t: 'frame', block, from, frame }
}

function readSample(value: Members): Sample | undefined {
  const { phase, histograms } = value
  if (!isMembers(histograms) || !(phase === 'warmup' || phase === 'measure' || phase === 'cooldown')) return undefined
  const read: Partial<Record<HistogramName, SampleHistogram>> = {}
  for (const name of Object.keys(histograms)) {
    const histogram = readHistogram(histograms[name])
    if (histogram === undefined || !isHistogramName(name)) return undefined
    read[name] = histogram
  }
  const quiet = readGaps(value)
  if (!areSampleNumbers(value) || quiet === undefined) return undefined
  return { ...numbersOf(value), phase, histograms: read, ...quiet }
}

function readGaps(value: Members): Pick<Sample, 'gap' | 'gapInWindow'> | undefined {
  const { gap, gapInWindow } = value
  const read: { -readonly [K in 'gap' | 'gapInWindow']?: NonNullable<Sample['gap']> } = {}
  if (haveNumbers(gap, gapNames)) read.gap = { from: gap.from, to: gap.to }
  else if ('gap' in value) return undefined
  if (haveNumbers(gapInWindow, gapNames)) read.gapInWindow = { from: gapInWindow.from, to: gapInWindow.to }
  else if ('gapInWindow' in value) return undefined
  return read
}

type Numbers = Pick<Sample, 'from' | 'to' | 'counts' | 'meter'>

function areSampleNumbers(value: Members): value is Members & Numbers {
  const { counts, meter, from, to } = value
  return isInstant(from) && isInstant(to) && haveNumbers(counts, countNames) && haveNumbers(meter, meterNames)
}

function numbersOf({ from, to, counts, meter }: Numbers) {
  return { t: 'sample' as const, from, to, counts, meter }
}

function readHistogram(value: unknown): SampleHistogram | undefined {
  if (!haveNumbers(value, measuredNames)) return undefined
  const { significantBits, min, max, total } = value
  const { gaps, buckets } = value as Members
  if (typeof gaps === 'string') {
    return /^[A-Za-z0-9+/]*$/.test(gaps) ? { significantBits, min, max, total, gaps } : undefined
  }
  return areNumbers(buckets) ? { significantBits, min, max, total, buckets } : undefined
}

function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isHistogramName(name: string): name is HistogramName {
  const names: readonly string[] = histogramNames
  return names.includes(name)
}

function haveNumbers<K extends string>(value: unknown, names: readonly K[]): value is Readonly<Record<K, number>> {
  if (!isMembers(value)) return false
  for (const name of names) if (!isNumber(value[name])) return false
  return true
}

/** JSON has no infinite numbers but reads `1e999` as one; `finite` takes none either. */
function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Math.abs(value) <= largest
}

function isBlock(value: unknown): value is number {
  return Number.isSafeInteger(value) && isNumber(value) && value >= 0
}

function isInstant(value: unknown): value is number {
  return isNumber(value) && value <= latestNs
}

function areNumbers(value: unknown): value is readonly number[] {
  if (!Array.isArray(value)) return false
  for (let i = 0; i < value.length; i++) if (!isNumber(value[i])) return false
  return true
}

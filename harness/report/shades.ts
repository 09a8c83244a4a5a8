/** What is shaded on a time line: the warm-up, faults, garbage collections; and the words for it below the chart. */
import type { MarkKind, Report } from '../model/report.ts'
import type { Chart } from './chart.ts'
import { secondsText } from './format.ts'

const mostMarks = 8
/** Gaps and connections are drawn for themselves. */
const shaded: ReadonlySet<MarkKind> = new Set(['fault', 'collection'])

export function shadesOf(report: Report, end: number): NonNullable<Chart['shades']> {
  const warmup = (report.plan.variants[0]?.phases.warmupMs ?? 0) / 1000
  return [
    ...(warmup > 0 ? [{ from: 0, to: Math.min(end, warmup), name: 'warm-up' }] : []),
    // thinner than this it could not be seen; the words are below the chart
    ...spansOf(marksOf(report, end)).map((m) => ({
      from: Math.min(m.from, end - end / 200),
      to: Math.min(end, Math.max(m.to, m.from + end / 200)),
      name: m.name,
    })),
  ]
}

/** The longest ones of those that begin before the lines end. */
function marksOf(report: Report, end: number): Report['marks'] {
  return within(report, end)
    .toSorted((a, b) => b.to - b.from - (a.to - a.from))
    .slice(0, mostMarks)
}

function within(report: Report, end: number): Report['marks'] {
  return report.marks.filter(({ from, kind }) => from < end && (kind === undefined || shaded.has(kind)))
}

interface Span {
  readonly from: number
  readonly to: number
  /** `fault`, or nothing where the words below the chart say enough. */
  readonly name: string
}

/** Spans that touch become one, else their shades would add up to a wall. */
function spansOf(marks: Report['marks']): readonly Span[] {
  const spans: { from: number; to: number; name: string }[] = []
  for (const { from, to, what } of marks.toSorted((a, b) => a.from - b.from)) {
    const last = spans.at(-1)
    const name = what.startsWith('fault: ') ? 'fault' : ''
    if (last !== undefined && from <= last.to) {
      last.to = Math.max(last.to, to)
      if (name !== '') last.name = name
    } else spans.push({ from, to, name })
  }
  return spans
}

export function marksText(report: Report, end: number): readonly string[] {
  const marks = marksOf(report, end).slice(0, 3)
  if (marks.length === 0) return []
  const more = within(report, end).length - marks.length
  const text = marks.map((m) => `${m.what} (block ${m.block + 1}, ${secondsText(m.from)})`).join(', ')
  return [`Shaded besides the warm-up: ${text}${more > 0 ? ` and ${more} more` : ''}.`]
}

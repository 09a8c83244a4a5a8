/** What the writers of comparisons share: texts of a compared number, its ratio, and whether that is good. */
import type { ComparedRow, ComparedRun, ComparedValue, Comparison, Ratio } from '../model/comparison.ts'
import { absent, quantity, range, threeDigits } from './format.ts'
import { lagMark } from './reading.ts'

export function comparedText(row: ComparedRow, value: ComparedValue | undefined): string {
  if (value?.median === undefined) return absent
  const text =
    row.unit === 'ratio'
      ? `${threeDigits(value.median)} × ${row.per ?? ''}`.trimEnd()
      : quantity(value.median, row.unit)
  return value.lagged === true ? `${text} ${lagMark}` : text
}

export function comparedRange(row: ComparedRow, value: ComparedValue | undefined): string {
  if (value?.interval === undefined) return absent
  const [low, high] = value.interval
  return row.unit === 'ratio' ? `${threeDigits(low)} … ${threeDigits(high)}` : range(value.interval, row.unit)
}

/** `×1.05 [1.02, 1.09]`. */
export function ratioText(found: Ratio | undefined): string {
  if (found === undefined) return absent
  const interval =
    found.interval === undefined ? '' : ` [${threeDigits(found.interval[0])}, ${threeDigits(found.interval[1])}]`
  const weak =
    found.confidence === undefined || found.confidence >= 0.95 ? '' : ` ${Math.floor(found.confidence * 100)} %`
  return `×${threeDigits(found.value)}${interval}${weak}`
}

/** A sign beside the colour, for readers who do not see it. */
export const judgedWords = { better: 'better', worse: 'worse', unclear: 'cannot tell' } as const

export const judgedMarks = { better: '✓', worse: '✗', unclear: '?' } as const

/** Better or worse only where the whole interval says so, and where neither number is the generator's own lag. */
export function judged(row: ComparedRow, found: Ratio | undefined): 'better' | 'worse' | 'unclear' {
  if (found?.interval === undefined) return 'unclear'
  const at = row.ratios.indexOf(found)
  if (row.runs[0]?.lagged === true || row.runs[at]?.lagged === true) return 'unclear'
  const [low, high] = found.interval
  if (low <= 1 && high >= 1) return 'unclear'
  return low > 1 === (row.better === 'higher') ? 'better' : 'worse'
}

/** `sub throughput per core`, with the variant where there are several. */
export function rowName(comparison: Comparison, row: ComparedRow): string {
  const several = new Set(comparison.rows.map((r) => r.variant)).size > 1
  const per = row.per === undefined ? '' : row.unit === 'ratio' ? ` over ${row.per}` : ` per ${row.per}`
  return `${row.workload} ${row.metric}${per}${several ? ` [${row.variant}]` : ''}`
}

/** What ran, and where; of an imported file which tool it is of. */
export function runText({ run, scenario, substrate, name }: ComparedRun): string {
  const of = name === undefined ? '' : `${name}: `
  return (
    of +
    (substrate === 'imported' ? `imported from ${scenario}, file ${run}` : `${scenario} on ${substrate}, run ${run}`)
  )
}

/** What is said first of a run, in every form of its report: its main numbers, its limits, its health. */
import { endedText } from '../model/ending.ts'
import { loadName } from '../model/curve.ts'
import type { Finding, Report, Summary } from '../model/report.ts'
import { byNumber, count } from '../model/count.ts'
import { quantity } from './format.ts'
import { latencyOf, medianText, remarks, summaryOf, toldText, variantNames, workloadNames, worries } from './reading.ts'

/** The workload that has a round trip or another time of its own, else the one with a latency, else the last. */
export function mainWorkload(report: Report): string {
  const names = workloadNames(report)
  return (
    names.find((name) => (latencyOf(report, name) ?? 'latency') !== 'latency') ??
    names.find((name) => latencyOf(report, name) !== undefined) ??
    names.at(-1) ??
    ''
  )
}

/** The variant with the highest throughput of the last workload, or the only one; of a curve the highest rate that is sustained. */
export function headlineVariant(report: Report): string {
  const names = variantNames(report)
  const share = Math.max(...(report.curve?.rungs ?? []).flatMap((rung) => (rung.share > 1 ? [] : [rung.share])))
  const sustained = names.find((name) => name === loadName(share))
  if (sustained !== undefined) return sustained
  const last = workloadNames(report).at(-1) ?? ''
  const best = names
    .map((name) => ({ name, value: summaryOf(report, last, 'throughput', name)?.median ?? 0 }))
    .reduce((a, b) => (b.value > a.value ? b : a), { name: names[0] ?? 'default', value: 0 })
  return best.name
}

/** Throughput, p50 and p99 of the main workload; undefined for what was not measured. */
export function headlineSummaries(report: Report): readonly (Summary | undefined)[] {
  const main = mainWorkload(report)
  const kind = latencyOf(report, main) ?? 'latency'
  return ['throughput', `${kind}.p50`, `${kind}.p99`].map((metric) =>
    summaryOf(report, main, metric, headlineVariant(report)),
  )
}

export const noNumbers = 'No numbers were measured'

/** `sub: 278 k msg/s, p50 305 µs, p99 472 µs`, with the variant where there are several. */
export function headlineText(report: Report): string {
  const numbers = headlineSummaries(report).flatMap((summary, i) =>
    summary?.median === undefined ? [] : [`${['', 'p50 ', 'p99 '][i] ?? ''}${medianText(summary)}`],
  )
  if (numbers.length === 0) return noNumbers
  numbers.push(...faultTexts(report))
  const variant = variantNames(report).length > 1 ? ` [${headlineVariant(report)}]` : ''
  return `${mainWorkload(report)}${variant}: ${numbers.join(', ')}`
}

/** Under faults a percentile of the whole window says little: what they did is said beside it. */
function faultTexts(report: Report): readonly string[] {
  if (report.plan.faults.length === 0) return []
  const of = (metric: string) => summaryOf(report, mainWorkload(report), metric, headlineVariant(report))
  const [gap, lost] = [of('gap'), of('lostAcked')]
  return [
    ...(gap?.median === undefined ? [] : [`longest gap ${medianText(gap)}`]),
    ...(lost?.median === undefined ? [] : [`${toldText(lost)} acked and lost`]),
  ]
}

/** `3 of 4 limits hold`; undefined where none is set. */
function limitsText({ verdict }: Pick<Report, 'verdict'>): string | undefined {
  const limits = verdict.findings.filter(({ rule }) => rule === 'limit')
  if (limits.length === 0) return undefined
  const held = limits.filter(({ outcome }) => outcome === 'pass').length
  return `${held} of ${count(limits.length, 'limit')} ${byNumber(limits.length, 'holds', 'hold')}`
}

/** `Healthy, 2 remarks`; `Not healthy: 1 finding, 2 remarks`. */
export function healthText(health: readonly Finding[]): string {
  if (health.length === 0) return 'Health was not examined'
  const open = worries(health).length
  const said = [
    ...(open === 0 ? [] : [count(open, 'finding')]),
    ...(remarks(health).length === 0 ? [] : [count(remarks(health).length, 'remark')]),
  ].join(', ')
  if (open > 0) return `Not healthy: ${said}`
  return said === '' ? 'Healthy' : `Healthy, ${said}`
}

/** Who set the numbers, where it was not the server, the schedule or the round trip: nobody should take them for the server's. */
function limitedText(report: Report): string | undefined {
  const limiter = report.bottlenecks.find(({ variant }) => variant === headlineVariant(report))?.limiter
  return limiter === 'generator' || limiter === 'receiver' || limiter === 'machine'
    ? `Limited by the ${limiter}`
    : undefined
}

/** All after the word PASS, FAIL or CANNOT TELL: `sub: 278 k msg/s, p50 305 µs. Limited by the machine. 4 of 4 limits hold. Healthy.` */
export function verdictText(report: Report): string {
  const ended = report.state === 'complete' ? [] : [endedText(report.state, report.because)]
  const limits = limitsText(report)
  const answer = answerText(report)
  const limited = answer === undefined ? limitedText(report) : undefined
  const parts = [
    ...ended,
    answer ?? headlineText(report),
    ...(limited === undefined ? [] : [limited]),
    ...(limits === undefined ? [] : [limits]),
    healthText(report.health),
  ]
  return `${parts.join('. ')}.`
}

/** What a check or a curve found, in a few words; undefined for any other run. */
export function answerText({ check, curve }: Pick<Report, 'check' | 'curve'>): string | undefined {
  if (curve !== undefined) return `Highest sustainable rate ${quantity(curve.sustainable, 'msg/s')}`
  if (check === undefined) return undefined
  const counts = (['worse', 'cannot tell', 'better', 'same'] as const).flatMap((answer) => {
    const found = check.rows.filter((row) => row.answer === answer).length
    return found === 0 ? [] : [`${found} ${answer}`]
  })
  return `Base ${check.base}, head ${check.head}: ${counts.length === 0 ? 'nothing judged' : counts.join(', ')}`
}

/** Findings that everybody should read: what is not well, worst first, then the remarks; each once. */
export function toldFindings(report: Report): { readonly open: readonly Finding[]; readonly said: readonly Finding[] } {
  return {
    open: worries(uniqueFindings([...report.verdict.findings, ...report.health])),
    said: remarks(report.health),
  }
}

export function uniqueFindings(all: readonly Finding[]): readonly Finding[] {
  const seen = new Set<string>()
  return all.filter((f) => {
    const key = `${f.about} ${f.rule} ${f.because}`
    return seen.has(key) ? false : seen.add(key) !== undefined
  })
}

/** The page of a curve: the rate, every rung with what is known of it, the rates that were tried, what is not well. */
import type { CurveResult, Rung, ToldCurve, TriedRate } from '../model/curve.ts'
import { remarks } from '../model/remarks.ts'
import { count } from '../model/count.ts'
import type { Report } from '../model/report.ts'
import { absent, grouped, quantity } from './format.ts'
import { answerText } from './headline.ts'
import { findingRows, heading, item, note, part, sentence, type Page, type Row, type Table } from './rows.ts'
import { terminalText, type TerminalOptions } from './rows-terminal.ts'
import { outcomeMarks, padEnd, width } from './style-text.ts'

export function curveTerminal(curve: ToldCurve, options: TerminalOptions): string {
  return terminalText(curvePage(curve), options)
}

export function curveOf({ plan, verdict, health }: Report, curve: CurveResult): ToldCurve {
  return { scenario: plan.scenario.name, ...curve, ...verdict, remarks: remarks(health) }
}

function curvePage(curve: ToldCurve): Page {
  const { findings, outcome, scenario } = curve
  const status = outcome === 'pass' ? '' : `, because of what is marked ${outcomeMarks[outcome]} above`
  const open = findings.filter((finding) => finding.outcome !== 'pass')
  const passed = findings.filter((finding) => finding.outcome === 'pass')
  return [
    ...answer(curve),
    findingRows([...open, ...passed, ...curve.remarks]),
    [{ kind: 'verdict', outcome, text: `${scenario}. ${answerText({ curve }) ?? ''}${status}.` }],
  ]
}

/** What a run that was a curve answers: part of its report, with the charts of latency against load. */
export function curveAnswer(curve: CurveResult, charts: readonly Row[]): readonly Row[] {
  const [head = [], numbers = [], ...rest] = answer(curve)
  return [...head, { kind: 'group', look: 'beside', rows: [...charts, ...numbers] }, ...rest.flat()]
}

function answer(curve: CurveResult): Page {
  const { sustainable, because, rates } = curve
  const tried = rateLines(rates).map((line) => item(line.replace(/ {2,}/, ' ')))
  return [
    [heading(2, `Highest sustainable rate: ${quantity(sustainable, 'msg/s')}`), sentence(because)],
    [rungTable(curve)],
    hintRows(curve),
    tried.length === 0 ? [] : [part('Rates tried', tried)],
  ]
}

function rungTable({ rungs, knee }: CurveResult): Table {
  const by = rungs.filter(({ p99Ns }) => p99Ns !== undefined).length < 2 ? 'p50Ns' : 'p99Ns'
  const known = rungs.flatMap((rung) => rung[by] ?? [])
  const [least, most] = [Math.min(...known), Math.max(...known)]
  const bar = (row: number, room: number) => {
    const value = rungs[row]?.[by]
    if (value === undefined) return ''
    return '█'.repeat(1 + Math.round(((room - 1) * Math.log(value / least)) / Math.max(1e-9, Math.log(most / least))))
  }
  const notes = rungs.map((rung) => (knee?.perSecond === rung.perSecond ? '← knee' : why(rung)))
  return {
    kind: 'table',
    label: 'Latency at shares of the rate',
    columns: [
      { head: 'load', cells: rungs.map(({ share }) => `${Math.round(share * 100)} %`.padStart(5)) },
      { head: 'rate', cells: rungs.map(({ perSecond }) => quantity(perSecond, 'msg/s')) },
      { head: 'p50', cells: rungs.map(({ p50Ns }) => quantity(p50Ns, 'ns')) },
      { head: 'p99', cells: rungs.map(({ p99Ns }) => quantity(p99Ns, 'ns')) },
      {
        head: by === 'p50Ns' ? 'bars: p50' : '',
        cells: [],
        left: true,
        weight: 1,
        grows: { least: 10, most: 30, draw: bar },
      },
      ...(notes.every((text) => text === '') ? [] : [{ head: '', cells: notes, left: true, weight: 2 }]),
    ],
  }
}

/** Why a p99 is missing. */
function why({ p99Ns, samples, samplesNeeded }: Rung): string {
  if (p99Ns !== undefined) return ''
  if (samplesNeeded === undefined) return 'not told: see the findings of this load below'
  const has = samples === undefined ? absent : grouped(samples)
  return `p99 needs ${grouped(samplesNeeded)} samples a block, has ${has}`
}

/** How long a block must be for every p99; a tenth more, because arrivals may be random. */
function hintRows({ rungs, measureMs }: CurveResult): readonly Row[] {
  const longer = rungs.flatMap(({ samples, samplesNeeded }) =>
    samplesNeeded === undefined || samples === undefined || samples === 0
      ? []
      : [Math.ceil((1.1 * measureMs * samplesNeeded) / samples / 1000)],
  )
  const seconds = Math.max(...longer)
  return longer.length === 0 ? [] : [note(`every p99 needs blocks of about ${seconds} s: --measure ${seconds}s`)]
}

/** One line a rate, lowest first. */
export function rateLines(rates: readonly TriedRate[]): readonly string[] {
  const ordered = rates.toSorted((a, b) => a.perSecond - b.perSecond)
  const names = ordered.map(({ perSecond }) => quantity(perSecond, 'msg/s'))
  const widest = Math.max(0, ...names.map(width))
  return ordered.map(({ trials, kept, sustained, reasons }, i) => {
    const said = `${sustained ? 'sustained' : 'rejected'}, kept in ${kept} of ${count(trials, 'trial')}`
    return `${padEnd(names[i] ?? '', widest)} ${said}${reasons.length === 0 ? '' : `: ${reasons.join('; ')}`}`
  })
}

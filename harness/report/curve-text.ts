/** A curve in a terminal: every rung with what is known of it, the rates that were tried, what is not well. */
import { absent, grouped, quantity } from './format.ts'
import { outcomeWords } from './reading.ts'
import { outcomeMarks, remarkMark, padEnd, tame, width } from './style-text.ts'
import { textTable, type TableColumn } from './terminal-table.ts'
import { findingText, hanging } from './terminal.ts'
import type { Rung, ToldCurve, TriedRate } from '../model/curve.ts'

const bars = 30

/** Without a newline at its end. */
export function curveText(curve: ToldCurve, columns: number): string {
  const { sustainable, because, findings, remarks, outcome, scenario } = curve
  const known = remarks.flatMap((each) => hanging(findingText(remarkMark, each), columns, 2, 4))
  const told = findings.flatMap((each) => hanging(findingText(outcomeMarks[each.outcome], each), columns, 2, 4))
  const status = outcome === 'pass' ? '' : `: because of what is marked ${outcomeMarks[outcome]} above`
  return [
    `highest sustainable rate: ${quantity(sustainable, 'msg/s')} (${tame(because)})`,
    ...rungLines(curve, columns),
    ...hintLines(curve),
    '',
    'rates tried:',
    ...rateLines(curve.rates).flatMap((line) =>
      width(line) + 2 > columns ? hanging(line, columns, 2, 4) : `  ${line}`,
    ),
    ...(told.length === 0 ? [] : ['', 'not well:', ...told]),
    ...(known.length === 0 ? [] : ['', 'to be known:', ...known]),
    '',
    `${outcomeWords[outcome]}  ${tame(scenario)}${status}`,
  ].join('\n')
}

function rungLines({ rungs, knee }: ToldCurve, columns: number): readonly string[] {
  const by = rungs.filter(({ p99Ns }) => p99Ns !== undefined).length < 2 ? 'p50Ns' : 'p99Ns'
  const known = rungs.flatMap((rung) => rung[by] ?? [])
  const [least, most] = [Math.min(...known), Math.max(...known)]
  const bar = (value: number) =>
    '█'.repeat(1 + Math.round(((bars - 1) * Math.log(value / least)) / Math.max(1e-9, Math.log(most / least))))
  const column = (head: string, cells: readonly string[]): TableColumn => ({ head, cells })
  const rest = rungs.map((rung) => {
    const value = rung[by]
    const mark = knee?.perSecond === rung.perSecond ? '← knee' : ''
    return [value === undefined ? '' : bar(value), mark].filter((part) => part !== '').join('  ')
  })
  return textTable(
    [
      column(
        'load',
        rungs.map(({ share }) => `${Math.round(share * 100)} %`),
      ),
      column(
        'rate',
        rungs.map(({ perSecond }) => quantity(perSecond, 'msg/s')),
      ),
      column(
        'p50',
        rungs.map(({ p50Ns }) => quantity(p50Ns, 'ns')),
      ),
      column(
        'p99',
        rungs.map(({ p99Ns }) => quantity(p99Ns, 'ns')),
      ),
      { head: by === 'p50Ns' ? 'bars: p50' : '', cells: rest, left: true, weight: 1 },
      ...(rungs.some((rung) => why(rung) !== '') ? [{ head: '', cells: rungs.map(why), left: true, weight: 2 }] : []),
    ],
    { indent: 2, columns },
  )
}

/** Why a p99 is missing. */
function why({ samples, samplesNeeded }: Rung): string {
  if (samplesNeeded === undefined) return ''
  const has = samples === undefined ? absent : grouped(samples)
  return `p99 needs ${grouped(samplesNeeded)} samples a block, has ${has}`
}

/** How long a block must be for every p99; a tenth more, because arrivals may be random. */
function hintLines({ rungs, measureMs }: ToldCurve): readonly string[] {
  const longer = rungs.flatMap(({ samples, samplesNeeded }) =>
    samplesNeeded === undefined || samples === undefined || samples === 0
      ? []
      : [Math.ceil((1.1 * measureMs * samplesNeeded) / samples / 1000)],
  )
  return longer.length === 0
    ? []
    : ['', `  every p99 needs blocks of about ${Math.max(...longer)} s: --measure ${Math.max(...longer)}s`]
}

/** One line a rate, lowest first. */
export function rateLines(rates: readonly TriedRate[]): readonly string[] {
  const ordered = rates.toSorted((a, b) => a.perSecond - b.perSecond)
  const names = ordered.map(({ perSecond }) => quantity(perSecond, 'msg/s'))
  const widest = Math.max(0, ...names.map(width))
  return ordered.map(({ trials, kept, sustained, reasons }, i) => {
    const said = `${sustained ? 'sustained' : 'rejected'}, kept in ${kept} of ${trials} trials`
    return `${padEnd(names[i] ?? '', widest)} ${said}${reasons.length === 0 ? '' : `: ${reasons.join('; ')}`}`
  })
}

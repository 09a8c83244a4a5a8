/** The numbers of one workload: a row a metric, or a row a variant. */
import { isShown, metricNamed, metricsOf } from '../model/metric.ts'
import type { Report, Summary } from '../model/report.ts'
import { ratioText } from './comparing.ts'
import { absent, quantity, range } from './format.ts'
import { noNumbers } from './headline.ts'
import { methodOf } from './methods.ts'
import { bar, sparkline } from './plot-text.ts'
import {
  confidenceText,
  floorOf,
  latencyOf,
  medianText,
  metricNames,
  summaryOf,
  toldText,
  variantNames,
  workloadText,
} from './reading.ts'
import { only, part, type Column, type Medium, type Row, type Table } from './rows.ts'
import { fold, outcomeMarks } from './style-text.ts'
import { percentilePlot } from './terminal-percentiles.ts'

const terminal = ['terminal'] as const
const paper = ['markdown', 'html'] as const

/** A part of the page: in a terminal what matters, in Markdown and HTML all. */
export function numberRows(report: Report, workload: string): Row {
  const single = variantNames(report).length === 1
  const spec = report.plan.scenario.workloads.find((w) => w.name === workload)
  const all = summaries(report, workload)
  const rows =
    all.length === 0
      ? [{ kind: 'note', text: `${noNumbers}.` } as const]
      : [
          ...(single ? firstRows(report, workload) : only(['terminal', 'markdown'], variantsTable(report, workload))),
          numbersTable(report, workload, all, single ? paper : ['html']),
        ]
  return { ...part(workload, rows, spec === undefined ? undefined : workloadText(spec, report)), open: single }
}

/** The raw TCP echo, where a probe of its own measured it. */
export function floorRows(report: Report): readonly Row[] {
  const all = summaries(report, 'floor')
  return all.length === 0 ? [] : only(paper, part('floor', [numbersTable(report, 'floor', all, paper)], 'raw TCP echo'))
}

const summaries = ({ summaries: all }: Report, workload: string) => all.filter((s) => s.workload === workload)

/** A row a summary. Of three blocks the interval is least to most: said once. */
function numbersTable(report: Report, workload: string, rows: readonly Summary[], on: readonly Medium[]): Table {
  const intervals = rows.map((s) => range(s.interval, s.unit))
  const ends = rows.map(({ min, max, unit }) =>
    min === undefined || max === undefined ? absent : range([min, max], unit),
  )
  const sure = confidenceText(rows)
  // of a single block there is its value, and nothing around it
  const several = rows.some(({ blocks }) => blocks > 1)
  const column = (head: string, cell: (s: Summary) => Column['cells'][number], more: Partial<Column> = {}): Column => ({
    head,
    cells: rows.map(cell),
    ...more,
  })
  const draw = (row: number, room: number) => {
    const { metric, variant } = rows[row]!
    return sparkline(courseOf(report, workload, metric, variant), room)
  }
  const optional: readonly (Column | false)[] = [
    column('metric', ({ metric }) => ({ text: metric, href: `#m-${methodOf(metric)}` }), { on: ['html'] }),
    column('', (s) => `${metricLabel(s.metric)}${fewerBlocks(s, rows)}`, { on: terminal }),
    column('metric', ({ metric }) => metricLabel(metric), { on: ['markdown'] }),
    variantNames(report).length > 1 && column('variant', ({ variant }) => variant),
    column('median', medianText, { look: 'bold' }),
    several && { head: sure === undefined ? 'interval' : `${sure} interval`, cells: intervals, left: true, weight: 1 },
    several && sure === undefined && column('confidence', (s) => quantity(s.confidence, 'share'), { on: paper }),
    several &&
      ends.some((text, i) => text !== intervals[i]) && {
        head: 'min … max',
        cells: ends,
        left: true,
        weight: 3,
        look: 'dim',
      },
    column('blocks', ({ blocks }) => String(blocks), { on: paper }),
    {
      head: 'over time',
      cells: [],
      on: terminal,
      left: true,
      weight: 2,
      look: 'cyan',
      grows: { least: 9, most: 40, draw },
    },
  ]
  const label = `Numbers of ${workload === 'floor' ? 'the floor' : workload}`
  return { kind: 'table', on, label, look: 'plain', indent: 4, columns: optional.filter((found) => found !== false) }
}

/** What matters of a single variant, the floor beside the latency. */
function firstRows(report: Report, workload: string): readonly Row[] {
  const [variant = 'default'] = variantNames(report)
  const latency = latencyOf(report, workload)
  const own = metricNames(report, workload)
    .filter((metric) => isShown('first', metric) && !metric.startsWith('floor.'))
    .flatMap((metric) => summaryOf(report, workload, metric, variant) ?? [])
    // a tail that is not told has its reason below the tables
    .filter((s) => s.median !== undefined || !/\.p99\.99$/.test(s.metric))
  const floors = latency === undefined ? [] : ['p50', 'p99'].flatMap((q) => floorOf(report, workload, q, variant) ?? [])
  const measured = own.filter((s) => s.unit !== 'count')
  const at = measured.findLastIndex((s) => s.metric.startsWith(`${latency ?? '-'}.`)) + 1
  const counted = own.filter((s) => s.unit === 'count').map((s) => `${toldText(s)} ${metricLabel(s.metric)}`)
  const plot = (room: number) => (latency === undefined ? [] : percentilePlot(report, workload, latency, variant, room))
  return [
    numbersTable(report, workload, measured.toSpliced(at, 0, ...floors), terminal),
    { kind: 'drawn', terminal: (columns) => fold(counted.join(', '), columns - 4).map((line) => `    ${line}`) },
    { kind: 'drawn', terminal: (room) => plot(room).map((line, i) => (i === 0 ? `\n${line}` : line)) },
  ]
}

/** In the order in which they matter where a terminal has no room for all. */
const weights = ['throughput', 'p50', 'p99', 'loss', 'sendLag.p99', 'p99.9']

/** All variants beside each other, with the numbers that tell them apart. */
export function variantsTable(report: Report, workload: string): Table {
  const variants = variantNames(report)
  const there = metricNames(report, workload)
  const all = metricsOf('variants').filter((metric) => there.includes(metric))
  const of = (metric: string) => variants.map((variant) => summaryOf(report, workload, metric, variant))
  const columns = all.flatMap((metric): readonly Column[] => {
    const found = of(metric)
    const ratios = found.map((s) => (s?.ratio === undefined ? '' : ratioText(s.ratio)))
    const at = weights.findIndex((end) => metric === end || metric.endsWith(`.${end}`))
    const weight = at < 0 ? weights.length : at
    const head = metricLabel(metric)
    const cells = found.map((s, i) => numberCell(report, s, `${workload} ${metric} [${variants[i] ?? ''}]`))
    const beside = (name: string, texts: readonly string[], weight: number): readonly Column[] =>
      texts.every((text) => text === '') ? [] : [{ head: name, cells: texts, on: terminal, left: true, weight }]
    const further = [
      ...(at === 0
        ? beside(
            'interval',
            found.map((s) => (s?.interval === undefined ? '' : range(s.interval, s.unit))),
            5,
          )
        : []),
      ...(at < 0 || at > 1 ? [] : beside(`× ${variants[0] ?? ''}`, ratios, at + 3)),
    ]
    return [{ head, href: `#m-${methodOf(metric)}`, cells, ...(weight === 0 ? {} : { weight }) }, ...further]
  })
  const base = all.flatMap(of).find((s) => s?.ratio !== undefined)?.ratio?.over
  const over = base === undefined ? '' : `; × is the ratio to ${base}`
  const rates = of('throughput')
  const highest = Math.max(...rates.map((s) => s?.median ?? 0))
  const draw = (row: number, room: number) => bar((rates[row]?.median ?? 0) / highest, room)
  const course = (row: number, room: number) =>
    sparkline(courseOf(report, workload, 'throughput', variants[row] ?? ''), room)
  const floors = variants.map((variant) => medianText(floorOf(report, workload, 'p50', variant)))
  const drawn = { cells: [], left: true, on: terminal } as const
  return {
    kind: 'table',
    label: 'Variants',
    caption: { text: `${workload}, one row for each variant${over}` },
    indent: 4,
    columns: [
      { head: 'variant', cells: variants },
      ...columns,
      ...(latencyOf(report, workload) === undefined ? [] : [{ head: 'floor p50', cells: floors, weight: 7 }]),
      ...(highest > 0 ? [{ head: '', ...drawn, weight: 8, grows: { least: 8, most: 8, draw } }] : []),
      { head: 'over time', ...drawn, weight: 9, grows: { least: 9, most: 24, draw: course } },
    ],
  }
}

/** With its interval and its ratio below; marked where a limit does not hold. */
function numberCell({ verdict }: Report, summary: Summary | undefined, about: string) {
  const { interval, unit, ratio } = summary ?? {}
  const failed = verdict.findings.some((f) => f.rule === 'limit' && f.outcome === 'fail' && f.about === about)
  const below = [
    ...(interval === undefined || unit === undefined || unit === 'count' ? [] : [range(interval, unit)]),
    ...(ratio === undefined ? [] : [ratioText(ratio)]),
  ]
  return { text: toldText(summary), below, ...(failed ? { mark: outcomeMarks.fail, tone: 'fail' as const } : {}) }
}

/**
 * ` (1 of 2 blocks)` where fewer blocks had samples enough for this quantile than for others of its time: its median is then over
 * other blocks, and may be below that of a lower quantile.
 */
function fewerBlocks({ metric, blocks }: Summary, all: readonly Summary[]): string {
  const family = `${metric.split('.')[0] ?? ''}.`
  const most = Math.max(blocks, ...all.filter((s) => s.metric.startsWith(family)).map((s) => s.blocks))
  return blocks < most && blocks > 0 ? ` (${blocks} of ${most} blocks)` : ''
}

export function metricLabel(metric: string): string {
  return metricNamed(metric)?.label ?? metric
}

/** Values over time, all blocks one after the other. */
function courseOf(report: Report, of: string, metric: string, variant: string): readonly number[] {
  return report.series
    .filter((s) => s.of === of && s.metric === metric && s.variant === variant)
    .flatMap((s) => s.points.map(([, value]) => value))
}

/** `reports/index.html`: all runs, filters, and a small line for each thing that is measured again and again. */
import { isShown } from '../model/metric.ts'
import type { HistoryEntry } from '../model/history.ts'
import { quantity } from './format.ts'
import { seriesOf, type Series } from './history-page.ts'
import { h, nothing } from './markup.ts'
import type { Markup } from './markup.ts'
import { page } from './page.ts'
import { outcomeWords } from './reading.ts'
import { columnsOf, outcomeCell, type Table } from './rows.ts'
import { metricLabel } from './run-numbers.ts'
import { tableHtml } from './table-html.ts'
import { count } from '../model/count.ts'

const filters = ['verdict', 'scenario', 'host', 'substrate', 'version'] as const
const mostRows = 5000
const mostTrends = 48
/** Change points cost the square of the length; older runs are drawn nowhere but in the table. */
const mostPoints = 120

export function indexHtml(entries: readonly HistoryEntry[]): string {
  const newest = entries.toSorted((a, b) => (a.at < b.at ? 1 : -1)).slice(0, mostRows)
  const lists = filters.map((name) => ({ name, values: [...new Set(newest.map((e) => filtered(e)[name]))].sort() }))
  return page(
    'All runs · NATS benchmark',
    h`<h1>All runs</h1>
<div class="filters">${lists.map(
      ({ name, values }) =>
        h`<label>${name}<select data-filter="${name}"><option value="">all</option>${values.map((v) => h`<option>${v}</option>`)}</select></label>`,
    )}<p class="note" id="shown" role="status">${count(entries.length, 'run')}</p></div>
<h2>Runs</h2>${tableHtml(runsTable(newest))}
<h2>Trends</h2>${trends(newest)}`,
    'index-script.js',
  )
}

/** What the filters ask of an entry. */
function filtered(e: HistoryEntry): Readonly<Record<(typeof filters)[number], string>> {
  const { scenario, host, substrate, version } = e
  return { verdict: outcomeWords[e.outcome], scenario, host, substrate, version }
}

function runsTable(entries: readonly HistoryEntry[]): Table {
  const heads = ['verdict', 'scenario', 'when (UTC)', 'result', 'where', 'nats-server']
  const rows = entries.map((e) => {
    const verdict = outcomeCell(e.outcome)
    return [
      { ...verdict, text: `${verdict.text}${e.state === 'complete' ? '' : `, ${e.state}`}` },
      { text: e.scenario, href: linkOf(e.link), title: e.run },
      e.at.slice(0, 16).replace('T', ' '),
      resultOf(e),
      `${e.substrate} on ${e.host}`,
      e.version,
    ]
  })
  return { kind: 'table', label: 'All runs', id: 'runs', data: entries.map(filtered), columns: columnsOf(heads, rows) }
}

/** What was found; of an entry that does not say it, the last numbers of the last workload, each with its name. */
function resultOf({ answer, metrics }: HistoryEntry): string {
  if (answer !== undefined) return answer
  const last = metrics.at(-1)
  const own = metrics.filter((m) => m.workload === last?.workload && m.variant === last.variant).slice(-3)
  const variant = last === undefined || last.variant === 'default' ? '' : ` [${last.variant}]`
  const numbers = own.map((m) => `${metricLabel(m.metric)} ${quantity(m.median, m.unit)}`)
  return last === undefined ? '' : `${last.workload}${variant}: ${numbers.join(', ')}`
}

/** Paths below the index only: an imported entry must not point a reader elsewhere. */
function linkOf(link: string): string {
  const parts = link.split('/')
  const plain = parts.every((part) => /^[\w.=+-]{1,120}$/.test(part) && part !== '..')
  return plain ? parts.join('/') : '#'
}

/** One trend a metric of the same plan on the same kind of host; the longest first. */
function trends(newest: readonly HistoryEntry[]): Markup {
  const long = seriesOf(newest.toReversed(), ({ metric }) => isShown('trend', metric), mostPoints)
    .filter(({ points }) => points.length > 2)
    .sort((a, b) => b.points.length - a.points.length)
    .slice(0, mostTrends)
  if (long.length === 0) return h`<p class="note">A trend needs three runs of one plan on one host.</p>`
  return h`<div class="trends">${long.map(trendCard)}</div>`
}

function trendCard({ short, points, changes }: Series): Markup {
  const values = points.map(({ metric }) => metric.median)
  const texts = points.map(({ metric }) => quantity(metric.median, metric.unit))
  const [{ entry } = { entry: undefined }] = points
  const high = Math.max(...values) * 1.05
  const low = Math.min(...values) * 0.95
  const x = (i: number): string => ((i / Math.max(1, points.length - 1)) * 240 + 5).toFixed(1)
  const y = (v: number): string => (43 - ((v - low) / (high - low || 1)) * 40).toFixed(1)
  const words = changes
    .map((c) => `changed at run ${c.index + 1} (${points[c.index]?.entry.at.slice(0, 10) ?? ''})`)
    .join(', ')
  return h`<div class="trend" data-verdict="" data-host="${entry?.host}" data-substrate="${entry?.substrate}" data-scenario="${entry?.scenario}" data-version="">
<div>${entry?.scenario}: ${short}</div><strong>${texts.at(-1)}</strong> <span class="note">${points.length} runs, ${entry?.substrate} on ${entry?.host}</span>
<svg viewBox="0 0 250 46" preserveAspectRatio="none" role="img" aria-label="${short}: ${points.length} runs from ${texts[0]} to ${texts.at(-1)}${words === '' ? '' : `, ${words}`}">${changes.map(
    (c) => h`<path d="M${x(c.index)} 0V46" class="k2" stroke-width="1.5" vector-effect="non-scaling-stroke"/>`,
  )}<polyline points="${values.map((v, i) => `${x(i)},${y(v)}`).join(' ')}" fill="none" class="k1" stroke-width="1.6" vector-effect="non-scaling-stroke"/></svg>
${words === '' ? nothing : h`<p class="note">${words}</p>`}</div>`
}

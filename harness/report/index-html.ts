/** `reports/index.html`: all runs, filters, and a small line for each thing that is measured again and again. */
import { isShown } from '../model/metric.ts'
import type { HistoryEntry } from '../model/history.ts'
import { changePoints } from '../stats/change-points.ts'
import { quantity } from './format.ts'
import { h, nothing } from './markup.ts'
import type { Markup } from './markup.ts'
import { page } from './page.ts'
import { outcomeWords } from './reading.ts'
import { outcomeMarks } from './style-text.ts'
import { metricLabel } from './terminal-metrics.ts'

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
    )}<p class="note" id="shown" role="status">${entries.length} runs</p></div>
<h2>Runs</h2><div class="scroll short" tabindex="0" role="region" aria-label="All runs"><table class="overview" id="runs"><thead><tr><th scope="col">verdict<th scope="col">scenario<th scope="col">when (UTC)<th scope="col">result<th scope="col">where<th scope="col">nats-server<tbody>${newest.map(row)}</table></div>
<h2>Trends</h2>${trends(newest)}`,
    'index-script.js',
  )
}

/** What the filters ask of an entry. */
function filtered(e: HistoryEntry): Readonly<Record<(typeof filters)[number], string>> {
  const { scenario, host, substrate, version } = e
  return { verdict: outcomeWords[e.outcome], scenario, host, substrate, version }
}

function row(e: HistoryEntry): Markup {
  const state = e.state === 'complete' ? '' : `, ${e.state}`
  return h`<tr data-verdict="${outcomeWords[e.outcome]}" data-host="${e.host}" data-substrate="${e.substrate}" data-scenario="${e.scenario}" data-version="${e.version}"><td class="${e.outcome}">${outcomeMarks[e.outcome]} ${outcomeWords[e.outcome]}${state}<th scope="row"><a href="${linkOf(e.link)}" title="${e.run}">${e.scenario}</a><td>${e.at.slice(0, 16).replace('T', ' ')}<td>${resultOf(e)}<td>${e.substrate} on ${e.host}<td>${e.version}`
}

/** What a check or a curve found; else the last numbers of the last workload, each with its name. */
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

interface Trend {
  readonly entry: HistoryEntry
  readonly name: string
  readonly points: readonly { readonly at: string; readonly value: number; readonly text: string }[]
}

/** One trend a metric of the same plan on the same kind of host; the longest first. */
function trends(newest: readonly HistoryEntry[]): Markup {
  const all = new Map<
    string,
    { entry: HistoryEntry; name: string; points: { at: string; value: number; text: string }[] }
  >()
  for (const entry of newest.toReversed()) {
    for (const m of entry.metrics) {
      if (!isShown('trend', m.metric)) continue
      const name = `${m.workload} ${m.metric}${m.variant === 'default' ? '' : ` [${m.variant}]`}`
      const key = [entry.host, entry.substrate, entry.scenario, entry.digest, name].join('\n')
      const trend = all.get(key) ?? { entry, name, points: [] }
      all.set(key, trend)
      trend.points.push({ at: entry.at, value: m.median, text: quantity(m.median, m.unit) })
    }
  }
  const long: readonly Trend[] = [...all.values()]
    .filter((t) => t.points.length > 2)
    .sort((a, b) => b.points.length - a.points.length)
    .slice(0, mostTrends)
    .map((t) => ({ ...t, points: t.points.slice(-mostPoints) }))
  if (long.length === 0) return h`<p class="note">A trend needs three runs of one plan on one host.</p>`
  return h`<div class="trends">${long.map(trendCard)}</div>`
}

function trendCard({ entry, name, points }: Trend): Markup {
  const values = points.map((p) => p.value)
  const high = Math.max(...values) * 1.05
  const low = Math.min(...values) * 0.95
  const x = (i: number): string => ((i / Math.max(1, points.length - 1)) * 240 + 5).toFixed(1)
  const y = (v: number): string => (43 - ((v - low) / (high - low || 1)) * 40).toFixed(1)
  const changes = points.length < 8 ? [] : changePoints(values)
  const last = points.at(-1)
  const words = changes
    .map((c) => `changed at run ${c.index + 1} (${points[c.index]?.at.slice(0, 10) ?? ''})`)
    .join(', ')
  return h`<div class="trend" data-verdict="" data-host="${entry.host}" data-substrate="${entry.substrate}" data-scenario="${entry.scenario}" data-version="">
<div>${entry.scenario}: ${name}</div><strong>${last?.text}</strong> <span class="note">${points.length} runs, ${entry.substrate} on ${entry.host}</span>
<svg viewBox="0 0 250 46" preserveAspectRatio="none" role="img" aria-label="${name}: ${points.length} runs from ${points[0]?.text} to ${last?.text}${words === '' ? '' : `, ${words}`}">${changes.map(
    (c) => h`<path d="M${x(c.index)} 0V46" class="k2" stroke-width="1.5" vector-effect="non-scaling-stroke"/>`,
  )}<polyline points="${points.map((p, i) => `${x(i)},${y(p.value)}`).join(' ')}" fill="none" class="k1" stroke-width="1.6" vector-effect="non-scaling-stroke"/></svg>
${words === '' ? nothing : h`<p class="note">${words}</p>`}</div>`
}

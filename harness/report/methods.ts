/** How each number was made: the end of every link from a number. */
import type { Method } from '../model/methods.ts'
import { metricNamed, metrics } from '../model/metric.ts'
import { h } from './markup.ts'
import type { Markup } from './markup.ts'

/** What is told of more than one metric. */
const general: readonly Method[] = [
  {
    id: 'verdict',
    title: 'Verdict',
    text: 'The worst of the findings: pass, fail, or cannot tell. Health decides first whether the numbers can be trusted; then limits and baselines are judged.',
  },
  {
    id: 'median',
    title: 'Median and interval',
    text: 'The unit is the block, never the message: one value a block, the median over blocks, and the distribution-free interval of the median from order statistics (Conover, Practical Nonparametric Statistics §3.2) with the confidence that it reaches with so many blocks.',
  },
  {
    id: 'percentile',
    title: 'Percentiles',
    text: 'From log-linear histograms with three significant digits, added over agents and seconds; percentiles are never averaged. A percentile is shown only with at least 10 samples beyond it. The band is the interval of the quantile by ranks of the binomial distribution, 95 %. The axis gives each further nine the same width, as HdrHistogram does.',
  },
  {
    id: 'density',
    title: 'Latency distribution',
    text: 'Share of the messages in 64 equal steps of the logarithm. Two humps mean two paths through the system, which a mean or a median would hide.',
  },
  {
    id: 'time',
    title: 'Over time',
    text: 'One point per second of each block, to the end of the measured window. The warm-up, faults and long garbage collections are shaded. A garbage collection is shaded for its length, at the end of its sample: its place within the sample is not known. Only the measured window counts in the numbers.',
  },
  {
    id: 'block',
    title: 'Blocks',
    text: 'Each dot is one block, relative to the median of its row. Each block starts its servers anew. Agents go on from block to block, unless there are faults; before their first one they run the same load without being counted (the rehearsal, in the plan), because Node.js compiles what it runs most in the first seconds. Blocks of variants alternate (A B B A; in a check at random), so that a drift of the machine affects all of them.',
  },
  {
    id: 'grid',
    title: 'Grid',
    text: 'Every combination of the varied values is a variant with blocks of its own. A point is the median over its blocks.',
  },
  {
    id: 'load',
    title: 'Latency against load',
    text: 'Latency of each variant over the rate that it reached. The knee is the point furthest below the straight line between the ends of the curve, p99 on a logarithmic scale (Kneedle: Satopää and others, 2011).',
  },
  {
    id: 'ratio',
    title: 'Ratios',
    text: 'The ratio to the number of the first run: the Hodges–Lehmann shift of the logarithms of all blocks, with its interval from the exact Mann–Whitney distribution. It is called better or worse only where the whole interval is above one, or below. Runs that did not alternate on one machine also differ by everything that happened between them.',
  },
  {
    id: 'limit',
    title: 'Bottleneck',
    text: 'The generator, the server, the receiver or the machine, from the CPU of each node and the send lag; “rate” where the schedule set the rate and nothing was at its limit; “latency” where a closed loop waits for answers.',
  },
]

export function methodsSection(): Markup {
  const shown = Object.values(metrics).toSorted((a, b) => a.rank - b.rank)
  const all = new Set([...general, ...shown.map(({ method }) => method)])
  return h`<section id="methods"><h2>How the numbers were made</h2><dl class="methods">${[...all].map(
    ({ id, title, text }) => h`<dt id="m-${id}">${title}</dt><dd>${text}</dd>`,
  )}</dl></section>`
}

/** The paragraph for a metric. */
export function methodOf(metric: string): string {
  return metricNamed(metric)?.method.id ?? 'median'
}

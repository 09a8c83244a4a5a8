/** How each number was made: the end of every link from a number. */
import { h } from './markup.ts'
import type { Markup } from './markup.ts'

const methods: readonly (readonly [string, string, string])[] = [
  [
    'verdict',
    'Verdict',
    'The worst of the findings: pass, unknown (cannot be told, or nothing to judge), fail. Health decides first whether the numbers may be believed; then limits and baselines are judged.',
  ],
  [
    'throughput',
    'Throughput',
    'Messages in the common measured window of a block, in which every role is active, divided by its length. Several agents of one workload are added. The window is by time, never by a number of messages.',
  ],
  [
    'median',
    'Median and interval',
    'The unit is the block, never the message: one value a block, the median over blocks, and the distribution-free interval of the median from order statistics (Conover, Practical Nonparametric Statistics §3.2) with the confidence that it reaches with so many blocks.',
  ],
  [
    'latency',
    'Latency',
    'From the instant at which the message was due to its arrival at the receiver, so that a sender that falls behind makes the number worse, not better (no coordinated omission). “From the real send” counts from the write instead. Both stamps are CLOCK_MONOTONIC of one kernel. Round trips count from the due time of the request to its reply.',
  ],
  [
    'percentile',
    'Percentiles',
    'From log-linear histograms with three significant digits, added over agents and seconds; percentiles are never averaged. A percentile is told only with at least 10 samples beyond it. The band is the interval of the quantile by ranks of the binomial distribution, 95 %. The axis takes the same room for each further nine, as HdrHistogram does.',
  ],
  [
    'density',
    'Where latencies lie',
    'Share of the messages in 64 equal steps of the logarithm. Two humps are two ways through the system, which a mean or a median would hide.',
  ],
  [
    'floor',
    'Floor',
    'Round trip of a raw TCP echo of the same size between the same nodes just before the block: what the machine, the network stack and the harness cost without NATS.',
  ],
  [
    'lag',
    'Send lag',
    'Real send after the due time. Where its p99 is near that of the latency, the generator was measured, and health says so.',
  ],
  [
    'time',
    'Over time',
    'One point a second of each block, to the end of the measured window, with the warm-up, faults and long garbage collections shaded. Only the measured phase enters the numbers.',
  ],
  [
    'cpu',
    'CPU',
    'CPU time of all processes of a node over the measured window, in shares of one core, from the process table, the cgroup or the jail; divided by messages it is the cost of a message.',
  ],
  [
    'block',
    'Blocks',
    'Each dot is one block, relative to the median of its row. A block is one whole start of services and agents; variants interleave (A B B A) so that drift of the machine meets all of them.',
  ],
  [
    'grid',
    'Grid',
    'Every combination of the varied values is a variant with blocks of its own. A point is the median over its blocks.',
  ],
  [
    'load',
    'Latency against load',
    'Latency of each variant over the rate that it reached. The knee is the point furthest below the straight line between the ends of the curve, p99 on a logarithmic scale (Kneedle: Satopää and others, 2011).',
  ],
  [
    'loss',
    'Loss, duplicates, order',
    'Every message carries its publisher and a sequence number; the receiver keeps account of each publisher. Nothing is dropped silently: lost, duplicated, reordered, late and undecodable messages are counted.',
  ],
  [
    'ratio',
    'Ratios',
    'How many times the number of the first run: the Hodges–Lehmann shift of the logarithms of all blocks, with its interval from the exact Mann–Whitney distribution. It is called better or worse only where the whole interval lies on one side of one. Runs that were not interleaved on one machine also differ by all that happened between them.',
  ],
  [
    'limit',
    'What set the numbers',
    'The generator, the server, the receiver or the machine, from the CPU of each node and the send lag; “rate” where the schedule was kept and nothing was at its limit; “latency” where a closed loop waits.',
  ],
]

export function methodsSection(): Markup {
  return h`<section id="methods"><h2>How the numbers were made</h2><dl class="methods">${methods.map(
    ([id, name, text]) => h`<dt id="m-${id}">${name}</dt><dd>${text}</dd>`,
  )}</dl></section>`
}

/** The paragraph for a metric. */
export function methodOf(metric: string): string {
  const name = metric.split('.')[0] ?? ''
  return methodOfMetric[name] ?? 'median'
}

const methodOfMetric: Readonly<Record<string, string>> = {
  throughput: 'throughput',
  bytes: 'throughput',
  latency: 'latency',
  service: 'latency',
  rtt: 'latency',
  rttService: 'latency',
  floor: 'floor',
  sendLag: 'lag',
  cpu: 'cpu',
  switches: 'cpu',
  memory: 'cpu',
  loss: 'loss',
  duplicates: 'loss',
  reordered: 'loss',
  late: 'loss',
}

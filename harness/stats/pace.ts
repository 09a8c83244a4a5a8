/**
 * Was the schedule kept, and whose are the latencies: the server's or the generator's? One rule for medians and for tails.
 *
 * A schedule is kept when the messages sent in the measured window are 99 to 101 % of those planned there. Fewer: the load was
 * less than it says. More: what was due before the window was caught up inside it, in bursts that are another load. Whole
 * messages count: each agent may be one message (one burst) off at the window's edges, and random arrivals may differ by
 * three standard deviations of a Poisson count (√planned).
 *
 * A latency counts from the due time, so it is the send lag and what came after the send. A percentile is the generator's
 * when more than half of it may be lag: when the same percentile of the send lag is more than half of it, or when the
 * percentile counted from the real send (`service`) is less than half of it. At most half means that the server's own
 * number lies within a factor of two, which is what one can still read from a latency on a logarithmic scale; beyond that
 * the generator alone decides it. Both are asked, because percentiles of a sum are not sums of percentiles, and because
 * a burst that follows a pause queues behind itself: that wait is in `service` too, though the pause was the generator's.
 */
import { known } from '../model/known.ts'
import type { Flow } from '../model/plan.ts'
import { quantiles } from '../model/metric.ts'
import type { QuantileName } from '../model/metric.ts'
import type { HistogramName } from '../model/recording.ts'
import type { WorkloadResult } from './block-result.ts'

/** A count may differ from its plan by this share. */
const bearableRate = 0.01
/** More of a percentile than this may not be lag. */
const bearableLag = 0.5

type Paced = Pick<WorkloadResult, 'arrivals' | 'planned' | 'sent' | 'agents'>

export type Pace = 'kept' | 'behind' | 'ahead'

/** Undefined for a workload without a schedule of its own: floods, closed loops and receivers. */
export function paceOf({ arrivals, planned, sent, agents }: Paced): Pace | undefined {
  if (!isOpen(arrivals) || planned === undefined) return undefined
  const edge = agents.length * (arrivals.kind === 'burst' ? arrivals.size : 1)
  const chance = arrivals.kind === 'poisson' ? 3 * Math.sqrt(planned) : 0
  const slack = Math.max(bearableRate * planned, edge) + chance
  if (sent < planned - slack) return 'behind'
  return sent > planned + slack ? 'ahead' : 'kept'
}

type Open = Exclude<NonNullable<WorkloadResult['arrivals']>, { kind: 'flood' | 'closed' }>

function isOpen(arrivals: WorkloadResult['arrivals']): arrivals is Open {
  return arrivals !== undefined && arrivals.kind !== 'flood' && arrivals.kind !== 'closed'
}

/** What each latency is made of: from the due time, and from the real send. */
const counted = [
  ['latency', 'service'],
  ['rtt', 'rttService'],
  ['ack', 'ackService'],
] as const satisfies readonly (readonly [HistogramName, HistogramName])[]

/** One percentile that is the generator's, with what it is made of, in nanoseconds. */
export interface Lagged {
  /** As `latency.p99`. */
  readonly metric: string
  readonly quantile: QuantileName | 'max'
  readonly value: number
  readonly lag?: number
  readonly service?: number
}

/** The percentiles of this workload that are the generator's; `all`: the workloads of its block. */
export function laggedOf(workload: WorkloadResult, all: readonly WorkloadResult[], flows: readonly Flow[]): Lagged[] {
  const senders = new Set([workload.name, ...flows.flatMap(({ from, to }) => (to === workload.name ? [from] : []))])
  const paced = all.filter(({ name, arrivals }) => senders.has(name) && isOpen(arrivals))
  if (paced.length === 0) return []
  return counted.flatMap(([name, after]) =>
    [...(Object.keys(quantiles) as QuantileName[]), 'max' as const].flatMap((quantile): Lagged[] => {
      const value = valueOf(workload, name, quantile)
      if (value === undefined) return []
      const lags = paced.flatMap((sender) => valueOf(sender, 'lag', quantile) ?? [])
      const lag = lags.length === 0 ? undefined : Math.max(...lags)
      const service = valueOf(workload, after, quantile)
      const most = bearableLag * value
      if ((lag === undefined || lag <= most) && (service === undefined || service >= value - most)) return []
      return [{ metric: `${name}.${quantile}`, quantile, value, ...known({ lag, service }) }]
    }),
  )
}

function valueOf(
  { distributions }: WorkloadResult,
  name: HistogramName,
  quantile: QuantileName | 'max',
): number | undefined {
  const found = distributions.get(name)
  if (found === undefined || found.data.total === 0) return undefined
  return quantile === 'max' ? found.data.max : found.quantiles[quantile]?.value
}

/** In at least half of the blocks the percentile is the generator's own send lag. */
export function mostlyLag(values: readonly { readonly lagged?: true }[]): boolean {
  const lagged = values.filter((value) => value.lagged === true).length
  return lagged > 0 && lagged * 2 >= values.length
}

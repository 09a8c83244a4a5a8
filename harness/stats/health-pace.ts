/** The rule of pace.ts in words: who did not keep the schedule, whose latency it is, and what to do. */
import { percent, rounded, saturated, roundedCount } from './bottleneck.ts'
import type { BlockResult, WorkloadResult } from './block-result.ts'
import { explainsRate } from './health-fault.ts'
import { ms, unknown } from './health-rule.ts'
import type { Examined, Said } from './health-rule.ts'
import { paceOf } from './pace.ts'
import type { Lagged } from './pace.ts'
import { byNumber } from '../model/count.ts'

export function rateKept(workload: WorkloadResult, _run: Examined, block: BlockResult): Said | undefined {
  const { planned = 0, sent } = workload
  const pace = paceOf(workload)
  // What a block that was cut off did not send is not the host's doing; that it was cut off is said elsewhere.
  if (pace === undefined || block.outcome !== 'ok') return undefined
  if (pace === 'kept') return roughRate(sent, planned)
  const seen = `the generator sent ${rounded(sent)} of ${rounded(planned)} planned messages in the measured window (${share(sent / planned)}), 99 to 101 % is wanted`
  const explained = explainsRate(block, Math.abs(planned - sent), workload.plannedPerSecond)
  if (explained !== undefined) return { outcome: 'pass', because: `${seen}: ${explained}` }
  if (pace === 'behind') return unknown(`${seen}: ${culprit(workload)}. Lower the rate, add agents or free a core`)
  return unknown(
    `${seen}: messages that were due before the window were sent in it, in bursts, which is another load; ${culprit(workload)}. Lower the rate, raise phases.warmup or free a core`,
  )
}

/** Random arrivals and whole messages may differ from the plan; of few messages that is much of the rate. */
const bearableRough = 0.1

function roughRate(sent: number, planned: number): Said | undefined {
  if (Math.abs(sent - planned) <= bearableRough * planned) return undefined
  const because = `${roundedCount(sent, 'message')} ${byNumber(sent, 'was', 'were')} sent in the measured window, ${Number(planned.toPrecision(3))} were due on average: a rate of so few messages is rough. Measure longer`
  return { outcome: 'pass', because }
}

/** One decimal: 101 % and "99 to 101 % is wanted" must not look like the same. */
function share(value: number): string {
  return `${(value * 100).toFixed(1)} %`
}

function culprit({ agents }: WorkloadResult): string {
  const busiest = agents.toSorted((a, b) => (b.share ?? 0) - (a.share ?? 0))[0]
  return busiest?.share !== undefined && busiest.share >= saturated
    ? `the generator is at its limit (${busiest.id} used ${percent(busiest.share)} of a core)`
    : 'the host did not let the generator run in time'
}

/**
 * A median that is the generator's makes the run unknown: nothing typical of the server was measured. Where only the tail is,
 * those percentiles are marked wherever they stand and judged by nobody; the rest of the run holds.
 */
export function sendLag({ lagged }: WorkloadResult): Said | undefined {
  const typical = lagged.find(({ quantile }) => quantile === 'p50')
  if (typical !== undefined) {
    return unknown(`${parts(typical)}, so latencies are the generator's own. Lower the rate, add agents or free a core`)
  }
  const [first, ...rest] = lagged.filter(({ quantile }) => quantile !== 'max')
  if (first === undefined) return undefined
  const more = rest.length === 0 ? '' : `; ${rest.map(({ metric }) => metric).join(', ')} too`
  return {
    outcome: 'pass',
    because: `${parts(first)}${more}. The generator waited for a core, so limits, check and compare do not judge this as the server's. Lower the rate or free a core`,
  }
}

function parts({ metric, value, lag, service }: Lagged): string {
  const own = lag === undefined ? '' : `, the send lag alone is ${ms(lag)}`
  const sent = service === undefined ? '' : `, counted from the real send it is ${ms(service)}`
  return `${metric} is ${ms(value)}${own}${sent}: more than half of it is the generator's`
}

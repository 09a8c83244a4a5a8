/** Is the latency NATS, or is it the generator or the harness? */
import type { Finding, Outcome } from '../model/report.ts'
import { percent } from './bottleneck.ts'
import type { BlockResult, WorkloadResult } from './block-result.ts'
import { ms, named, unknown, us } from './health-rule.ts'
import type { Examined, Said } from './health-rule.ts'
import { median } from './order.ts'

/** More lag than this is a generator's fault that shows in every latency. */
const bearableLagNs = 1e6

/**
 * A median that is mostly lag makes the run unknown: it measured the generator. Where only the tail is, the latency is still
 * what a message due then had to wait, on a machine that others use too: that is said, and not held against the run.
 */
export function sendLag(workload: WorkloadResult, _run: Examined, block: BlockResult): Said | undefined {
  const { arrivals, distributions } = workload
  const lag = distributions.get('lag')?.quantiles
  if (lag === undefined || arrivals?.kind === 'flood' || arrivals?.kind === 'closed') return undefined
  const middle = mostlyLag(lag.p50?.value, worstOf(block, 'p50'), 'p50')
  if (middle !== undefined) {
    return unknown(`${middle}: latencies are the generator's own. Lower the rate, add agents or free a core`)
  }
  const tail = mostlyLag(lag.p99?.value, worstOf(block, 'p99'), 'p99')
  if (tail === undefined) return undefined
  return { outcome: 'pass', because: `${tail}: this tail is the generator waiting for a core, not the server` }
}

function mostlyLag(lag: number | undefined, latency: number | undefined, quantile: string): string | undefined {
  if (lag === undefined || lag <= bearableLagNs || (latency !== undefined && lag <= latency / 2)) return undefined
  const against = latency === undefined ? '' : `, more than half of the latency ${quantile} of ${ms(latency)}`
  return `send lag ${quantile} is ${ms(lag)}${against}`
}

function worstOf(block: BlockResult, quantile: 'p50' | 'p99'): number | undefined {
  const found = block.workloads.flatMap(({ distributions }) =>
    (['latency', 'rtt'] as const).flatMap((name) => distributions.get(name)?.quantiles[quantile]?.value ?? []),
  )
  return found.length === 0 ? undefined : Math.max(...found)
}

/** From this share of a latency on the echo floor is worth a word; from the second on it is all one sees. */
const floorShown = 0.25
const floorAll = 0.75

export function floorNear({ plan, counted }: Examined): Finding[] {
  return plan.variants.flatMap(({ name: variant }) => {
    const blocks = counted.filter((block) => block.variant === variant)
    const floor = median(blocks.flatMap((block) => p50(block, 'floor', 'floor')))
    if (floor === undefined) return []
    const names = [...new Set(blocks.flatMap(({ workloads }) => workloads.map(({ name }) => name)))]
    return names.flatMap((workload): Finding[] => {
      const oneWay = median(blocks.flatMap((block) => p50(block, workload, 'latency')))
      const seen = oneWay ?? median(blocks.flatMap((block) => p50(block, workload, 'rtt')))
      // The echo goes there and back: a one-way latency has half of it below.
      const below = oneWay === undefined ? floor : floor / 2
      if (seen === undefined || below <= floorShown * seen) return []
      const outcome: Outcome = below > floorAll * seen ? 'unknown' : 'pass'
      const what = oneWay === undefined ? 'floor p50' : 'half the floor p50'
      const share = `${what} ${us(below)} is ${percent(below / seen)} of the latency p50 ${us(seen)}`
      const because = `${share}: that part is the harness and the host, not NATS (wanted: at most ${percent(floorShown)})`
      return [{ about: named(plan, variant, workload), rule: 'floor', outcome, because }]
    })
  })
}

function p50(block: BlockResult, workload: string, name: 'floor' | 'latency' | 'rtt'): number[] {
  const found = block.workloads.find((each) => each.name === workload)?.distributions.get(name)?.quantiles.p50
  return found === undefined ? [] : [found.value]
}

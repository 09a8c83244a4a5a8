/** Is the latency NATS, or is it the harness and the host? */
import { mainTimes, type MainTime } from '../model/kinds/kind.ts'
import type { Finding, Outcome } from '../model/report.ts'
import { percent } from './bottleneck.ts'
import type { BlockResult } from './block-result.ts'
import { blocksOf, named, us } from './health-rule.ts'
import type { Examined } from './health-rule.ts'
import { median } from './order.ts'

/** From this share of a latency on the echo floor is worth a word; from the second on it is all one sees. */
const floorShown = 0.25
const floorAll = 0.75

export function floorNear(run: Examined): Finding[] {
  return run.plan.variants.flatMap(({ name: variant }) => {
    const blocks = blocksOf(run, variant)
    const floor = median(blocks.flatMap((block) => p50(block, 'floor', 'floor')))
    if (floor === undefined) return []
    const names = [...new Set(blocks.flatMap(({ workloads }) => workloads.map(({ name }) => name)))]
    return names.flatMap((workload): Finding[] => {
      const oneWay = median(blocks.flatMap((block) => p50(block, workload, 'latency')))
      const there = mainTimes.flatMap((time) => blocks.flatMap((block) => p50(block, workload, time)))
      const seen = oneWay ?? median(there)
      // The echo goes there and back: a one-way latency has half of it below.
      const below = oneWay === undefined ? floor : floor / 2
      if (seen === undefined || below <= floorShown * seen) return []
      const outcome: Outcome = below > floorAll * seen ? 'unknown' : 'pass'
      const what =
        oneWay === undefined ? `the floor p50 (${us(floor)})` : `half the floor (${us(below)} of ${us(floor)})`
      const share = `${what} is ${percent(below / seen)} of the latency p50 (${us(seen)})`
      const because = `${share}: that part is the harness and the host, not NATS (wanted: at most ${percent(floorShown)})`
      return [{ about: named(run.plan, variant, workload), rule: 'floor', outcome, because }]
    })
  })
}

function p50(block: BlockResult, workload: string, name: 'floor' | MainTime): number[] {
  const found = block.workloads.find((each) => each.name === workload)?.distributions.get(name)?.quantiles.p50
  return found === undefined ? [] : [found.value]
}

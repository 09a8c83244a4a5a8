/** Connections that agents lost: those that came back are a result, those that did not end the numbers of their workload. */
import type { Finding } from '../model/report.ts'
import type { ConnectionLoss } from './fault-times.ts'
import { blockName, ms, named } from './health-rule.ts'
import type { Examined } from './health-rule.ts'
import { count } from '../model/count.ts'

export function connections(run: Examined): Finding[] {
  const expected = run.plan.scenario.expect?.cutOff ?? []
  return run.counted.flatMap(({ index, variant, losses, workloads }): Finding[] =>
    workloads.flatMap(({ name }): Finding[] => {
      const wanted = expected.includes(name)
      const own = losses.filter(({ workload }) => workload === name)
      if (own.length === 0 && !wanted) return []
      const { outcome, because } = own.length === 0 ? notCutOff : told(own, wanted)
      const about = named(run.plan, variant, name)
      return [{ about, rule: 'connections', outcome, because: `in ${blockName(index)}: ${because}` }]
    }),
  )
}

type Told = Pick<Finding, 'outcome' | 'because'>

const notCutOff: Told = { outcome: 'fail', because: 'no connection was cut off, and the scenario expects it' }

function told(own: readonly ConnectionLoss[], wanted: boolean): Told {
  const gone = own.filter(({ toNs }) => toNs === undefined)
  if (gone.length === 0) return cameBack(own)
  const { outcome, because } = stayedAway(gone)
  return wanted ? { outcome: 'pass', because: `${because}, as expected` } : { outcome, because }
}

function stayedAway(gone: readonly ConnectionLoss[]): Told {
  const first = earliest(gone)
  const told = `${count(gone.length, 'connection')} did not come back, the first was lost at ${ms(first.fromNs)}`
  return { outcome: 'unknown', because: `${told} (${first.id}: ${first.because}): its numbers end there` }
}

function cameBack(own: readonly ConnectionLoss[]): Told {
  const longest = Math.max(...own.map(({ fromNs, toNs }) => (toNs ?? fromNs) - fromNs))
  const told = `${count(own.length, 'connection')} came back`
  return { outcome: 'pass', because: `${told}: lost at ${ms(earliest(own).fromNs)}, away for ${ms(longest)} at most` }
}

const earliest = (losses: readonly ConnectionLoss[]): ConnectionLoss =>
  losses.reduce((first, each) => (each.fromNs < first.fromNs ? each : first))

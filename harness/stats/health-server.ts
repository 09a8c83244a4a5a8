/** What the servers themselves say about the run. */
import { faultFacts } from '../model/faults.ts'
import { workloadFacts } from '../model/kinds/kinds.ts'
import type { Finding } from '../model/report.ts'
import { percent, rounded, roundedCount } from './bottleneck.ts'
import { blockName, named } from './health-rule.ts'
import type { Examined } from './health-rule.ts'
import { count } from '../model/count.ts'

export function slowConsumers({ counted, plan }: Examined): Finding[] {
  // Behind a bad network a server takes its peers and clients for slow: it cannot write to them.
  const bad = plan.faults.some(({ kind }) => kind === 'partition' || kind === 'impair')
  const expected = bad || plan.scenario.expect?.cutOff !== undefined
  return counted.flatMap(({ index, variant, servers, cutOffs }) =>
    servers
      .filter(({ slowConsumers }) => slowConsumers > 0)
      .map(({ node, slowConsumers }) => ({
        about: named(plan, variant, node),
        rule: 'slow-consumers',
        outcome: expected ? ('pass' as const) : ('unknown' as const),
        because: `the server cut off ${count(slowConsumers, 'slow consumer')} in ${blockName(index)}, ${expected ? 'which these faults allow' : 'none is wanted'}: lower the rate, add receivers or raise ${settingReached(cutOffs.filter((each) => each.node === node))}`,
      })),
  )
}

/** Which bound a server reached before it cut a client off: it says so in its log (client.go, "Slow Consumer Detected"). */
function settingReached(cutOffs: readonly { readonly line: string }[]): string {
  const settings = [
    ['WriteDeadline', 'write_deadline'],
    ['MaxPending', 'max_pending'],
  ] as const
  const named = settings.filter(([word]) => cutOffs.some(({ line }) => line.includes(word))).map(([, name]) => name)
  return (named.length > 0 ? named : settings.map(([, name]) => name)).join(' and ')
}

/** The first reading and the first messages may cross; a server that somebody else uses, or loss on the way, is far more. */
const counterTolerance = 0.01
/** Below this many messages the few that cross are a large share. */
const countable = 1000

export function serverCounters({ counted, plan }: Examined): Finding[] {
  // A server that is started anew counts from 0, one that was killed says nothing any more.
  if (plan.faults.some(({ kind }) => faultFacts[kind].ends)) return []
  return counted.flatMap(({ index, variant, servers, workloads, published: ours }): Finding[] => {
    const theirs = servers.reduce((sum, { inMessages }) => sum + (inMessages ?? 0), 0)
    if (ours === undefined || ours < countable || servers.some(({ inMessages }) => inMessages === undefined)) return []
    // Servers of a cluster count what comes over their routes as well, those with consumers their acknowledgements, those with buckets
    // the gets that read them back: there more is no contradiction.
    const more =
      servers.length > 1 ||
      fillsOrReads(plan, variant) ||
      workloads.some(({ kind }) => workloadFacts(kind)?.consumes === true)
    const ratio = theirs / ours
    if (ratio >= 1 - counterTolerance && (more || ratio <= 1 + counterTolerance)) return []
    const because = `in ${blockName(index)} the server counted ${roundedCount(theirs, 'message')} in, the agents sent ${rounded(ours)}; they may differ by ${percent(counterTolerance)}: another client uses the server, or messages are lost on the way to it`
    return [{ about: named(plan, variant, 'server'), rule: 'server-counters', outcome: 'unknown', because }]
  })
}

/** Does the block put anything into its streams before the load, or read a bucket back after it? */
function fillsOrReads({ variants }: Examined['plan'], name: string): boolean {
  const { assignments = [] } = variants.find((variant) => variant.name === name) ?? {}
  return assignments.some(
    ({ job }) => 'streams' in job && job.streams.some(({ fill, bucket }) => fill !== undefined || bucket === true),
  )
}

/** The same load for a while before the first block, to warm up its agents. */
import { asBenchError, interrupted } from '../model/error.ts'
import { factsOf } from '../model/kinds/kinds.ts'
import type { Assignment, BlockPlan, Variant } from '../model/plan.ts'
import { rehearsalFloorMs } from '../model/timing.ts'
import type { Ways } from './blocks.ts'
import type { Site, Take } from './site.ts'

interface Rehearsal {
  readonly site: Site
  readonly take: Take
  readonly measure: Ways['measure']
  readonly variant: Variant
}

/** Nothing of it is recorded; what fails in it fails in the block, or not at all. */
export async function rehearse({ site, take, measure, variant }: Rehearsal, block: BlockPlan): Promise<void> {
  const { plan, log } = take
  const { rehearsalMs } = plan
  if (rehearsalMs === undefined) return
  const phases = { ...variant.phases, warmupMs: 0, measureMs: rehearsalMs, cooldownMs: 0 }
  const assignments = variant.assignments.map((each) => withFloorOf(rehearsalFloorMs(rehearsalMs), each))
  site.observe({ kind: 'rehearsal', block }, plan)
  try {
    await measure({
      plan,
      block,
      variant: { ...variant, phases, assignments },
      signal: site.signal,
      gauges: site.gauges,
      frame: () => undefined,
      observe: (event) => site.observe(event, plan),
      log,
    })
  } catch (thrown) {
    if (site.signal.aborted) throw interrupted(site.signal)
    log('lab', [`rehearsal: ${asBenchError(thrown).message}`])
  }
}

function withFloorOf(durationMs: number, assignment: Assignment): Assignment {
  const { job } = assignment
  if (factsOf(job.kind).role !== 'floor' || !('durationMs' in job)) return assignment
  return { ...assignment, job: { ...job, durationMs } }
}

/** Had the load its machine to itself? */
import type { Finding } from '../model/report.ts'
import { crowded, machineWords } from './bottleneck.ts'
import { blockName, blocksOf, named, type Examined } from './health-rule.ts'
import { crowdedOf, isShared, readIn, type MachineUse } from './machine-use.ts'
import { count } from '../model/count.ts'

/**
 * What was used in the measured windows decides. Others that took much and left nothing made the numbers as much as the server did:
 * floods get through less, and all waits are longer. Where something was left idle it is a remark.
 */
export function busyHost(run: Examined): Finding[] {
  return readIn(run.counted).length === 0
    ? busyBefore(run)
    : run.plan.variants.flatMap(({ name }) => sharedIn(run, name))
}

function sharedIn(run: Examined, variant: string): Finding[] {
  const blocks = blocksOf(run, variant)
  const waited = crowdedOf(blocks)
  const doubtful = waited.length > 0
  const told = doubtful ? waited : readIn(blocks).filter(({ machine }) => isShared(machine))
  const [first] = told
  if (first === undefined) return []
  const harm = doubtful
    ? "nodes waited for them, so these numbers are as much theirs as the server's"
    : 'they may have lengthened some waits'
  return [
    {
      about: named(run.plan, variant, 'host'),
      rule: 'busy-host',
      outcome: doubtful ? 'unknown' : 'pass',
      because: `${machineWords(first.machine)} (${told.length} of ${count(blocks.length, 'block')}; this is ${blockName(first.index)}): ${harm}; ${remedy(first.machine)}`,
    },
  ]
}

/** Waiting for a quiet moment helps against programs on this machine; what its hypervisor gives to other guests nobody sees from here. */
function remedy({ stolen, others }: MachineUse): string {
  return stolen > others
    ? 'run it on a machine of its own, or give this guest CPUs that no other one uses'
    : 'run it again when the machine is quiet'
}

/** Of recordings that tell no more. A remark only: a load average also counts programs that have just ended. */
function busyBefore({ host: { loadAverage, cores } }: Examined): Finding[] {
  if (loadAverage === undefined || cores === undefined || loadAverage <= crowded * cores) return []
  const because = `load average ${loadAverage.toFixed(1)} on ${count(cores, 'core')} when the run began, at most ${crowded * cores} is wanted: other programs took part of the machine, run it again when it is quiet`
  return [{ about: 'host', rule: 'busy-host', outcome: 'pass', because }]
}

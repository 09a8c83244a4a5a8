/** Can these numbers be trusted? Each rule looks at all counted blocks of a run and gives one finding for each variant. */
import { workloadFacts } from '../model/kinds/kinds.ts'
import { endedText } from '../model/ending.ts'
import type { Finding } from '../model/report.ts'
import type { WorkloadResult } from './block-result.ts'
import { rounded, roundedCount } from './bottleneck.ts'
import { backlog, sessionDrift, unsteady } from './health-steady.ts'
import { floorNear } from './health-latency.ts'
import {
  expected,
  faultClasses,
  faultEffects,
  faultPace,
  faultsHappened,
  faultsLonger,
  gapExpected,
  lostExpected,
} from './health-fault.ts'
import { disks } from './health-disk.ts'
import { busyHost } from './health-host.ts'
import { networks } from './health-network.ts'
import { rateKept, sendLag } from './health-pace.ts'
import { blockName, eachWorkload, named, unknown } from './health-rule.ts'
import type { Examined, Rule } from './health-rule.ts'
import {
  consumption,
  deduplicated,
  elsewhere,
  digests,
  ownReads,
  lostAcked,
  refused,
  replicated,
  undelivered,
  unproved,
} from './health-streams.ts'
import { serverCounters, slowConsumers } from './health-server.ts'
import { connections } from './health-connections.ts'
import { throttling } from './health-thermal.ts'
import { serverUsage } from './health-usage.ts'
import { byNumber, count } from '../model/count.ts'

/** All rules. That nothing is wrong is a finding too, so that an empty list never passes for a healthy run. */
export function health(run: Examined): Finding[] {
  const found = rules.flatMap((rule) => rule(run))
  if (found.some(({ outcome }) => outcome !== 'pass')) return found
  const blocks = count(run.counted.length, 'block')
  const checks = 'no loss, no late sends, no negative latency, no slow consumer, server and agents counted the same'
  return [...found, { about: 'run', rule: 'health', outcome: 'pass', because: `${blocks} examined: ${checks}` }]
}

const rules: readonly Rule[] = [
  ending,
  nothingMeasured,
  badBlocks,
  strayFrames,
  accounts,
  clocks,
  busyHost,
  throttling,
  eachWorkload('negative-latency', ({ totals }) =>
    totals.negative === 0
      ? undefined
      : unknown(
          `${rounded(totals.negative)} one-way ${byNumber(totals.negative, 'latency', 'latencies')} below zero, none may be: the clocks of the nodes differ`,
        ),
  ),
  eachWorkload('undecodable', ({ totals, kind }) =>
    totals.undecodable === 0 || workloadFacts(kind)?.takesStrangers === true
      ? undefined
      : unknown(
          `${roundedCount(totals.undecodable, 'message')} without a readable stamp: another client publishes on this subject, or payloads are cut`,
        ),
  ),
  eachWorkload('loss', (workload, run) => {
    const lost = workload.loss ?? 0
    if (lost === 0) return undefined
    const planned = run.plan.faults.length > 0
    const why = planned ? 'faults were planned, so this is a result' : 'see slow consumers and the log of the run'
    return {
      outcome: planned ? 'pass' : 'unknown',
      because: `${roundedCount(lost, 'message')} sent and never received${byNone(workload)}; ${why}`,
    }
  }),
  eachWorkload('surplus', ({ surplus = 0 }) =>
    surplus === 0
      ? undefined
      : unknown(
          `${roundedCount(surplus, 'message')} received that ${byNumber(surplus, 'was', 'were')} never sent: another client publishes there, or messages came twice`,
        ),
  ),
  eachWorkload('lost-acked', lostAcked),
  eachWorkload('acknowledged', unproved),
  eachWorkload('replicas', replicated),
  eachWorkload('seat', elsewhere),
  eachWorkload('own-reads', ownReads),
  eachWorkload('digests', digests),
  eachWorkload('refused', refused),
  eachWorkload('deduplicated', deduplicated),
  eachWorkload('undelivered', undelivered),
  eachWorkload('consumption', consumption),
  eachWorkload('duplicates', ({ totals: { duplicated } }) =>
    duplicated === 0 ? undefined : unknown(`${roundedCount(duplicated, 'message')} received more than once`),
  ),
  eachWorkload('late', ({ totals: { late }, kind }, run) => {
    if (late === 0) return undefined
    const planned = run.plan.faults.length > 0
    const what = workloadFacts(kind)?.lateWords ?? 'late'
    const why = planned ? 'faults were planned, so this is a result' : 'lower the rate or add agents'
    return { outcome: planned ? 'pass' : 'unknown', because: `${rounded(late)} ${what}; ${why}` }
  }),
  eachWorkload('rate-kept', rateKept),
  eachWorkload('send-lag', sendLag),
  floorNear,
  unsteady,
  sessionDrift,
  backlog,
  connections,
  faultClasses,
  faultsHappened,
  faultsLonger,
  faultEffects,
  networks,
  disks,
  faultPace,
  expected(gapExpected),
  expected(lostExpected),
  slowConsumers,
  serverCounters,
  serverUsage,
]

/** The members of a queue group share what is lost: which of them should have got it cannot be told. */
function byNone({ lossOver }: WorkloadResult): string {
  return lossOver === undefined
    ? ''
    : ` by any member of the queue group of ${lossOver.join(', ')} (the same messages at each of them)`
}

function ending({ state, because }: Examined): Finding[] {
  if (state === 'complete') return []
  return [
    {
      about: 'run',
      rule: 'complete',
      outcome: 'unknown',
      because: endedText(state, because),
    },
  ]
}

/** Of a run that ended before anything was measured it is no news. */
function nothingMeasured({ counted, plan, state }: Examined): Finding[] {
  if (state !== 'complete' && counted.length === 0) return []
  const measured = (variant: string) =>
    counted.some(
      (block) =>
        block.variant === variant &&
        block.workloads.some(({ kind, perSecond }) => workloadFacts(kind) !== undefined && (perSecond ?? 0) > 0),
    )
  return plan.variants
    .filter(({ name }) => !measured(name))
    .map(({ name }) => ({
      about: named(plan, name, 'run'),
      rule: 'measured',
      outcome: 'unknown',
      because:
        'no message was counted in a measured window; nothing can be said about it. Run it again, see log.ndjson',
    }))
}

/** Why the run ended early is said by `ending`, once. */
function badBlocks({ begun, because: ended }: Examined): Finding[] {
  return begun.flatMap(({ index, variant, outcome, because, failures, silent }): Finding[] => {
    if (outcome === 'ok' && failures.length === 0 && silent.length === 0) return []
    const missing = silent.length === 0 ? [] : [`${silent.join(', ')} sent no final counts`]
    const all = [...(because === undefined ? [] : [because]), ...failures, ...missing]
    const said = [...new Set(all)].filter((text) => text !== ended).join('; ')
    const what = outcome === 'ok' ? 'ended with errors' : outcome === 'failed' ? 'failed' : 'was not finished'
    const tail = said === '' ? '' : `: ${said}`
    return [{ about: blockName(index, variant), rule: 'block', outcome: 'unknown', because: `it ${what}${tail}` }]
  })
}

function strayFrames({ begun }: Examined): Finding[] {
  const stray = begun.reduce((sum, block) => sum + block.strayFrames, 0)
  if (stray === 0) return []
  const because = `${count(stray, 'frame')} came from agents that the plan does not know and could not be counted`
  return [{ about: 'run', rule: 'stray-frames', outcome: 'unknown', because }]
}

function accounts({ counted }: Examined): Finding[] {
  return counted.flatMap(({ index, variant, contradictions }): Finding[] => {
    if (contradictions.length === 0) return []
    const because = `its recording contradicts itself: ${contradictions.join('; ')}. Frames are missing or were changed, so its numbers are not what was measured; run it again`
    return [{ about: blockName(index, variant), rule: 'accounts', outcome: 'unknown', because }]
  })
}

function clocks({ counted }: Examined): Finding[] {
  const offsets = new Map(counted.flatMap((block) => [...block.clockOffsets]))
  if (new Set(offsets.values()).size < 2) return []
  const list = [...offsets].map(([node, offset]) => `${node} ${offset.replaceAll(/\s+/g, ' ')}`).join(', ')
  const because = `nodes live in time namespaces with different offsets (${list}), so one-way latency means nothing`
  return [{ about: 'run', rule: 'clocks', outcome: 'unknown', because }]
}

/** How long things take, as far as it can be told before a run. */
import type { Phases } from './plan.ts'
import type { Arrivals, Scenario } from './scenario.ts'

/** Starting server and agents, the barrier's lead and taking them down, for each block: an estimate, for the expected time only. */
const blockOverheadMs = 1000

/** Length of the harness floor before a block: a fifth of the measured time, 200 ms to 1 s. */
export function floorMs(phases: Phases): number {
  return Math.round(Math.min(1000, Math.max(200, phases.measureMs / 5)))
}

/** Samples of a block at most: a chart has no room for more, and the recording of hours stays small. */
const mostSamples = 600

/** How often agents cut a sample: each second, in a block of more than ten minutes less often. */
export function sampleMs({ warmupMs, measureMs, cooldownMs }: Phases): number {
  return 1000 * Math.max(1, Math.ceil((warmupMs + measureMs + cooldownMs) / 1000 / mostSamples))
}

/** V8 compiles what is hot in the first seconds of a load. */
export const longestRehearsalMs = 3000

/** Whoever measures for a shorter time in all wants no good numbers. */
const worthRehearsalMs = 2000

/**
 * Load that warms agents up before the first block: as long as all that is measured of one variant, where that is short; 0 where all that is
 * measured is too short to be worth it. `asked` is what the command line says. 0 where there are faults, which may meet every process of a
 * node: its agents are fresh in each block.
 */
export function rehearsalMs(
  variants: readonly Pick<Phases, 'measureMs'>[],
  { repeats, faults }: Pick<Scenario, 'repeats' | 'faults'>,
  asked?: number,
): number {
  if (faults.length > 0) return 0
  if (asked !== undefined) return asked
  const measured = variants.map(({ measureMs }) => measureMs * repeats)
  if (measured.reduce((sum, ms) => sum + ms, 0) < worthRehearsalMs) return 0
  return Math.min(longestRehearsalMs, Math.max(...measured))
}

/** On a slow board half the round trips of a cold floor took 0.87 ms, after some 2,000 of them 0.3 ms. */
const longestRehearsalFloorMs = 1500

/** Length of the harness floor before the load of a rehearsal. */
export function rehearsalFloorMs(rehearsalMs: number): number {
  return Math.min(rehearsalMs, longestRehearsalFloorMs)
}

/** A rehearsal, from the start of its server to the end of its load; 0 where there is none. */
export function wholeRehearsalMs(rehearsalMs: number): number {
  return rehearsalMs === 0 ? 0 : blockOverheadMs + rehearsalFloorMs(rehearsalMs) + rehearsalMs
}

/** One block, from the start of its server to the end of its agents. */
export function blockMs(phases: Phases): number {
  return blockOverheadMs + floorMs(phases) + phases.warmupMs + phases.measureMs + phases.cooldownMs
}

/** What of a workload decides how often one of its agents is answered. */
export interface Timed {
  readonly arrivals: Arrivals
  readonly connections: number
  /** Messages that wait for each other on a connection, before they go or before they are answered. */
  readonly batch?: number | undefined
  /** Of a fast batch: messages of a connection for one acknowledgement. */
  readonly flow?: number | undefined
}

/** nats-server acknowledges a fast batch after this many messages, whatever its client asks for (`fastBatchInit`). */
const longestFlow = 500

/** Messages of one agent that are answered together: a batch on each of its connections. */
function together({ connections, batch, flow }: Timed): number {
  if (batch !== undefined) return batch * connections
  return flow === undefined ? 1 : Math.min(flow, longestFlow) * connections
}

/**
 * How long a measured window must be for every agent of a workload to send in it at least once, in ms: the distance between two
 * messages (or bursts, or full batches) of one agent, of a random schedule the mean; of a staircase all its steps as long as the slowest
 * needs. 0 where nothing falls due. `members`: agents that share the workload's rate.
 */
export function periodMs(workload: Timed, members: number): number {
  const { arrivals } = workload
  const messages = together(workload)
  switch (arrivals.kind) {
    case 'constant':
    case 'poisson':
      return (messages * members * 1000) / arrivals.perSecond
    case 'burst':
      return (Math.max(messages, arrivals.size) * members * 1000) / arrivals.perSecond
    case 'staircase':
      return (messages * arrivals.steps * members * 1000) / Math.min(arrivals.from, arrivals.to)
    case 'closed':
    case 'flood':
      return 0
  }
}

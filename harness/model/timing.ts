/** How long things take, as far as it can be told before a run. */
import type { Phases } from './plan.ts'

/** Starting server and agents, the barrier's lead and taking them down, for each block: an estimate, for the expected time only. */
export const blockOverheadMs = 1000

/** Length of the harness floor before a block: a fifth of the measured time, 200 ms to 1 s. */
export function floorMs(phases: Phases): number {
  return Math.round(Math.min(1000, Math.max(200, phases.measureMs / 5)))
}

/** One block, from the start of its server to the end of its agents. */
export function blockMs(phases: Phases): number {
  return blockOverheadMs + floorMs(phases) + phases.warmupMs + phases.measureMs + phases.cooldownMs
}

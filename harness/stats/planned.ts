/** How much a schedule asks for. */
import type { AgentFold } from './agent-fold.ts'

/** Messages a second of all agents together; undefined where not all have a rate. */
export function plannedRate(agents: readonly AgentFold[]): number | undefined {
  const sum = agents.map(rateOf).reduce((total, each) => total + each, 0)
  return Number.isNaN(sum) ? undefined : sum
}

/** NaN where there is none. The steps of a staircase are equally long, so its mean is that of its ends. */
function rateOf({ assignment: { job } }: AgentFold): number {
  if (!('arrivals' in job)) return Number.NaN
  const { arrivals } = job
  if (arrivals.kind === 'staircase') return arrivals.steps === 1 ? arrivals.from : (arrivals.from + arrivals.to) / 2
  return 'perSecond' in arrivals ? arrivals.perSecond : Number.NaN
}

/** Messages due in the window that each agent really measured, or was to measure where it never did. */
export function plannedIn(agents: readonly AgentFold[], measureMs: number): number {
  return agents.reduce(
    (sum, agent) => sum + rateOf(agent) * (agent.spanNs > 0 ? agent.spanNs / 1e9 : measureMs / 1e3),
    0,
  )
}

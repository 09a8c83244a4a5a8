/** Do the agents' own accounts of a block fit each other and the plan? Where not, frames are missing or were changed. */
import { factsOf } from '../model/kinds/kinds.ts'
import type { Phases } from '../model/plan.ts'
import { messages, type AgentFold } from './agent-fold.ts'
import { rounded } from './bottleneck.ts'

/** An agent's samples follow each other and end with the window, so that they cover it exactly. */
const spanTolerance = 0.01

/** One clause for each contradiction. Of a block that ended well: one that was cut off contradicts the plan anyway. */
export function contradictions(agents: readonly AgentFold[], { measureMs }: Phases): readonly string[] {
  return agents.flatMap((agent) => {
    const { kind } = agent.assignment.job
    if (!factsOf(kind).measures || factsOf(kind).role === 'floor') return []
    return [...span(agent, measureMs), ...counts(agent)]
  })
}

function span({ assignment: { id }, spanNs }: AgentFold, measureMs: number): readonly string[] {
  if (Math.abs(spanNs / 1e6 / measureMs - 1) <= spanTolerance) return []
  return [`the samples of ${id} cover ${seconds(spanNs / 1e9)} of ${seconds(measureMs / 1e3)} to be measured`]
}

function counts({ assignment, all, done }: AgentFold): readonly string[] {
  const told = done === undefined ? undefined : messages(assignment, done.counts)
  const sampled = messages(assignment, all)
  if (told === undefined || told === sampled) return []
  return [`the samples of ${assignment.id} have ${rounded(sampled)} messages, its final count ${rounded(told)}`]
}

function seconds(value: number): string {
  return `${Number(value.toPrecision(3))} s`
}

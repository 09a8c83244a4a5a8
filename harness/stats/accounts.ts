/** Do the agents' own accounts of a block fit each other and the plan? Where not, frames are missing or were changed. */
import { filledPublisher } from '../agent/stamp.ts'
import { factsOf, workloadFacts } from '../model/kinds/kinds.ts'
import { isPaced } from '../model/paced.ts'
import type { Assignment, Phases } from '../model/plan.ts'
import type { HistogramName } from '../model/recording.ts'
import { messages, type AgentFold } from './agent-fold.ts'
import { rounded, roundedCount } from './bottleneck.ts'

/** An agent's samples follow each other, begin and end with the window, so that they cover it exactly. */
const spanTolerance = 0.01
/** Times of something else than of messages. */
const otherTimes: ReadonlySet<HistogramName> = new Set<HistogramName>(['confirm', 'fetch'])

/** One clause for each contradiction. Of a block that ended well: one that was cut off contradicts the plan anyway. */
export function contradictions(agents: readonly AgentFold[], phases: Phases): readonly string[] {
  const sending = new Set(agents.filter(sends).flatMap(({ done }) => Object.keys(done?.perPublisher ?? {})))
  return agents.flatMap((agent) => {
    const { kind } = agent.assignment.job
    if (!factsOf(kind).measures || factsOf(kind).role === 'floor') return []
    return [...span(agent, phases), ...counts(agent), ...times(agent), ...strangers(agent, sending)]
  })
}

function span({ assignment: { id }, spanNs, fromNs }: AgentFold, { warmupMs, measureMs }: Phases): readonly string[] {
  if (Math.abs(spanNs / 1e6 / measureMs - 1) > spanTolerance)
    return [`the samples of ${id} cover ${seconds(spanNs / 1e9)} of ${seconds(measureMs / 1e3)} to be measured`]
  if (Math.abs(fromNs / 1e6 - warmupMs) <= spanTolerance * measureMs) return []
  return [`the measured samples of ${id} begin at ${seconds(fromNs / 1e9)}, the window at ${seconds(warmupMs / 1e3)}`]
}

function counts({ assignment, all, done }: AgentFold): readonly string[] {
  const told = done === undefined ? undefined : messages(assignment, done.counts)
  const sampled = messages(assignment, all)
  if (told === undefined || told === sampled) return []
  return [`the samples of ${assignment.id} have ${roundedCount(sampled, 'message')}, its final count ${rounded(told)}`]
}

/** Each message has one time in each histogram, where any has: but for those without a readable stamp or from the future. */
function times({ assignment, all, timed }: AgentFold): readonly string[] {
  const { histograms = [], timed: which = 'some' } = workloadFacts(assignment.job.kind) ?? {}
  const some = messages(assignment, all)
  const untimed = all.undecodable + all.negative
  return histograms.flatMap((name, i) => {
    const got = timed.get(name) ?? 0
    if (otherTimes.has(name) || (got === 0 && !certain(name, which, assignment))) return []
    const ofSends = name === 'lag' && i > 0
    const most = ofSends ? all.sent : some
    const least = which === 'some' ? 0 : ofSends ? Math.min(1, most) : most - untimed
    return got >= least && got <= most
      ? []
      : [`${assignment.id} has ${roundedCount(got, 'time')} (${name}) of ${roundedCount(most, 'message')}`]
  })
}

/** Is there such a time of each message for certain? A flood has no lag, what carries no stamp of ours has no latency. */
function certain(name: HistogramName, which: 'each' | 'some', { job }: Assignment): boolean {
  if (name === 'lag') return isPaced(job)
  return which === 'each' && (!('stamped' in job) || job.stamped)
}

/** Messages of publishers who sent none. Strangers without a stamp have no number. */
function strangers({ assignment: { id }, done }: AgentFold, sending: ReadonlySet<string>): readonly string[] {
  return Object.keys(done?.perPublisher ?? {})
    .filter((publisher) => publisher !== String(filledPublisher) && !sending.has(publisher))
    .map((publisher) => `${id} counts messages of publisher ${publisher}, who sent none`)
}

function sends({ assignment: { job } }: AgentFold): boolean {
  return 'publisher' in job
}

function seconds(value: number): string {
  return `${Number(value.toPrecision(3))} s`
}

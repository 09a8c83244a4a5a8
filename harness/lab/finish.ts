/** The end of the load: who is waited for in which order, and how long. */
import { factsOf } from '../model/kinds/kinds.ts'
import { everyAgent, type AgentProcess } from './agent-process.ts'

const drainMs = 15_000
/** Beyond the length of the load, for reading what its streams hold. */
const storeMs = 60_000

export interface Ending {
  /** From the start instant on. */
  readonly lengthMs: number
  readonly signal: AbortSignal
  /** How much longer all are waited for, because faults end late. */
  readonly moreMs?: () => number
}

/** Senders end by themselves; then receivers are told to take what is on its way. */
export async function finish(agents: readonly AgentProcess[], { lengthMs, signal, moreMs }: Ending): Promise<void> {
  const senders = agents.filter((agent) => factsOf(agent.assignment.job.kind).ends)
  const others = agents.filter((agent) => !factsOf(agent.assignment.job.kind).ends)
  const stores = others.filter((agent) => factsOf(agent.assignment.job.kind).role === 'store')
  const receivers = others.filter((agent) => !stores.includes(agent))
  const failed = Promise.all(others.map((agent) => agent.done))
  const done = (waited: readonly AgentProcess[], ms: number) =>
    everyAgent(waited, 'done', (agent) => agent.done, ms, signal, moreMs)
  await Promise.race([done(senders, lengthMs + drainMs), neverFulfilled(failed)])
  receivers.forEach((agent) => agent.send({ t: 'finish' }))
  await done(receivers, drainMs)
  stores.forEach((agent) => agent.send({ t: 'finish' }))
  await done(stores, lengthMs + storeMs)
}

/** Keeps only the rejections of `promise`: a receiver that fails ends the wait for the senders. */
function neverFulfilled(promise: Promise<unknown>): Promise<never> {
  return new Promise((_, reject) => {
    promise.catch(reject)
  })
}

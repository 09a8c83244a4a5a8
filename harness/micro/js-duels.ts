/** What `pnpm versus --js` measures: publishing to a stream and reading it, by our agent and by `nats bench js`. */
import type { Job } from '../model/plan.ts'
import type { Arena, Duel, Goal } from './duels.ts'
import { consumerName, JsStore, streamName, streamSubject } from './js-store.ts'
import {
  cpuGoal,
  cpuMessage,
  micros,
  perSecond,
  phases,
  rateGoal,
  serverGoal,
  onServer,
  payloadOf,
} from './duel-figures.ts'
import type { Measured } from './our-agent.ts'
import { runWatched, serverAtMost } from './server-share.ts'

export const jsDuels: readonly Duel[] = [
  publishing('js-sync', 1, ['sync'], 30_000, [
    { figure: 'p50', unit: 'us', of: 'ratio', atMost: 0.95 },
    { figure: 'msg/s', unit: 'msg/s', of: 'ratio' },
    cpuGoal,
    serverGoal,
  ]),
  publishing('js-async', 500, ['async', '--batch', '500'], 500_000, [rateGoal(1.1), cpuGoal, serverGoal]),
  publishing(
    'js-atomic',
    1,
    ['atomic', '--batch', '500'],
    200_000,
    [{ figure: 'msg/s', unit: 'msg/s', of: 'ratio' }, cpuGoal, serverGoal],
    500,
  ),
  getting(),
  reading('js-ordered', 'ordered', ['ordered', '--batch', '500']),
  reading('js-consume', 'continuous', ['consume', '--consumer', consumerName, '--batch', '500', '--acks', 'explicit']),
  reading('js-fetch', 'fetch', ['fetch', '--consumer', consumerName, '--batch', '500', '--acks', 'explicit']),
]

function publishing(
  name: string,
  window: number,
  words: readonly string[],
  messages: number,
  goals: readonly Goal[],
  batch?: number,
): Duel {
  return {
    name,
    about: `publish to a stream on file, 128 B, ${batch === undefined ? `${window} in flight` : `atomic batches of ${batch}`}, to a new stream each time`,
    goals,
    async ours(arena) {
      const store = await storeOf(arena)
      await store.fresh()
      const job: Job = {
        kind: 'js-publish',
        ...onServer(arena, streamSubject),
        publisher: 0,
        payload: payloadOf(128),
        headers: {},
        arrivals: { kind: 'flood' },
        window,
        timeoutMs: 5000,
        ...(batch === undefined ? {} : { batch }),
      }
      const { result, share } = await runWatched(arena, { pub: job }, phases(arena))
      return { ...told(result.pub), p50: micros(result.pub, 'ackService', 0.5), [serverAtMost]: share }
    },
    async theirs(arena) {
      const store = await storeOf(arena)
      await store.fresh()
      // Only of one message at a time is its median that of a message.
      const timed = window === 1 && batch === undefined
      return arena.natsBench.jetStream(['pub', ...words, streamSubject, '--stream', streamName], 128, messages, timed)
    },
  }
}

/** One message after the other by its sequence number, from the first: what `nats bench js get sync` does. */
function getting(): Duel {
  return {
    name: 'js-get',
    about: 'direct gets by sequence number from a stream on file, 128 B, 1 in flight',
    goals: [
      { figure: 'p50', unit: 'us', of: 'ratio', atMost: 0.95 },
      { figure: 'msg/s', unit: 'msg/s', of: 'ratio' },
      cpuGoal,
      serverGoal,
    ],
    async ours(arena) {
      const store = await storeOf(arena)
      await store.filledWith(arena.backlog)
      const job: Job = {
        kind: 'js-get',
        ...onServer(arena, ''),
        publisher: 0,
        seed: 1,
        arrivals: { kind: 'closed', inFlight: 1 },
        stream: streamName,
        by: 'sequence',
        of: arena.backlog,
        random: false,
        window: 1,
        timeoutMs: 5000,
      }
      const { result, share } = await runWatched(arena, { get: job }, phases(arena))
      return { ...told(result.get), p50: micros(result.get, 'rttService', 0.5), [serverAtMost]: share }
    },
    async theirs(arena) {
      const store = await storeOf(arena)
      await store.filledWith(arena.backlog)
      const messages = Math.min(arena.backlog, mostGets)
      return arena.natsBench.jetStream(['get', 'sync', '--stream', streamName], 128, messages, true)
    },
  }
}

const mostGets = 50_000

/** Both drain the same stream from its start. Ours has a window of time, theirs a number of messages, which is all there are. */
function reading(name: string, take: 'ordered' | 'continuous' | 'fetch', words: readonly string[]): Duel {
  return {
    name,
    about: `read a stream from its start, 128 B, 500 asked for, ${take === 'ordered' ? 'no acks' : 'acks explicit'}`,
    goals: [
      rateGoal(1.2),
      cpuGoal,
      serverGoal,
      { figure: 'lost, duplicated, reordered', unit: '', of: 'value', atMost: 0 },
    ],
    async ours(arena) {
      const store = await storeOf(arena)
      await store.filledWith(arena.backlog)
      if (take !== 'ordered') await store.consumer()
      const job: Job = {
        kind: 'js-consume',
        ...onServer(arena, ''),
        stream: streamName,
        consumer: consumerName,
        ...(take === 'ordered' ? {} : { queue: consumerName }),
        take,
        ack: take === 'ordered' ? 'none' : 'explicit',
        start: 'all',
        batch: 500,
        expiresMs: 30_000,
        workMs: 0,
        nak: 0,
        seed: 1,
        publishers: 1,
      }
      // What is left after the measured time is drained, for as long as a run drains: it was received, or the consumer still has it.
      const times = { warmupMs: 1000, measureMs: Math.min(arena.measureMs, 1000), cooldownMs: 0 }
      const { result, share } = await runWatched(arena, { read: job }, times)
      const { received, duplicated, reordered } = result.read.counts
      const wrong = Math.abs(arena.backlog - result.read.leftBehind - received) + duplicated + reordered
      return { ...told(result.read), [serverAtMost]: share, 'lost, duplicated, reordered': wrong }
    },
    async theirs(arena) {
      const store = await storeOf(arena)
      await store.filledWith(arena.backlog)
      if (take !== 'ordered') await store.consumer()
      return arena.natsBench.jetStream([...words, '--stream', streamName], 128, arena.backlog)
    },
  }
}

function told(measured: Measured): Readonly<Record<string, number>> {
  return { 'msg/s': perSecond(measured), 'CPU a message': cpuMessage(measured) }
}

const stores = new WeakMap<Arena['server'], Promise<JsStore>>()

/** One a server; its streams stay for the next duel. */
function storeOf({ server, atEnd }: Arena): Promise<JsStore> {
  const known = stores.get(server)
  if (known !== undefined) return known
  const opened = JsStore.open(server)
  stores.set(server, opened)
  atEnd(async () => (await opened).close())
  return opened
}

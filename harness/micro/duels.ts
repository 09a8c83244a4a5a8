/** What `pnpm versus` measures: each duel gives our figure and, where there is one, that of `nats bench`. */
import type { Host } from '../host/host.ts'
import type { Job } from '../model/plan.ts'
import type { Arrivals } from '../model/scenario.ts'
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
import type { NatsBench, Server } from './nats-bench.ts'
import { mergedHistograms, runJobs, type Measured } from './our-agent.ts'
import { runWatched, serverAtMost } from './server-share.ts'

export interface Arena {
  readonly host: Host
  readonly server: Server
  readonly natsBench: NatsBench
  readonly measureMs: number
  /** Process of the server, where it was started here. */
  readonly serverPid?: number
  /** Messages in a stream that is read. */
  readonly backlog: number
  /** Cleans up at the end. */
  readonly atEnd: (undo: () => Promise<void>) => void
}

/** Figures of one round by name; theirs of those that are compared. */
export interface Round {
  readonly ours: Readonly<Record<string, number>>
  readonly theirs?: Readonly<Record<string, number>>
}

export interface Goal {
  readonly figure: string
  readonly unit: string
  /** `ratio`: ours to theirs. `value`: ours. */
  readonly of: 'ratio' | 'value'
  readonly atLeast?: number
  readonly atMost?: number
  /** Where the server was at its limit, no generator could have reached more: missed is then as good as met. */
  readonly boundByServer?: true
}

export interface Duel {
  readonly name: string
  readonly about: string
  readonly goals: readonly Goal[]
  ours(arena: Arena): Promise<Readonly<Record<string, number>>>
  theirs?(arena: Arena): Promise<Readonly<Record<string, number>>>
}

function publishJob(arena: Arena, subject: string, bytes: number, arrivals: Arrivals) {
  const own = { publisher: 0, subjects: 1, payload: payloadOf(bytes), headers: {}, arrivals }
  return { kind: 'publish', ...onServer(arena, subject), ...own } satisfies Job
}

function subscribeJob(arena: Arena, subject: string) {
  return { kind: 'subscribe', ...onServer(arena, subject), stamped: true, publishers: 1 } satisfies Job
}

/** The same figure twice: compared with a bound of ours, and with theirs. */
const cpuGoals = (atMost: number): readonly Goal[] => [
  { figure: 'CPU a message', unit: 'us', of: 'value', atMost },
  cpuGoal,
]

export const duels: readonly Duel[] = [
  publishing('publish', 'x'),
  publishing('publish-long-subject', 'versus.publish'),
  {
    name: 'one-to-one',
    about: '1 → 1 flood, 128 B, stamps, ledger and histograms on; the subscriber’s rate',
    goals: [
      rateGoal(1.5),
      ...cpuGoals(0.35),
      serverGoal,
      { figure: 'lost, duplicated, reordered, negative', unit: '', of: 'value', atMost: 0 },
    ],
    async ours(arena) {
      const jobs = {
        sub: subscribeJob(arena, 'versus.one'),
        pub: publishJob(arena, 'versus.one', 128, { kind: 'flood' }),
      }
      const { result, share } = await runWatched(arena, jobs, phases(arena))
      const { sub, pub } = result
      const { received, duplicated, reordered, negative, undecodable } = sub.counts
      const wrong = Math.abs(pub.counts.sent - received) + duplicated + reordered + negative + undecodable
      return {
        'msg/s': perSecond(sub),
        'CPU a message': cpuMessage(sub),
        [serverAtMost]: share,
        'lost, duplicated, reordered, negative': wrong,
      }
    },
    theirs: ({ natsBench }) => natsBench.oneToOne('versus.one', 128, 4_000_000),
  },
  {
    name: 'request',
    about: 'request-reply, 16 B, 1 in flight; median round trip',
    goals: [{ figure: 'p50', unit: 'us', of: 'ratio', atMost: 0.85 }, cpuGoal],
    async ours(arena) {
      const common = onServer(arena, 'versus.request')
      const payload = payloadOf(16)
      const arrivals = { kind: 'closed', inFlight: 1 } as const
      const jobs: Record<'rep' | 'req', Job> = {
        rep: { kind: 'reply', ...common },
        req: { kind: 'request', ...common, publisher: 0, payload, headers: {}, arrivals, timeoutMs: 2000 },
      }
      const { req } = await runJobs(arena.host, jobs, phases(arena), arena.server.token)
      return { p50: micros(req, 'rttService', 0.5), 'CPU a message': cpuMessage(req) }
    },
    theirs: ({ natsBench }) => natsBench.request('versus.request', 16, 20_000),
  },
  pacing(1000),
  pacing(10_000),
  {
    name: 'fan-in',
    about: 'four publishers at 5,000 msg/s each, one subscriber, 128 B: is the tail the server’s or ours?',
    goals: [
      { figure: 'lag p99 of latency p99', unit: '', of: 'value', atMost: 0.25 },
      { figure: 'lag p99', unit: 'us', of: 'value' },
      { figure: 'latency p99', unit: 'us', of: 'value' },
      { figure: 'CPU a message sent', unit: 'us', of: 'value' },
    ],
    async ours(arena) {
      const publisher = (number: number): Job => ({
        ...publishJob(arena, 'versus.in', 128, { kind: 'constant', perSecond: 5000 }),
        publisher: number,
      })
      const senders = { pub0: publisher(0), pub1: publisher(1), pub2: publisher(2), pub3: publisher(3) }
      const jobs = { sub: { ...subscribeJob(arena, 'versus.in'), publishers: 4 }, ...senders }
      const { sub, ...pubs } = await runJobs(arena.host, jobs, phases(arena), arena.server.token)
      const sent = Object.values(pubs)
      const lag = micros({ ...sub, histograms: mergedHistograms(sent) }, 'lag', 0.99)
      const latency = micros(sub, 'latency', 0.99)
      const total = (of: (measured: Measured) => number): number => sent.reduce((sum, pub) => sum + of(pub), 0)
      return {
        'lag p99 of latency p99': lag / latency,
        'lag p99': lag,
        'latency p99': latency,
        'CPU a message sent': total(({ cpuMicros }) => cpuMicros) / total(({ messages }) => messages),
      }
    },
  },
]

function pacing(rate: number): Duel {
  return {
    name: `pacing-${rate}`,
    about: `paced at ${rate.toLocaleString('en')} msg/s, 128 B, no subscriber`,
    goals: [
      { figure: 'rate error', unit: '%', of: 'value', atMost: 0.1 },
      { figure: 'lag p50', unit: 'us', of: 'value', atMost: 40 },
      { figure: 'lag p99', unit: 'us', of: 'value', atMost: 250 },
      { figure: 'sender', unit: '% of a core', of: 'value', ...(rate >= 10_000 ? { atMost: 60 } : {}) },
    ],
    async ours(arena) {
      const jobs = { pub: publishJob(arena, 'versus.paced', 128, { kind: 'constant', perSecond: rate }) }
      const { pub } = await runJobs(arena.host, jobs, phases(arena), arena.server.token)
      return {
        'rate error': (Math.abs(perSecond(pub) - rate) / rate) * 100,
        'lag p50': micros(pub, 'lag', 0.5),
        'lag p99': micros(pub, 'lag', 0.99),
        sender: pub.cpuMicros / pub.seconds / 1e4,
      }
    },
  }
}

/**
 * The subject decides what this measures. The server reads it byte by byte, so with a short one the generator shows and with
 * a long one, where our generator waits for the server, rather the server. Both are run, with the same subject for both tools.
 */
function publishing(name: string, subject: string): Duel {
  return {
    name,
    about: `publish flood, 16 B to a subject of ${subject.length} bytes, no subscriber`,
    goals: [rateGoal(1.5), ...cpuGoals(0.08), serverGoal],
    async ours(arena) {
      const jobs = { pub: publishJob(arena, subject, 16, { kind: 'flood' }) }
      const { result, share } = await runWatched(arena, jobs, phases(arena))
      return { 'msg/s': perSecond(result.pub), 'CPU a message': cpuMessage(result.pub), [serverAtMost]: share }
    },
    theirs: ({ natsBench }) => natsBench.publish(subject, 16, 10_000_000),
  }
}

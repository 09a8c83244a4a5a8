/** What is asked of a kind of work. One file a kind answers all of it; an answer left out does not compile. */
import type { z } from 'zod'
import type { arrivalsSchema } from '../fields.ts'
import type { HistogramName } from '../recording.ts'
import type { Place } from './parts.ts'

/** Times that stand for a workload: a workload has one of them or none, and charts, tables and matchers show that one. */
export const mainTimes = ['latency', 'rtt', 'ack'] as const
export type MainTime = (typeof mainTimes)[number]

/** How each is said, and its sibling that counts from the real send. */
export const timeFacts: {
  readonly [T in MainTime]: { readonly one: string; readonly service: HistogramName }
} = {
  latency: { one: 'latency', service: 'service' },
  rtt: { one: 'round trip', service: 'rttService' },
  ack: { one: 'ack time', service: 'ackService' },
}

export function isMainTime(name: string): name is MainTime {
  return (mainTimes as readonly string[]).includes(name)
}

/** Asked of every job that an agent can have, those beside the workloads included. */
export interface JobFacts<J> {
  /** What a plan says of it. */
  readonly job: z.ZodType
  /** Load of a workload, the harness floor before it, a look at the servers, or their streams: kept until all others are done. */
  readonly role: 'load' | 'floor' | 'watch' | 'store'
  /** Does it send samples that become numbers? */
  readonly measures: boolean
  /** Ends by itself after the cool-down; one that does not goes on until it is told to finish. */
  readonly ends: boolean
  /** Which count of an agent is its messages. */
  readonly counts: 'sent' | 'received'
  /** Does it put messages into a server? They are compared with the server's own count. */
  readonly publishes: boolean
  /** What it does, one line of `bench plan`. */
  words(job: J): string
}

/** Of files of other tools, see store/imports. */
export interface ImportedFacts {
  /** What its workload is called where nobody says. */
  readonly name: string
  /** Which clients of `nats bench` do it: those that publish or put (`P`), or those that get (`S`). */
  readonly client: 'P' | 'S'
  /** What the time of one call is here, where each call is one message. */
  readonly call: HistogramName | undefined
  /** What a workload of such a file has beside name and place, with messages of so many bytes. */
  readonly fields: (bytes: number) => object
}

/** Of `nats bench`, whose clients send or get a number of messages and say then how it was. */
export interface NatsBenchFacts<J> {
  /** Its words. Methods, so that the facts of one kind stand among those of all. */
  words(job: J): readonly string[]
  /** What of this job it cannot do, a sentence without its subject; undefined: it can. */
  lacks(job: J): string | undefined
  /** Messages that one client sends or gets: those of one sender, those of all, or until it is told to stop. */
  readonly takes: 'own' | 'all' | 'none'
  /** Which metric of ours is the figure that it prints. */
  readonly metric: 'throughput' | 'rtt.p50' | undefined
}

export interface Lack {
  readonly field: string
  /** What it must be instead: `left out` where nothing is said. */
  readonly must?: string
  readonly why: string
  /** Values that can be asked all the same. */
  readonly takes?: (value: unknown) => boolean
}

/** Of the official packages. */
export interface NatsJsFacts {
  /** Those that it needs beside `nats`. */
  readonly packages: readonly string[]
  /** Fields of a workload that cannot be asked of it. */
  readonly lacks: readonly Lack[]
}

/** Asked of a workload. `W`: as a scenario has it, `J`: one agent's part of it as a plan has it. */
export interface KindFacts<W, J> extends JobFacts<J> {
  /** What an author may write. */
  readonly fields: z.ZodType
  /** One agent's part of the workload. */
  plan(workload: W, place: Place): J
  /** What those who run it do: `publishes`, for sentences such as "nobody publishes". */
  readonly verb: string
  /** In pictures: from its nodes to the servers, or from the servers to its nodes. */
  readonly direction: 'out' | 'in'
  /** Is what it gets what the servers were there to bring? Their cost is counted by such messages. */
  readonly delivered: boolean
  /** Whom it must hear. `only`: nobody else may be heard: what is wrong then. Undefined: it listens to no subject. */
  readonly hears:
    { readonly wants: string; readonly only?: { readonly must: string; readonly but: string } } | undefined
  /** The kind that must answer it. */
  readonly answeredBy: string | undefined
  /** Is each of its messages acknowledged by a stream? Then what is stored is compared with what was acknowledged. */
  readonly acknowledged: boolean
  /** Does it read a stream through a consumer? Then what was acknowledged is compared with what it got. */
  readonly consumes: boolean
  /** Can a stream answer its messages with an error? Then those are counted. */
  readonly refusable: boolean
  /** Does it add headers of its own to a message: always, or where a workload has one of these fields? Absent: never. */
  readonly ownHeaders?: 'always' | readonly string[]
  /** Arrivals that it cannot have, and what it must have instead. */
  readonly refuses: Readonly<Partial<Record<z.output<typeof arrivalsSchema>['kind'], string>>>
  /** Times, loss and order are read from stamps: its messages must carry one. */
  readonly needsStamps: boolean
  /** May messages reach it that carry no stamp of ours? */
  readonly takesStrangers: boolean
  /** Can messages wait for it in buffers while its senders go on? */
  readonly fallsBehind: boolean
  /** The times that it records, the one that is of its messages first. */
  readonly histograms: readonly HistogramName[]
  /** Has each of its messages such a time, if any has, or only some (first deliveries, what was not there before the load)? */
  readonly timed: 'each' | 'some'
  readonly mainTime: MainTime | undefined
  /** Does it keep account of messages that came twice or in the wrong order? */
  readonly keepsOrder: boolean
  /** What `late` counts; undefined where nothing falls due. */
  readonly lateWords: string | undefined
  /** The metric that must be 0 for nothing to be missing, and what it counts; undefined where nothing is received. */
  readonly account: { readonly metric: 'loss' | 'late' | 'undelivered'; readonly words: string } | undefined
  /** How numbers of another tool become numbers of this kind; undefined where none measures it. */
  readonly imported: ImportedFacts | undefined
  /** How `nats bench` does the same work; undefined: it does not, or nothing that may stand beside ours. */
  readonly natsBench: NatsBenchFacts<J> | undefined
  /** Who set the rate when its agents have no CPU time left. */
  readonly limiter: 'generator' | 'receiver'
  /** What engine nats.js makes of it. */
  readonly natsJs: NatsJsFacts
}

/** What is true of most kinds that send. */
export const sender = {
  role: 'load',
  measures: true,
  ends: true,
  counts: 'sent',
  publishes: true,
  direction: 'out',
  delivered: false,
  hears: undefined,
  answeredBy: undefined,
  acknowledged: false,
  consumes: false,
  refusable: false,
  needsStamps: false,
  takesStrangers: false,
  fallsBehind: true,
  timed: 'each',
  keepsOrder: false,
  limiter: 'generator',
} as const satisfies Partial<KindFacts<never, never>>

/** Of those among them that wait for answers. */
export const asker = { ...sender, counts: 'received', delivered: true } as const

/** What is true of most kinds that take messages and read their stamps. */
export const receiver = {
  role: 'load',
  measures: true,
  ends: false,
  counts: 'received',
  publishes: false,
  direction: 'in',
  delivered: true,
  hears: undefined,
  answeredBy: undefined,
  acknowledged: false,
  consumes: false,
  refusable: false,
  refuses: {},
  needsStamps: true,
  takesStrangers: false,
  fallsBehind: true,
  mainTime: 'latency',
  keepsOrder: true,
  lateWords: undefined,
  limiter: 'receiver',
} as const satisfies Partial<KindFacts<never, never>>

/** Infers the two shapes of a kind from its schemas. */
export function defineKind<F extends z.ZodType, J extends z.ZodType>(
  facts: KindFacts<z.output<F>, z.output<J>> & { readonly fields: F; readonly job: J },
): KindFacts<z.output<F>, z.output<J>> & { readonly fields: F; readonly job: J } {
  return facts
}

/** The same for a job that stands beside the workloads. */
export function defineJob<J extends z.ZodType>(
  facts: JobFacts<z.output<J>> & { readonly job: J },
): JobFacts<z.output<J>> & { readonly job: J } {
  return facts
}

/** What the kinds share: the parts of a job as a plan has it, how they are made from a workload, how they are said. */
import { z } from 'zod'
import { dictionary, list } from '../json.ts'
import { arrivalsSchema, base, duration, type engine, type evenPayload, type payloadSchema } from '../fields.ts'
import type { Stores } from '../streams.ts'
import { durationMs } from '../units.ts'
import { count } from '../count.ts'

export { list }
export const whole = z.int().min(0)

/** Payloads from this many bytes on carry a stamp. */
export const stampBytes = 16

export const target = z.strictObject({ host: z.string(), port: whole }).readonly()
export type Target = z.output<typeof target>
const sizePart = z.strictObject({ bytes: whole, to: whole.exactOptional(), share: z.number() }).readonly()
export const payloadPlan = z
  .strictObject({
    /** Of the largest message. */
    bytes: whole,
    /** Shares of the messages that are smaller; absent: all have `bytes`. */
    smaller: list(sizePart).exactOptional(),
    compressible: z.number(),
    seed: whole,
  })
  .readonly()
export type PayloadPlan = z.output<typeof payloadPlan>

/** Which server of a cluster a client of a stream sits on, seen from the one that leads it. */
const seats = ['leader', 'follower', 'random'] as const
const seat = z.strictObject({
  /** Absent: the servers in turn, and where that is, is told all the same. */
  via: z.enum(seats).exactOptional(),
  stream: z.string(),
  /** Whose leader counts; absent: the stream's. */
  consumer: z.string().exactOptional(),
  servers: list(z.strictObject({ node: z.string(), target })),
  /** Where the connections go, in turn; the agent writes it when it knows who leads. */
  first: list(target).exactOptional(),
})
export type Seat = z.output<typeof seat>

export const connected = {
  engine: z.enum(['wire', 'nats.js']),
  servers: list(target),
  connections: whole,
  subject: z.string(),
  /** Of clients of a stream on several servers. */
  seat: seat.exactOptional(),
  /** A lost connection is tried again after this; absent: it stays lost. */
  reconnectMs: whole.exactOptional(),
}
export const sending = {
  ...connected,
  /** Publisher number of the first connection; the others count up. Unique in the block; part of each stamp. */
  publisher: whole,
  payload: payloadPlan,
  headers: dictionary(z.string()),
  /** Rates are this agent's share. */
  arrivals: arrivalsSchema,
}

/** Of clients of streams. */
export const via = z
  .enum(seats)
  .optional()
  .describe(
    'Which server of its group the client connects to: the one that leads its stream, bucket or consumer when the block begins, a follower, or any; left out: the servers in turn. The report says which it was.',
  )

const { subject: _subject, ...placed } = base
/** Of workloads that are placed and speak to no subject of their own. */
export const onStreams = { ...placed, via }

/** Packages of engine nats.js, and what none of its clients of streams can do. */
export const ofStreams = ['@nats-io/jetstream'] as const
export const ofBuckets = ['@nats-io/jetstream', '@nats-io/kv'] as const
export const ofObjects = ['@nats-io/jetstream', '@nats-io/obj'] as const
export const noReconnect = {
  field: 'reconnect',
  why: 'a client of the package belongs to one connection, which is not renewed here',
} as const

type Arrivals = z.output<typeof arrivalsSchema>
type Payload = z.output<typeof evenPayload> & Pick<z.output<typeof payloadSchema>, 'smaller'>

/** Where an agent stands among those of its block. */
export interface Place {
  readonly seed: number
  readonly servers: readonly Target[]
  /** The same by name, in the order of their group. */
  readonly named: readonly { readonly node: string; readonly target: Target }[]
  /** Position among the agents of the workload, and how many there are. */
  readonly member: number
  readonly members: number
  /** Number of its first publishing connection, and how many there are in the block. */
  readonly publisher: number
  readonly publishers: number
  /** Do all messages that it gets carry a stamp? */
  readonly stamped: boolean
  /** Streams and consumers of the scenario. */
  readonly stores: Stores
}

interface Connecting {
  readonly engine: z.output<typeof engine>
  readonly connections: number
  readonly subject: string
  readonly reconnect?: { readonly every: string } | undefined
}

/** Nothing to choose and to tell where there is one server. */
export function planSeat(at: (typeof seats)[number] | undefined, { named }: Place, stream: string, consumer?: string) {
  if (named.length < 2 || stream === '') return {}
  return {
    seat: {
      ...(at === undefined ? {} : { via: at }),
      stream,
      ...(consumer === undefined ? {} : { consumer }),
      servers: named,
    },
  }
}

interface Sending extends Connecting {
  readonly payload: Payload
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly arrivals: Arrivals
}

export function planConnected({ engine, connections, subject, reconnect }: Connecting, { servers }: Place) {
  const again = reconnect === undefined ? {} : { reconnectMs: durationMs(reconnect.every) ?? 0 }
  return { engine, servers, connections, subject, ...again }
}

export function planSending(workload: Sending, place: Place) {
  return {
    ...planConnected(workload, place),
    publisher: place.publisher,
    payload: planPayload(workload.payload, place),
    headers: workload.headers ?? {},
    arrivals: share(workload.arrivals, place.members),
  }
}

/** Every agent has a seed of its own, so that no two send the same bytes or fall due together. */
export function planPayload({ bytes, smaller, compressible }: Payload, { seed, publisher }: Place): PayloadPlan {
  const parts = smaller?.map(({ bytes, to, share }) => ({ bytes, ...(to === undefined ? {} : { to }), share }))
  return { bytes, ...(parts === undefined ? {} : { smaller: parts }), compressible, seed: (seed + publisher) >>> 0 }
}

/** What is said of sizes: those of a workload and of its job alike. */
export interface Sizes {
  readonly bytes: number
  readonly smaller?:
    readonly { readonly bytes: number; readonly to?: number | undefined; readonly share: number }[] | undefined
}

/** `128 B`, `65536 B (90 % 128 B, 5 % 256 to 1024 B)`; `say` writes a number. */
export function sizeWords({ bytes, smaller }: Sizes, say: (bytes: number) => string = String): string {
  const parts = smaller?.map(({ bytes, to, share }) => {
    const upTo = to === undefined ? '' : ` to ${say(to)}`
    return `${Number((100 * share).toPrecision(3))} % ${say(bytes)}${upTo} B`
  })
  return `${say(bytes)} B${parts === undefined ? '' : ` (${parts.join(', ')})`}`
}

/** Mean size of a payload, in whole bytes. */
export function meanBytes({ bytes, smaller = [] }: Sizes): number {
  const below = smaller.reduce(
    (sum, part) => sum + part.share * (bytes - (part.bytes + (part.to ?? part.bytes)) / 2),
    0,
  )
  return Math.round(bytes - below)
}

/** Rates of a workload are totals; every agent takes an equal part. */
function share(arrivals: Arrivals, members: number): Arrivals {
  switch (arrivals.kind) {
    case 'constant':
    case 'poisson':
    case 'burst':
      return { ...arrivals, perSecond: arrivals.perSecond / members }
    case 'staircase':
      return { ...arrivals, from: arrivals.from / members, to: arrivals.to / members }
    case 'closed':
    case 'flood':
      return arrivals
  }
}

export const work = duration
  .optional()
  .describe('Time that a handler takes for each message; each connection handles one after the other.')

export const planWork = (said: string | undefined) => (said === undefined ? {} : { workMs: durationMs(said) ?? 0 })

export const workWords = (ms: number | undefined) => (ms === undefined ? '' : `, works ${ms} ms on each`)

export const connectionWords = (number: number) => count(number, 'connection')

export const queueWords = (name: string | undefined) => (name === undefined ? '' : ` in queue ${name}`)

const rates: { readonly [K in Arrivals['kind']]: (arrivals: Extract<Arrivals, { kind: K }>) => string } = {
  constant: ({ perSecond }) => `${perSecond} msg/s`,
  poisson: ({ perSecond }) => `${perSecond} msg/s, poisson`,
  burst: ({ perSecond, size }) => `${perSecond} msg/s in bursts of ${size}`,
  staircase: ({ from, to, steps }) => `${from} to ${to} msg/s in ${count(steps, 'step')}`,
  closed: ({ inFlight }) => `${inFlight} in flight`,
  flood: () => 'as fast as possible',
}

export const rateWords = (arrivals: Arrivals): string => rates[arrivals.kind](arrivals as never)

/** `pub.x, 128 B, 1000 msg/s, 1 connection, wire`. */
export function sendingWords(
  subject: string,
  job: Pick<Sending, 'arrivals' | 'connections' | 'engine'> & { readonly payload: PayloadPlan },
): string {
  const rate = rateWords(job.arrivals)
  return `${subject}, ${sizeWords(job.payload)}, ${rate}, ${connectionWords(job.connections)}, ${job.engine}`
}

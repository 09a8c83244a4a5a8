/**
 * What an author may write. The zod schema is the single source: types are inferred from it, `bench schema` prints it,
 * and every scenario is checked against it again at load. Relations between parts are checked in scenario/check.ts.
 */
import { z } from 'zod'
import { byteCount, durationMs } from './units.ts'

const label = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be 1 to 32 lower-case letters, digits or dashes and begin with a letter')
const count = (most: number) => z.int().min(1).max(most)
const duration = z
  .string()
  .max(20)
  .refine((text) => durationMs(text) !== undefined, 'must be a duration such as "500ms", "2s" or "1m"')
const size = z.union([
  z.int().min(1),
  z
    .string()
    .max(20)
    .refine((text) => byteCount(text) !== undefined, 'must be a size such as 65536 or "64KiB"'),
])
const rate = z.number().positive().max(1e8)
const subject = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\s.]+(\.[^\s.]+)*$/, 'must be a NATS subject: tokens without blanks, joined by dots')
const cpus = z.array(z.int().min(0).max(1023)).min(1).max(1024)

export const serverSchema = z.strictObject({
  /** Release of nats-server, as `2.15.2`; the pinned one where nothing is said. */
  version: z
    .string()
    .regex(/^\d{1,3}\.\d{1,3}\.\d{1,3}(-[A-Za-z0-9.]{1,20})?$/)
    .optional(),
  /** A nats-server program on the host, instead of a version. */
  path: z.string().min(1).max(1000).optional(),
  jetstream: z.boolean().default(false),
  /** Further settings, written into the server's configuration as they are: `{ max_payload: 8388608 }`. */
  settings: z
    .record(
      z.string().regex(/^[a-z][a-z0-9_]{0,40}$/, 'must be a nats-server setting such as max_payload'),
      z.union([
        z.boolean(),
        z.number(),
        z
          .string()
          .max(200)
          .regex(/^[\w.:/ -]*$/, 'must be plain text'),
      ]),
    )
    .default({}),
})

export const nodeSchema = z.strictObject({
  role: z.enum(['server', 'load']),
  count: count(256).default(1),
  /** CPU numbers that the nodes of this group may use. Needs capability `cpus`. */
  cpus: cpus.optional(),
  /** Memory limit of each node. Needs capability `memory`. */
  memory: size.optional(),
  server: serverSchema.optional(),
})

export const arrivalsSchema = z.discriminatedUnion('kind', [
  /** Open loop: messages fall due at equal distances. Rates are totals of the workload, shared by its agents. */
  z.strictObject({ kind: z.literal('constant'), perSecond: rate }),
  /** Open loop: exponential distances, seeded. */
  z.strictObject({ kind: z.literal('poisson'), perSecond: rate }),
  /** Open loop: `size` messages fall due at once; `perSecond` is the mean rate of messages. */
  z.strictObject({ kind: z.literal('burst'), perSecond: rate, size: count(1_000_000) }),
  /** Open loop: the rate climbs from `from` to `to` in `steps` equal steps over the measured time. */
  z.strictObject({ kind: z.literal('staircase'), from: rate, to: rate, steps: count(100) }),
  /** Closed loop, requests only: `inFlight` requests of each connection are unanswered at any time. */
  z.strictObject({ kind: z.literal('closed'), inFlight: count(10_000) }),
  /** As fast as it goes; latency then is the depth of queues. */
  z.strictObject({ kind: z.literal('flood') }),
])

export const payloadSchema = z.strictObject({
  /** 0 up to the server's max_payload. From 16 bytes on every message is stamped; below, messages are counted only. */
  bytes: z
    .int()
    .min(0)
    .max(64 * 1024 * 1024),
  /** Share of the payload that compresses well, 0 to 1. The rest is seeded random. */
  compressible: z.number().min(0).max(1).default(0),
})

const engine = z.enum(['wire', 'nats.js']).default('wire')
const base = {
  name: label,
  /** The group of load nodes that runs it. */
  on: label,
  /** The group of server nodes it connects to; several servers are taken in turn. */
  to: label,
  subject,
  /** Connections of each agent. */
  connections: count(1000).default(1),
  engine,
}
const headers = z
  .record(
    z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,60}$/),
    z
      .string()
      .max(200)
      .regex(/^[\x20-\x7e]*$/),
  )
  .optional()

export const workloadSchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('publish'),
    ...base,
    /** Publish in turn to `subject.0` ... `subject.N-1` instead of `subject`. */
    subjects: count(1_000_000).optional(),
    payload: payloadSchema,
    headers,
    arrivals: arrivalsSchema,
  }),
  z.strictObject({ kind: z.literal('subscribe'), ...base, queue: label.optional() }),
  z.strictObject({
    kind: z.literal('request'),
    ...base,
    payload: payloadSchema,
    headers,
    arrivals: arrivalsSchema,
    timeout: duration.default('2s'),
  }),
  z.strictObject({ kind: z.literal('reply'), ...base, queue: label.optional(), payload: payloadSchema.optional() }),
])

export const limitSchema = z.strictObject({
  workload: label,
  /** Such as `throughput` or `latency.p99`; see model/metric.ts. */
  metric: z.string().max(60),
  /** A number in the metric's unit, or a duration for latencies. */
  atMost: z.union([z.number(), duration]).optional(),
  atLeast: z.union([z.number(), duration]).optional(),
})

export const faultSchema = z.strictObject({
  /** From the block's start. */
  at: duration,
  kind: z.enum(['kill', 'pause', 'restart']),
  /** Group of nodes it happens to. */
  node: label,
  /** Length of a pause, or of the time between kill and restart. */
  lasts: duration.optional(),
})

/** What may be changed by a variant or a grid: `topology.recv.count`, `workloads.pub.payload.bytes`, `network`. */
const changePath = z.string().min(1).max(200)
const changeValue = z.union([z.string().max(1000), z.number(), z.boolean()])

export const scenarioSchema = z.strictObject({
  name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,47}$/, 'must be 1 to 48 lower-case letters, digits or dashes'),
  about: z.string().min(1).max(600),
  topology: z.record(label, nodeSchema),
  workloads: z.array(workloadSchema).min(1).max(64),
  phases: z
    .strictObject({
      warmup: duration.default('1s'),
      measure: duration.default('5s'),
      cooldown: duration.default('200ms'),
    })
    .prefault({}),
  /** Blocks of each variant. */
  repeats: count(1000).default(3),
  /** Named sets of changes, run interleaved: A B B A ... */
  variants: z.record(z.string().regex(/^[A-Za-z0-9][\w.=+-]{0,60}$/), z.record(changePath, changeValue)).optional(),
  /** A grid: every combination of the listed values becomes a variant. */
  vary: z.record(changePath, z.array(changeValue).min(1).max(100)).optional(),
  limits: z.array(limitSchema).max(100).default([]),
  faults: z.array(faultSchema).max(100).default([]),
  /** Jails only: addresses on a shared loopback interface, or a network stack of its own for each jail. */
  network: z.enum(['shared', 'vnet']).optional(),
  seed: z.int().min(0).max(0xffffffff).default(1),
})

/** As an author writes it: defaults may be left out. */
export type ScenarioInput = z.input<typeof scenarioSchema>
/** As the harness uses it: checked, defaults filled in. */
export type Scenario = z.output<typeof scenarioSchema>
export type NodeSpec = z.output<typeof nodeSchema>
export type ServerSpec = z.output<typeof serverSchema>
export type Workload = z.output<typeof workloadSchema>
export type Arrivals = z.output<typeof arrivalsSchema>
export type Payload = z.output<typeof payloadSchema>
export type Limit = z.output<typeof limitSchema>
export type Fault = z.output<typeof faultSchema>
export type EngineName = z.output<typeof engine>

/** Gives a scenario file its types. Pure data in, the same data out. */
export function defineScenario(scenario: ScenarioInput): ScenarioInput {
  return scenario
}

/**
 * What an author may write. The zod schema is the single source: types are inferred from it, `bench schema` prints it,
 * and every scenario is checked against it again at load. Relations between parts are checked in scenario/.
 * Messages say what a value must be; scenario/shape.ts puts the path before and what came behind them.
 */
import { z } from 'zod'
import type { arrivalsSchema, engine, payloadSchema } from './fields.ts'
import { count, cpus, duration, label, line, size } from './fields.ts'
import { metricWords, metrics } from './metric.ts'
import { workloadSchema } from './kinds/kinds.ts'
import { streamsSchema } from './streams.ts'

const plainText = 'must be at most 200 letters, digits, blanks or . : / _ -'
const versionMessage = 'must be a release of nats-server such as "2.15.2", or a git ref such as "main"'
/** A release in full, or a ref as server/go-install.ts takes it; half a release such as `2.15` is neither. */
const versionPattern =
  /^(\d{1,3}\.\d{1,3}\.\d{1,3}(-[A-Za-z0-9.]{1,20})?|(?!\d+\.[\d.]*$)(?!.*\.\.)[A-Za-z0-9][\w./-]{0,99})$/
const settingMessage = 'must be lower-case letters, digits and underscores such as max_payload'
export const serverSchema = z.strictObject({
  /** Release of nats-server, as `2.15.2`, or a git ref such as `main` or a commit, which Go builds; the pinned release where nothing is said. */
  version: z.string().regex(versionPattern, versionMessage).optional(),
  /** A nats-server program on the host, instead of a version. */
  path: line(1000).min(1, 'must be the path of a nats-server program').optional(),
  jetstream: z.boolean().default(false),
  /** Further settings, written into the server's configuration as they are: `{ max_payload: 8388608 }`. */
  settings: z
    .record(
      z.string().regex(/^[a-z][a-z0-9_]{0,40}$/, settingMessage),
      z.union(
        [
          z.boolean(),
          z.number(),
          z
            .string()
            .max(200, plainText)
            .regex(/^[\w.:/ -]*$/, plainText),
        ],
        'must be a boolean, a number or plain text',
      ),
    )
    .default({}),
})

export const nodeSchema = z.strictObject({
  role: z.enum(['server', 'load']),
  /** Several servers of one group form a cluster. */
  count: count(256).default(1),
  /** CPU numbers that the nodes of this group may use. Needs capability `cpus`. */
  cpus: cpus.optional(),
  /** Memory limit of each node. Needs capability `memory`. */
  memory: size.optional(),
  server: serverSchema.optional(),
})

const bound = z.union([z.number(), duration], 'must be a number, or a duration such as "5ms"').optional()
export const limitSchema = z.strictObject({
  /** A workload; `floor` for the harness floor. */
  workload: label,
  /** Such as `throughput` or `latency.p99`; see model/metric.ts. */
  metric: line(60).meta({ enum: Object.keys(metrics), description: metricWords }),
  /** A number in the metric's unit, or a duration for latencies. */
  atMost: bound,
  atLeast: bound,
})

export const faultSchema = z.strictObject({
  /** From the block's start. */
  at: duration,
  kind: z.enum(['kill', 'pause', 'restart']),
  /** Group of nodes it happens to, or one node of it: `hub`, `hub-2`. */
  node: label,
  /** Length of a pause, or of the time between the end and the new start of a restart. */
  lasts: duration.optional(),
})

/** What may be changed by a variant or a grid: `topology.recv.count`, `workloads.pub.payload.bytes`, `network`; see model/variants.ts. */
const changePath = line(200).min(1, 'must be a path such as "workloads.pub.payload.bytes"')
const changeValue = z.union([line(1000), z.number(), z.boolean()], 'must be a line of text, a number or a boolean')

export const scenarioSchema = z.strictObject({
  name: z
    .string('must be a name')
    .regex(/^[a-z0-9][a-z0-9-]{0,47}$/, 'must be 1 to 48 lower-case letters, digits or dashes'),
  /** The question that the experiment answers, one or two sentences. */
  about: line(600).min(1, 'must be a sentence'),
  topology: z.record(label, nodeSchema),
  /** JetStream streams by name: made before each block, removed after it. */
  streams: streamsSchema.optional(),
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
  variants: z
    .record(
      z.string().regex(/^[A-Za-z0-9][\w.=+-]{0,60}$/, 'must be a name of letters, digits and . = + - _'),
      z.record(changePath, changeValue),
    )
    .optional(),
  /** A grid: every combination of the listed values becomes a variant. */
  vary: z.record(changePath, z.array(changeValue).min(1).max(100)).optional(),
  limits: z.array(limitSchema).max(100).default([]),
  faults: z.array(faultSchema).max(100).default([]),
  /** What must happen for the scenario to pass, beside its limits. */
  expect: z
    .strictObject({
      /** Subscribers that the server must cut off as slow consumers. */
      cutOff: z.array(label).min(1).max(64),
    })
    .optional(),
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
export type Arrivals = z.output<typeof arrivalsSchema>
export type Payload = z.output<typeof payloadSchema>
export type Limit = z.output<typeof limitSchema>
export type Fault = z.output<typeof faultSchema>
export type EngineName = z.output<typeof engine>

export { arrivalsSchema, payloadSchema } from './fields.ts'
export type { Workload } from './kinds/kinds.ts'
export { defineScenario } from './define-scenario.ts'

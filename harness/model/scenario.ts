/**
 * What an author may write. The zod schema is the single source: types are inferred from it, `bench schema` prints it,
 * and every scenario is checked against it again at load. Relations between parts are checked in scenario/.
 * Messages say what a value must be; scenario/shape.ts puts the path before and what came behind them.
 */
import { z } from 'zod'
import type { arrivalsSchema, engine, payloadSchema } from './fields.ts'
import { count, cpus, duration, durationSaying, label, line, size } from './fields.ts'
import { impairmentSchema } from './impairment.ts'
import { metricWords, metrics } from './metric.ts'
import { faultKinds } from './faults.ts'
import { workloadSchema } from './kinds/kinds.ts'
import { bucketsSchema } from './buckets.ts'
import { objectStoresSchema } from './objects.ts'
import { consumersSchema, streamsSchema } from './streams.ts'

const plainText = 'must be at most 200 letters, digits, blanks or . : / _ -'
export const versionMessage = 'must be a release of nats-server such as "2.15.2", or a git ref such as "main"'
/** A release in full, or a ref as server/go-install.ts takes it; half a release such as `2.15` is neither. */
export const versionPattern =
  /^([0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}(-[A-Za-z0-9.]{1,20})?|(?![0-9]{1,3}$)(?![0-9]+\.[0-9.]*x?$)(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9_./-]{0,99})$/
const settingMessage = 'must be lower-case letters, digits and underscores such as max_payload'
export const serverSchema = z.strictObject({
  version: z
    .string()
    .regex(versionPattern, versionMessage)
    .optional()
    .describe(
      'Release of nats-server, as `2.15.2`, or a git ref such as `main` or a commit, which Go builds; left out: the pinned release.',
    ),
  path: line(1000)
    .min(1, 'must be the path of a nats-server program')
    .optional()
    .describe('A nats-server program on the host, instead of a version.'),
  jetstream: z.boolean().default(false).describe('Turn JetStream on.'),
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
            .regex(/^[A-Za-z0-9_.:/ -]*$/, plainText),
        ],
        'must be a boolean, a number or plain text',
      ),
    )
    .default({})
    .describe(
      "Further settings, written into the server's configuration as they are: `{ max_payload: 8388608 }`. Those that the harness sets itself are refused.",
    ),
})

export const nodeSchema = z.strictObject({
  role: z.enum(['server', 'load']).describe('`server`: runs nats-server. `load`: runs the agents of workloads.'),
  count: count(256).default(1).describe('Nodes of this group. Several servers of one group form a cluster.'),
  cpus: cpus.optional().describe('CPU numbers that the nodes of this group may use. Needs capability `cpus`.'),
  memory: size.optional().describe('Memory limit of each node, such as "512MiB". Needs capability `memory`.'),
  disk: size
    .optional()
    .describe(
      'Size of a file system of its own for the streams that each server of this group stores, such as "256MiB"; faults `disk-full`, `slow-disk`, `hung-disk` and `os-crash` need it. Needs capability `disk`.',
    ),
  server: serverSchema.optional().describe('Which nats-server, and how it is set; servers only.'),
})

const boundMessage = 'must be a number in the unit of its metric, or for times a duration such as "5ms"'
const bound = z.union([z.number(boundMessage), durationSaying(boundMessage)], boundMessage).optional()
export const limitSchema = z.strictObject({
  workload: label.describe('A workload; `floor` for the harness floor.'),
  metric: line(60).meta({ enum: Object.keys(metrics), description: metricWords }),
  atMost: bound.describe("The largest value that holds: a number in the metric's unit, or a duration for latencies."),
  atLeast: bound.describe('The smallest value that holds.'),
})

export const faultSchema = z.strictObject({
  at: duration.describe("When it happens, from the block's start."),
  kind: z
    .enum(faultKinds)
    .describe(
      '`kill`: SIGKILL to the server. `stop`: SIGTERM. Both are for good, or end after `lasts` with a new start. `restart`: SIGTERM, and a new start after `lasts` (500ms). `pause`: stands still for `lasts`. `impair`: what comes to it is treated as `with` says. `partition`: it and `from` do not reach each other. `disk-full`: all that is left of its `disk` is taken for `lasts`. `slow-disk`: the device of its `disk` takes only `writesPerSecond` for `lasts`. `hung-disk`: what is written to its `disk` waits for `lasts`. `os-crash`: SIGKILL to the server, and of its `disk` only what was handed to the device is left; ends as `kill` does.',
    ),
  node: label.optional().describe('What it hits: a group of nodes, or one node of it, as `hub` or `hub-2`.'),
  leaderOf: label.optional().describe('Instead of `node`: the server that leads this stream when the time has come.'),
  followerOf: label
    .optional()
    .describe('Instead of `node`: a server that has a copy of this stream and does not lead it.'),
  serverOf: label
    .optional()
    .describe('Instead of `node`: the server that most connections of this workload are open to.'),
  metaLeaderOf: label
    .optional()
    .describe(
      'Instead of `node`: the server that leads the meta group of JetStream in this group of servers, which places streams and consumers.',
    ),
  every: duration.optional().describe('Time from one node of the group to the next; left out: all at once.'),
  with: impairmentSchema.optional().describe('What an impaired network does to packets that come to the node.'),
  from: label.optional().describe('The other side of a partition: a group, or a node; left out: all other nodes.'),
  way: z
    .enum(['both', 'out', 'in'])
    .optional()
    .describe(
      'Packets that a partition takes: only those `out` of the node, only those `in`, or `both`; left out: both.',
    ),
  writesPerSecond: count(100_000)
    .optional()
    .describe('Writes to its device that a slow disk takes in a second; a synced message is several of them.'),
  lasts: duration
    .optional()
    .describe(
      'Length of a pause, an impairment, a partition, a full, a slow or a hung disk, or of the time between the end of a server and its new start.',
    ),
})

/** What may be changed by a variant or a grid; see model/variants.ts. */
const changePath = line(200).min(1, 'must be a path such as "workloads.pub.payload.bytes"')
const changeValue = z.union([line(1000), z.number(), z.boolean()], 'must be a line of text, a number or a boolean')

export const scenarioSchema = z.strictObject({
  name: z
    .string('must be a name')
    .regex(/^[a-z0-9][a-z0-9-]{0,47}$/, 'must be 1 to 48 lower-case letters, digits or dashes')
    .describe('Names the scenario in results and run folders.'),
  about: line(600)
    .min(1, 'must be a sentence')
    .describe('The question that the experiment answers, one or two sentences.'),
  topology: z.record(label, nodeSchema).describe('Groups of nodes by name.'),
  streams: streamsSchema.optional().describe('JetStream streams by name: made before each block, removed after it.'),
  consumers: consumersSchema
    .optional()
    .describe('Consumers of those streams by name, made and removed with them. `js-consume` reads through one.'),
  buckets: bucketsSchema
    .optional()
    .describe('Buckets of the key-value store by name: made before each block, removed after it.'),
  objects: objectStoresSchema
    .optional()
    .describe('Stores of objects by name: made before each block, removed after it.'),
  workloads: z.array(workloadSchema).min(1).max(64).describe('What is sent and received.'),
  phases: z
    .strictObject({
      warmup: duration.default('1s').describe('Load before the measured time, not counted.'),
      measure: duration.default('5s').describe("Measured time; no shorter than a schedule's period."),
      cooldown: duration.default('200ms').describe('Load after the measured time, not counted.'),
    })
    .prefault({})
    .describe('Parts of each block.'),
  repeats: count(1000).default(3).describe('Blocks of each variant.'),
  variants: z
    .record(
      z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_.=+-]{0,60}$/, 'must be a name of letters, digits and . = + - _'),
      z.record(changePath, changeValue),
    )
    .optional()
    .describe(
      'Named sets of changes, run interleaved: A B B A ... Each change is a path such as `workloads.pub.payload.bytes` and its value.',
    ),
  vary: z
    .record(changePath, z.array(changeValue).min(1).max(100))
    .optional()
    .describe('A grid: every combination of the listed values becomes a variant.'),
  limits: z.array(limitSchema).max(100).default([]).describe('What must hold for the run to pass.'),
  faults: z.array(faultSchema).max(100).default([]).describe('What goes wrong on purpose.'),
  expect: z
    .strictObject({
      cutOff: z
        .array(label)
        .min(1)
        .max(64)
        .optional()
        .describe('Subscribers that the server must cut off as slow consumers.'),
      gapBelow: duration
        .optional()
        .describe(
          'The longest gap of each subscription, and of each workload that waits for answers, must be shorter than this.',
        ),
      lostAcked: z
        .int('must be a whole number')
        .min(0)
        .optional()
        .describe('How many acknowledged messages may be missing in the stream at most.'),
    })
    .refine((expected) => Object.keys(expected).length > 0, 'must name an outcome')
    .optional()
    .describe('What must happen for the scenario to pass, beside its limits.'),
  network: z
    .enum(['shared', 'vnet'])
    .optional()
    .describe('Jails only: addresses on a shared loopback interface, or a network stack of its own for each jail.'),
  seed: z.int().min(0).max(0xffffffff).default(1).describe('Seed of all that is random.'),
})

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
export type { ScenarioInput } from './scenario-input.ts'
export type { Workload } from './kinds/kinds.ts'
export { defineScenario } from './define-scenario.ts'

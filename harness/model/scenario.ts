/**
 * What an author may write. The zod schema is the single source: types are inferred from it, `bench schema` prints it,
 * and every scenario is checked against it again at load. Relations between parts are checked in scenario/.
 * Messages say what a value must be; scenario/shape.ts puts the path before and what came behind them.
 */
import { z } from 'zod'
import type { arrivalsSchema, engine, payloadSchema } from './fields.ts'
import { between, count, cpus, duration, durationSaying, label, line, size } from './fields.ts'
import { impairmentSchema } from './impairment.ts'
import { metricWords, metrics } from './metric.ts'
import { faultKinds } from './faults.ts'
import { workloadSchema } from './kinds/kinds.ts'
import { bucketsSchema } from './buckets.ts'
import { pinnedVersion } from './pinned.ts'
import { objectStoresSchema } from './objects.ts'
import { consumersSchema, streamsSchema } from './streams.ts'

const plainText = 'must be at most 200 letters, digits, blanks or . : / _ -'
export const versionMessage = 'must be a release of nats-server such as "2.15.2", or a git ref such as "main"'
/** A release in full, or a ref as server/go-install.ts takes it; half a release such as `2.15` is neither. */
export const versionPattern =
  /^([0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}(-[A-Za-z0-9.]{1,20})?|(?![0-9]{1,3}$)(?![0-9]+\.[0-9.]*x?$)(?!.*\.\.)[A-Za-z0-9][A-Za-z0-9_./-]{0,99})$/
const settingMessage = 'must be lower-case letters, digits and underscores such as max_payload'
const serverSchema = z.strictObject({
  version: z
    .string()
    .regex(versionPattern, versionMessage)
    .optional()
    .describe(
      `Release of nats-server such as \`2.15.2\`, or a git ref such as \`main\` or a commit, which is built with Go; left out: ${pinnedVersion}.`,
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
      "Other settings for the server's configuration file: `{ max_payload: 8388608 }`. Those that the harness sets itself are refused.",
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
      'Gives the store of each server in this group a file system of its own, of this size, such as "256MiB"; faults `disk-full`, `slow-disk`, `hung-disk` and `os-crash` need it. Needs capability `disk`.',
    ),
  server: serverSchema.optional().describe('Version and settings of nats-server; servers only.'),
})

const boundMessage = 'must be a number in the unit of its metric, or for times a duration such as "5ms"'
const bound = z.union([z.number(boundMessage), durationSaying(boundMessage)], boundMessage).optional()
export const limitSchema = z.strictObject({
  workload: label.describe('A workload, or `floor` for the harness floor.'),
  metric: line(60).meta({ enum: Object.keys(metrics), description: metricWords }),
  atMost: bound.describe("The largest value that holds: a number in the metric's unit, or a duration for latencies."),
  atLeast: bound.describe('The smallest value that holds.'),
})

export const faultSchema = z.strictObject({
  at: duration.describe("When it begins, from the block's start."),
  kind: z
    .enum(faultKinds)
    .describe(
      '`kill`: SIGKILL to the server. `stop`: SIGTERM. Both last to the end of the block, or end after `lasts` with a new start. `restart`: SIGTERM, and a new start after `lasts` (500ms). `pause`: all programs of the node are stopped for `lasts`. `impair`: packets to it are treated as `with` says. `partition`: it and `from` do not reach each other. `disk-full`: the rest of its `disk` is filled for `lasts`. `slow-disk`: the device of its `disk` takes only `writesPerSecond` for `lasts`. `hung-disk`: writes to its `disk` wait for `lasts`. `os-crash`: SIGKILL to the server, and its `disk` keeps only what the device had been given; ends as `kill` does.',
    ),
  node: label.optional().describe('What it hits: a group of nodes or one node, such as `hub` or `hub-2`.'),
  leaderOf: label.optional().describe('Instead of `node`: the server that leads this stream when the fault begins.'),
  followerOf: label
    .optional()
    .describe('Instead of `node`: a server that has a copy of this stream but does not lead it.'),
  serverOf: label
    .optional()
    .describe('Instead of `node`: the server that has most of the connections of this workload.'),
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
    .describe('Writes per second that the device of a slow disk takes; a synced message is several of them.'),
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
    .describe('The question that the scenario answers, in one or two sentences.'),
  topology: z.record(label, nodeSchema).describe('Groups of nodes by name.'),
  streams: streamsSchema.optional().describe('JetStream streams by name: made before each block, removed after it.'),
  consumers: consumersSchema
    .optional()
    .describe('Consumers of those streams by name, made and removed with them. `js-consume` reads through one.'),
  buckets: bucketsSchema.optional().describe('Key-value buckets by name: made before each block, removed after it.'),
  objects: objectStoresSchema.optional().describe('Object stores by name: made before each block, removed after it.'),
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
  faults: z.array(faultSchema).max(100).default([]).describe('Faults on purpose.'),
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
    .describe('What must happen for the scenario to pass, besides its limits.'),
  network: z
    .enum(['shared', 'vnet'])
    .optional()
    .describe(
      'Jails only. `shared`: addresses on one loopback interface. `vnet`: a network stack of its own for each jail.',
    ),
  seed: between(0, 0xffffffff).default(1).describe('Seed of everything random.'),
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

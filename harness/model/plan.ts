/**
 * Everything that will happen, resolved: plain JSON, written before anything is touched. The zod schema is the single source,
 * as in all shapes of this room: types are inferred from it, and what is read from a disk is parsed by it.
 */
import { z } from 'zod'
import { dictionary, list } from './json.ts'
import { jobSchema } from './kinds/kinds.ts'
import { faultSchema, scenarioSchema } from './scenario.ts'
import { substrateNames } from './substrates.ts'

export type { Job, JobKind } from './kinds/kinds.ts'
export type { PayloadPlan, Seat, Target } from './kinds/parts.ts'
export type { Capability, SubstrateName } from './substrates.ts'

const whole = z.int().min(0)
/** Where a node listens. Known before anything exists. */
const endpoint = z.object({
  address: z.string(),
  ports: z.object({ client: whole, monitor: whole, cluster: whole, floor: whole }),
})
/** Which nats-server: `path` (on the driving machine) wins over `version`; neither means the pinned version. */
const server = z.object({ version: z.string().exactOptional(), path: z.string().exactOptional() })

const phases = z.object({
  warmupMs: z.number(),
  measureMs: z.number(),
  cooldownMs: z.number(),
  /** Agents cut a sample this often; absent: each second. */
  sampleMs: z.number().exactOptional(),
})

const service = z.object({
  node: z.string(),
  server,
  /** nats-server configuration. `{{token}}` stands for the run's credential, `{{directory}}` for the node's folder. */
  config: z.string(),
  endpoint,
})

const assignment = z.object({
  /** `pub@send`: workload and node; support jobs are `floor-echo@hub`, `floor-ping@send`, `probe@send`. */
  id: z.string(),
  /** Workload name, or `floor`, `probe`. */
  workload: z.string(),
  node: z.string(),
  job: jobSchema,
})

/** Messages of `from` (publish, request) that must arrive at `to` (subscribe, reply). */
const flow = z.object({
  from: z.string(),
  to: z.string(),
  /** Every agent-connection of `to` gets each message (`all`), or one of the group does (`one`). */
  delivery: z.enum(['all', 'one']),
})

const variant = z.object({
  /** `default` where the scenario has no variants. */
  name: z.string(),
  /** The changes it makes, for people. */
  set: dictionary(z.union([z.string(), z.number(), z.boolean()])),
  phases,
  /** Nodes in use; the others of the plan idle. */
  nodes: list(z.string()),
  services: list(service),
  assignments: list(assignment),
  /** For each subscribing, requesting workload: the workloads whose messages it should get, for the loss account. */
  flows: list(flow),
})

/** Jails only: addresses on one interface of the host, or a network stack of its own for each jail. */
const network = z.enum(['shared', 'vnet'])

const node = z.object({
  /** `hub`, or `recv-1` ... where a group has several nodes. */
  name: z.string(),
  group: z.string(),
  role: z.enum(['server', 'load']),
  /** Position among all nodes of the plan, from 0. */
  index: whole,
  /** Host that it is made on, `local` or `user@host`; the plan's host where absent. */
  host: z.string().exactOptional(),
  endpoint,
  cpus: list(whole).exactOptional(),
  memoryBytes: z.number().exactOptional(),
  /** Size of the file system of its own that its store has. */
  diskBytes: z.number().exactOptional(),
  /** What the scenario, or the variant that uses this node, asks for. */
  network: network.exactOptional(),
})

/** One run of one variant. */
const block = z.object({
  index: whole,
  /** Name of the variant. */
  variant: z.string(),
  /** Which block of this variant it is, from 0. */
  repeat: whole,
})

export const planSchema = z.object({
  schema: z.literal(1),
  /** SHA-256 of all that shapes the numbers: scenario, variants, phases; not run id, dates, addresses, host. */
  digest: z.string(),
  scenario: scenarioSchema,
  /** `imported`: the numbers are those of another tool, see stats/imported.ts. */
  substrate: z.enum([...substrateNames, 'imported']),
  /** Why this substrate was chosen, one sentence. */
  why: z.string(),
  /** Exact command that repeats this run. */
  command: z.string(),
  harness: z.string(),
  host: z.string(),
  /** Of all nodes; absent where nothing was asked, or where variants differ in it: see the nodes. */
  network: network.exactOptional(),
  /** Where another rate than the scenario's own was set, in msg/s of the first workload that has one: what and why. */
  rate: z.object({ perSecond: z.number(), own: z.number(), because: z.string() }).exactOptional(),
  nodes: list(node),
  variants: list(variant),
  blocks: list(block),
  faults: list(faultSchema),
  /** Load before the first block whose numbers are thrown away, so that agents are warm: see lab/rehearsal.ts. Absent where there is none. */
  rehearsalMs: z.number().exactOptional(),
  /** Expected length of the measuring part. */
  expectedMs: z.number(),
})

export type Plan = z.output<typeof planSchema>
export type NetworkMode = z.output<typeof network>
export type Endpoint = z.output<typeof endpoint>
export type NodePlan = z.output<typeof node>
export type ServerChoice = z.output<typeof server>
export type ServicePlan = z.output<typeof service>
export type Assignment = z.output<typeof assignment>
export type Phases = z.output<typeof phases>
export type Variant = z.output<typeof variant>
export type Flow = z.output<typeof flow>
export type BlockPlan = z.output<typeof block>

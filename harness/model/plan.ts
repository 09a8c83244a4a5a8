/** Everything that will happen, resolved: plain JSON, written before anything is touched. */
import type { Job } from './kinds/kinds.ts'
import type { Fault, Scenario } from './scenario.ts'
import type { SubstrateName } from './substrates.ts'

export type { Job, JobKind } from './kinds/kinds.ts'
export type { PayloadPlan, Target } from './kinds/parts.ts'

export type { Capability, SubstrateName } from './substrates.ts'

/** Jails only: addresses on one interface of the host, or a network stack of its own for each jail. */
export type NetworkMode = 'shared' | 'vnet'

/** Where a node listens. Known before anything exists. */
export interface Endpoint {
  readonly address: string
  readonly ports: {
    readonly client: number
    readonly monitor: number
    readonly cluster: number
    readonly floor: number
  }
}

export interface NodePlan {
  /** `hub`, or `recv-1` ... where a group has several nodes. */
  readonly name: string
  readonly group: string
  readonly role: 'server' | 'load'
  /** Position among all nodes of the plan, from 0. */
  readonly index: number
  readonly endpoint: Endpoint
  readonly cpus?: readonly number[]
  readonly memoryBytes?: number
  /** What the scenario, or the variant that uses this node, asks for. */
  readonly network?: NetworkMode
}

/** Which nats-server: `path` (on the driving machine) wins over `version`; neither means the pinned version. */
export interface ServerChoice {
  readonly version?: string
  readonly path?: string
}

export interface ServicePlan {
  readonly node: string
  readonly server: ServerChoice
  /** nats-server configuration. `{{token}}` stands for the run's credential, `{{directory}}` for the node's folder. */
  readonly config: string
  readonly endpoint: Endpoint
}

export interface Assignment {
  /** `pub@send`: workload and node; support jobs are `floor-echo@hub`, `floor-ping@send`, `probe@send`. */
  readonly id: string
  /** Workload name, or `floor`, `probe`. */
  readonly workload: string
  readonly node: string
  readonly job: Job
}

export interface Phases {
  readonly warmupMs: number
  readonly measureMs: number
  readonly cooldownMs: number
}

export interface Variant {
  /** `default` where the scenario has no variants. */
  readonly name: string
  /** The changes it makes, for people. */
  readonly set: Readonly<Record<string, string | number | boolean>>
  readonly phases: Phases
  /** Nodes in use; the others of the plan idle. */
  readonly nodes: readonly string[]
  readonly services: readonly ServicePlan[]
  readonly assignments: readonly Assignment[]
  /** For each subscribing, requesting workload: the workloads whose messages it should get, for the loss account. */
  readonly flows: readonly Flow[]
}

/** Messages of `from` (publish, request) that must arrive at `to` (subscribe, reply). */
export interface Flow {
  readonly from: string
  readonly to: string
  /** Every agent-connection of `to` gets each message (`all`), or one of the group does (`one`). */
  readonly delivery: 'all' | 'one'
}

/** One run of one variant. */
export interface BlockPlan {
  readonly index: number
  /** Name of the variant. */
  readonly variant: string
  /** The how manieth block of this variant, from 0. */
  readonly repeat: number
}

export interface Plan {
  readonly schema: 1
  /** SHA-256 of all that shapes the numbers: scenario, variants, phases; not run id, dates, addresses, host. */
  readonly digest: string
  readonly scenario: Scenario
  readonly substrate: SubstrateName
  /** Why this substrate was chosen, one sentence. */
  readonly why: string
  /** Exact command that repeats this run. */
  readonly command: string
  readonly harness: string
  readonly host: string
  /** Of all nodes; absent where nothing was asked, or where variants differ in it: see the nodes. */
  readonly network?: NetworkMode
  readonly nodes: readonly NodePlan[]
  readonly variants: readonly Variant[]
  readonly blocks: readonly BlockPlan[]
  readonly faults: readonly Fault[]
  /** Expected length of the measuring part. */
  readonly expectedMs: number
}

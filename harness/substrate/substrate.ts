/** The ways to make nodes. Two small interfaces and some optional powers. */
import type { Child, Host, SpawnOptions } from '../host/host.ts'
import type { HostFacts, ServerFacts } from '../model/facts.ts'
import type { Impairment } from '../model/impairment.ts'
import type { Journal, JournalEntry } from '../model/journal.ts'
import type { Capability, Endpoint, NetworkMode, NodePlan, ServerChoice, SubstrateName } from '../model/plan.ts'
import type { Usage } from '../model/recording.ts'

/** What a substrate is made from. */
export interface SubstrateContext {
  readonly host: Host
  readonly facts: HostFacts
  /** Run id, `20261124-061500-fan-out-k3f9`; marks everything that is made. */
  readonly run: string
  /** Four lower-case letters or digits, the end of the run id; for names that must be short. */
  readonly tag: string
  /** Folder on `host` for everything of this run that is a file; journalled before it is made. */
  readonly directory: string
  /** Settings of the command line and environment, such as `portBase`, `image`, `release`, `network`, `addresses`. */
  readonly settings: Readonly<Record<string, string>>
  /** The environment of the driving process: PATH, cache folder, NATS_SERVER. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** Ends what waits: a download, a build, an installation. */
  readonly signal?: AbortSignal
  /** Talk: one line for people. */
  readonly say: (line: string) => void
}

export interface Substrate {
  readonly name: SubstrateName
  readonly capabilities: ReadonlySet<Capability>
  /** Why it lacks a capability that it could have on another host, with the remedy, a sentence each. */
  readonly lacks?: ReadonlyMap<Capability, string>
  /** Why not here, in one sentence with the remedy; undefined when it can. Asks the host; changes nothing. */
  unsupported(): Promise<string | undefined>
  /** Pure: the plan is written from it, before anything exists. `network` only where the capability `networks` is there. */
  endpoint(index: number, network?: NetworkMode): Endpoint
  /** Journal first, then make it; on failure what was half made is removed before the error is thrown. */
  create(node: NodePlan, journal: Journal, signal: AbortSignal): Promise<LiveNode>
  /** Removes what the entries name, in whatever state, and marks nothing: the caller does. Safe to repeat. Throws naming what stays. */
  sweep(entries: readonly JournalEntry[], signal?: AbortSignal): Promise<void>
  /** Nodes that are destroyed stay for the next run of the command. */
  readonly lends?: true
  /** For the report: images and digests, jail kind, network mode. */
  facts(): Promise<Readonly<Record<string, string>>>
}

export interface LiveNode {
  readonly name: string
  /** Name of the host it is on. */
  readonly host: string
  /** Absolute path inside the node where our files go. */
  readonly directory: string
  /** Node.js program inside the node. */
  readonly node: string
  /** Writes files below `directory` of the node, private to its user (0600; folders 0700). */
  put(files: Readonly<Record<string, string | Uint8Array>>, directory: string): Promise<void>
  /** Starts a program in the node. */
  spawn(command: readonly string[], options?: SpawnOptions): Promise<Child>
  /** Brings the asked-for nats-server into the node; `path` is its program inside the node. */
  server(choice: ServerChoice): Promise<Omit<ServerFacts, 'node' | 'variant'> & { readonly path: string }>
  /** CPU, memory, context switches of the whole node. */
  usage(): Promise<Usage>
  /** Ends all its programs and removes it, checked; marks it gone in the journal. */
  destroy(): Promise<void>
}

/** Of a node with a network stack of its own. */
export interface Breakable {
  /** What comes to the node is treated so from now on; another call replaces it. Throws `unavailable` where the kernel cannot. */
  impair(how: Impairment): Promise<void>
  /** Takes the impairment back, checked. */
  whole(): Promise<void>
  /** What the node sends to these addresses is lost from now on; they add up. */
  cut(addresses: readonly string[]): Promise<void>
  /** Takes all cuts back, checked. */
  join(): Promise<void>
}

export function isBreakable(node: LiveNode): node is LiveNode & Breakable {
  return 'impair' in node
}

/** Of a node whose store has a file system of its own. */
export interface Fillable {
  /** Takes all the room that is left on it, checked. */
  fill(): Promise<void>
  /** Gives it back, checked. */
  drain(): Promise<void>
}

export function isFillable(node: LiveNode): node is LiveNode & Fillable {
  return 'fill' in node
}

/** Of a node whose store has a device of its own that can be slow. */
export interface Slowable {
  /** From now on its device takes so many writes a second, whoever they come from. */
  slow(writesPerSecond: number): Promise<void>
  /** It is as quick as before, checked. */
  quick(): Promise<void>
}

export function isSlowable(node: LiveNode): node is LiveNode & Slowable {
  return 'slow' in node
}

/** Of a node whose store has a file system that can hang. */
export interface Freezable {
  /** What is written to it waits from now on. */
  freeze(): Promise<void>
  /** It takes writes again, checked. */
  thaw(): Promise<void>
}

export function isFreezable(node: LiveNode): node is LiveNode & Freezable {
  return 'freeze' in node
}

/** Of a node whose store has a file system that can crash. */
export interface Crashable {
  /** Hands all that is on it to its device. */
  settle(): Promise<void>
  /** Loses what was not handed to its device, and comes back as after a new start of the system. No program may use it. */
  crash(): Promise<void>
}

export function isCrashable(node: LiveNode): node is LiveNode & Crashable {
  return 'crash' in node
}

export interface Pausable {
  pause(): Promise<void>
  resume(): Promise<void>
}

export function isPausable(node: LiveNode): node is LiveNode & Pausable {
  return 'pause' in node
}

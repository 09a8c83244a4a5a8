/** Interfaces of a substrate and of a node, and of what only some nodes can do. */
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
  /** Stops a download, a build or an installation. */
  readonly signal?: AbortSignal
  /** Prints one line for people. */
  readonly say: (line: string) => void
}

export interface Substrate {
  readonly name: SubstrateName
  readonly capabilities: ReadonlySet<Capability>
  /** For each capability that it could have on another host but lacks here: the reason and the remedy, in one sentence. */
  readonly lacks?: ReadonlyMap<Capability, string>
  /** Why it cannot be used on this host, in one sentence with the remedy; undefined when it can. Asks the host; changes nothing. */
  unsupported(): Promise<string | undefined>
  /** Pure, because the plan is made from it before anything exists. `network` only where the capability `networks` is there. */
  endpoint(index: number, network?: NetworkMode): Endpoint
  /** Writes it to the journal, then makes it; after a failure what was half made is removed before the error is thrown. */
  create(node: NodePlan, journal: Journal, signal: AbortSignal): Promise<LiveNode>
  /** Removes what the entries name, in any state. The caller marks them as gone. Safe to repeat. Throws naming what is left. */
  sweep(entries: readonly JournalEntry[], signal?: AbortSignal): Promise<void>
  /** `destroy` of a node only gives it back, for the next run of the same command. */
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

/** Has a node the power that brings this word? */
const can =
  <Power>(word: keyof Power & string) =>
  (node: LiveNode): node is LiveNode & Power =>
    word in node

/** What can be done to a node with a network stack of its own. */
export interface Breakable {
  /** From now on impairs what comes to the node; another call replaces this. Throws `unavailable` where the kernel cannot do it. */
  impair(how: Impairment): Promise<void>
  /** Takes the impairment back, checked. */
  whole(): Promise<void>
  /** From now on what the node sends to these addresses is lost, in addition to those of earlier calls. */
  cut(addresses: readonly string[]): Promise<void>
  /** Takes all cuts back, checked. */
  join(): Promise<void>
}
export const isBreakable = can<Breakable>('impair')

/** What can be done to a node whose store has a file system of its own. */
export interface Fillable {
  /** Takes all the room that is left on it, checked. */
  fill(): Promise<void>
  /** Gives it back, checked. */
  drain(): Promise<void>
}
export const isFillable = can<Fillable>('fill')

/** What can be done to a node whose store has a device of its own that can be slow. */
export interface Slowable {
  /** From now on its device takes at most this many writes a second, from all programs together. */
  slow(writesPerSecond: number): Promise<void>
  /** It is as quick as before, checked. */
  quick(): Promise<void>
}
export const isSlowable = can<Slowable>('slow')

/** What can be done to a node whose store has a file system that can hang. */
export interface Freezable {
  /** From now on writes to it wait. */
  freeze(): Promise<void>
  /** It takes writes again, checked. */
  thaw(): Promise<void>
}
export const isFreezable = can<Freezable>('freeze')

/** What can be done to a node whose store has a file system that can crash. */
export interface Crashable {
  /** Writes all that is still in memory to its device. */
  settle(): Promise<void>
  /** Loses what was not written to its device, and is mounted again as after a restart of the system. No program may use it meanwhile. */
  crash(): Promise<void>
}
export const isCrashable = can<Crashable>('crash')

export interface Pausable {
  pause(): Promise<void>
  resume(): Promise<void>
}
export const isPausable = can<Pausable>('pause')

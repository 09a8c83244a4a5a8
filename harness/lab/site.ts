/** What a lab is built of and what a measurement on it is made of: the two words of this room. */
import type { CpuTime, HostFacts, Thermals } from '../model/facts.ts'
import type { Journal } from '../model/journal.ts'
import type { BlockPlan, Plan } from '../model/plan.ts'
import type { Line } from '../model/recording.ts'
import type { Substrate } from '../substrate/substrate.ts'
import type { Crew } from './crew.ts'
import type { Observe } from './events.ts'

/** What the host tells of itself while load is on. */
export interface Gauges {
  /** Clock and heat. */
  readonly thermals: () => Promise<Thermals>
  /** Undefined where it does not tell. */
  readonly cpuTime: () => Promise<CpuTime | undefined>
}

/** One for the whole life of a lab. */
export interface Site {
  /** Its nodes are built, its first variant says which servers may be kept up. */
  readonly plan: Plan
  readonly substrate: Substrate
  readonly host: HostFacts
  readonly gauges: Gauges
  readonly journal: Journal
  /** The credential of the run: in no report and no log. */
  readonly token: string
  readonly signal: AbortSignal
  readonly observe: Observe
}

/** One measurement: blocks of a plan whose nodes the lab has, and where their recording goes. */
export interface Take {
  readonly run: string
  readonly at: string
  readonly plan: Plan
  /** Writes one line of the recording. */
  readonly append: (line: Line) => void
  readonly log: (from: string, lines: readonly string[]) => void
  /** Of several measurements; closed by who made it. Each has one of its own where none is given. */
  readonly crew?: Crew
  /** Asked when the planned blocks are done; more blocks are added until it answers none. */
  readonly more?: (done: readonly BlockPlan[]) => Promise<readonly BlockPlan[]>
}

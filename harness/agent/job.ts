/** One assignment's work, from its preparation before the start instant to its last count. */
import type { Assignment, Job, JobKind, Phases } from '../model/plan.ts'
import type { Frame } from '../model/recording.ts'
import type { Clock } from './clock.ts'
import type { Failure } from './failure.ts'
import type { Recorder } from './recorder.ts'

export interface JobContext {
  readonly assignment: Assignment
  readonly token: string
  readonly phases: Phases
  /** May a core be kept busy before a due time? See pacing.ts. */
  readonly mayWatch: boolean
  readonly recorder: Recorder
  readonly emit: (frame: Frame) => void
  /** Ends the agent with this failure. */
  readonly fail: (failure: Failure) => void
  /** Resolves when the runner says `finish`. */
  readonly finished: Promise<void>
}

/** Prepared: connected, subscribed, flushed. */
export interface Work {
  /** Works from the clock's 0 on; resolves when all is sent and received. */
  run(clock: Clock): Promise<void>
  /** Messages by publisher number: sent ones of a sender, distinct ones of a receiver. */
  perPublisher(): Readonly<Record<string, number>>
  /** Messages by connection, of a member of a queue group. */
  perConnection?(): readonly number[]
  close(): void
}

export type Prepare<K extends JobKind> = (job: Extract<Job, { kind: K }>, context: JobContext) => Promise<Work>

export function endNs({ warmupMs, measureMs, cooldownMs }: Phases): number {
  return (warmupMs + measureMs + cooldownMs) * 1e6
}

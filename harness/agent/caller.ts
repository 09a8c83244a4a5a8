/** Calls of a client that answer by a promise: up to `window` of them at once over one connection, each timed from the instant at which it was due. */
import type { Answered } from './asking.ts'
import type { Clock } from './clock.ts'
import { asFailure } from './failure.ts'
import type { JobContext } from './job.ts'

/** What a call brought. Rejected with a Failure: `timeout` counts as late, `server-error` as refused by its words; any other ends the agent. */
export interface Done {
  readonly bytes: number
  /** False: it was answered, but not as hoped for, which is on record elsewhere. */
  readonly accepted?: boolean
  /** What is to be done after it and is not timed. */
  readonly tidy?: () => Promise<void>
}

/** What was not tidied up in time, or refused, makes the call that came before neither late nor refused. Rejects with any other Failure. */
export async function tidied(tidy: Done['tidy']): Promise<void> {
  try {
    await tidy?.()
  } catch (error) {
    const failure = asFailure(error)
    if (failure.code !== 'timeout' && failure.code !== 'server-error') throw failure
  }
}

export type Call = (sequence: number, due: number, lag: number) => Promise<Done>

export interface Calling {
  /** Histograms of the time from the due time, and from the real send. */
  readonly times: readonly ['ack', 'ackService'] | readonly ['rtt', 'rttService']
  readonly window: number
}

export class Caller implements Answered {
  clock: Clock | undefined
  sequence = 0
  onFree: (now: number, count: number) => void = () => undefined
  /** Calls that the server refused, by its words. */
  readonly errors: Record<string, number> = {}
  /** Calls under way. */
  waiting = 0
  readonly #call: Call
  readonly #window: number
  readonly #context: JobContext
  readonly #time
  readonly #service
  readonly #gap
  readonly #settled = Promise.withResolvers<void>()
  #stopped = false

  constructor(call: Call, { times: [time, service], window }: Calling, context: JobContext) {
    const { recorder } = context
    this.#call = call
    this.#window = window
    this.#context = context
    this.#time = recorder.histogram(time)
    this.#service = recorder.histogram(service)
    this.#gap = recorder.sharedGap()
  }

  get hasRoom(): boolean {
    return this.waiting < this.#window
  }

  whenRoom(): void {
    // Room comes when a call is over.
  }

  send(due: number, now: number): void {
    this.waiting++
    this.#context.recorder.tally.sent++
    void this.#one(this.sequence++, due, now)
  }

  push(): void {
    // A call is on its way when it was made.
  }

  expire(): void {
    if (this.clock !== undefined) this.#context.recorder.tick(this.clock.now())
  }

  settled(): Promise<void> {
    this.#stopped = true
    if (this.waiting === 0) this.#settled.resolve()
    return this.#settled.promise
  }

  async #one(sequence: number, due: number, sent: number): Promise<void> {
    const { recorder, fail } = this.#context
    try {
      const { bytes, accepted = true, tidy } = await this.#call(sequence, due, sent - due)
      const now = this.clock?.now() ?? 0
      recorder.tick(now)
      if (accepted) {
        recorder.tally.received++
        recorder.tally.bytes += bytes
        this.#gap.heard(now)
        this.#time.record(now - due)
        this.#service.record(now - sent)
      }
      await tidied(tidy)
    } catch (error) {
      const failure = asFailure(error)
      if (failure.code === 'timeout') recorder.tally.late++
      else if (failure.code === 'server-error') this.errors[failure.message] = (this.errors[failure.message] ?? 0) + 1
      else fail(failure)
    }
    this.waiting--
    if (!this.#stopped) this.onFree(this.clock?.now() ?? 0, 1)
    else if (this.waiting === 0) this.#settled.resolve()
  }
}

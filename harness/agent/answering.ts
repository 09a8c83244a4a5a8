/** Base of everything that sends over one connection and waits for answers: when answers came, who is notified, when it is done. */
import type { Answered } from './asking.ts'
import type { Clock } from './clock.ts'
import type { Delivery, Receiver } from './engine.ts'
import type { Recorder } from './recorder.ts'
import { summed } from './tally.ts'

export abstract class Answering implements Receiver, Answered {
  clock: Clock | undefined
  /** Sequence number of the next message = messages sent so far. */
  sequence = 0
  onFree: (now: number, count: number) => void = () => undefined

  protected readonly recorder: Recorder
  protected readonly timeoutNs: number
  /** When the answers that are being read came. */
  protected now = 0
  /** Messages that they make room for. */
  protected freed = 0
  protected stopped = false
  readonly #settled = Promise.withResolvers<void>()

  constructor(recorder: Recorder, timeoutMs: number) {
    this.recorder = recorder
    this.timeoutNs = timeoutMs * 1e6
  }

  abstract readonly waiting: number
  abstract readonly hasRoom: boolean
  abstract whenRoom(resume: () => void): void
  abstract send(due: number, now: number): void
  abstract push(): void
  abstract message(delivery: Delivery): void
  /** Counts what was sent before `now` less the timeout and has no answer, and adds to `freed` what that makes room for. */
  protected abstract giveUp(now: number): void
  /** Looks whether all is over, and says so by `end`, once `stopped`. */
  protected abstract look(): void

  arrived(): void {
    if (this.clock === undefined) return
    this.now = this.clock.now()
    this.recorder.tick(this.now)
  }

  handled(): void {
    if (this.freed === 0) return
    this.#tell(this.now)
    this.look()
  }

  expire(): void {
    if (this.clock === undefined) return
    const now = this.clock.now()
    this.recorder.tick(now)
    this.giveUp(now)
    if (this.freed > 0) this.#tell(now)
    this.look()
  }

  settled(): Promise<void> {
    this.stopped = true
    this.look()
    return this.#settled.promise
  }

  protected end(): void {
    this.#settled.resolve()
  }

  #tell(now: number): void {
    const { freed } = this
    this.freed = 0
    this.onFree(now, freed)
  }
}

/** Messages sent, by publisher number. */
export function sentBy(
  senders: readonly { readonly sequence: number }[],
  publisher: number,
): Readonly<Record<string, number>> {
  return Object.fromEntries(senders.map(({ sequence }, i) => [String(publisher + i), sequence]))
}

/** Errors of all of them, by the server's words. */
export function errorsOf(
  all: readonly { readonly errors: Readonly<Record<string, number>> }[],
): Record<string, number> {
  return summed(all.map(({ errors }) => errors))
}

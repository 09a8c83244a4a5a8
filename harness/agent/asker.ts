/**
 * Messages that are answered: requests, and publishes that a stream acknowledges. Answers are matched by sequence number; one
 * time counts from the due time, its sibling from the real send.
 */
import type { Arrivals } from '../model/scenario.ts'
import type { HistogramName } from '../model/recording.ts'
import { Answering } from './answering.ts'
import type { Delivery, Link, MessageShape, Sender } from './engine.ts'
import { Outstanding } from './outstanding.ts'
import type { Recorder } from './recorder.ts'

const mostOutstanding = 2 ** 20

export interface Asking {
  readonly shape: Omit<MessageShape, 'request'>
  readonly timeoutMs: number
  /** Histograms of the time from the due time, and from the real send. */
  readonly times: readonly [HistogramName, HistogramName]
  /** Unanswered messages at most, and how many of them must find room while others time out. */
  readonly window: number
  readonly room: number
  /** Is it the answer that was hoped for? Others make room and are not measured. */
  readonly accept?: (delivery: Delivery, sequence: number) => boolean
}

/** What asks over one connection. */
export class Asker extends Answering {
  readonly sender: Sender
  readonly outstanding: Outstanding

  readonly #asking: Asking
  readonly #gap
  readonly #time
  readonly #service

  constructor(link: Link, asking: Asking, recorder: Recorder) {
    super(recorder, asking.timeoutMs)
    this.#asking = asking
    const [time, service] = asking.times
    this.#gap = recorder.sharedGap()
    this.#time = recorder.histogram(time)
    this.#service = recorder.histogram(service)
    this.outstanding = new Outstanding(asking.room)
    this.sender = link.sender({ ...asking.shape, request: { receiver: this, timeoutMs: asking.timeoutMs } })
  }

  get waiting(): number {
    return this.outstanding.count
  }

  push(): void {
    this.sender.push()
  }

  whenRoom(resume: () => void): void {
    this.sender.onRoom = resume
  }

  get hasRoom(): boolean {
    const { outstanding } = this
    return outstanding.count < this.#asking.window && !outstanding.full && this.sender.room() > 0
  }

  /** `now`: the real send. */
  send(due: number, now: number): void {
    const { tally } = this.recorder
    this.outstanding.add(due, now)
    tally.bytes += this.sender.put(this.sequence++, 1, due, now - due)
    tally.sent++
  }

  message(delivery: Delivery): void {
    const { tally } = this.recorder
    const { outstanding } = this
    const token = delivery.token()
    const { accept } = this.#asking
    const taken = outstanding.take(token)
    const accepted = accept === undefined || accept(delivery, token)
    if (taken === 'taken') {
      this.freed++
      if (!accepted) return
      tally.received++
      this.#gap.heard(this.now)
      tally.bytes += delivery.end - delivery.start + delivery.headerBytes
      this.#time.record(this.now - outstanding.due)
      this.#service.record(this.now - outstanding.sent)
    } else if (taken === 'again') {
      tally.duplicated++
    }
    // An expired one has been counted as late already.
  }

  protected giveUp(now: number): void {
    const expired = this.outstanding.expire(now - this.timeoutNs)
    this.recorder.tally.late += expired
    this.freed += expired
  }

  protected look(): void {
    if (this.stopped && this.outstanding.count === 0) this.end()
  }
}

/** Twice what can be waiting at the mean rate until it times out; `inFlight` where the answers set the pace. */
export function roomFor(arrivals: Arrivals, timeoutMs: number, connections: number, inFlight: number): number {
  const rate: { readonly [K in Arrivals['kind']]: (arrivals: Extract<Arrivals, { kind: K }>) => number } = {
    constant: ({ perSecond }) => perSecond,
    poisson: ({ perSecond }) => perSecond,
    burst: ({ perSecond, size }) => perSecond + size,
    staircase: ({ from, to }) => Math.max(from, to),
    closed: (closing) => closing.inFlight * connections * 8,
    flood: () => inFlight * connections * 8,
  }
  const of = rate[arrivals.kind] as (arrivals: Arrivals) => number
  const waiting = (of(arrivals) * Math.max(1, timeoutMs / 1000) * 2) / connections
  return Math.min(mostOutstanding, Math.max(1024, Math.ceil(waiting)))
}

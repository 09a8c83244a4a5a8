/** The account of what is taken of a consumer: times, who sent it, how often it came. */
import { AckSubject } from './ack-subject.ts'
import type { Delivery } from './engine.ts'
import { OneWay } from './one-way.ts'
import type { Gap } from './gap.ts'
import type { Recorder } from './recorder.ts'
import { mostNumbers, SequenceSet } from './sequence-set.ts'
import { filledPublisher, stampBytes, stampPublisher, stampSequence } from './stamp.ts'

/** Who sent what of what was taken; shared by the connections that share the messages. */
export class ConsumedSet {
  readonly publishers = new Map<number, SequenceSet>()

  of(publisher: number): SequenceSet {
    const known = this.publishers.get(publisher)
    if (known !== undefined) return known
    const made = new SequenceSet()
    this.publishers.set(publisher, made)
    return made
  }

  told() {
    return Object.fromEntries([...this.publishers].map(([publisher, set]) => [String(publisher), set.told()]))
  }
}

/** Deliveries by delivery number from 2 on, answers given, and what the server said. Of all connections of an agent. */
export class ConsumedCounts {
  readonly redelivered: Record<string, number> = {}
  readonly statuses: Record<string, number> = {}
  acked = 0
  naked = 0
  confirmed = 0
  remade = 0

  /** The server said this once more, or nothing for too long. */
  note(words = 'no word of the server'): void {
    this.statuses[words] = (this.statuses[words] ?? 0) + 1
  }
}

/** A message: its payload is `[start, end)` of the view, of which the stamp at least is there. */
export type Taken = Pick<Delivery, 'view' | 'start' | 'end' | 'headerBytes'>

/** Times and counts deliveries at their callback. */
export class Account {
  readonly ack = new AckSubject()
  readonly #recorder: Recorder
  readonly #publishers: number
  readonly #set: ConsumedSet
  readonly #counts: ConsumedCounts
  readonly #times: OneWay
  #last: SequenceSet | undefined
  #lastPublisher = -1
  /** By publisher, of this connection: others that share the messages may well have later ones. */
  readonly #newest: number[] = []
  readonly #gap: Gap

  /** `shares`: the messages are shared with other connections, so that a time in which this one gets none says nothing. */
  constructor(recorder: Recorder, publishers: number, set: ConsumedSet, counts: ConsumedCounts, shares: boolean) {
    this.#recorder = recorder
    this.#publishers = publishers
    this.#set = set
    this.#counts = counts
    this.#times = new OneWay(recorder)
    this.#gap = shares ? recorder.sharedGap() : recorder.gap()
  }

  /** The callback begins at `now` with a message; `deliveries` is 1 at the first. */
  take({ view, start, end, headerBytes }: Taken, deliveries: number, now: number): void {
    const { tally } = this.#recorder
    this.#gap.heard(now)
    tally.received++
    tally.bytes += end - start + headerBytes
    const again = deliveries > 1
    if (again) this.#counts.redelivered[deliveries] = (this.#counts.redelivered[deliveries] ?? 0) + 1
    const publisher = end - start < stampBytes ? Infinity : stampPublisher(view, start)
    const known = publisher < this.#publishers || publisher === filledPublisher
    const sequence = known ? stampSequence(view, start) : Infinity
    if (sequence >= mostNumbers) {
      tally.undecodable++
      return
    }
    const fresh = this.#of(publisher).add(sequence)
    if (again) return
    if (!fresh) tally.duplicated++
    else this.#order(publisher, sequence)
    if (publisher === filledPublisher) return
    this.#times.record(view, start, now)
  }

  #of(publisher: number): SequenceSet {
    if (publisher !== this.#lastPublisher || this.#last === undefined) {
      this.#last = this.#set.of(publisher)
      this.#lastPublisher = publisher
    }
    return this.#last
  }

  #order(publisher: number, sequence: number): void {
    while (this.#newest.length <= publisher) this.#newest.push(-1)
    if (sequence < this.#newest[publisher]!) this.#recorder.tally.reordered++
    else this.#newest[publisher] = sequence
  }
}

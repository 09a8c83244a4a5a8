/**
 * Reads of a value that was just acknowledged to the same client: by a direct get, which any server with a copy may answer
 * (ADR-31 promises no read after write there), or of the leader. One that finds an older revision is stale, and is asked again until it is not.
 */
import type { Clock } from './clock.ts'
import type { Delivery, Link, Receiver } from './engine.ts'
import { fields, fieldsOf, numberOf } from './js-api.ts'
import { gotSequence } from './key-view.ts'
import { newInbox } from './unique.ts'

export type ReadFrom = 'direct' | 'leader'

interface Asked {
  readonly key: number
  readonly revision: number
  /** When the first of its reads went out. */
  readonly since: number
  again: boolean
}

const settleMs = 5000
const lookMs = 20

/** Of one connection, over another one to the same server. */
export class OwnReads implements Receiver {
  clock: Clock | undefined
  asked = 0
  stale = 0
  /** The longest time from the first read of a value to one that saw it, of those that were stale; ns. */
  longestNs = 0

  readonly #link: Link
  readonly #stream: string
  readonly #subjectOf: (key: number) => string
  readonly #from: ReadFrom
  readonly #inbox = newInbox()
  readonly #waiting = new Map<number, Asked>()
  #token = 0

  constructor(link: Link, stream: string, subjectOf: (key: number) => string, from: ReadFrom) {
    this.#link = link
    this.#stream = stream
    this.#subjectOf = subjectOf
    this.#from = from
    link.subscribe(`${this.#inbox}.*`, undefined, this)
  }

  /** Reads that nobody answered. */
  get unanswered(): number {
    return this.#waiting.size
  }

  ask(key: number, revision: number): void {
    this.asked++
    this.#send({ key, revision, since: this.clock?.now() ?? 0, again: false })
  }

  /** Resolves when all are answered, or after 5 s. */
  async settled(): Promise<void> {
    const deadline = performance.now() + settleMs
    while (this.#waiting.size > 0 && performance.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, lookMs))
  }

  arrived(): void {
    // What is timed here is rare.
  }

  message(delivery: Delivery): void {
    const token = delivery.token()
    const asked = this.#waiting.get(token)
    if (asked === undefined) return
    this.#waiting.delete(token)
    if (this.#found(delivery) >= asked.revision) {
      if (asked.again) this.longestNs = Math.max(this.longestNs, (this.clock?.now() ?? 0) - asked.since)
      return
    }
    if (!asked.again) this.stale++
    asked.again = true
    this.#send(asked)
  }

  handled(): void {
    // Nothing waits for the end of a read.
  }

  #send(asked: Asked): void {
    const token = this.#token++
    this.#waiting.set(token, asked)
    const subject = this.#subjectOf(asked.key)
    const reply = `${this.#inbox}.${token}`
    if (this.#from === 'direct') this.#link.publish(`$JS.API.DIRECT.GET.${this.#stream}.${subject}`, '', reply)
    else this.#link.publish(`$JS.API.STREAM.MSG.GET.${this.#stream}`, JSON.stringify({ last_by_subj: subject }), reply)
  }

  #found(delivery: Delivery): number {
    if (this.#from === 'direct') return gotSequence(delivery)
    const text = Buffer.from(delivery.bytes.subarray(delivery.start, delivery.end)).toString('utf8')
    return numberOf(fields(fieldsOf(text)['message'])['seq'])
  }
}

/** As a frame has it. */
export function ownReadsTold(all: readonly OwnReads[]) {
  const sum = (of: (each: OwnReads) => number) => all.reduce((total, each) => total + of(each), 0)
  return {
    asked: sum(({ asked }) => asked),
    stale: sum(({ stale }) => stale),
    unanswered: sum(({ unanswered }) => unanswered),
    longestNs: Math.max(0, ...all.map(({ longestNs }) => longestNs)),
  }
}

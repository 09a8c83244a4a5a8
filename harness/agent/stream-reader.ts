/** Reads a stream from its start, by an ephemeral pull consumer without acknowledgements (ADR-13, ADR-37), and keeps what is in it by stamp. */
import { AckSubject } from './ack-subject.ts'
import type { Delivery, Link, Receiver } from './engine.ts'
import { fields, textOf, type JsApi } from './js-api.ts'
import { isStatus } from './js-status.ts'
import { SequenceSet } from './sequence-set.ts'
import { stampBytes, stampPublisher, stampSequence } from './stamp.ts'
import { newInbox, uniqueDigits } from './unique.ts'

const mostAtOnce = 10_000
const stillMs = 10_000
/** A pull that reached no server yet is lost: the way to a consumer just made may take a moment in a cluster. */
const againMs = 1000
const lookMs = 100

interface Stored {
  readonly sequences: SequenceSet
  duplicates: number
}

export interface ReadingConsumer {
  readonly name: string
  /** The server that it is on, out of whose store it reads; empty where the server is alone. */
  readonly server: string
}

/** An ephemeral consumer is on one server, whatever its stream has: the cluster takes one of those that hold it and are there, at random. */
export async function makeReadingConsumer(api: JsApi, stream: string): Promise<ReadingConsumer> {
  const name = `proof-${uniqueDigits(8)}`
  const config = {
    name,
    ack_policy: 'none',
    deliver_policy: 'all',
    mem_storage: true,
    inactive_threshold: 60e9,
  }
  const info = await api.ask(`CONSUMER.CREATE.${stream}.${name}`, { stream_name: stream, config })
  return { name, server: textOf(fields(info['cluster'])['leader']) }
}

/** What a stream says that it holds. */
export interface Contents {
  readonly messages: number
  readonly bytes: number
  /** Highest sequence number. */
  readonly last: number
}

/** What was read of one stream, by publisher number. */
export class StreamReader implements Receiver {
  readonly stamped: boolean
  readonly publishers = new Map<number, Stored>()
  strangers = 0
  read = 0
  /** Highest sequence number of the stream that was read. */
  last = 0
  /** Did it get all that it was to read? Not where a message was delivered that never came. */
  whole = false
  /** Of sequence numbers and stamps in the order of the stream: alike where the same messages are in the same places. */
  digest = 0

  readonly #link: Link
  readonly #inbox = newInbox()
  readonly #subject = new AckSubject()
  /** Name of the consumer that is read: a reader that gave up leaves messages on their way over the same link. */
  #consumer: Uint8Array = new Uint8Array()
  /** Messages that the consumer has delivered, by its own count. */
  #delivered = 0
  #pull: () => void = () => undefined
  #batch = mostAtOnce
  #left = 0

  /** `stamped`: keep account of who sent what. Of a store of objects nobody could: its chunks carry no stamps. */
  constructor(link: Link, stamped = true) {
    this.#link = link
    this.stamped = stamped
    link.subscribe(this.#inbox, undefined, this)
  }

  /**
   * Until `messages` have come, or the one with number `last`, or nothing comes for 10 s: then it is not `whole`. What is on its way at
   * once is at most `max_payload`, of which `max_pending` is never less: the server cuts off a client that has more to come.
   */
  async all(stream: string, consumer: string, { messages, bytes, last }: Contents): Promise<void> {
    const each = Math.max(1, bytes / Math.max(1, messages))
    this.#batch = Math.max(1, Math.min(mostAtOnce, Math.floor(this.#link.maxPayload / 2 / each)))
    this.#consumer = Buffer.from(consumer)
    this.#pull = () => {
      this.#left += this.#batch
      const body = JSON.stringify({ batch: this.#batch, expires: stillMs * 1e6 })
      this.#link.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${consumer}`, body, this.#inbox)
    }
    this.#pull()
    let before = this.read
    let since = performance.now()
    let asked = since
    while (this.read < messages && (last === 0 || this.last < last)) {
      await new Promise((resolve) => setTimeout(resolve, lookMs))
      if (this.read !== before) since = performance.now()
      before = this.read
      if (performance.now() - Math.max(since, asked) > againMs) {
        asked = performance.now()
        this.#pull()
      }
      if (performance.now() - since > stillMs) return
    }
    this.whole = this.#delivered <= this.read
  }

  /** As a frame has it. */
  told() {
    return Object.fromEntries(
      [...this.publishers].map(([number, { sequences, duplicates }]) => [
        String(number),
        { ...sequences.told(), duplicates },
      ]),
    )
  }

  arrived(): void {
    // Nothing here is timed.
  }

  message(delivery: Delivery): void {
    if (isStatus(delivery)) return
    const { bytes, view, start, end, replyStart, replyEnd } = delivery
    const subject = this.#subject
    if (!subject.read(bytes, replyStart, replyEnd) || !subject.isOf(bytes, replyStart, this.#consumer)) return
    this.read++
    this.#left--
    this.last = Math.max(this.last, subject.streamSequence)
    this.#delivered = Math.max(this.#delivered, subject.consumerSequence)
    this.#mix(this.last)
    for (let at = start; at + 4 <= Math.min(end, start + stampBytes); at += 4) this.#mix(view.getUint32(at, true))
    if (!this.stamped) return
    if (end - start < stampBytes) {
      this.strangers++
      return
    }
    const publisher = stampPublisher(view, start)
    const stored = this.publishers.get(publisher) ?? { sequences: new SequenceSet(), duplicates: 0 }
    this.publishers.set(publisher, stored)
    if (!stored.sequences.add(stampSequence(view, start))) stored.duplicates++
  }

  handled(): void {
    if (this.#left <= this.#batch / 2) this.#pull()
  }

  /** FNV-1a over 32 bits at a time. */
  #mix(word: number): void {
    this.digest = Math.imul(this.digest ^ word, 0x01000193)
  }
}

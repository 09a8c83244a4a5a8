/** Reads a stream from its start, by an ephemeral pull consumer without acknowledgements (ADR-13, ADR-37), and keeps what is in it by stamp. */
import { randomBytes } from 'node:crypto'
import type { Delivery, Link, Receiver } from './engine.ts'
import { Failure } from './failure.ts'
import type { JsApi } from './js-api.ts'
import { SequenceSet } from './sequence-set.ts'
import { stampBytes, stampPublisher, stampSequence } from './stamp.ts'

const batch = 10_000
/** The next pull goes out when so few of the last are left. */
const ahead = batch / 2
const stillMs = 10_000
/** A pull that reached no server yet is lost: the way to a consumer just made may take a moment in a cluster. */
const againMs = 1000
const lookMs = 100
const SPACE = 32
/** Of `NATS/1.0` in a header block; a status stands behind it, a line end where there is none. */
const versionBytes = 8

interface Stored {
  readonly sequences: SequenceSet
  duplicates: number
}

/** What was read of one stream, by publisher number. */
export class StreamReader implements Receiver {
  readonly publishers = new Map<number, Stored>()
  strangers = 0

  readonly #link: Link
  readonly #inbox = `_INBOX.${randomBytes(11).toString('hex')}`
  #pull: () => void = () => undefined
  #read = 0
  #left = 0

  constructor(link: Link) {
    this.#link = link
    link.subscribe(this.#inbox, undefined, this)
  }

  /** Resolves when `messages` have come; rejects when nothing comes for 10 s before. */
  async read(api: JsApi, stream: string, messages: number): Promise<void> {
    const name = `proof-${randomBytes(4).toString('hex')}`
    const config = {
      name,
      ack_policy: 'none',
      deliver_policy: 'all',
      num_replicas: 1,
      mem_storage: true,
      inactive_threshold: 60e9,
    }
    await api.ask(`CONSUMER.CREATE.${stream}.${name}`, { stream_name: stream, config })
    this.#pull = () => {
      this.#left += batch
      const body = JSON.stringify({ batch, expires: stillMs * 1e6 })
      this.#link.publish(`$JS.API.CONSUMER.MSG.NEXT.${stream}.${name}`, body, this.#inbox)
    }
    this.#pull()
    let before = this.#read
    let since = Date.now()
    let asked = since
    while (this.#read < messages) {
      await new Promise((resolve) => setTimeout(resolve, lookMs))
      if (this.#read !== before) since = Date.now()
      before = this.#read
      if (Date.now() - Math.max(since, asked) > againMs) {
        asked = Date.now()
        this.#pull()
      }
      if (Date.now() - since > stillMs)
        throw new Failure(
          'timeout',
          `stream ${stream} must give its ${messages} messages, got ${this.#read}, then nothing for ${stillMs} ms`,
        )
    }
  }

  arrived(): void {
    // Nothing here is timed.
  }

  message({ bytes, view, start, end, headerBytes }: Delivery): void {
    if (headerBytes > 0 && bytes[start - headerBytes + versionBytes] === SPACE) return // a status, no message
    this.#read++
    this.#left--
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
    if (this.#left < ahead) this.#pull()
  }
}

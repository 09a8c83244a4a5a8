/**
 * Objects in a stream (ADR-20), as the official clients put and get them: chunks of 128 KiB to `$O.<store>.C.<id>`, then what is known of the
 * object to `$O.<store>.M.<name>`, which replaces what was there. A get reads that, then the chunks through an
 * ephemeral pull consumer of their own.
 */
import { createHash } from 'node:crypto'
import type { objectChunkBytes } from '../model/objects.ts'
import type { Delivery, Link, Receiver } from './engine.ts'
import { Failure } from './failure.ts'
import { fields, fieldsOf, numberOf, textOf } from './js-api.ts'
import { isStatus } from './js-status.ts'
import { statusWords } from './key-view.ts'
import { newInbox, uniqueDigits } from './unique.ts'

const chunkBytes: typeof objectChunkBytes = 131_072
/** Chunks that may wait for their acknowledgement: 4 MiB. */
const mostUnacked = 32

interface Known {
  readonly nuid: string
  readonly size: number
  readonly chunks: number
  readonly digest: string
}

export const objectSubject = (store: string, name: string) =>
  `$O.${store}.M.${Buffer.from(name).toString('base64').replaceAll('+', '-').replaceAll('/', '_')}`

/** Of one connection, which does one thing after the other. */
export class ObjectClient implements Receiver {
  readonly #link: Link
  readonly #stream: string
  readonly #store: string
  readonly #timeoutMs: number
  readonly #inbox = newInbox()
  /** Who waits for what comes at which number of the inbox. */
  readonly #waiting = new Map<number, (delivery: Delivery) => void>()
  #number = 0
  /** Takes the chunks of the object that is being got. */
  #chunk: ((delivery: Delivery) => void) | undefined

  constructor(
    link: Link,
    { stream, store, timeoutMs }: { readonly stream: string; readonly store: string; readonly timeoutMs: number },
  ) {
    this.#link = link
    this.#stream = stream
    this.#store = store
    this.#timeoutMs = timeoutMs
    link.subscribe(`${this.#inbox}.*`, undefined, this)
  }

  /** Resolves when all is acknowledged: the sequence number of what is known of it, and its id. Rejects with the server's words. */
  async put(name: string, bytes: Uint8Array): Promise<{ readonly sequence: number; readonly nuid: string }> {
    const nuid = uniqueDigits(22)
    const hash = createHash('sha256')
    const acks: Promise<number>[] = []
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      const chunk = bytes.subarray(at, at + chunkBytes)
      hash.update(chunk)
      const ack = this.#publish(`$O.${this.#store}.C.${nuid}`, chunk)
      // It is awaited below; a refusal that comes before is no crash.
      ack.catch(() => undefined)
      acks.push(ack)
      if (acks.length >= mostUnacked) await acks.shift()
    }
    const chunks = Math.ceil(bytes.length / chunkBytes)
    await Promise.all(acks)
    const known = {
      name,
      options: { max_chunk_size: chunkBytes },
      bucket: this.#store,
      nuid,
      size: bytes.length,
      mtime: '0001-01-01T00:00:00Z',
      chunks,
      digest: digestText(hash.digest('base64url')),
    }
    const body = Buffer.from(JSON.stringify(known))
    const sequence = await this.#publish(objectSubject(this.#store, name), body, { 'Nats-Rollup': 'sub' })
    return { sequence, nuid }
  }

  /** Removes the chunks of an object that was replaced. */
  async forget(nuid: string): Promise<void> {
    await this.#api(`STREAM.PURGE.${this.#stream}`, { filter: `$O.${this.#store}.C.${nuid}` })
  }

  /** Resolves when all chunks have come and are what the digest says: their bytes, and what is still to be tidied up. */
  async get(name: string): Promise<{ readonly bytes: number; readonly tidy: () => Promise<void> }> {
    const { nuid, size, chunks, digest } = await this.#known(name)
    const hash = createHash('sha256')
    const all = Promise.withResolvers<void>()
    let [left, bytes] = [chunks, 0]
    const number = this.#number++
    const consumer = `object-${uniqueDigits(8)}`
    // A status ends the request for its chunks before all have come.
    this.#waiting.set(number, (delivery) =>
      all.reject(new Failure('server-error', statusWords(delivery) ?? 'no chunk')),
    )
    this.#chunk = (delivery) => {
      // A get that was given up leaves a consumer that goes on sending.
      if (!delivery.replySubject().includes(`.${consumer}.`)) return
      hash.update(delivery.bytes.subarray(delivery.start, delivery.end))
      bytes += delivery.end - delivery.start
      if (--left === 0) all.resolve()
    }
    const config = {
      name: consumer,
      ack_policy: 'none',
      deliver_policy: 'all',
      filter_subject: `$O.${this.#store}.C.${nuid}`,
      max_deliver: 1,
      mem_storage: true,
      num_replicas: 1,
      inactive_threshold: 30e9,
    }
    try {
      await this.#api(`CONSUMER.CREATE.${this.#stream}.${consumer}`, { stream_name: this.#stream, config })
      const body = JSON.stringify({ batch: chunks, expires: this.#timeoutMs * 1e6 })
      const next = `$JS.API.CONSUMER.MSG.NEXT.${this.#stream}.${consumer}`
      if (chunks > 0) this.#link.publish(next, body, `${this.#inbox}.${number}`)
      if (chunks > 0) await this.#within(all.promise, `object ${name}`)
    } finally {
      this.#waiting.delete(number)
      this.#chunk = undefined
    }
    const got = digestText(hash.digest('base64url'))
    if (bytes !== size || got !== digest)
      throw new Failure('server-error', `object must be ${size} bytes with digest ${digest}, got ${bytes} with ${got}`)
    return { bytes, tidy: async () => void (await this.#api(`CONSUMER.DELETE.${this.#stream}.${consumer}`, {})) }
  }

  arrived(): void {
    // Whoever waits reads the clock.
  }

  message(delivery: Delivery): void {
    // A chunk comes with its own subject; where it is to be acknowledged tells it from answers.
    if (delivery.replyStart !== delivery.replyEnd && !isStatus(delivery)) this.#chunk?.(delivery)
    else this.#waiting.get(delivery.token())?.(delivery)
  }

  handled(): void {
    // Nothing waits for the end of a read.
  }

  async #known(name: string): Promise<Known> {
    const subject = objectSubject(this.#store, name)
    const text = await this.#question(`$JS.API.DIRECT.GET.${this.#stream}.${subject}`, '')
    const { nuid, size, chunks, digest } = fieldsOf(text)
    return { nuid: textOf(nuid), size: numberOf(size), chunks: numberOf(chunks), digest: textOf(digest) }
  }

  async #publish(subject: string, body: Uint8Array, headers?: Readonly<Record<string, string>>): Promise<number> {
    return numberOf(refusing(fieldsOf(await this.#question(subject, body, headers)))['seq'])
  }

  async #api(subject: string, body: object): Promise<void> {
    refusing(fieldsOf(await this.#question(`$JS.API.${subject}`, JSON.stringify(body))))
  }

  /** The text of the answer. */
  async #question(
    subject: string,
    body: string | Uint8Array,
    headers?: Readonly<Record<string, string>>,
  ): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    const number = this.#number++
    this.#waiting.set(number, (delivery) => {
      const words = statusWords(delivery)
      if (words !== undefined) reject(new Failure('server-error', words))
      else resolve(Buffer.from(delivery.bytes.subarray(delivery.start, delivery.end)).toString('utf8'))
    })
    this.#link.publish(subject, body, `${this.#inbox}.${number}`, headers)
    return this.#within(promise, subject).finally(() => this.#waiting.delete(number))
  }

  #within<T>(promise: Promise<T>, what: string): Promise<T> {
    const { promise: late, reject } = Promise.withResolvers<never>()
    const words = `server must answer ${what} within ${this.#timeoutMs} ms, got nothing`
    const timer = setTimeout(() => reject(new Failure('timeout', words)), this.#timeoutMs)
    return Promise.race([promise, late]).finally(() => clearTimeout(timer))
  }
}

/** Throws the server's code and words where it refused. */
function refusing(answer: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (answer['error'] === undefined) return answer
  const { err_code: code, description } = fields(answer['error'])
  throw new Failure('server-error', `${numberOf(code)} ${textOf(description)}`)
}

/** Base64 for addresses, filled up: as Go writes it. */
const digestText = (unfilled: string) => `SHA-256=${unfilled}=`

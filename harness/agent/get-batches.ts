/**
 * Gets of many messages with one request (ADR-31; nats-server 2.11): `batch` of them from a sequence number on, or `multi_last`, the last one of
 * each of so many keys. The answers end with a status 204. Each message is timed from the instant at which it was due, the filling of
 * its batch included; `fetch` counts from the request to its last answer.
 */
import type { Job } from '../model/plan.ts'
import { Answering } from './answering.ts'
import type { Delivery, Link } from './engine.ts'
import { isStatus, readStatus } from './js-status.ts'
import { statusWords } from './key-view.ts'
import { scattered } from './random.ts'
import type { Recorder } from './recorder.ts'
import { newInbox } from './unique.ts'

type GetJob = Extract<Job, { kind: 'kv-get' | 'js-get' }>

const endOfBatch = 204

/** Asks the stream; what comes of it is told by `took` and `ended`, with this number. */
export type AskMany = (question: Question, number: number) => void

/** A run of messages, or the last one of each of these subjects. */
export type Question =
  { readonly seq: number; readonly batch: number } | { readonly multi_last: readonly string[]; readonly batch: number }

/** Over the harness's own client: the number of a question is the end of the subject that it is answered at. */
export function batchesOver(link: Link, job: GetJob, size: number, seed: number, recorder: Recorder): GetBatches {
  const inbox = newInbox()
  const ask: AskMany = (question, number) =>
    link.publish(`$JS.API.DIRECT.GET.${job.stream}`, JSON.stringify(question), `${inbox}.${number}`)
  const batches = new GetBatches(job, size, seed, recorder, ask)
  link.subscribe(`${inbox}.*`, undefined, batches)
  return batches
}

/** The batches of one connection, one after the other. */
export class GetBatches extends Answering {
  /** Messages that did not come, by the server's words. */
  readonly errors: Record<string, number> = {}

  readonly #size: number
  readonly #ask: AskMany
  readonly #question: (number: number, count: number) => Question
  readonly #due: Float64Array
  readonly #sent: Float64Array
  readonly #rtt
  readonly #rttService
  readonly #fetch
  readonly #gap
  /** Messages of this batch, and how many of them have come. */
  #count = 0
  #got = 0
  #number = 0
  #asked = false
  #askedAt = 0

  constructor(job: GetJob, size: number, seed: number, recorder: Recorder, ask: AskMany) {
    super(recorder, job.timeoutMs)
    this.#size = size
    this.#ask = ask
    this.#question = questionOf(job, size, seed)
    this.#due = new Float64Array(size)
    this.#sent = new Float64Array(size)
    this.#gap = recorder.sharedGap()
    this.#rtt = recorder.histogram('rtt')
    this.#rttService = recorder.histogram('rttService')
    this.#fetch = recorder.histogram('fetch')
  }

  /** None while a batch fills, so that it fills in a closed loop too. */
  get waiting(): number {
    return this.#asked ? this.#count : 0
  }

  get hasRoom(): boolean {
    return !this.#asked
  }

  whenRoom(): void {
    // A request is small, and one is in flight.
  }

  send(due: number, now: number): void {
    this.#due[this.#count] = due
    this.#sent[this.#count] = now
    this.#count++
    this.sequence++
    this.recorder.tally.sent++
    if (this.#count === this.#size) this.#begin(now)
  }

  push(): void {
    // A request is sent when its batch is full.
  }

  message(delivery: Delivery): void {
    const number = delivery.token()
    if (!isStatus(delivery)) return this.took(number, delivery.end - delivery.start + delivery.headerBytes)
    this.ended(number, readStatus(delivery).code === endOfBatch ? undefined : (statusWords(delivery) ?? ''))
  }

  /** One message of the question of this number has come: bytes of its headers and payload. */
  took(number: number, bytes: number): void {
    if (!this.#awaits(number) || this.#got === this.#count) return
    const { tally } = this.recorder
    tally.received++
    tally.bytes += bytes
    this.#gap.heard(this.now)
    this.#rtt.record(this.now - this.#due[this.#got]!)
    this.#rttService.record(this.now - this.#sent[this.#got]!)
    this.#got++
  }

  protected giveUp(now: number): void {
    if (!this.#asked || this.#askedAt >= now - this.timeoutNs) return
    this.recorder.tally.late += this.#count - this.#got
    this.#over()
  }

  /** Not of an answer that came after its time. */
  #awaits(number: number): boolean {
    return this.#asked && number === this.#number
  }

  #begin(now: number): void {
    this.#asked = true
    this.#askedAt = now
    this.#got = 0
    this.#ask(this.#question(this.#number, this.#count), this.#number)
  }

  /** All of the question of this number has come, or no more will, for a reason. */
  ended(number: number, because?: string): void {
    if (!this.#awaits(number)) return
    const missing = this.#count - this.#got
    if (missing === 0 && this.#count === this.#size) this.#fetch.record(this.now - this.#askedAt)
    if (missing > 0) {
      const words = because ?? 'batch ended before it was whole'
      this.errors[words] = (this.errors[words] ?? 0) + missing
    }
    this.#over()
  }

  #over(): void {
    this.freed += this.#count
    this.#count = 0
    this.#asked = false
    this.#number++
  }

  /** A batch that is not full when the load ends is requested as it is. */
  protected look(): void {
    if (!this.stopped || this.#asked) return
    if (this.#count === 0) return this.end()
    this.#begin(this.clock?.now() ?? 0)
  }
}

/** What a batch of this number asks for: a run of messages, or of keys, one behind the other or from a random one on. */
export function questionOf(
  { by, of, subject, random }: Pick<GetJob, 'by' | 'of' | 'subject' | 'random'>,
  size: number,
  seed: number,
): (number: number, count: number) => Question {
  const runs = Math.max(1, Math.floor(of / size))
  const from = (number: number) =>
    random ? scattered(seed, number, Math.max(1, of - size + 1)) : (number % runs) * size
  if (by === 'sequence') return (number, batch) => ({ seq: 1 + from(number), batch })
  const key = (at: number) => (of > 1 ? `${subject}.${at}` : subject)
  return (number, batch) => ({
    multi_last: Array.from({ length: batch }, (_, i) => key(from(number) + i)),
    batch,
  })
}

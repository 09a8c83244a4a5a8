/**
 * Fast batches of a stream (fast ingest of ADR-50; nats-server 2.14, `allow_batched`): one batch for the whole load of a connection. Each message is
 * stored when it comes, and the server acknowledges by itself every `flow` messages at least: `{"type":"ack","seq":200,"msgs":100}` speaks for
 * all up to number 200. Messages ask at `<inbox>.<batch>.<flow>.fail.<number>.<operation>.$FI`: with `fail` a gap ends the batch.
 */
import type { Job } from '../model/plan.ts'
import { Answering } from './answering.ts'
import type { Delivery, Link, Sender } from './engine.ts'
import { Failure } from './failure.ts'
import type { JobContext, Work } from './job.ts'
import { fields, fieldsOf, numberOf, textOf } from './js-api.ts'
import { publishing } from './js-batches.ts'
import { openLinks } from './links.ts'
import { PubAcks } from './pub-ack.ts'
import { newInbox, uniqueDigits } from './unique.ts'

type FastJob = Extract<Job, { kind: 'js-publish' }> & { readonly flow: number }

const operations = { start: 0, append: 1, endWithoutMessage: 3 } as const

export async function prepareFast(job: FastJob, context: JobContext): Promise<Work> {
  const links = await openLinks(job, context)
  const batches = links.map((link, i) => new FastBatch(link, job, job.publisher + i, context))
  return publishing(links, batches, { ...job, flooding: job.window }, context)
}

/** The batch of one connection. */
class FastBatch extends Answering {
  readonly acks = new PubAcks()
  readonly messageBytes: number

  readonly #context: JobContext
  readonly #link: Link
  readonly #window: number
  readonly #subject: string
  readonly #before: string
  readonly #first: Sender
  readonly #rest: Sender
  /** Of the messages that are not acknowledged, by sequence number and window. */
  readonly #due: Float64Array
  readonly #sent: Float64Array
  readonly #ack
  readonly #ackService
  readonly #gap
  /** Of the messages sent, those that were acknowledged. */
  #acked = 0
  /** Has the server said that it has begun the batch? */
  #begun = false
  #ended = false

  constructor(link: Link, job: FastJob, publisher: number, context: JobContext) {
    const { subject, headers, payload, timeoutMs, window, flow } = job
    const { recorder } = context
    super(recorder, timeoutMs)
    const inbox = newInbox()
    this.#before = `${inbox}.${uniqueDigits(16)}.${flow}.fail.`
    const reply = (operation: number) => ({ before: this.#before, after: `.${operation}.$FI`, from: 1 })
    const shape = { subject, subjects: 1, headers, payload, publisher }
    link.subscribe(`${inbox}.>`, undefined, this)
    this.#first = link.sender({ ...shape, reply: reply(operations.start) })
    this.#rest = link.sender({ ...shape, reply: reply(operations.append) })
    this.messageBytes = this.#rest.messageBytes
    this.#context = context
    this.#link = link
    this.#window = window
    this.#subject = subject
    this.#due = new Float64Array(window)
    this.#sent = new Float64Array(window)
    this.#gap = recorder.sharedGap()
    this.#ack = recorder.histogram('ack')
    this.#ackService = recorder.histogram('ackService')
  }

  get waiting(): number {
    return this.sequence - this.#acked
  }

  /** After its first message a batch waits for the server's word. */
  get hasRoom(): boolean {
    if (this.#ended || (this.sequence > 0 && !this.#begun)) return false
    return this.waiting < this.#window && this.#next().room() > 0
  }

  whenRoom(resume: () => void): void {
    this.#first.onRoom = resume
    this.#rest.onRoom = resume
  }

  send(due: number, now: number): void {
    const { tally } = this.recorder
    const sender = this.#next()
    const slot = this.sequence % this.#window
    this.#due[slot] = due
    this.#sent[slot] = now
    tally.bytes += sender.put(this.sequence++, 1, due, now - due)
    tally.sent++
  }

  push(): void {
    this.#first.push()
    this.#rest.push()
  }

  message({ bytes, start, end }: Delivery): void {
    const answer = fieldsOf(Buffer.from(bytes.subarray(start, end)).toString('utf8'))
    if (answer['type'] === 'ack') {
      this.freed += this.#begun ? 0 : 1
      this.#begun = true
      return this.#acknowledge(numberOf(answer['seq']))
    }
    const error = fields(answer['error'])
    const code = numberOf(error['err_code'])
    const words = code === 0 ? '' : `${code} ${textOf(error['description'])}`
    // The end of the batch: it says how many messages it has stored.
    if (words === '' && this.#ended && typeof answer['count'] === 'number') {
      this.#acknowledge(answer['count'])
      this.#leave()
      return
    }
    const said = words === '' ? JSON.stringify(answer).slice(0, 200) : words
    this.#context.fail(new Failure('server-error', `a fast batch must go on until the load ends, got ${said}`))
  }

  protected giveUp(now: number): void {
    const { waiting } = this
    if (waiting === 0 || this.#sent[this.#acked % this.#window]! >= now - this.timeoutNs) return
    this.#leave()
    this.freed += waiting
  }

  #next(): Sender {
    return this.sequence === 0 ? this.#first : this.#rest
  }

  #acknowledge(upTo: number): void {
    const { tally } = this.recorder
    for (; this.#acked < Math.min(upTo, this.sequence); this.#acked++) {
      const slot = this.#acked % this.#window
      this.acks.acked.add(this.#acked)
      this.#ack.record(this.now - this.#due[slot]!)
      this.#ackService.record(this.now - this.#sent[slot]!)
      tally.received++
      this.freed++
    }
    this.#gap.heard(this.now)
  }

  /** What is not acknowledged now never will be. */
  #leave(): void {
    this.recorder.tally.late += this.waiting
    this.#acked = this.sequence
    if (this.stopped) this.end()
  }

  /** When the load is over the batch is ended without another message; the answer speaks for what is left. */
  protected look(): void {
    if (!this.stopped || this.#ended) return
    if (this.sequence === 0) return this.end()
    if (!this.#begun && this.waiting > 0) return
    this.#ended = true
    this.push()
    const reply = `${this.#before}${this.sequence + 1}.${operations.endWithoutMessage}.$FI`
    this.#link.publish(this.#subject, '', reply)
  }
}

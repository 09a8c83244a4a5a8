/**
 * Fast batches of a stream (fast ingest of ADR-50; nats-server 2.14, `allow_batched`): one batch for the whole load of a connection. Each message is
 * stored when it comes, and the server acknowledges by itself every `flow` messages at least: `{"type":"ack","seq":200,"msgs":100}` speaks for
 * all up to number 200. Messages ask at `<inbox>.<batch>.<flow>.fail.<number>.<operation>.$FI`: with `fail` a gap ends the batch.
 */
import { randomBytes } from 'node:crypto'
import type { Job } from '../model/plan.ts'
import { ask, type Answered } from './asking.ts'
import type { Clock } from './clock.ts'
import type { Delivery, Link, Receiver, Sender } from './engine.ts'
import { Failure } from './failure.ts'
import type { JobContext, Work } from './job.ts'
import { fields, fieldsOf, numberOf, textOf } from './js-api.ts'
import { checkSize, closeAll, flushAll, openLinks } from './links.ts'
import { PubAcks } from './pub-ack.ts'

type FastJob = Extract<Job, { kind: 'js-publish' }> & { readonly flow: number }

const operations = { start: 0, append: 1, endWithoutMessage: 3 } as const

export async function prepareFast(job: FastJob, context: JobContext): Promise<Work> {
  const { publisher, window } = job
  const links = await openLinks(job, context)
  const batches = links.map((link, i) => new FastBatch(link, job, publisher + i, context))
  checkSize(batches[0]!.messageBytes, links)
  await flushAll(links)
  return {
    async run(clock) {
      await ask(batches, job, window, clock, context)
      const told = PubAcks.told(
        batches.map(({ acks }) => acks),
        publisher,
      )
      context.emit({ t: 'acked', ...told })
    },
    perPublisher: () => Object.fromEntries(batches.map(({ sequence }, i) => [String(publisher + i), sequence])),
    close: () => closeAll(links),
  }
}

/** The batch of one connection. */
class FastBatch implements Receiver, Answered {
  clock: Clock | undefined
  readonly acks = new PubAcks()
  /** Messages sent, and of those the ones that were acknowledged. */
  sequence = 0
  onFree: (now: number, count: number) => void = () => undefined
  readonly messageBytes: number

  readonly #context: JobContext
  readonly #link: Link
  readonly #window: number
  readonly #timeoutNs: number
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
  readonly #settled = Promise.withResolvers<void>()
  #acked = 0
  /** Has the server said that it has begun the batch? */
  #begun = false
  #stopped = false
  #ended = false
  #now = 0
  #freed = 0

  constructor(link: Link, job: FastJob, publisher: number, context: JobContext) {
    const { subject, headers, payload, timeoutMs, window, flow } = job
    const inbox = `_INBOX.${randomBytes(11).toString('hex')}`
    this.#before = `${inbox}.${randomBytes(8).toString('hex')}.${flow}.fail.`
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
    this.#timeoutNs = timeoutMs * 1e6
    this.#due = new Float64Array(window)
    this.#sent = new Float64Array(window)
    const { recorder } = context
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
    const { tally } = this.#context.recorder
    const sender = this.#next()
    const slot = this.sequence % this.#window
    this.#due[slot] = due
    this.#sent[slot] = now
    sender.put(this.sequence++, 1, due, now - due)
    tally.sent++
    tally.bytes += sender.messageBytes
  }

  push(): void {
    this.#first.push()
    this.#rest.push()
  }

  arrived(): void {
    if (this.clock === undefined) return
    this.#now = this.clock.now()
    this.#context.recorder.tick(this.#now)
  }

  message({ bytes, start, end }: Delivery): void {
    const answer = fieldsOf(Buffer.from(bytes.subarray(start, end)).toString('utf8'))
    if (answer['type'] === 'ack') {
      this.#freed += this.#begun ? 0 : 1
      this.#begun = true
      return this.#acknowledge(numberOf(answer['seq']))
    }
    const error = fields(answer['error'])
    const code = numberOf(error['err_code'])
    const words = code === 0 ? '' : `${code} ${textOf(error['description'])}`
    // The end of the batch: it says how many messages it has stored.
    if (words === '' && this.#ended && typeof answer['count'] === 'number') {
      this.#acknowledge(answer['count'])
      this.#giveUp()
      return
    }
    const said = words === '' ? JSON.stringify(answer).slice(0, 200) : words
    this.#context.fail(new Failure('server-error', `a fast batch must go on until the load ends, got ${said}`))
  }

  handled(): void {
    const freed = this.#freed
    if (freed === 0) return
    this.#freed = 0
    this.onFree(this.#now, freed)
    this.#finish()
  }

  expire(): void {
    if (this.clock === undefined) return
    const now = this.clock.now()
    this.#context.recorder.tick(now)
    const before = this.waiting
    if (before > 0 && this.#sent[this.#acked % this.#window]! < now - this.#timeoutNs) {
      this.#giveUp()
      this.onFree(now, before)
    }
    this.#finish()
  }

  settled(): Promise<void> {
    this.#stopped = true
    this.#finish()
    return this.#settled.promise
  }

  #next(): Sender {
    return this.sequence === 0 ? this.#first : this.#rest
  }

  #acknowledge(upTo: number): void {
    const { tally } = this.#context.recorder
    for (; this.#acked < Math.min(upTo, this.sequence); this.#acked++) {
      const slot = this.#acked % this.#window
      this.acks.acked.add(this.#acked)
      this.#ack.record(this.#now - this.#due[slot]!)
      this.#ackService.record(this.#now - this.#sent[slot]!)
      tally.received++
      this.#freed++
    }
    this.#gap.heard(this.#now)
  }

  /** What is not acknowledged now never will be. */
  #giveUp(): void {
    this.#context.recorder.tally.late += this.waiting
    this.#acked = this.sequence
    if (this.#stopped) this.#settled.resolve()
  }

  /** When the load is over the batch is ended without another message; the answer speaks for what is left. */
  #finish(): void {
    if (!this.#stopped || this.#ended) return
    if (this.sequence === 0) return this.#settled.resolve()
    if (!this.#begun && this.waiting > 0) return
    this.#ended = true
    this.push()
    const reply = `${this.#before}${this.sequence + 1}.${operations.endWithoutMessage}.$FI`
    this.#link.publish(this.#subject, '', reply)
  }
}

/** The js-consume job over the official package: `consume` with a callback, or `fetch` of one batch after the other. */
import type { Consumer, ConsumerMessages, ConsumerNotification, DeliverPolicy, JsMsg } from '@nats-io/jetstream'
import type { Job } from '../model/plan.ts'
import type { Clock } from './clock.ts'
import { Account } from './consumption.ts'
import { Failure } from './failure.ts'
import type { JobContext, Work } from './job.ts'
import { clientsOf, headerBytesOf, refusalOf, refusing, viewOf, type Clients } from './nats-js-client.ts'
import { mixSeed, seededRandom } from './random.ts'
import { prepareReading, type Reader, type ReaderParts } from './reading.ts'
import { WorkQueue } from './work-queue.ts'

type JsConsumeJob = Extract<Job, { kind: 'js-consume' }>

export function prepareJsConsume(job: JsConsumeJob, context: JobContext): Promise<Work> {
  return prepareReading(
    job,
    context,
    async (parts) => new LibraryReader(job, context, parts, await clientsOf(parts.link)),
  )
}

class LibraryReader implements Reader {
  consumer: string
  readonly #job: JsConsumeJob
  readonly #context: JobContext
  readonly #counts: ReaderParts['counts']
  readonly #clients: Clients
  readonly #account: Account
  readonly #random: () => number
  readonly #fetch
  readonly #confirm
  readonly #work: WorkQueue | undefined
  /** Messages that are worked on or wait for it, in the order of the queue. */
  readonly #queued: JsMsg[] = []
  #whenDone: () => void = () => undefined
  #clock: Clock | undefined
  #messages: ConsumerMessages | undefined
  /** Of acknowledgements that speak for all before: the newest message that has none yet. */
  #unacked: JsMsg | undefined
  #stopped = false

  constructor(job: JsConsumeJob, context: JobContext, { set, counts, index }: ReaderParts, clients: Clients) {
    const { recorder } = context
    this.consumer = job.consumer
    this.#job = job
    this.#context = context
    this.#counts = counts
    this.#clients = clients
    this.#account = new Account(recorder, job.publishers, set, counts, job.queue !== undefined)
    this.#random = seededRandom(mixSeed(job.seed, index))
    this.#fetch = recorder.histogram('fetch')
    this.#confirm = recorder.histogram('confirm')
    if (job.workMs === 0) return
    this.#work = new WorkQueue(
      job.workMs * 1e6,
      (message, now) => this.#account.take(message, message.deliveries, now),
      () => {
        this.#answer(this.#queued.shift()!)
        if (this.#queued.length === 0) this.#whenDone()
      },
    )
  }

  async begin(clock: Clock): Promise<void> {
    this.#clock = clock
    const { stream, take, subject, start, batch, expiresMs } = this.#job
    const { consumers } = this.#clients.client
    const callback = (message: JsMsg) => this.#take(message)
    if (take === 'push') {
      const consumer = await refusing(consumers.getPushConsumer(stream, this.consumer))
      return this.#heed(await refusing(consumer.consume({ callback })))
    }
    const from = {
      // The package's names of the policies are the server's words, which is what a job has.
      deliver_policy: start as DeliverPolicy,
      ...(subject === '' ? {} : { filter_subjects: subject }),
    }
    const consumer = await refusing(consumers.get(stream, take === 'ordered' ? from : this.consumer))
    this.consumer = (await refusing(consumer.info(true))).name
    if (take === 'fetch') void this.#fetchAll(consumer)
    else this.#heed(await refusing(consumer.consume({ max_messages: batch, expires: expiresMs, callback })))
  }

  get waiting(): number {
    return this.#queued.length
  }

  async stop(): Promise<void> {
    this.#stopped = true
    this.#work?.stop()
    await this.#messages?.close()
  }

  /** One batch after the other; the next one when the last message of this one is done. */
  async #fetchAll(consumer: Consumer): Promise<void> {
    const { batch, expiresMs } = this.#job
    try {
      while (!this.#stopped) {
        const asked = this.#clock!.now()
        const messages = await consumer.fetch({ max_messages: batch, expires: expiresMs })
        this.#heed(messages)
        let got = 0
        for await (const message of messages) {
          this.#take(message)
          if (++got === batch) this.#fetch.record(this.#clock!.now() - asked)
        }
        if (this.#queued.length > 0) await new Promise<void>((resolve) => (this.#whenDone = resolve))
      }
    } catch (error) {
      if (!this.#stopped) this.#context.fail(refusalOf(error))
    }
  }

  #take(message: JsMsg): void {
    const now = this.#clock!.now()
    this.#context.recorder.tick(now)
    const { data, info } = message
    const taken = { bytes: data, view: viewOf(data), start: 0, end: data.length, headerBytes: headerBytesOf(message) }
    if (this.#work !== undefined) {
      this.#queued.push(message)
      return this.#work.add({ ...taken, replySubject: () => '' }, info.deliveryCount, this.#clock!)
    }
    this.#account.take(taken, info.deliveryCount, now)
    this.#answer(message)
  }

  #answer(message: JsMsg): void {
    const { ack: policy, nak: share } = this.#job
    if (policy === 'none') return
    if (policy === 'all') return this.#ackSoon(message)
    if (share > 0 && this.#random() < share) {
      this.#counts.naked++
      return message.nak()
    }
    this.#counts.acked++
    if (policy === 'explicit') message.ack()
    else void this.#confirmed(message, this.#clock!.now())
  }

  /** The newest of those that came in this turn speaks for all. */
  #ackSoon(message: JsMsg): void {
    if (this.#unacked === undefined)
      setImmediate(() => {
        this.#unacked?.ack()
        this.#unacked = undefined
        this.#counts.acked++
      })
    this.#unacked = message
  }

  async #confirmed(message: JsMsg, since: number): Promise<void> {
    try {
      await message.ackAck()
      this.#counts.confirmed++
      this.#confirm.record(this.#clock!.now() - since)
    } catch (error) {
      if (!this.#stopped) this.#counts.note(refusalOf(error).message)
    }
  }

  /** What the package says of the messages beside them, and why they ended. */
  #heed(messages: ConsumerMessages): void {
    this.#messages = messages
    void this.#listen(messages)
    if (this.#job.take === 'fetch') return
    void messages.closed().then((error) => {
      if (error instanceof Error && !this.#stopped) this.#context.fail(refusalOf(error))
    })
  }

  async #listen(messages: ConsumerMessages): Promise<void> {
    for await (const status of messages.status()) this.#hear(status)
  }

  #hear(status: ConsumerNotification): void {
    if (status.type === 'consumer_deleted')
      this.#context.fail(new Failure('server-error', `consumer ${this.consumer} must stay, got ${status.description}`))
    if (status.type === 'ordered_consumer_recreated') {
      this.consumer = status.name
      this.#counts.remade++
    }
    if (status.type === 'heartbeats_missed') this.#counts.note()
    // A request that is over is the usual thing at the tail of a stream.
    if (status.type === 'debug' && status.code !== 408 && status.code !== 404)
      this.#counts.note(`${status.code} ${status.description}`)
    if (status.type === 'exceeded_limits') this.#counts.note(`${status.code} ${status.description}`)
  }
}

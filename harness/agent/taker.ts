/**
 * One connection of a consumer. Pull: asks `$JS.API.CONSUMER.MSG.NEXT.<stream>.<consumer>` for messages (ADR-13). Push: the server
 * sends by itself, and asks now and then to be told how far we are (flow control, ADR-15).
 */
import type { Job } from '../model/plan.ts'
import type { Clock } from './clock.ts'
import { Confirmations } from './confirmations.ts'
import { Account, type ConsumedCounts } from './consumption.ts'
import type { Delivery, Link, Receiver } from './engine.ts'
import { Failure } from './failure.ts'
import type { JobContext } from './job.ts'
import { isStatus, readStatus, type JsStatus } from './js-status.ts'
import { mixSeed, seededRandom } from './random.ts'
import type { Reader, ReaderParts } from './reading.ts'
import { Ordered, type Make } from './ordered.ts'
import { WorkQueue } from './work-queue.ts'
import { newInbox } from './unique.ts'

type JsConsumeJob = Extract<Job, { kind: 'js-consume' }>

const [ack, nak] = [Buffer.from('+ACK'), Buffer.from('-NAK')] as const
const nothing = Buffer.alloc(0)
/** The server says every second that a request still stands; after so long without a word it is taken for lost. */
const heartbeatMs = 1000
const silenceMs = 2500

export class Taker implements Receiver, Reader {
  readonly #link: Link
  readonly #job: JsConsumeJob
  readonly #context: JobContext
  readonly #counts: ConsumedCounts
  readonly #account: Account
  readonly #inbox = newInbox()
  readonly #random: () => number
  readonly #work: WorkQueue | undefined
  readonly #fetch
  readonly #confirmations: Confirmations
  #clock: Clock | undefined
  #now = 0
  readonly #ordered: Ordered | undefined
  /** Messages that were asked for and have not come. */
  #left = 0
  #heard = 0
  #fetchedAt = 0
  /** The server takes no request now: the next one is sent at the next look, for it would be refused as well. */
  #refused = false
  /** Of acknowledgements that speak for all before: the last one's place in this read. */
  #lastReply: readonly [number, number] | undefined
  #lastBytes: Uint8Array = nothing
  #watch: NodeJS.Timeout | undefined
  #stopped = false

  constructor(job: JsConsumeJob, context: JobContext, { link, set, counts, index }: ReaderParts, make: Make) {
    const { recorder } = context
    if (job.take === 'ordered')
      this.#ordered = new Ordered(make, {
        remade: () => {
          counts.remade++
          this.#left = 0
          this.#askForMore()
        },
        // Tried again when nothing has been heard for a while.
        refused: (words) => {
          counts.note(words)
          this.#left = Math.max(1, this.#left)
          this.#heard = this.#clock!.now()
        },
        failed: context.fail,
      })
    this.#link = link
    this.#job = job
    this.#context = context
    this.#counts = counts
    this.#account = new Account(recorder, job.publishers, set, counts, job.queue !== undefined)
    this.#random = seededRandom(mixSeed(job.seed, index))
    this.#fetch = recorder.histogram('fetch')
    this.#confirmations = new Confirmations(this.#inbox, recorder.histogram('confirm'))
    if (job.workMs > 0)
      this.#work = new WorkQueue(
        job.workMs * 1e6,
        (message, now) => this.#account.take(message, message.deliveries, now),
        ({ reply }) => this.#answerLater(reply),
      )
    link.subscribe(`${this.#inbox}.*`, undefined, this)
    if (job.deliver !== undefined) link.subscribe(job.deliver, job.consumer, this)
  }

  async begin(clock: Clock): Promise<void> {
    this.#clock = clock
    this.#heard = clock.now()
    await this.#ordered?.begin()
    if (this.#job.take === 'push') return
    this.#ask()
    this.#watch = setInterval(() => this.#look(), heartbeatMs / 4)
  }

  /** Of an ordered one: as it was made last. */
  get consumer(): string {
    return this.#ordered?.name ?? this.#job.consumer
  }

  get waiting(): number {
    return this.#work?.length ?? 0
  }

  stop(): void {
    this.#stopped = true
    clearInterval(this.#watch)
    this.#work?.stop()
  }

  arrived(): void {
    if (this.#clock === undefined) return
    this.#now = this.#clock.now()
    this.#context.recorder.tick(this.#now)
  }

  message(delivery: Delivery): void {
    if (this.#clock === undefined) return
    this.#heard = this.#now
    if (isStatus(delivery)) return this.#status(delivery)
    if (delivery.replyStart === delivery.replyEnd) {
      if (this.#confirmations.take(delivery.token(), this.#now)) this.#counts.confirmed++
      return
    }
    const { ack: subject } = this.#account
    if (!subject.read(delivery.bytes, delivery.replyStart, delivery.replyEnd))
      throw new Failure('protocol', 'delivery must have a reply subject of $JS.ACK, got another')
    if (this.#ordered?.takes(subject, delivery.bytes, delivery.replyStart) === false) return
    this.#left--
    if (this.#job.take === 'fetch' && this.#left === 0) this.#fetch.record(this.#now - this.#fetchedAt)
    if (this.#work !== undefined) return this.#work.add(delivery, subject.deliveries, this.#clock)
    this.#account.take(delivery, subject.deliveries, this.#now)
    this.#answer(delivery)
  }

  handled(): void {
    const last = this.#lastReply
    if (last !== undefined) {
      this.#lastReply = undefined
      this.#send(Buffer.from(this.#lastBytes.subarray(last[0], last[1])).toString('latin1'), '+ACK')
      this.#counts.acked++
    }
    this.#askForMore()
  }

  #askForMore(): void {
    if (this.#stopped || this.#refused || this.#clock === undefined || this.#ordered?.making === true) return
    const open = this.#left + this.waiting
    const { take, batch } = this.#job
    if (take !== 'push' && open <= (take === 'fetch' ? 0 : batch >> 1)) this.#ask()
  }

  #ask(): void {
    const { stream, batch, take, expiresMs } = this.#job
    const wanted = take === 'fetch' ? batch : batch - Math.max(0, this.#left) - this.waiting
    this.#left = Math.max(0, this.#left) + wanted
    this.#fetchedAt = this.#clock!.now()
    const heartbeat = expiresMs >= 2 * heartbeatMs ? { idle_heartbeat: heartbeatMs * 1e6 } : {}
    const body = JSON.stringify({ batch: wanted, expires: expiresMs * 1e6, ...heartbeat })
    this.#link.publish(
      `$JS.API.CONSUMER.MSG.NEXT.${stream}.${this.consumer}`,
      body,
      `${this.#inbox}.p${this.#ordered?.number ?? 0}`,
    )
  }

  /** A request that nobody speaks of any more, as after a change of leader, is asked anew. */
  #look(): void {
    if (this.#refused) {
      this.#refused = false
      this.#askForMore()
    }
    // What came while this process was kept from running is still in the socket, and is read before that.
    if (this.#isSilent()) setImmediate(() => this.#askAnew())
  }

  #askAnew(): void {
    if (this.#stopped || this.#ordered?.making === true || !this.#isSilent()) return
    this.#counts.note()
    this.#heard = this.#clock!.now()
    // An ordered consumer is gone with its server, and whoever is asked in its name says nothing.
    if (this.#ordered !== undefined) return this.#ordered.remake()
    this.#left = 0
    this.#askForMore()
  }

  #isSilent(): boolean {
    const wait = silenceMs + (this.#job.expiresMs >= 2 * heartbeatMs ? 0 : this.#job.expiresMs)
    return this.#left > 0 && this.#clock!.now() - this.#heard >= wait * 1e6
  }

  #status(delivery: Delivery): void {
    const status = readStatus(delivery)
    if (status.code === 100) return this.#pulse(delivery, status)
    // Of a consumer that was given up.
    if (this.#ordered !== undefined && delivery.token() !== this.#ordered.number) return
    if (/deleted/i.test(status.words)) {
      if (this.#ordered !== undefined) return this.#ordered.remake()
      const words = `consumer ${this.consumer} must stay, got ${status.words}`
      return this.#context.fail(new Failure('server-error', words))
    }
    // A request that is over is the usual thing at the tail of a stream.
    if (status.code !== 408 && status.code !== 404) this.#counts.note(`${status.code} ${status.words}`)
    this.#left = status.pending === undefined ? 0 : Math.max(0, this.#left - status.pending)
    if (/^exceeded/i.test(status.words)) this.#refused = true
  }

  /** Idle heartbeat, or the question how far we are. */
  #pulse(delivery: Delivery, { stalled }: JsStatus): void {
    if (!delivery.respond(nothing, 0, 0) && stalled !== undefined) this.#send(stalled, '')
  }

  #answer(delivery: Delivery): void {
    const { ack: policy, nak: share } = this.#job
    if (policy === 'none') return
    if (policy === 'all') {
      this.#lastReply = [delivery.replyStart, delivery.replyEnd]
      this.#lastBytes = delivery.bytes
      return
    }
    if (share > 0 && this.#random() < share) {
      this.#counts.naked++
      delivery.respond(nak, 0, nak.length)
      return
    }
    this.#counts.acked++
    if (policy === 'double') delivery.respond(ack, 0, ack.length, this.#confirmations.next(this.#now))
    else delivery.respond(ack, 0, ack.length)
  }

  /** After its work; the same by a subject that was kept. */
  #answerLater(reply: string): void {
    const { ack: policy, nak: share } = this.#job
    if (policy === 'none') return this.#askForMore()
    const refused = policy !== 'all' && share > 0 && this.#random() < share
    if (refused) this.#counts.naked++
    else this.#counts.acked++
    const confirmed =
      policy === 'double' && !refused ? this.#confirmations.next(this.#clock!.now())?.toString('latin1') : undefined
    this.#send(reply, refused ? '-NAK' : '+ACK', confirmed)
    this.#askForMore()
  }

  #send(subject: string, payload: string, reply?: string): void {
    this.#link.publish(subject, payload, reply)
  }
}

/** The subscribe job: counts every message, reads its stamp, keeps the sequence account of each publisher. */
import type { Job } from '../model/plan.ts'
import type { Clock } from './clock.ts'
import type { Taken } from './consumption.ts'
import type { Delivery, Link, Receiver } from './engine.ts'
import type { JobContext, Work } from './job.ts'
import { Ledger } from './ledger.ts'
import { closeAll, drain, flushAll, openLinks } from './links.ts'
import { OneWay } from './one-way.ts'
import type { Recorder } from './recorder.ts'
import { stampBytes, stampPublisher, stampSequence } from './stamp.ts'
import { Working } from './working.ts'

type SubscribeJob = Extract<Job, { kind: 'subscribe' }>

export async function prepareSubscribe(job: SubscribeJob, context: JobContext): Promise<Work> {
  const links = await openLinks(job, context, false)
  const { recorder } = context
  const inboxes = links.map(() => new Inbox(recorder, job))
  const { workMs } = job
  const handlers = workMs === undefined ? [] : inboxes.map((inbox) => slow(inbox, workMs, context))
  return listening(links, inboxes, handlers, job, context, () => {
    // Without a queue group every connection gets every message, so a gap is a loss.
    if (job.queue === undefined) recorder.tally.lost = sum(inboxes, (ledger) => ledger.missing)
  })
}

/** Listens on each connection until the load is over and nothing more comes. `handlers`: between inbox and connection, where they work. */
export async function listening(
  links: readonly Link[],
  inboxes: readonly Inbox[],
  handlers: readonly Working[],
  job: { readonly subject: string; readonly queue?: string },
  { recorder, finished }: JobContext,
  atEnd: () => void = () => undefined,
): Promise<Work> {
  links.forEach((link, i) => link.subscribe(job.subject, job.queue, handlers[i] ?? inboxes[i]!))
  recorder.beforeCut = () => account(inboxes, recorder)
  await flushAll(links)
  return {
    async run(clock) {
      for (const inbox of inboxes) inbox.clock = clock
      await finished
      for (const handler of handlers) handler.finish()
      await drain(links, () => recorder.tally.received)
      atEnd()
    },
    perPublisher: () => distinctByPublisher(inboxes),
    ...sharing(job.queue, inboxes),
    close: () => closeAll(links),
  }
}

function slow(inbox: Inbox, workMs: number, context: JobContext): Working {
  return new Working({ inbox, workMs, callback: (message) => inbox.take(message) }, context)
}

/**
 * May the filter match `_INBOX.*`, where the replies to requests go, or `$*`, where servers and clients of JetStream talk? With a
 * wildcard in its first token a subscription looks at each subject, and leaves those out: they are no messages of a publisher.
 */
const hearsAside = (filter: string): boolean => filter.startsWith('*') || filter.startsWith('>')

export interface Heard {
  /** The subscription's filter. */
  readonly subject: string
  readonly stamped: boolean
  /** Publisher numbers run from 0 to this, exclusive. */
  readonly publishers: number
  /** Members of a queue group share their messages. */
  readonly queue?: string
}

/** What one connection receives. A message counts as received when the read that brought its last byte returned. */
export class Inbox implements Receiver {
  clock: Clock | undefined
  readonly ledgers: (Ledger | undefined)[] = []
  now = 0
  received = 0

  readonly #recorder: Recorder
  readonly #stamped: boolean
  readonly #publishers: number
  readonly #hearsAside: boolean
  readonly #gap
  readonly #times: OneWay

  constructor(recorder: Recorder, { subject, stamped, publishers, queue }: Heard) {
    this.#recorder = recorder
    this.#hearsAside = hearsAside(subject)
    this.#stamped = stamped
    this.#publishers = publishers
    this.#gap = queue === undefined ? recorder.gap() : recorder.sharedGap()
    this.#times = new OneWay(recorder)
  }

  arrived(): void {
    if (this.clock === undefined) return
    this.now = this.clock.now()
    this.#recorder.tick(this.now)
  }

  message(delivery: Delivery): void {
    if (this.passesBy(delivery)) return
    this.take(delivery)
  }

  /** Is it no message of a publisher? */
  passesBy(delivery: Delivery): boolean {
    return this.#hearsAside && delivery.isAside()
  }

  take(message: Taken): void {
    const { tally } = this.#recorder
    const { start } = message
    const size = message.end - start
    tally.received++
    this.received++
    this.#gap.heard(this.now)
    tally.bytes += size + message.headerBytes
    if (this.#stamped) this.#read(message.view, start, size)
  }

  handled(): void {
    // Nothing waits for the end of a read.
  }

  #read(view: DataView, start: number, size: number): void {
    const { tally } = this.#recorder
    const publisher = size < stampBytes ? Infinity : stampPublisher(view, start)
    if (publisher >= this.#publishers) {
      tally.undecodable++
      return
    }
    const ledger = this.ledgers[publisher] ?? this.#open(publisher)
    ledger.record(stampSequence(view, start))
    if (this.clock === undefined) {
      tally.undecodable++ // came before our own start: not lost, but without a time
      return
    }
    this.#times.record(view, start, this.now)
  }

  #open(publisher: number): Ledger {
    // Filled up first: an array with holes is slow to read.
    while (this.ledgers.length <= publisher) this.ledgers.push(undefined)
    const ledger = new Ledger()
    this.ledgers[publisher] = ledger
    return ledger
  }
}

/** The account of a member of a queue group. */
export function sharing(queue: string | undefined, inboxes: readonly Inbox[]): Pick<Work, 'perConnection'> {
  return queue === undefined ? {} : { perConnection: () => inboxes.map(({ received }) => received) }
}

/** Brings the counts that the ledgers keep into the tally. */
export function account(inboxes: readonly Inbox[], { tally }: Recorder): void {
  tally.duplicated = sum(inboxes, (ledger) => ledger.duplicated)
  tally.reordered = sum(inboxes, (ledger) => ledger.reordered)
}

export function distinctByPublisher(inboxes: readonly Inbox[]): Readonly<Record<string, number>> {
  const distinct: Record<string, number> = {}
  for (const { ledgers } of inboxes) {
    ledgers.forEach((ledger, publisher) => {
      if (ledger !== undefined) distinct[publisher] = (distinct[publisher] ?? 0) + ledger.distinct
    })
  }
  return distinct
}

function sum(inboxes: readonly Inbox[], of: (ledger: Ledger) => number): number {
  let total = 0
  for (const { ledgers } of inboxes) for (const ledger of ledgers) if (ledger !== undefined) total += of(ledger)
  return total
}

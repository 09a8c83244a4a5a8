/**
 * Atomic batches of a stream (ADR-50): messages with `Nats-Batch-Id` and `Nats-Batch-Sequence`, the last one with `Nats-Batch-Commit: 1`,
 * which is acknowledged for all of them. Each message goes when it is due, and its `ack` counts from there to the commit's answer.
 */
import type { Job } from '../model/plan.ts'
import { Answering, sentBy } from './answering.ts'
import { ask } from './asking.ts'
import type { Delivery, HeaderNumber, Link, Sender } from './engine.ts'
import type { JobContext, Work } from './job.ts'
import { checkSize, closeAll, flushAll, openLinks } from './links.ts'
import { PubAcks } from './pub-ack.ts'
import type { Recorder } from './recorder.ts'

type BatchJob = Extract<Job, { kind: 'js-publish' }> & { readonly batch: number }

export async function prepareBatches(job: BatchJob, context: JobContext): Promise<Work> {
  const links = await openLinks(job, context)
  const batches = links.map((link, i) => new Batches(link, job, job.publisher + i, context.recorder))
  return publishing(links, batches, { ...job, flooding: job.batch }, context)
}

/** What publishes in batches, on a connection each. */
interface Publishing extends Answering {
  readonly acks: PubAcks
  readonly messageBytes: number
}

/** `flooding`: in flight on each connection in a flood. */
export async function publishing(
  links: readonly Link[],
  batches: readonly Publishing[],
  job: Pick<BatchJob, 'arrivals' | 'publisher' | 'payload'> & { readonly flooding: number },
  context: JobContext,
): Promise<Work> {
  const { publisher } = job
  checkSize(batches[0]!.messageBytes, links)
  await flushAll(links)
  return {
    async run(clock) {
      await ask(batches, job, job.flooding, clock, context)
      const acks = batches.map((each) => each.acks)
      context.emit({ t: 'acked', ...PubAcks.told(acks, publisher) })
    },
    perPublisher: () => sentBy(batches, publisher),
    close: () => closeAll(links),
  }
}

/** The batches of one connection, one after the other. */
class Batches extends Answering {
  readonly acks = new PubAcks()
  readonly messageBytes: number

  readonly #size: number
  readonly #members: Sender
  readonly #commits: Sender
  /** Of the messages of this batch. */
  readonly #due: Float64Array
  readonly #sent: Float64Array
  readonly #ack
  readonly #ackService
  readonly #gap
  /** Messages of this batch so far. */
  #count = 0
  #committed = false

  constructor(link: Link, job: BatchJob, publisher: number, recorder: Recorder) {
    const { subject, headers, payload, timeoutMs, batch } = job
    super(recorder, timeoutMs)
    const numbers = { headers: batchHeaders(publisher, batch) }
    const shape = { subject, subjects: 1, headers, payload, publisher, numbers }
    this.#members = link.sender(shape)
    const commit = { ...shape, headers: { ...headers, 'Nats-Batch-Commit': '1' } }
    this.#commits = link.sender({ ...commit, request: { receiver: this, timeoutMs } })
    this.messageBytes = this.#commits.messageBytes
    this.#size = batch
    this.#due = new Float64Array(batch)
    this.#sent = new Float64Array(batch)
    this.#gap = recorder.sharedGap()
    this.#ack = recorder.histogram('ack')
    this.#ackService = recorder.histogram('ackService')
  }

  get waiting(): number {
    return this.#count
  }

  get hasRoom(): boolean {
    return !this.#committed && this.#next().room() > 0
  }

  whenRoom(resume: () => void): void {
    const then = (): void => {
      resume()
      this.look()
    }
    this.#members.onRoom = then
    this.#commits.onRoom = then
  }

  send(due: number, now: number): void {
    const { tally } = this.recorder
    const sender = this.#next()
    // What was put before must be on its way first.
    if (sender === this.#commits) this.#members.push()
    tally.bytes += this.#put(sender, due, now)
    tally.sent++
  }

  push(): void {
    this.#members.push()
  }

  message(delivery: Delivery): void {
    const last = this.sequence - 1
    if (!this.#committed || delivery.token() !== last) return // an answer that came after its time
    const { acks } = this
    const { tally } = this.recorder
    acks.weight = this.#count
    const first = this.sequence - this.#count
    const accepted = acks.accept(delivery, last)
    for (let i = 0; accepted && i < this.#count; i++) {
      acks.acked.add(first + i)
      this.#ack.record(this.now - this.#due[i]!)
      this.#ackService.record(this.now - this.#sent[i]!)
    }
    if (accepted) {
      tally.received += this.#count
      this.#gap.heard(this.now)
    }
    this.#over()
  }

  protected giveUp(now: number): void {
    if (!this.#committed || this.#sent[this.#count - 1]! >= now - this.timeoutNs) return
    this.recorder.tally.late += this.#count
    this.#over()
  }

  #next(): Sender {
    return this.#count === this.#size - 1 || this.stopped ? this.#commits : this.#members
  }

  #put(sender: Sender, due: number, now: number): number {
    this.#due[this.#count] = due
    this.#sent[this.#count] = now
    this.#count++
    const bytes = sender.put(this.sequence++, 1, due, now - due)
    if (sender === this.#commits) {
      this.#committed = true
      sender.push()
    }
    return bytes
  }

  #over(): void {
    this.freed += this.#count
    this.#count = 0
    this.#committed = false
  }

  /** A batch that is open when the load ends is ended by one more message. */
  protected look(): void {
    if (!this.stopped || this.#committed) return
    if (this.#count === 0) return this.end()
    const now = this.clock?.now() ?? 0
    if (this.hasRoom) this.send(now, now)
  }
}

/** Batches are numbered by the sequence numbers of their messages, for each has so many of them. */
function batchHeaders(publisher: number, size: number): readonly HeaderNumber[] {
  return [
    { name: 'Nats-Batch-Id', before: `p${publisher}-`, of: (sequence) => Math.floor(sequence / size) },
    { name: 'Nats-Batch-Sequence', before: '', of: (sequence) => (sequence % size) + 1 },
  ]
}

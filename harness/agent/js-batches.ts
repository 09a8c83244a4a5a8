/**
 * Atomic batches of a stream (ADR-50): messages with `Nats-Batch-Id` and `Nats-Batch-Sequence`, the last one with `Nats-Batch-Commit: 1`,
 * which is acknowledged for all of them. Each message goes when it is due, and its `ack` counts from there to the commit's answer.
 */
import type { Job } from '../model/plan.ts'
import { ask, type Answered } from './asking.ts'
import type { Clock } from './clock.ts'
import type { Delivery, HeaderNumber, Link, Receiver, Sender } from './engine.ts'
import type { JobContext, Work } from './job.ts'
import { checkSize, closeAll, flushAll, openLinks } from './links.ts'
import { PubAcks } from './pub-ack.ts'
import type { Recorder } from './recorder.ts'

type BatchJob = Extract<Job, { kind: 'js-publish' }> & { readonly batch: number }

export async function prepareBatches(job: BatchJob, context: JobContext): Promise<Work> {
  const { publisher, batch } = job
  const links = await openLinks(job, context)
  const batches = links.map((link, i) => new Batches(link, job, publisher + i, context.recorder))
  checkSize(batches[0]!.messageBytes, links)
  await flushAll(links)
  return {
    async run(clock) {
      await ask(batches, job, batch, clock, context)
      context.emit({
        t: 'acked',
        ...PubAcks.told(
          batches.map(({ acks }) => acks),
          publisher,
        ),
      })
    },
    perPublisher: () => Object.fromEntries(batches.map(({ sequence }, i) => [String(publisher + i), sequence])),
    close: () => closeAll(links),
  }
}

/** The batches of one connection, one after the other. */
class Batches implements Receiver, Answered {
  clock: Clock | undefined
  readonly acks = new PubAcks()
  sequence = 0
  onFree: (now: number, count: number) => void = () => undefined
  readonly messageBytes: number

  readonly #recorder: Recorder
  readonly #size: number
  readonly #timeoutNs: number
  readonly #members: Sender
  readonly #commits: Sender
  /** Of the messages of this batch. */
  readonly #due: Float64Array
  readonly #sent: Float64Array
  readonly #ack
  readonly #ackService
  readonly #gap
  readonly #settled = Promise.withResolvers<void>()
  /** Messages of this batch so far. */
  #count = 0
  #committed = false
  #stopped = false
  #now = 0
  #freed = 0

  constructor(link: Link, job: BatchJob, publisher: number, recorder: Recorder) {
    const { subject, headers, payload, timeoutMs, batch } = job
    const numbers = { headers: batchHeaders(publisher, batch) }
    const shape = { subject, subjects: 1, headers, payload, publisher, numbers }
    this.#members = link.sender(shape)
    const commit = { ...shape, headers: { ...headers, 'Nats-Batch-Commit': '1' } }
    this.#commits = link.sender({ ...commit, request: { receiver: this, timeoutMs } })
    this.messageBytes = this.#commits.messageBytes
    this.#recorder = recorder
    this.#size = batch
    this.#timeoutNs = timeoutMs * 1e6
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
      this.#finish()
    }
    this.#members.onRoom = then
    this.#commits.onRoom = then
  }

  send(due: number, now: number): void {
    const { tally } = this.#recorder
    const sender = this.#next()
    // What was put before must be on its way first.
    if (sender === this.#commits) this.#members.push()
    tally.bytes += this.#put(sender, due, now)
    tally.sent++
  }

  push(): void {
    this.#members.push()
  }

  arrived(): void {
    if (this.clock === undefined) return
    this.#now = this.clock.now()
    this.#recorder.tick(this.#now)
  }

  message(delivery: Delivery): void {
    const last = this.sequence - 1
    if (!this.#committed || delivery.token() !== last) return // an answer that came after its time
    const { acks } = this
    const { tally } = this.#recorder
    acks.weight = this.#count
    const first = this.sequence - this.#count
    const accepted = acks.accept(delivery, last)
    for (let i = 0; accepted && i < this.#count; i++) {
      acks.acked.add(first + i)
      this.#ack.record(this.#now - this.#due[i]!)
      this.#ackService.record(this.#now - this.#sent[i]!)
    }
    if (accepted) {
      tally.received += this.#count
      this.#gap.heard(this.#now)
    }
    this.#over()
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
    this.#recorder.tick(now)
    if (this.#committed && this.#sent[this.#count - 1]! < now - this.#timeoutNs) {
      this.#recorder.tally.late += this.#count
      this.#over()
      this.onFree(now, this.#freed)
      this.#freed = 0
    }
    this.#finish()
  }

  settled(): Promise<void> {
    this.#stopped = true
    this.#finish()
    return this.#settled.promise
  }

  #next(): Sender {
    return this.#count === this.#size - 1 || this.#stopped ? this.#commits : this.#members
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
    this.#freed += this.#count
    this.#count = 0
    this.#committed = false
  }

  /** A batch that is open when the load ends is ended by one more message. */
  #finish(): void {
    if (!this.#stopped || this.#committed) return
    if (this.#count === 0) return this.#settled.resolve()
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

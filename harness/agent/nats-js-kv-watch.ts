/** The kv-watch job over the official package: `watch` of all keys. A value is there when the iterator gives it. */
import type { KvWatchEntry } from '@nats-io/kv'
import type { Job } from '../model/plan.ts'
import type { Clock } from './clock.ts'
import { Account } from './consumption.ts'
import type { JobContext, Work } from './job.ts'
import { fields, numberOf, type JsApi } from './js-api.ts'
import { bucketOf, clientsOf, refusalOf, refusing, viewOf } from './nats-js-client.ts'
import { prepareReading, type Reader, type ReaderParts } from './reading.ts'

type KvWatchJob = Extract<Job, { kind: 'kv-watch' }>

export function prepareKvWatch(job: KvWatchJob, context: JobContext): Promise<Work> {
  /** The newest value of a bucket is never replaced before it was sent: a watcher that has it has all. */
  const left = async (api: JsApi, readers: readonly Watcher[]): Promise<number> => {
    const state = fields((await api.ask(`STREAM.INFO.${job.stream}`))['state'])
    const last = numberOf(state['messages']) === 0 ? 0 : numberOf(state['last_seq'])
    return readers.reduce((sum, { newest }) => sum + Math.max(0, last - newest), 0)
  }
  return prepareReading({ ...job, ack: 'none' }, context, (parts) => new Watcher(job, context, parts), left)
}

class Watcher implements Reader {
  /** The package names it. */
  readonly consumer = ''
  /** Revision of the newest value seen. */
  newest = 0
  readonly #job: KvWatchJob
  readonly #context: JobContext
  readonly #parts: ReaderParts
  readonly #account: Account
  #entries: { stop(): void } | undefined
  #stopped = false

  constructor(job: KvWatchJob, context: JobContext, parts: ReaderParts) {
    this.#job = job
    this.#context = context
    this.#parts = parts
    this.#account = new Account(context.recorder, job.publishers, parts.set, parts.counts, false)
  }

  async begin(clock: Clock): Promise<void> {
    const bucket = await bucketOf(await clientsOf(this.#parts.link), this.#job.stream)
    const entries = await refusing(bucket.watch())
    this.#entries = entries
    void this.#watch(entries, clock)
  }

  stop(): void {
    this.#stopped = true
    this.#entries?.stop()
  }

  async #watch(entries: AsyncIterable<KvWatchEntry>, clock: Clock): Promise<void> {
    try {
      for await (const { value, revision } of entries) {
        const now = clock.now()
        this.#context.recorder.tick(now)
        this.newest = revision
        this.#account.take({ view: viewOf(value), start: 0, end: value.length, headerBytes: 0 }, 1, now)
      }
    } catch (error) {
      if (!this.#stopped) this.#context.fail(refusalOf(error))
    }
  }
}

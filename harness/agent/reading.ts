/** What the jobs share that take what a stream sends, over whichever engine: their account, the wait for what is left, what they tell. */
import type { Clock } from './clock.ts'
import { ConsumedCounts, ConsumedSet } from './consumption.ts'
import type { Link } from './engine.ts'
import type { JobContext, Work } from './job.ts'
import { ApiError, fields, JsApi, numberOf } from './js-api.ts'
import { closeAll, flushAll, openLinks, type LinksRequest } from './links.ts'

/** One connection that takes messages. */
export interface Reader {
  /** Its consumer, which others may share; an ordered one has another after a gap. */
  readonly consumer: string
  /** Messages that came and wait for their work, where they take any. */
  readonly waiting?: number
  begin(clock: Clock): Promise<void>
  stop(): void | Promise<void>
}

export interface ReaderParts {
  readonly link: Link
  readonly api: JsApi
  readonly set: ConsumedSet
  readonly counts: ConsumedCounts
  /** Number of the connection. */
  readonly index: number
}

interface ReadingJob extends LinksRequest {
  readonly stream: string
  readonly ack: 'none' | 'explicit' | 'all' | 'double'
  /** Who shares the messages; absent where each connection has a consumer of its own. */
  readonly queue?: string
}

/** How many messages the readers have still to get. */
type Left<R> = (api: JsApi, readers: readonly R[]) => Promise<number>

/** How long what is left is waited for, and how long without any progress. */
const drainMs = 10_000
const stillMs = 3000
const lookMs = 50
/** JSConsumerNotFoundErr: an ordered consumer that is being made again. */
const noConsumer = 10_014
/** JSStreamNotFoundErr. */
const noStream = 10_059

export async function prepareReading<R extends Reader>(
  job: ReadingJob,
  context: JobContext,
  readerOf: (parts: ReaderParts) => R | Promise<R>,
  left: Left<R> = leftIn(job),
): Promise<Work> {
  const links = await openLinks(job, context)
  const [asking] = (await openLinks({ ...job, engine: 'wire', connections: 1, beside: true }, context)) as [Link]
  const api = new JsApi(asking)
  const counts = new ConsumedCounts()
  const common = new ConsumedSet()
  const sets = job.queue === undefined ? links.map(() => new ConsumedSet()) : [common]
  const readers = await Promise.all(
    links.map(async (link, index) => await readerOf({ link, api, set: sets[index] ?? common, counts, index })),
  )
  await flushAll([...links, asking])
  return {
    async run(clock) {
      await Promise.all(readers.map((reader) => reader.begin(clock)))
      await context.finished
      const leftBehind = await drained({
        count: () => left(api, readers),
        received: () => context.recorder.tally.received,
        stop: async () => {
          await Promise.all(readers.map(async (reader) => await reader.stop()))
          await flushAll(links)
        },
      })
      const { redelivered, statuses, acked, naked, confirmed, remade } = counts
      const told = sets.map((set) => set.told())
      context.emit({ t: 'consumed', sets: told, redelivered, statuses, acked, naked, confirmed, remade, leftBehind })
    },
    perPublisher: () => distinct(sets),
    close: () => closeAll([...links, asking]),
  }
}

function distinct(sets: readonly ConsumedSet[]): Readonly<Record<string, number>> {
  const all: Record<string, number> = {}
  for (const { publishers } of sets) {
    for (const [publisher, { count }] of publishers) all[publisher] = (all[publisher] ?? 0) + count
  }
  return all
}

/** What their consumers have, or wait for the acknowledgement of; without acknowledgements, what waits here for its work. */
export const leftIn =
  ({ stream, ack }: Pick<ReadingJob, 'stream' | 'ack'>): Left<Pick<Reader, 'consumer' | 'waiting'>> =>
  async (api, readers) => {
    let left = ack === 'none' ? readers.reduce((sum, { waiting = 0 }) => sum + waiting, 0) : 0
    for (const name of new Set(readers.map(({ consumer }) => consumer))) {
      const info = await api.ask(`CONSUMER.INFO.${stream}.${name}`).catch((error: unknown) => {
        if (!(error instanceof ApiError)) throw error
        // With its stream it is gone for good, as after a crash; servers without a leader know nothing yet.
        if (error.errorCode === noStream) return {}
        if (error.errorCode === noConsumer || error.status === 503) return { num_pending: 1 }
        throw error
      })
      left += numberOf(fields(info)['num_pending']) + (ack === 'none' ? 0 : numberOf(fields(info)['num_ack_pending']))
    }
    return left
  }

export interface Drain {
  /** How many messages are left. */
  readonly count: () => Promise<number>
  readonly received: () => number
  /** Readers ask for no more after it; what they had asked for may still come. */
  readonly stop: () => Promise<void>
}

/**
 * Waits until nothing is left, or nothing comes any more, or for ten seconds, then stops the readers; how much is left then. Where messages
 * still came, they are counted when what was asked for has come: counted before, each would be both received and left.
 */
export async function drained({ count, received, stop }: Drain): Promise<number> {
  const still = await emptied(count, received)
  await stop()
  if (still === 0) return 0
  const deadline = performance.now() + stillMs
  for (let before = -1; before !== received() && performance.now() < deadline;) {
    before = received()
    await look()
  }
  return count()
}

async function emptied(count: Drain['count'], received: Drain['received']): Promise<number> {
  const deadline = performance.now() + drainMs
  let [before, since] = [-1, performance.now()]
  for (;;) {
    const left = await count()
    // What was delivered without acknowledgement may still be on its way, hence one quiet look more.
    if (received() !== before) since = performance.now()
    const quiet = received() === before
    before = received()
    if ((left === 0 && quiet) || performance.now() > deadline || performance.now() - since > stillMs) return left
    await look()
  }
}

const look = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, lookMs))

/** The js-consume job: pull (continuous or by batch), push and ordered consumers over the wire engine. */
import { randomBytes } from 'node:crypto'
import type { Job } from '../model/plan.ts'
import { ConsumedCounts, ConsumedSet } from './consumption.ts'
import type { Link } from './engine.ts'
import type { JobContext, Work } from './job.ts'
import { fields, JsApi, numberOf } from './js-api.ts'
import { closeAll, flushAll, openLinks } from './links.ts'
import { Taker } from './taker.ts'

type JsConsumeJob = Extract<Job, { kind: 'js-consume' }>

/** How long what is left is waited for, and how long without any progress. */
const drainMs = 10_000
const stillMs = 3000
const lookMs = 50

export async function prepareJsConsume(job: JsConsumeJob, context: JobContext): Promise<Work> {
  const links = await openLinks(job, context)
  const [asking] = (await openLinks({ ...job, connections: 1 }, context)) as [Link]
  const api = new JsApi(asking)
  const { recorder } = context
  const counts = new ConsumedCounts()
  const common = new ConsumedSet()
  const sets = job.queue === undefined ? links.map(() => new ConsumedSet()) : [common]
  const takers = links.map((link, i) => new Taker(link, job, context, sets[i] ?? common, counts, i))
  await flushAll([...links, asking])
  return {
    async run(clock) {
      const names = await Promise.all(takers.map((taker) => taker.begin(clock, (from) => makeOrdered(api, job, from))))
      await context.finished
      const leftBehind = await drained(api, job, names, () => recorder.tally.received)
      for (const taker of takers) taker.stop()
      await flushAll(links)
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

/** An ordered consumer as nats.go and nats.js make it (ADR-37): ephemeral, in memory, without acknowledgements. */
async function makeOrdered(api: JsApi, job: JsConsumeJob, from: number): Promise<string> {
  const name = `${job.consumer}-${randomBytes(4).toString('hex')}`
  const config = {
    name,
    ack_policy: 'none',
    max_deliver: 1,
    mem_storage: true,
    num_replicas: 1,
    inactive_threshold: 300e9,
    ...(job.subject === '' ? {} : { filter_subject: job.subject }),
    ...(from > 1 ? { deliver_policy: 'by_start_sequence', opt_start_seq: from } : { deliver_policy: job.start }),
  }
  await api.ask(`CONSUMER.CREATE.${job.stream}.${name}`, { stream_name: job.stream, config })
  return name
}

/** Waits until nothing is left, or nothing comes any more; how much the consumers still have. */
async function drained(
  api: JsApi,
  { stream, ack }: JsConsumeJob,
  names: readonly string[],
  received: () => number,
): Promise<number> {
  const deadline = Date.now() + drainMs
  let [before, since] = [-1, Date.now()]
  for (;;) {
    let left = 0
    for (const name of new Set(names)) {
      const info = fields(await api.ask(`CONSUMER.INFO.${stream}.${name}`))
      left += numberOf(info['num_pending']) + (ack === 'none' ? 0 : numberOf(info['num_ack_pending']))
    }
    // What was delivered without acknowledgement may still be on its way, hence one quiet look more.
    if (received() !== before) since = Date.now()
    const quiet = received() === before
    before = received()
    if ((left === 0 && quiet) || Date.now() > deadline || Date.now() - since > stillMs) return left
    await new Promise((resolve) => setTimeout(resolve, lookMs))
  }
}

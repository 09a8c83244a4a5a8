/** The blocks of one measurement, one after the other, each line of the recording written as it comes. */
import { asBenchError, BenchError, interrupted } from '../model/error.ts'
import type { Facts, ServerFacts } from '../model/facts.ts'
import type { BlockPlan, Variant } from '../model/plan.ts'
import type { Frame } from '../model/recording.ts'
import type { BlockRequest, runBlock } from './block.ts'
import { rehearse } from './rehearsal.ts'
import type { Site, Take } from './site.ts'

export type MeasuredBlock = Omit<BlockRequest, 'nodes' | 'kept' | 'crew' | 'token' | 'cores'>

export interface Ways {
  /** Runs one block on nodes that are there. */
  readonly measure: (block: MeasuredBlock) => ReturnType<typeof runBlock>
  /** Are its agents still to be started? */
  readonly isFresh: (variant: Variant) => boolean
}

export async function blocks(site: Site, take: Take, { measure, isFresh }: Ways): Promise<void> {
  const done: BlockPlan[] = []
  const known: Known = {
    servers: new Map(),
    runtime: '',
    streams: new Map(),
    consumers: new Map(),
    stores: new Map(),
    seats: new Map(),
  }
  const queue = [...take.plan.blocks]
  await appendFacts(site, take, known)
  try {
    for (let block = queue.shift(); block !== undefined; block = queue.shift()) {
      const going = { site, take, measure, known, variant: variantOf(take, block) }
      if (isFresh(going.variant)) await rehearse(going, block)
      await recordBlock(going, block, queue.length + done.length + 1)
      done.push(block)
      if (queue.length === 0) queue.push(...((await take.more?.(done)) ?? []))
    }
  } finally {
    await appendFacts(site, take, known)
  }
}

/** What only running shows: the servers that really ran, and Node.js of the load nodes. */
interface Known {
  readonly servers: Map<string, ServerFacts>
  runtime: string
  readonly streams: Map<string, NonNullable<Facts['streams']>[number]>
  readonly consumers: Map<string, NonNullable<Facts['consumers']>[number]>
  readonly stores: Map<string, NonNullable<Facts['stores']>[number]>
  readonly seats: Map<string, NonNullable<Facts['seats']>[number]>
}

/** Written before the first block and again after the last; the later line holds. */
async function appendFacts(site: Site, take: Take, known: Known): Promise<void> {
  const substrate = await site.substrate.facts()
  const servers = [...known.servers.values()]
  const streams = known.streams.size === 0 ? {} : { streams: [...known.streams.values()] }
  const stores = known.stores.size === 0 ? {} : { stores: [...known.stores.values()] }
  const consumers = known.consumers.size === 0 ? {} : { consumers: [...known.consumers.values()] }
  const seats = known.seats.size === 0 ? {} : { seats: [...known.seats.values()] }
  take.append({
    t: 'facts',
    facts: { host: site.host, servers, ...streams, ...stores, ...consumers, ...seats, node: known.runtime, substrate },
  })
}

interface Going {
  readonly site: Site
  readonly take: Take
  readonly measure: Ways['measure']
  readonly known: Known
  readonly variant: Variant
}

function variantOf({ plan }: Take, block: BlockPlan): Variant {
  const variant = plan.variants.find((candidate) => candidate.name === block.variant)
  if (variant === undefined) throw new BenchError('bug', `block ${block.index} must name a variant of the plan`)
  return variant
}

async function recordBlock(
  { site, take, measure, known, variant }: Going,
  block: BlockPlan,
  of: number,
): Promise<void> {
  const { plan, append } = take
  site.observe({ kind: 'block', block, of }, plan)
  append({ t: 'block', block: block.index, variant: block.variant, startedAt: new Date().toISOString() })
  try {
    const facts = await measure({
      plan,
      block,
      variant,
      signal: site.signal,
      gauges: site.gauges,
      frame: (from, frame) => {
        append({ t: 'frame', block: block.index, from, frame })
        if (frame.t === 'hello') known.runtime = frame.runtime
        if (frame.t === 'store')
          known.stores.set(`${variant.name} ${frame.store.node}`, { ...frame.store, variant: variant.name })
        if (frame.t === 'consumer')
          known.consumers.set(`${variant.name} ${frame.consumer.name}`, { ...frame.consumer, variant: variant.name })
        if (frame.t === 'seat') seated(known, variant, from, frame)
        if (frame.t === 'stream')
          known.streams.set(`${variant.name} ${frame.stream.name}`, { ...frame.stream, variant: variant.name })
      },
      observe: (event) => site.observe(event, plan),
      log: take.log,
    })
    append({ t: 'blockEnd', block: block.index, outcome: 'ok' })
    facts.forEach((fact) => known.servers.set(`${fact.variant} ${fact.node}`, fact))
  } catch (thrown) {
    const error = site.signal.aborted ? interrupted(site.signal) : asBenchError(thrown)
    append({ t: 'blockEnd', block: block.index, outcome: 'failed', because: error.message })
    throw error
  }
}

/** Leaders differ from block to block, so all of them are counted. */
function seated(
  { seats }: Known,
  variant: Variant,
  from: string,
  { t: _, ...seat }: Extract<Frame, { t: 'seat' }>,
): void {
  const { workload = from } = variant.assignments.find(({ id }) => id === from) ?? {}
  const key = `${variant.name} ${workload}`
  const { leader = 0, follower = 0, other = 0 } = seats.get(key) ?? {}
  const sums = { leader: leader + seat.leader, follower: follower + seat.follower, other: other + seat.other }
  seats.set(key, { ...seat, ...sums, variant: variant.name, workload })
}

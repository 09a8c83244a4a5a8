/** Was it a steady state that was measured: inside the blocks, over the session, and between senders and receivers? */
import { deliveriesOf } from '../model/deliveries.ts'
import { workloadFacts } from '../model/kinds/kinds.ts'
import type { Variant } from '../model/plan.ts'
import type { Finding, Outcome } from '../model/report.ts'
import { percent } from './bottleneck.ts'
import type { BlockResult, WorkloadResult } from './block-result.ts'
import { blocksOf, named } from './health-rule.ts'
import type { Examined } from './health-rule.ts'
import { median } from './order.ts'
import { trend } from './trend.ts'
import { count } from '../model/count.ts'

/** A change from half to half beyond this is no steady state. */
const bearableRate = 0.1
const bearableLatency = 0.3

const fewestBlocks = 3
/** As many as the lowest percentile needs; fewer messages tell no rate either. */
const fewestMessages = 20

/** A flood whose receiver got nothing for so much of the window came in too few pieces to tell a rate. */
const mostPaused = 0.5

type Driven = 'rateDrift' | 'latencyDrift'

/**
 * Rates drift where nothing sets them (flood, closed loop), latencies where an open loop does; under a flood a latency is
 * the depth of queues and settles nowhere. Planned faults and staircases are not steady on purpose.
 */
export function unsteady(run: Examined): Finding[] {
  if (run.plan.faults.length > 0) return []
  return eachSeries(run, (blocks, workload, about) => {
    const kinds = driversOf(blocks, workload)
    if (kinds.includes('staircase') || kinds.length === 0) return []
    const paced = kinds.every((kind) => kind !== 'flood' && kind !== 'closed')
    const driven: Driven = paced ? 'latencyDrift' : 'rateDrift'
    if (!paced && kinds.includes('flood') && !drives(blocks, workload)) return []
    const drifts = blocks.flatMap((block) => find(block, workload)?.[driven] ?? [])
    const middle = median(drifts)
    const bearable = paced ? bearableLatency : bearableRate
    if (middle === undefined || drifts.length < fewestBlocks || Math.abs(Math.log(middle)) <= Math.log1p(bearable))
      return []
    // One block may drift by chance; all of them, clearly and in the same direction, do not.
    const agreed = drifts.every((drift) => Math.log(drift) * Math.sign(middle - 1) > Math.log1p(bearable) / 2)
    if (!agreed) return []
    const what = paced ? 'latency p50' : 'throughput'
    const way = middle < 1 ? `fell by ${percent(1 - middle)}` : `rose by ${percent(middle - 1)}`
    const because = `${what} ${way} from the first to the second half of the measured window in all ${drifts.length} blocks, at most ${percent(bearable)} is wanted: it had not settled. Raise phases.warmup or measure longer`
    return [finding(about, 'steady', 'unknown', because)]
  })
}

/** Over the blocks of a session: interleaving protects comparisons, but a median hides it. */
export function sessionDrift(run: Examined): Finding[] {
  return eachSeries(run, (blocks, workload, about) => {
    const rates = blocks.flatMap((block) => find(block, workload)?.perSecond ?? [])
    const found = trend(rates)
    const middle = median(rates) ?? 0
    const whole = ((found?.slope ?? 0) * (rates.length - 1)) / middle
    if (found === undefined || found.p > 0.01 || Math.abs(whole) < bearableRate) return []
    const way = whole < 0 ? 'fell' : 'rose'
    const because = `throughput ${way} by ${percent(Math.abs(whole))} over ${rates.length} blocks (Mann–Kendall p ${found.p.toPrecision(1)}): the machine warms up or slows down; compare interleaved variants only`
    return [finding(about, 'session-drift', 'pass', because)]
  })
}

/**
 * Receivers that get less in the window than was sent to them: the rest waits in buffers, and the sender's rate is not theirs. At a rate
 * that was set, that queue grows for as long as one measures, and so does every latency: then nothing can be told. Nor where next to
 * nothing came in the window, or all of it in a few pieces: the rate is then that of its length and of chance.
 */
export function backlog(run: Examined): Finding[] {
  return run.plan.variants.flatMap((variant) => {
    const deliveries = deliveriesOf(variant)
    return deliveries.flatMap(({ from, to, queue }): Finding[] => {
      // What several senders sent cannot be told apart in a rate.
      const alone = deliveries.every((other) => other.from === from || !other.to.some((name) => to.includes(name)))
      const shares = blocksOf(run, variant.name).flatMap((block) => {
        const sent = storedRate(find(block, from))
        const got = to.flatMap((name) => find(block, name) ?? [])
        const rates = got.flatMap(({ perSecond }) => perSecond ?? [])
        const copies = queue === undefined ? (got[0]?.connections ?? 1) : 1
        if (sent === undefined || sent === 0 || rates.length < to.length) return []
        return [rates.reduce((sum, rate) => sum + rate, 0) / (sent * copies)]
      })
      const share = median(shares)
      const behind = to.some((name) => fallsBehind(run, name))
      if (!alone || share === undefined || !behind) return []
      const flow = { variant, from, to, share }
      if (share > 1 + bearableRate / 2) return catchingUp(run, flow)
      return share < 1 - bearableRate / 2 ? [fallingBehind(run, flow)] : []
    })
  })
}

/** A duplicate is acknowledged, and neither stored nor delivered. Only the whole block tells how many there were. */
function storedRate(sender: WorkloadResult | undefined): number | undefined {
  const { acked = 0, duplicates = 0 } = sender?.proof ?? {}
  if (sender?.perSecond === undefined || duplicates === 0) return sender?.perSecond
  return (sender.perSecond * acked) / (acked + duplicates)
}

/** What one sender sent in a variant, and the share of it that its receivers got in the measured window: the median of the blocks. */
interface Flow {
  readonly variant: Variant
  readonly from: string
  readonly to: readonly string[]
  readonly share: number
}

function fallingBehind(run: Examined, { variant, from, to, share }: Flow): Finding {
  const about = named(run.plan, variant.name, to.join(', '))
  const { measureMs } = variant.phases
  const sent = `of what ${from} sent in the measured window`
  const rest = 'the rest waited in buffers'
  const part = `received ${percent(share)} ${sent}`
  const unknown = (because: string) => finding(about, 'backlog', 'unknown', because)
  if (grows(run, variant.name, from)) {
    return unknown(
      `${part}; ${rest}, so the latency is that of a queue that grows during the measurement: lower the rate, or give the receiver more connections`,
    )
  }
  const freely = run.plan.faults.length === 0
  const little = 'that says nothing about the rate of the receiver. Measure longer or lower the rate'
  const came = messagesIn(run, variant.name, to, measureMs)
  if (freely && came < fewestMessages) {
    const number = came === 0 ? 'nothing' : count(Math.round(came), 'message')
    return unknown(`received ${number} ${sent}, ${rest}: ${little}`)
  }
  const pause = Math.min(1, longestPause(run, variant.name, to) / measureMs)
  if (freely && pause >= mostPaused)
    return unknown(`${part}, and nothing at all for ${percent(pause)} of it at a stretch; ${rest}: ${little}`)
  return finding(about, 'backlog', 'pass', `${part}; ${rest}, so trust the receiving rate, not the sending one`)
}

/**
 * More came in the window than was due in it: what had waited during the warm-up. Then the tail is that of a start. Consumers of streams may
 * have a store to read, and floods tell no latency but that of their queue.
 */
function catchingUp(run: Examined, { variant, from, to, share }: Flow): Finding[] {
  const extra = messagesIn(run, variant.name, to, variant.phases.measureMs) * (1 - 1 / share)
  const stored = to.some((name) => {
    const kind = kindOf(run, name)
    return kind !== undefined && workloadFacts(kind)?.consumes === true
  })
  if (stored || extra < fewestMessages || !grows(run, variant.name, from)) return []
  const about = named(run.plan, variant.name, to.join(', '))
  const because = `received ${percent(share)} of what ${from} sent in the measured window: it still caught up with messages of the warm-up, so its rate and its tail are those of a start. Raise phases.warmup`
  return [finding(about, 'backlog', 'unknown', because)]
}

/** Messages that came in the measured window of a block: the median. */
function messagesIn(run: Examined, variant: string, to: readonly string[], measureMs: number): number {
  const rates = blocksOf(run, variant).map((block) =>
    to.reduce((sum, name) => sum + (find(block, name)?.perSecond ?? 0), 0),
  )
  return ((median(rates) ?? 0) * measureMs) / 1000
}

/** The longest time without a message in the measured window, in milliseconds: the median over the blocks, of the worst receiver. */
function longestPause(run: Examined, variant: string, to: readonly string[]): number {
  const pauses = blocksOf(run, variant).map((block) => Math.max(0, ...to.map((name) => find(block, name)?.gapNs ?? 0)))
  return (median(pauses) ?? 0) / 1e6
}

/** Is the sender's rate one that it keeps whatever the receiver does? Faults hold messages up on purpose. */
function grows(run: Examined, variant: string, from: string): boolean {
  const kinds = blocksOf(run, variant).flatMap((block) => find(block, from)?.arrivals?.kind ?? [])
  return (
    run.plan.faults.length === 0 && kinds.length > 0 && kinds.every((kind) => kind === 'constant' || kind === 'poisson')
  )
}

function kindOf(run: Examined, workload: string): WorkloadResult['kind'] | undefined {
  return run.counted.map((block) => find(block, workload)?.kind).find((each) => each !== undefined)
}

function fallsBehind(run: Examined, workload: string): boolean {
  const kind = kindOf(run, workload)
  return kind === undefined || workloadFacts(kind)?.fallsBehind !== false
}

function eachSeries(
  run: Examined,
  judge: (blocks: readonly BlockResult[], workload: string, about: string) => Finding[],
): Finding[] {
  return run.plan.variants.flatMap(({ name }) => {
    const blocks = blocksOf(run, name)
    const workloads = new Set(blocks.flatMap((block) => block.workloads.map((workload) => workload.name)))
    workloads.delete('floor')
    return [...workloads].flatMap((workload) => judge(blocks, workload, named(run.plan, name, workload)))
  })
}

function find(block: BlockResult, workload: string): WorkloadResult | undefined {
  return block.workloads.find(({ name }) => name === workload)
}

/** How the messages of this workload come about: its own arrivals, or else those of everyone in its blocks. */
function driversOf(blocks: readonly BlockResult[], workload: string): string[] {
  const own = blocks.flatMap((block) => find(block, workload)?.arrivals?.kind ?? [])
  if (own.length > 0) return own
  return blocks.flatMap(({ workloads }) => workloads.flatMap(({ arrivals }) => arrivals?.kind ?? []))
}

function drives(blocks: readonly BlockResult[], workload: string): boolean {
  return blocks.some((block) => find(block, workload)?.arrivals !== undefined)
}

function finding(about: string, rule: string, outcome: Outcome, because: string): Finding {
  return { about, rule, outcome, because }
}

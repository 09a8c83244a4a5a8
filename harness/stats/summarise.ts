/** Recording → report, in one pass, with nothing but the lines: `bench analyse` gives the same report byte for byte. */
import { workloadFacts } from '../model/kinds/kinds.ts'
import { BenchError } from '../model/error.ts'
import type { Facts } from '../model/facts.ts'
import type { BlockPlan, Plan } from '../model/plan.ts'
import type { HistogramName, Line } from '../model/recording.ts'
import type { NamedHistogram, NodeCost, Report, Series } from '../model/report.ts'
import { bottleneck } from './bottleneck.ts'
import { addFrame, openBlock } from './block-fold.ts'
import type { BlockFold, Mark } from './block-fold.ts'
import { closeBlock } from './block-result.ts'
import type { BlockResult } from './block-result.ts'
import { faultMarks } from './fault-times.ts'
import { faultRows, lostConnections } from './fault-rows.ts'
import { health } from './health.ts'
import { measurements, summaries } from './measure.ts'
import { withRatios } from './variant-ratios.ts'
import { Merge } from './merge.ts'
import { made } from './made.ts'
import { median } from './order.ts'
import { seriesOf } from './series.ts'

interface Fold {
  head?: Extract<Line, { t: 'plan' }>
  facts?: Facts
  open?: BlockFold
  end?: Extract<Line, { t: 'end' }>
  /** Blocks that were run beyond the plan, such as the fresh pairs of a check. */
  readonly added: BlockPlan[]
  readonly blocks: BlockResult[]
  readonly series: Series[]
  readonly marks: Mark[]
}

/**
 * Streaming: memory grows with blocks and seconds, not with samples.
 * Throws BenchError 'recording-invalid' where the recording has no plan; everything else that is missing becomes a finding.
 */
export async function summarise(lines: AsyncIterable<Line> | Iterable<Line>): Promise<Omit<Report, 'verdict'>> {
  const fold: Fold = { added: [], blocks: [], series: [], marks: [] }
  for await (const line of lines) take(fold, line)
  close(fold)
  const { head } = fold
  if (head === undefined) {
    throw new BenchError('recording-invalid', 'recording must begin with its plan, got none', {
      hint: 'the run was stopped before it began; run it again',
    })
  }
  return reportOf(fold, head)
}

function take(fold: Fold, line: Line): void {
  switch (line.t) {
    case 'plan':
      fold.head ??= line
      return
    case 'facts':
      fold.facts = line.facts
      return
    case 'block':
      close(fold)
      begin(fold, line.block, line.variant)
      return
    case 'frame':
      if (fold.open?.plan.index !== line.block) {
        close(fold)
        begin(fold, line.block)
      }
      if (fold.open !== undefined) addFrame(fold.open, line.from, line.frame)
      return
    case 'blockEnd':
      if (fold.open?.plan.index !== line.block) return
      fold.open.outcome = line.outcome
      if (line.because !== undefined) fold.open.because = line.because
      close(fold)
      return
    case 'end':
      fold.end = line
  }
}

/** A frame that comes after its block was closed, or names none of the plan, opens nothing: the lab never writes such. */
function begin(fold: Fold, index: number, variant?: string): void {
  const planned = fold.head?.plan.blocks.find((block) => block.index === index) ?? addedBlock(fold, index, variant)
  if (fold.head === undefined || planned === undefined || fold.blocks.some((block) => block.index === index)) return
  const opened = openBlock(fold.head.plan, variant === undefined ? planned : { ...planned, variant })
  if (opened !== undefined) fold.open = opened
}

function addedBlock(fold: Fold, index: number, variant: string | undefined): BlockPlan | undefined {
  const { head, added } = fold
  if (head === undefined || variant === undefined || !head.plan.variants.some(({ name }) => name === variant)) return
  const before = [...head.plan.blocks, ...added].filter((block) => block.variant === variant)
  const block = { index, variant, repeat: Math.max(-1, ...before.map(({ repeat }) => repeat)) + 1 }
  added.push(block)
  return block
}

function close(fold: Fold): void {
  const { open } = fold
  if (open === undefined) return
  delete fold.open
  const closed = closeBlock(open)
  open.marks.push(...faultMarks(open, closed.effects))
  fold.blocks.push(closed)
  fold.series.push(...seriesOf(open))
  fold.marks.push(...open.marks)
}

function reportOf(fold: Fold, { run, at, plan: planned }: Extract<Line, { t: 'plan' }>): Omit<Report, 'verdict'> {
  const plan = { ...planned, blocks: [...planned.blocks, ...fold.added] }
  const begun = fold.blocks.toSorted((a, b) => a.index - b.index)
  const counted = countedOf(begun)
  const state = fold.end?.outcome ?? 'interrupted'
  const because = fold.end === undefined ? 'the recording stops without an end' : fold.end.because
  const reason = because === undefined ? {} : { because }
  const facts = fold.facts ?? noFacts(plan)
  const thermals = begun.flatMap((block) => block.thermals)
  const rows = measurements(counted)
  const lost = counted.flatMap(lostConnections)
  const variants = plan.variants.map(({ name }) => name)
  const ofVariant = (name: string) => counted.filter(({ variant }) => variant === name)
  return {
    schema: 1,
    run,
    at,
    state,
    ...reason,
    plan,
    facts,
    health: health({ plan, host: facts.host, state, ...reason, begun, counted }),
    bottlenecks: variants.flatMap((name) =>
      ofVariant(name).length === 0
        ? []
        : [
            bottleneck(
              name,
              ofVariant(name),
              facts.host,
              (node) => serverCores(plan, facts, node),
              plan.faults.length > 0,
            ),
          ],
    ),
    measurements: rows,
    summaries: withRatios(summaries(rows, variants), rows, plan),
    nodes: variants.flatMap((name) => nodeCosts(name, ofVariant(name))),
    histograms: variants.flatMap((name) => merged(name, ofVariant(name))),
    series: fold.series,
    marks: fold.marks,
    ...(plan.faults.length === 0 ? {} : { faults: counted.flatMap(faultRows) }),
    ...(lost.length === 0 ? {} : { lostConnections: lost }),
    ...(thermals.length === 0 ? {} : { thermals }),
    ...worstClock(begun),
    ...sharedIn(counted),
  }
}

function worstClock(blocks: readonly BlockResult[]): Pick<Report, 'clock'> {
  const clocks = blocks.flatMap((block) => block.clocks)
  if (clocks.length === 0) return {}
  const worst = (of: 'tickNs' | 'readCostNs') => clocks.reduce((most, clock) => Math.max(most, clock[of]), 0)
  return { clock: { tickNs: worst('tickNs'), readCostNs: worst('readCostNs') } }
}

function sharedIn(blocks: readonly BlockResult[]): Pick<Report, 'shared'> {
  const found = new Map<string, Set<string>>()
  for (const { id, guestOf } of blocks.flatMap(({ workloads }) => workloads.flatMap(({ agents }) => agents)))
    if (guestOf !== undefined) made(found, guestOf, () => new Set<string>()).add(id)
  if (found.size === 0) return {}
  return { shared: [...found].map(([node, agents]) => ({ node, agents: [...agents] })) }
}

/** Blocks that ended well; where none did, those that were cut off, so that an interrupted run still shows something. */
function countedOf(begun: readonly BlockResult[]): readonly BlockResult[] {
  const ok = begun.filter(({ outcome }) => outcome === 'ok')
  return ok.length > 0 ? ok : begun.filter(({ outcome }) => outcome === 'unfinished')
}

function serverCores(plan: Plan, facts: Facts, node: string): number | undefined {
  return plan.nodes.find(({ name }) => name === node)?.cpus?.length ?? facts.host.cores
}

function nodeCosts(variant: string, blocks: readonly BlockResult[]): NodeCost[] {
  const names = [...new Set(blocks.flatMap(({ nodes }) => nodes.map(({ node }) => node)))]
  return names.flatMap((node) => {
    const uses = blocks.flatMap(({ nodes }) => nodes.filter((use) => use.node === node))
    const cpuShare = median(uses.flatMap(({ share }) => share ?? []))
    if (cpuShare === undefined) return []
    const memoryBytes = Math.max(...uses.map((use) => use.memoryBytes))
    const micros = median(blocks.flatMap((block) => microsPerMessage(block, node) ?? []))
    return [
      {
        node,
        variant,
        cpuShare,
        ...(memoryBytes > 0 ? { memoryBytes } : {}),
        ...(micros === undefined ? {} : { cpuMicrosPerMessage: micros }),
      },
    ]
  })
}

/** For a server: of the messages that were delivered, or, where nobody receives, published. For a load node: of its own. */
function microsPerMessage({ nodes, workloads }: BlockResult, node: string): number | undefined {
  const use = nodes.find((each) => each.node === node)
  if (use?.share === undefined) return undefined
  const real = workloads.filter(({ kind }) => workloadFacts(kind) !== undefined)
  const receiving = real.filter(({ kind }) => workloadFacts(kind)?.delivered === true)
  const counted = use.role === 'load' ? real : receiving.length > 0 ? receiving : real
  const messages = counted.reduce((sum, { perSecond = 0, agents }) => {
    const here = agents.filter((agent) => use.role === 'server' || agent.node === node).length
    return sum + (perSecond * here) / agents.length
  }, 0)
  return messages > 0 ? (use.share * 1e6) / messages : undefined
}

function merged(variant: string, blocks: readonly BlockResult[]): NamedHistogram[] {
  const table = new Map<string, { workload: string; name: HistogramName; merge: Merge }>()
  for (const { workloads } of blocks) {
    for (const { name: workload, distributions } of workloads) {
      for (const [name, { data }] of distributions) {
        made(table, `${workload}\n${name}`, () => ({ workload, name, merge: new Merge() })).merge.add(data)
      }
    }
  }
  return [...table.values()].map(({ workload, name, merge }) => ({ workload, name, variant, data: merge.data() }))
}

function noFacts(plan: Plan): Facts {
  const host = { name: plan.host, os: 'unknown', kernel: 'unknown', arch: 'unknown', settings: {} }
  return { host, servers: [], node: 'unknown', substrate: {} }
}

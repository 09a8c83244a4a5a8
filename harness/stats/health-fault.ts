/** What planned faults did, whether that is what was expected, and what such a fault cannot show. */
import { faultNamed, faultWords } from '../model/faults.ts'
import { kinds, workloadFacts } from '../model/kinds/kinds.ts'
import type { Finding } from '../model/report.ts'
import { durationNs } from '../model/units.ts'
import { rounded, roundedCount } from './bottleneck.ts'
import type { BlockResult, WorkloadResult } from './block-result.ts'
import type { FaultEffect } from './fault-effects.ts'
import { blockName, blocksOf, expectedIn, ms, named, type Examined } from './health-rule.ts'
import { median } from './order.ts'
import { byNumber, count } from '../model/count.ts'

/** One remark for each kind of fault. */
export function faultClasses({ plan }: Examined): Finding[] {
  return [...new Set(plan.faults.map(({ kind }) => kind))].flatMap((kind) => {
    const facts = faultNamed(kind)
    return facts === undefined
      ? []
      : [{ about: 'run', rule: 'fault-class', outcome: 'pass', because: `${kind} is ${facts.is}: ${facts.cannot}` }]
  })
}

/** A fault that never came, or took effect after the measured time (a slow machine is late with what it asks before, and fills a disk for long), is no fault that did no harm. */
export function faultsHappened({ plan, counted }: Examined): Finding[] {
  if (plan.faults.length === 0) return []
  return counted.flatMap(({ index, variant, faultsBegun }): Finding[] => {
    if (faultsBegun >= plan.faults.length) return []
    const because = `in ${blockName(index)}: ${faultsBegun} of ${count(plan.faults.length, 'planned fault')} took effect within the measured time: its numbers are not those of the scenario`
    return [{ about: named(plan, variant, 'run'), rule: 'faults', outcome: 'unknown', because }]
  })
}

/** By so much longer than planned, at least, and by a tenth of what was planned. */
const longerNs = 500e6

/**
 * Faults that lasted longer than the scenario says: what asks what they do takes some seconds, and so may the commands that end them. The end
 * of a server is none of these: how long its new start takes is what is measured.
 */
export function faultsLonger(run: Examined): Finding[] {
  const { faults, variants } = run.plan
  return variants.flatMap(({ name: variant }) =>
    faults.flatMap((fault): Finding[] => {
      const [words, plannedNs] = [faultWords(fault), durationNs(fault.lasts ?? '') ?? 0]
      if (fault.lasts === undefined || faultNamed(fault.kind)?.ends === true) return []
      const times = blocksOf(run, variant).flatMap(({ faultTimes }) =>
        faultTimes.filter(({ kind }) => kind === words || kind.startsWith(`${words} (`)),
      )
      const lasted = times
        .flatMap(({ fromNs, wholeNs = fromNs, toNs }) => (toNs === undefined ? [] : [toNs - wholeNs]))
        .filter((ns) => ns - plannedNs > Math.max(longerNs, plannedNs / 10))
      if (lasted.length === 0) return []
      const because = `${words} was to last ${ms(plannedNs)}, and lasted ${spread(lasted)} (${lasted.length} of ${count(times.length, 'time')}): it ends when what it does was asked, which takes some seconds, and its own commands take time`
      return [{ about: named(run.plan, variant, 'run'), rule: 'fault-length', outcome: 'pass', because }]
    }),
  )
}

/** What each fault did to each workload, over the blocks. */
export function faultEffects(run: Examined): Finding[] {
  return run.plan.variants.flatMap(({ name: variant }) => {
    const told = run.plan.scenario.workloads.flatMap(({ name, kind }) =>
      kinds[kind].counts === 'received' ? [name] : [],
    )
    // Nothing comes to a publisher that is not answered: its connections are told of elsewhere. Gaps of which there is no
    // record, as of consumers in old recordings, are not told as none.
    const effects = blocksOf(run, variant).flatMap(({ effects: all, workloads }) => {
      const recorded = new Set(workloads.flatMap(({ name, gapNs }) => (gapNs === undefined ? [] : [name])))
      return all.filter(({ workload }) => told.includes(workload) && recorded.has(workload))
    })
    const groups = Map.groupBy(effects, ({ workload, fault }) => `${workload}\n${fault}`)
    return [...groups.values()].map((group): Finding => {
      const { workload, fault } = group[0]!
      return {
        about: named(run.plan, variant, workload),
        rule: 'fault',
        outcome: 'pass',
        because: toldOf(fault, group),
      }
    })
  })
}

function toldOf(fault: string, all: readonly FaultEffect[]): string {
  const gaps = all.flatMap(({ gap }) => gap ?? [])
  const times = `${all.length === 1 ? 'once' : `${all.length} times`}`
  if (gaps.length === 0) return `${fault} (${times}) caused no gap longer than three times the usual one`
  const lengths = gaps.map(({ fromNs, toNs }) => toNs - fromNs)
  const over = all.flatMap(({ resumedNs }) => resumedNs ?? [])
  const again = over.length === 0 ? '' : `, messages resumed ${spread(over)} after it`
  const open = gaps.length - over.length
  const still =
    open > 0
      ? `; ${open} of ${count(gaps.length, 'gap')} ${byNumber(open, 'was', 'were')} not over when the measured time was`
      : ''
  return `${fault} (${times}): ${gaps.length === all.length ? '' : `${gaps.length} of ${all.length} made a gap, `}nothing came for ${spread(lengths)}${again}${still}`
}

function spread(values: readonly number[]): string {
  const middle = median(values) ?? 0
  return values.length === 1
    ? ms(middle)
    : `${ms(middle)} in the middle (${ms(Math.min(...values))} to ${ms(Math.max(...values))})`
}

/** Lateness within these spans does not count as the generator's. */
export function faultPace(run: Examined): Finding[] {
  return run.plan.variants.flatMap(({ name: variant }): Finding[] => {
    const first = blocksOf(run, variant).find(({ effects }) => effects.length > 0)
    if (first === undefined) return []
    const spans = spansOf(first.effects).map(([from, to]) => `${(from / 1e9).toFixed(2)} to ${(to / 1e9).toFixed(2)} s`)
    const because = `send lag and rate are judged outside the time that the faults affected (${blockName(first.index)}: ${spans.join(', ')}): messages due in that time wait for a connection or an acknowledgement. Latencies include this wait; the table of faults shows those before, during and after separately`
    return [{ about: named(run.plan, variant, 'run'), rule: 'fault-pace', outcome: 'pass', because }]
  })
}

/** Spans that touch become one. */
function spansOf(effects: readonly FaultEffect[]): readonly (readonly [number, number])[] {
  const spans: [number, number][] = []
  for (const { fromNs, toNs } of effects.toSorted((a, b) => a.fromNs - b.fromNs)) {
    const last = spans.at(-1)
    if (last !== undefined && fromNs <= last[1]) last[1] = Math.max(last[1], toNs)
    else spans.push([fromNs, toNs])
  }
  return spans
}

/** May the faults of the block be why so many messages were not sent in time, or were sent later? */
export function explainsRate(
  block: BlockResult,
  missing: number,
  plannedPerSecond: number | undefined,
): string | undefined {
  const ns = spansOf(block.effects).reduce((sum, [from, to]) => sum + to - from, 0)
  if (plannedPerSecond === undefined || missing > (ns / 1e9) * plannedPerSecond) return undefined
  return `in the ${ms(ns)} that the faults took ${rounded((ns / 1e9) * plannedPerSecond)} fell due, which explains it`
}

/**
 * `expect.gapBelow`: of every workload that messages come to, those aside that must be cut off. A gap that a fault caused counts whole, also
 * where it began before the measured window.
 */
export function gapExpected(
  { kind, name, gapNs }: WorkloadResult,
  { gapBelow, cutOff = [] }: Expect,
  { effects }: Pick<BlockResult, 'effects'>,
): Wanted | undefined {
  const wanted = gapBelow === undefined ? undefined : durationNs(gapBelow)
  if (wanted === undefined || workloadFacts(kind)?.counts !== 'received' || cutOff.includes(name)) return undefined
  const told = (value: number) => `the longest gap is ${ms(value)}, expected below ${gapBelow}`
  const caused = effects.flatMap(({ workload, gap }) => (workload === name && gap ? [gap.toNs - gap.fromNs] : []))
  const value = gapNs === undefined ? undefined : Math.max(gapNs, ...caused)
  return { value, holds: (value) => value < wanted, told, what: 'the longest gap' }
}

/** `expect.lostAcked`: at most so many acknowledged messages may be missing. */
export function lostExpected({ kind, lostAcked }: WorkloadResult, { lostAcked: most }: Expect): Wanted | undefined {
  if (most === undefined || workloadFacts(kind)?.acknowledged !== true) return undefined
  const told = (value: number) =>
    `${roundedCount(value, 'acknowledged message')} ${byNumber(value, 'is', 'are')} lost, expected at most ${most}`
  return { value: lostAcked, holds: (value) => value <= most, told, what: 'whether acknowledged messages were lost' }
}

type Expect = ReturnType<typeof expectedIn>

interface Wanted {
  readonly value: number | undefined
  readonly holds: (value: number) => boolean
  readonly told: (value: number) => string
  readonly what: string
}

/** Judged by the worst block; a block that cannot tell leaves it unknown, where no other one fails. */
export function expected(
  wantedOf: (workload: WorkloadResult, expect: Expect, block: BlockResult) => Wanted | undefined,
) {
  return (run: Examined): Finding[] =>
    run.plan.variants.flatMap(({ name: variant }) => {
      const expect = expectedIn(run.plan, variant)
      const blocks = blocksOf(run, variant)
      const all = blocks.flatMap((block) =>
        block.workloads.flatMap((workload) => {
          const wanted = wantedOf(workload, expect, block)
          return wanted === undefined ? [] : [{ name: workload.name, wanted }]
        }),
      )
      return [...Map.groupBy(all, ({ name }) => name)].map(([name, group]): Finding => {
        const { holds, told, what } = group[0]!.wanted
        const values = group.flatMap(({ wanted: { value } }) => value ?? [])
        const worst = Math.max(...values)
        const over = group.length === 1 ? '' : ` (the worst of ${count(group.length, 'block')})`
        const about = named(run.plan, variant, name)
        if (values.length < group.length && (values.length === 0 || holds(worst)))
          return { about, rule: 'expected', outcome: 'unknown', because: `cannot tell ${what} in every block` }
        return { about, rule: 'expected', outcome: holds(worst) ? 'pass' : 'fail', because: `${told(worst)}${over}` }
      })
    })
}

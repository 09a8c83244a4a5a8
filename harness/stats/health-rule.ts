/** The parts every health rule is made of. */
import { workloadFacts } from '../model/kinds/kinds.ts'
import type { HostFacts } from '../model/facts.ts'
import type { Plan } from '../model/plan.ts'
import type { Finding } from '../model/report.ts'
import type { BlockResult, WorkloadResult } from './block-result.ts'
import { count } from '../model/count.ts'

export interface Examined {
  readonly plan: Plan
  readonly host: HostFacts
  readonly state: 'complete' | 'interrupted' | 'failed'
  readonly because?: string
  /** Every block that was begun. */
  readonly begun: readonly BlockResult[]
  /** Those that the numbers come from. */
  readonly counted: readonly BlockResult[]
}

export type Rule = (run: Examined) => Finding[]

export type Said = Pick<Finding, 'outcome' | 'because'>

export function unknown(because: string): Said {
  return { outcome: 'unknown', because }
}

/** Applies a rule to each workload of each variant, and says what it found worst and in how many blocks it found anything. */
export function eachWorkload(
  rule: string,
  judge: (workload: WorkloadResult, run: Examined, block: BlockResult) => Said | undefined,
): Rule {
  return (run) => {
    const said = new Map<string, { about: string; worst: Said; first: number; blocks: number; of: number }>()
    for (const block of run.counted) {
      for (const workload of block.workloads.filter(({ kind }) => workloadFacts(kind) !== undefined)) {
        const about = named(run.plan, block.variant, workload.name)
        const finding = judge(workload, run, block)
        if (finding === undefined) continue
        const of = run.counted.filter(({ variant }) => variant === block.variant).length
        const entry = said.get(about) ?? { about, worst: finding, first: block.index, blocks: 0, of }
        entry.blocks++
        if (entry.worst.outcome === 'pass' && finding.outcome !== 'pass') {
          entry.worst = finding
          entry.first = block.index
        }
        said.set(about, entry)
      }
    }
    return [...said.values()].map(({ about, worst, first, blocks, of }) => ({
      about,
      rule,
      outcome: worst.outcome,
      // Which one the figures are of, where it is not the same in every block.
      because: `${worst.because} (${blocks} of ${count(of, 'block')}${blocks === of ? '' : `; this is block ${first + 1}`})`,
    }))
  }
}

/** What must happen in a variant, which may change that. */
export function expectedIn({ scenario, variants }: Plan, variant: string): NonNullable<Plan['scenario']['expect']> {
  const set = variants.find(({ name }) => name === variant)?.set ?? {}
  const { 'expect.gapBelow': gapBelow, 'expect.lostAcked': lostAcked } = set
  return {
    ...scenario.expect,
    ...(typeof gapBelow === 'string' ? { gapBelow } : {}),
    ...(typeof lostAcked === 'number' ? { lostAcked } : {}),
  }
}

/** The counted blocks of a variant. */
export function blocksOf({ counted }: Pick<Examined, 'counted'>, variant: string): readonly BlockResult[] {
  return counted.filter((block) => block.variant === variant)
}

export function named(plan: Plan, variant: string, what: string): string {
  return plan.variants.length > 1 ? `${what} [${variant}]` : what
}

/** Blocks count from 1 wherever people read of them; an index counts from 0. */
export function blockName(index: number, variant = 'default'): string {
  return variant === 'default' ? `block ${index + 1}` : `block ${index + 1} (${variant})`
}

export function ms(ns: number): string {
  return ns < 1e9 ? `${(ns / 1e6).toFixed(2)} ms` : `${(ns / 1e9).toFixed(2)} s`
}

export function us(ns: number): string {
  return `${(ns / 1e3).toFixed(0)} µs`
}

/** Effects of faults as the report has them: seconds on the block's time line, nanoseconds for what is measured. */
import { known } from '../model/known.ts'
import type { FaultRow, LostConnection } from '../model/report.ts'
import type { BlockResult } from './block-result.ts'
import type { Distribution } from './distribution-of.ts'
import type { FaultEffect } from './fault-effects.ts'

export function faultRows({ variant, index, effects }: BlockResult): FaultRow[] {
  return effects.map((effect) => ({ variant, block: index, ...rowOf(effect) }))
}

/** The table of connections of a block ends somewhere. */
const mostConnections = 2000

export function lostConnections({ variant, index, losses }: BlockResult): LostConnection[] {
  return losses
    .toSorted((a, b) => a.fromNs - b.fromNs)
    .slice(0, mostConnections)
    .map(({ id, workload, connection, fromNs, toNs }) => ({
      variant,
      block: index,
      workload,
      agent: id,
      connection,
      from: fromNs / 1e9,
      ...(toNs === undefined ? {} : { to: toNs / 1e9 }),
    }))
}

function rowOf({
  gap,
  resumedNs,
  connections,
  settledNs,
  ...effect
}: FaultEffect): Omit<FaultRow, 'variant' | 'block'> {
  const { workload, fault, nodes, fromNs, toNs, time } = effect
  return {
    workload,
    fault,
    nodes,
    from: fromNs / 1e9,
    to: toNs / 1e9,
    ...(gap === undefined ? {} : { gap: [gap.fromNs / 1e9, gap.toNs / 1e9] as const, over: gap.over }),
    ...known({ resumed: resumedNs }),
    ...(connections === undefined ? {} : { connections: told(connections) }),
    ...known({ settled: settledNs, time }),
    ...part('before', effect.before),
    ...part('during', effect.during),
    ...part('after', effect.after),
  }
}

function told({ lost, halfNs, mostNs, allNs }: NonNullable<FaultEffect['connections']>) {
  return {
    lost,
    ...known({ half: halfNs, most: mostNs, all: allNs }),
  }
}

function part(name: 'before' | 'during' | 'after', found: Distribution | undefined) {
  if (found === undefined) return {}
  const { data, quantiles } = found
  const values = Object.entries(quantiles).flatMap(([label, { value }]) =>
    label === 'p50' || label === 'p99' ? [[label, value] as const] : [],
  )
  return { [name]: { total: data.total, max: data.max, ...Object.fromEntries(values) } }
}

/** Limits: do they name something that will be measured, and do they fit its unit? */
import { metricNamed, metrics } from '../model/metric.ts'
import { isReceiver, isScheduled, isSender, kinds } from '../model/kinds/kinds.ts'
import { stampBytes } from '../model/kinds/parts.ts'
import type { Limit, Workload } from '../model/scenario.ts'
import { durationNs } from '../model/units.ts'
import { valid, type Draft } from './draft.ts'
import { suggestion } from './nearest.ts'
import { printed } from './print.ts'
import { problemAt, type Problem } from './problem.ts'
import { reach } from './traffic.ts'

function isMeasured(metric: string, kind: Workload['kind'] | 'floor'): boolean {
  return metricNamed(metric)?.of(kind === 'floor' ? kind : kinds[kind]) === true
}

export function limitProblems(draft: Draft): readonly Problem[] {
  return draft.limits.flatMap(({ path, value, raw }) => {
    // A wrong bound must not hide that a name is wrong too.
    const { workload, metric } = raw
    if (value === undefined) return nameProblems(path, { workload, metric }, draft)
    const names = nameProblems(path, value, draft)
    return [...boundProblems(path, value), ...(names.length > 0 ? names : metricProblems(path, value, draft))]
  })
}

/** Do the metric and the workload exist? Names that are no text are reported with the shape. */
function nameProblems(
  path: string,
  { workload, metric }: { readonly workload?: unknown; readonly metric?: unknown },
  draft: Draft,
): readonly Problem[] {
  const names = Object.keys(metrics)
  const workloads = [...draft.workloads.flatMap((part) => part.name ?? []), 'floor']
  const unknown = (word: string, must: string, name: unknown, known: readonly string[]): readonly Problem[] =>
    typeof name !== 'string' || known.includes(name)
      ? []
      : problemAt(`${path}.${word}`, `must ${must}, got ${printed(name)}${suggestion(name, known)}`)
  return [
    ...unknown('metric', 'be a known metric', metric, names),
    ...unknown('workload', 'name a workload', workload, workloads),
  ]
}

function boundProblems(path: string, { metric, atMost, atLeast }: Limit): readonly Problem[] {
  if (atMost === undefined && atLeast === undefined) return problemAt(path, 'must have atMost or atLeast, got neither')
  const unit = metricNamed(metric)?.unit
  const inNumbers = Object.entries({ atMost, atLeast }).flatMap(([word, bound]): Problem[] => {
    const at = `${path}.${word}`
    if (typeof bound === 'string' && unit !== undefined && unit !== 'ns')
      return problemAt(at, `must be a number (${metric} is in ${unit}), got ${printed(bound)}`)
    return typeof bound === 'number' && bound < 0 ? problemAt(at, `must be at least 0, got ${printed(bound)}`) : []
  })
  const least = number(atLeast)
  const most = number(atMost)
  const crossed = least !== undefined && most !== undefined && least > most
  return crossed
    ? [
        ...inNumbers,
        { path, message: `must have atLeast below atMost, got ${printed(atLeast)} and ${printed(atMost)}` },
      ]
    : inNumbers
}

function metricProblems(path: string, { workload: name, metric }: Limit, draft: Draft): readonly Problem[] {
  const named = draft.workloads.find((part) => part.name === name)
  const kind = named === undefined ? 'floor' : named.value?.kind
  if (kind === undefined) return []
  if (!isMeasured(metric, kind))
    return problemAt(`${path}.metric`, `must be one that ${whose(kind)} has, got ${printed(metric)}`)
  return named?.value === undefined
    ? []
    : [...lags(path, metric, named.value), ...stamps(path, metric, named.value, draft)]
}

/** Only messages with a due time can have a send lag: not those of a flood or a closed loop. */
function lags(path: string, metric: string, workload: Workload): readonly Problem[] {
  if (metricNamed(metric)?.openOnly !== true || !isScheduled(workload)) return []
  const { kind } = workload.arrivals
  if (kind !== 'flood' && kind !== 'closed') return []
  return problemAt(`${path}.metric`, `must be one that open arrivals give, got ${printed(metric)} of a ${kind} loop`)
}

/** Times, loss and order are read from stamps, for which small messages have no room. */
function stamps(path: string, metric: string, workload: Workload, draft: Draft): readonly Problem[] {
  if (metricNamed(metric)?.stamped !== true || !isReceiver(workload)) return []
  if (!kinds[workload.kind].needsStamps) return []
  const bare = valid(draft.workloads).filter(
    ({ value }) => isSender(value) && reach(value, workload) === 'all' && value.payload.bytes < stampBytes,
  )
  return bare.map(({ path: sender, value }) => ({
    path: `${path}.metric`,
    message: `must be fed by messages of at least ${stampBytes} bytes, which carry a stamp, got ${isSender(value) ? value.payload.bytes : 0} (${sender}.payload.bytes)`,
  }))
}

const whose = (kind: Workload['kind'] | 'floor') => (kind === 'floor' ? 'the floor' : `a ${kind} workload`)

function number(bound: number | string | undefined): number | undefined {
  return typeof bound === 'string' ? durationNs(bound) : bound
}

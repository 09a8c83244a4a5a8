/** Relations of faults: whom they meet, when, and who lives through them. */
import { nodeNames } from '../model/node-names.ts'
import type { Fault } from '../model/scenario.ts'
import { durationMs } from '../model/units.ts'
import type { Draft, Part } from './draft.ts'
import { suggestion } from './nearest.ts'
import { printed } from './print.ts'
import type { Problem } from './problem.ts'
import { valid } from './traffic.ts'

export function faultProblems(draft: Draft): readonly Problem[] {
  return valid(draft.faults).flatMap((fault) => [
    ...placeProblems(fault, draft),
    ...timeProblems(fault, draft),
    ...connectionProblems(fault, draft),
  ])
}

type ValidFault = Part<Fault> & { readonly value: Fault }

function placeProblems({ path, value }: ValidFault, { topology }: Draft): readonly Problem[] {
  if (topology === undefined) return []
  const group = groupOf(value.node, topology)
  if (group === undefined) {
    const names = [...topology].flatMap(([name, spec]) => [name, ...nodeNames(name, spec?.count ?? 1)])
    const message = `must name a group of nodes or a node, got ${printed(value.node)}${suggestion(value.node, [...new Set(names)])}`
    return [{ path: `${path}.node`, message }]
  }
  if (value.kind === 'pause' || topology.get(group)?.role !== 'load') return []
  return [
    { path: `${path}.node`, message: `must be a group of servers for a ${value.kind}, got ${printed(value.node)}` },
  ]
}

function timeProblems({ path, value }: ValidFault, { phases }: Draft): readonly Problem[] {
  const problems: Problem[] = []
  if (value.kind === 'pause' && value.lasts === undefined)
    problems.push({ path: `${path}.lasts`, message: 'must be given for a pause, got nothing' })
  if (value.kind === 'kill' && value.lasts !== undefined)
    problems.push({
      path: `${path}.lasts`,
      message: `must not be there for a kill, which is for good, got ${printed(value.lasts)}`,
    })
  if (phases === undefined) return problems
  const windowFrom = ms(phases.warmup)
  const windowTo = windowFrom + ms(phases.measure)
  const from = ms(value.at)
  const to = from + ms(value.lasts ?? '0s')
  const lengthMs = windowTo + ms(phases.cooldown)
  if (to >= lengthMs)
    problems.push({ path: `${path}.at`, message: `must end before the block does, at ${lengthMs} ms, got ${to} ms` })
  else if (from >= windowTo || (value.kind !== 'kill' && to < windowFrom))
    problems.push({
      path: `${path}.at`,
      message: `must meet the measured time, ${windowFrom} to ${windowTo} ms, got ${from} to ${to} ms`,
    })
  return problems
}

/** A server that ends takes its connections with it: without `reconnect` the run would end without numbers. */
function connectionProblems({ path, value }: ValidFault, { topology, workloads }: Draft): readonly Problem[] {
  if (value.kind === 'pause' || topology === undefined) return []
  const group = groupOf(value.node, topology)
  const ending = valid(workloads).filter(({ value: { to, reconnect } }) => to === group && reconnect === undefined)
  if (ending.length === 0) return []
  const names = ending.map(({ value: { name } }) => name).join(', ')
  const message = `must leave workloads that live through it: a ${value.kind} of ${value.node} ends the connections of ${names}; give them "reconnect": {}`
  return [{ path: `${path}.kind`, message }]
}

function groupOf(name: string, topology: NonNullable<Draft['topology']>): string | undefined {
  if (topology.has(name)) return name
  return [...topology].find(([group, spec]) => nodeNames(group, spec?.count ?? 1).includes(name))?.[0]
}

const ms = (text: string) => durationMs(text) ?? 0

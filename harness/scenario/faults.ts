/** Relations of faults: the nodes that they hit, their times, and which workloads go on after them. */
import { faultFacts, isForGood, targetWays, targetWords, type FaultFacts, type FaultKind } from '../model/faults.ts'
import { isKind, kinds, type WorkloadKind } from '../model/kinds/kinds.ts'
import { nodeNames } from '../model/node-names.ts'
import type { Fault } from '../model/scenario.ts'
import type { Capability } from '../model/substrates.ts'
import { durationMs } from '../model/units.ts'
import { valid, type Draft, type Known } from './draft.ts'
import { suggestion } from './nearest.ts'
import { printed } from './print.ts'
import { problemAt, type Problem } from './problem.ts'

export function faultProblems(draft: Draft): readonly Problem[] {
  const faults = valid(draft.faults)
  const own = faults.flatMap((fault) => [
    ...placeProblems(fault, draft),
    ...timeProblems(fault, draft),
    ...connectionProblems(fault, draft),
  ])
  return [...own, ...overlapProblems(faults), ...processProblems(faults, draft)]
}

function placeProblems({ path, value }: Known<Fault>, draft: Draft): readonly Problem[] {
  const given = targetWays.filter((way) => value[way] !== undefined)
  if (given.length !== 1) {
    const got = given.length === 0 ? 'nothing' : given.join(' and ')
    return problemAt(`${path}.node`, `must be the one of ${targetWays.join(', ')} that is given, got ${got}`)
  }
  return [
    ...nodeProblems(path, value, draft),
    ...foundProblems(path, value, draft),
    ...ownProblems(path, value, draft),
    ...diskProblems(path, value, draft),
  ]
}

const ofDisks: readonly Capability[] = ['disk', 'slow', 'hang', 'crash']

/** Faults of a disk need a disk of the node's own: they must never hit the host's own file system. */
function diskProblems(path: string, fault: Fault, draft: Draft): readonly Problem[] {
  const { needs: capability }: FaultFacts = faultFacts[fault.kind]
  if (capability === undefined || !ofDisks.includes(capability)) return []
  const group = hitGroup(fault, draft)
  const spec = draft.topology?.get(group ?? '')
  if (spec === undefined || spec.disk !== undefined) return []
  const message = `must meet servers with a disk of their own for ${fault.kind}: give topology.${group} a "disk" such as "256MiB", got none`
  return problemAt(`${path}.kind`, message)
}

function nodeProblems(path: string, { node, kind, every }: Fault, { topology }: Draft): readonly Problem[] {
  if (every !== undefined && (node === undefined || topology?.has(node) === false))
    return problemAt(`${path}.every`, `must stand beside a group of nodes, got ${printed(node)}`)
  if (topology === undefined || node === undefined) return []
  const group = groupOf(node, topology)
  if (group === undefined) {
    const names = [...topology].flatMap(([name, spec]) => [name, ...nodeNames(name, spec?.count ?? 1)])
    const message = `must name a group of nodes or a node, got ${printed(node)}${suggestion(node, [...new Set(names)])}`
    return problemAt(`${path}.node`, message)
  }
  if (!faultFacts[kind].ends || topology.get(group)?.role !== 'load') return []
  return problemAt(`${path}.node`, `must be a group of servers for a ${kind}, got ${printed(node)}`)
}

const ownWords = { with: 'impair', from: 'partition', way: 'partition', writesPerSecond: 'slow-disk' } as const

/** Fields that only one kind of fault may have. */
function ownProblems(path: string, fault: Fault, { topology }: Draft): readonly Problem[] {
  const { kind, from } = fault
  const other = Object.entries(ownWords).flatMap(([word, owner]): Problem[] =>
    fault[word as keyof typeof ownWords] === undefined || kind === owner
      ? []
      : problemAt(`${path}.${word}`, `must stand in a fault of kind ${owner}, got one of kind ${kind}`),
  )
  if (kind === 'impair' && fault.with === undefined)
    other.push({ path: `${path}.with`, message: 'must say what the network does, got nothing' })
  if (kind === 'slow-disk' && fault.writesPerSecond === undefined)
    other.push({ path: `${path}.writesPerSecond`, message: 'must say how many writes the disk takes, got nothing' })
  if (from !== undefined && topology !== undefined && groupOf(from, topology) === undefined)
    other.push({ path: `${path}.from`, message: `must name a group of nodes or a node, got ${printed(from)}` })
  return other
}

const alone: readonly FaultKind[] = ['impair', 'partition', 'slow-disk', 'hung-disk']

/** Two bad networks or slow disks at once cannot be undone separately. A server whose disk hangs cannot end, nor its disk be filled. */
const excludes = (one: FaultKind, other: FaultKind): boolean =>
  one === other ? alone.includes(one) : one === 'hung-disk' && (faultFacts[other].ends || other === 'disk-full')

function overlapProblems(faults: readonly Known<Fault>[]): readonly Problem[] {
  const spans = faults.map(({ path, value }) => ({
    path,
    kind: value.kind,
    from: ms(value.at),
    to: ms(value.at) + ms(value.lasts ?? '0s'),
  }))
  const clash = (one: Span, { kind }: Span) => excludes(kind, one.kind) || excludes(one.kind, kind)
  return overlaps(spans, clash).map(([one, before]) => {
    const other = before.kind === one.kind ? `another ${one.kind}` : `a ${before.kind}`
    return { path: `${one.path}.at`, message: `must not fall into ${other}, got one in ${before.path}` }
  })
}

interface Span {
  readonly path: string
  readonly kind: FaultKind
  readonly from: number
  readonly to: number
}

/** Each of those that clash with an earlier one at the same time, and the first of the earlier ones. */
function overlaps<S extends Span>(
  spans: readonly S[],
  clash: (one: S, before: S) => boolean,
): readonly (readonly [one: S, before: S])[] {
  return spans.flatMap((one, i): (readonly [S, S])[] => {
    const before = spans.slice(0, i).find((each) => each.from < one.to && one.from < each.to && clash(one, each))
    return before === undefined ? [] : [[one, before]]
  })
}

/** Faults that end or pause a server must not overlap on one node: the end of one would end the other too. */
function processProblems(faults: readonly Known<Fault>[], { topology }: Draft): readonly Problem[] {
  const groups = topology ?? new Map<string, undefined>()
  const spans = faults.flatMap(({ path, value }) => {
    const { node, kind, lasts = '0s' } = value
    const stands = kind === 'pause' && value.lasts !== undefined
    if (node === undefined || (!stands && !faultFacts[kind].ends)) return []
    const count = groups.get(node)?.count ?? 1
    const nodes = groups.has(node) ? nodeNames(node, count) : [node]
    const from = ms(value.at)
    const to = from + (count - 1) * ms(value.every ?? '0s') + ms(lasts)
    return [{ path, kind, nodes, from, to: Math.max(to, from + 1e-6) }]
  })
  const clash = (one: (typeof spans)[number], { nodes }: (typeof spans)[number]) =>
    nodes.some((node) => one.nodes.includes(node))
  return overlaps(spans, clash).map(([one, before]) => {
    const message = `must not fall into another fault of the same node, got a ${one.kind} in the ${before.kind} of ${before.path}`
    return { path: `${one.path}.at`, message }
  })
}

/** The stream or workload by which a fault finds its node must exist. */
function foundProblems(path: string, fault: Fault, { topology, streams, workloads }: Draft): readonly Problem[] {
  const clusters = [...(topology ?? [])].filter(([, spec]) => spec?.server?.jetstream === true && spec.count > 1)
  const names = {
    streams: [...streams.keys()],
    workloads: workloads.flatMap(({ name }) => name ?? []),
    'cluster with JetStreams': clusters.map(([name]) => name),
  }
  const ways = {
    leaderOf: 'streams',
    followerOf: 'streams',
    serverOf: 'workloads',
    metaLeaderOf: 'cluster with JetStreams',
  } as const
  return Object.entries(ways).flatMap(([way, room]): Problem[] => {
    const name = fault[way as keyof typeof ways]
    if (name === undefined || names[room].includes(name)) return []
    const message = `must name a ${room.slice(0, -1)}, got ${printed(name)}${suggestion(name, names[room])}`
    return problemAt(`${path}.${way}`, message)
  })
}

/** The shortest fault, because timers count in milliseconds. */
const shortestFaultMs = 1

function timeProblems({ path, value }: Known<Fault>, { phases, topology }: Draft): readonly Problem[] {
  const problems: Problem[] = []
  if (!faultFacts[value.kind].ends && value.lasts === undefined)
    problems.push({ path: `${path}.lasts`, message: `must be given for a ${value.kind}, got nothing` })
  if (!faultFacts[value.kind].ends && value.lasts !== undefined && ms(value.lasts) < shortestFaultMs)
    problems.push({
      path: `${path}.lasts`,
      message: `must be at least ${shortestFaultMs}ms for a ${value.kind}, got ${printed(value.lasts)}`,
    })
  if (phases === undefined) return problems
  const windowFrom = ms(phases.warmup)
  const windowTo = windowFrom + ms(phases.measure)
  const from = ms(value.at)
  const forGood = isForGood(value)
  const after = (topology?.get(value.node ?? '')?.count ?? 1) - 1
  const to = from + after * ms(value.every ?? '0s') + ms(value.lasts ?? '0s')
  const lengthMs = windowTo + ms(phases.cooldown)
  if (to >= lengthMs)
    problems.push({ path: `${path}.at`, message: `must end before the block does, at ${lengthMs} ms, got ${to} ms` })
  else if (from >= windowTo || (!forGood && (to < windowFrom || (to === windowFrom && to > from))))
    problems.push({
      path: `${path}.at`,
      message: `must overlap the measured time, ${windowFrom} to ${windowTo} ms, got ${from} to ${to} ms`,
    })
  return problems
}

/** When a server ends, its connections end: without `reconnect` the run would end without numbers. */
function connectionProblems({ path, value }: Known<Fault>, draft: Draft): readonly Problem[] {
  const { topology, workloads } = draft
  if (!faultFacts[value.kind].ends || topology === undefined) return []
  const group = hitGroup(value, draft)
  const ending = valid(workloads).filter(({ value: { to, reconnect } }) => to === group && reconnect === undefined)
  if (ending.length === 0) return []
  const names = ending.map(({ value: { name } }) => name).join(', ')
  const message = `must leave workloads that live through it: a ${value.kind} of ${targetWords(value)} ends the connections of ${names}; give them "reconnect": {}`
  return problemAt(`${path}.kind`, message)
}

function hitGroup(
  { node, leaderOf, followerOf, serverOf, metaLeaderOf }: Fault,
  { topology, streams, workloads }: Draft,
): string | undefined {
  if (metaLeaderOf !== undefined) return metaLeaderOf
  if (node !== undefined) return groupOf(node, topology ?? new Map<string, undefined>())
  const stream = leaderOf ?? followerOf
  if (stream !== undefined) return streams.get(stream)?.on
  return valid(workloads).find(({ value: { name } }) => name === serverOf)?.value.to
}

/** What a scenario expects must be possible in it. */
export function expectedProblems({ expected, workloads }: Draft): readonly Problem[] {
  const kindsOf = workloads.map(({ name, raw: { kind } }) => ({
    name,
    facts: typeof kind === 'string' && isKind(kind) ? kinds[kind] : undefined,
  }))
  // a workload that cannot be read may be the one that is looked for
  const none = (is: (facts: (typeof kinds)[WorkloadKind]) => boolean): boolean =>
    kindsOf.every(({ facts }) => facts !== undefined && !is(facts))
  const problems: Problem[] = (expected?.cutOff ?? []).flatMap((wanted, i) => {
    const found = kindsOf.find(({ name }) => name === wanted)
    if (found?.facts === undefined || found.facts.direction === 'in') return []
    return problemAt(`expect.cutOff.${i}`, `must name a workload that receives, got ${printed(wanted)}`)
  })
  if (expected?.lostAcked !== undefined && none(({ acknowledged }) => acknowledged))
    problems.push({
      path: 'expect.lostAcked',
      message: 'must stand beside a workload that publishes to a stream, got none',
    })
  if (expected?.gapBelow !== undefined && none(({ counts }) => counts === 'received'))
    problems.push({ path: 'expect.gapBelow', message: 'must stand beside a workload that messages come to, got none' })
  return problems
}

function groupOf(name: string, topology: NonNullable<Draft['topology']>): string | undefined {
  if (topology.has(name)) return name
  return [...topology].find(([group, spec]) => nodeNames(group, spec?.count ?? 1).includes(name))?.[0]
}

const ms = (text: string) => durationMs(text) ?? 0

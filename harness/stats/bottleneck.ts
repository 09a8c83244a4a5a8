/** Who set the number? Named for every variant, with the figures behind it. */
import { workloadFacts } from '../model/kinds/kinds.ts'
import type { HostFacts } from '../model/facts.ts'
import type { Bottleneck, Limiter } from '../model/report.ts'
import type { BlockResult } from './block-result.ts'
import { made } from './made.ts'
import { crowdedOf, readIn, type MachineUse } from './machine-use.ts'
import { median } from './order.ts'
import { paceOf } from './pace.ts'
import { count } from '../model/count.ts'

/** A single-threaded agent above this share of a core, or a server above it of its cores, has nothing left to give. */
export const saturated = 0.9

/** More programs that want to run than this for each core leave too little for a measurement. */
export const crowded = 2

interface Load {
  readonly limiter: Extract<Limiter, 'generator' | 'server' | 'receiver'>
  readonly name: string
  /** Of what it could use at most: one core for an agent, its cores for a server. */
  readonly fullness: number
  readonly share: number
}

export function bottleneck(
  variant: string,
  blocks: readonly BlockResult[],
  host: Pick<HostFacts, 'cores' | 'loadAverage'>,
  serverCores: (node: string) => number | undefined,
  hasFaults: boolean,
): Bottleneck {
  const { cores } = host
  const loads = loadsOf(blocks, serverCores)
  const used = median(blocks.map(usedCores))
  const figures = loads.map(({ name, share }) => `${name} ${percent(share)}`).join(', ')
  const others = median(readIn(blocks).map(({ machine }) => machine.others))
  const beside = others === undefined ? '' : `, programs outside them ${percent(others)}`
  const machine =
    cores === undefined || used === undefined ? '' : `; all nodes ${percent(used)} of ${cores * 100} %${beside}`
  const table = figures === '' ? 'No CPU figures' : `CPU of one core: ${figures}${machine}`
  const { limiter, why } = judged(blocks, loads, used, host)
  // the schedule is what was sent: what a fault kept from arriving is not the generator's
  const less = limiter === 'rate' && hasFaults ? ': what came through is less where a fault held it up' : ''
  return { variant, limiter, because: `${why}${less}. ${table}` }
}

function judged(
  blocks: readonly BlockResult[],
  loads: readonly Load[],
  used: number | undefined,
  { cores, loadAverage }: Pick<HostFacts, 'cores' | 'loadAverage'>,
): { readonly limiter: Limiter; readonly why: string } {
  const full = loads.filter(({ fullness }) => fullness >= saturated)
  const [first, second] = full
  const machineFull = cores !== undefined && used !== undefined && used >= saturated * cores
  const pace = scheduleOf(blocks)
  if (pace?.limiter === 'rate') return pace
  const [crowd] = crowdedOf(blocks)
  if (crowd !== undefined) {
    return { limiter: 'machine', why: `others use this machine too: ${machineWords(crowd.machine)}` }
  }
  if (machineFull && (first === undefined || second !== undefined || first.limiter === 'server')) {
    return {
      limiter: 'machine',
      why: `${cores === 1 ? 'its only core is' : `all ${cores} cores are`} busy, so every role waits for the others`,
    }
  }
  if (first !== undefined) {
    const what = first.limiter === 'server' ? 'of the cores it can use' : 'of a core, and an agent has only one'
    const also = second === undefined ? '' : `; ${second.name} is close behind with ${percent(second.fullness)}`
    return { limiter: first.limiter, why: `${first.name} is at ${percent(first.fullness)} ${what}${also}` }
  }
  if (pace !== undefined) return pace
  if (
    readIn(blocks).length === 0 &&
    cores !== undefined &&
    loadAverage !== undefined &&
    loadAverage > crowded * cores
  ) {
    const why = `other programs use this machine (load ${loadAverage.toFixed(1)} on ${count(cores, 'core')} when the run began)`
    return { limiter: 'machine', why }
  }
  return { limiter: 'unknown', why: unknownWhy(loads) }
}

/** `programs outside the nodes used 55 % of its CPU time, its hypervisor took 12 % for other guests, 3 % was left idle`. */
export function machineWords({ all, idle, stolen, others }: MachineUse): string {
  const taken = stolen / all < 0.01 ? '' : `, its hypervisor took ${percent(stolen / all)} for other guests`
  return `programs outside the nodes used ${percent(others / all)} of its CPU time${taken}, ${percent(idle / all)} was left idle`
}

function unknownWhy(loads: readonly Load[]): string {
  return loads.length === 0
    ? 'nothing was measured that could tell'
    : 'nobody was at a limit of CPU; socket buffers, the network path or scheduling may have set the rate'
}

/** Where the schedule sets the pace: open loops that were kept, and closed loops, which wait for answers. */
function scheduleOf(blocks: readonly BlockResult[]): { readonly limiter: Limiter; readonly why: string } | undefined {
  const drivers = blocks.flatMap(({ workloads }) => workloads).filter(({ arrivals }) => arrivals !== undefined)
  if (drivers.length === 0) return undefined
  if (drivers.every((driver) => paceOf(driver) === 'kept')) {
    const rates = drivers.flatMap(({ plannedPerSecond, perSecond }) => plannedPerSecond ?? perSecond ?? [])
    return { limiter: 'rate', why: `the schedule set the rate and was kept (${rounded(median(rates) ?? 0)} msg/s)` }
  }
  if (drivers.every(({ arrivals }) => arrivals?.kind === 'closed')) {
    const inFlight = drivers.map(({ arrivals, connections }) =>
      arrivals?.kind === 'closed' ? arrivals.inFlight * connections : 0,
    )
    return {
      limiter: 'latency',
      why: `closed loop with ${median(inFlight) ?? 0} in flight: the round trip sets the rate`,
    }
  }
  return undefined
}

function loadsOf(blocks: readonly BlockResult[], serverCores: (node: string) => number | undefined): Load[] {
  const shares = new Map<string, { limiter: Load['limiter']; most: number; seen: number[] }>()
  const note = (name: string, limiter: Load['limiter'], most: number, share: number | undefined) => {
    if (share === undefined) return
    made(shares, name, () => ({ limiter, most, seen: [] })).seen.push(share)
  }
  for (const { workloads, nodes } of blocks) {
    for (const { kind, agents } of workloads) {
      const limiter = workloadFacts(kind)?.limiter
      if (limiter === undefined) continue
      for (const { id, share } of agents) note(id, limiter, 1, share)
    }
    for (const { node, role, share } of nodes) {
      if (role === 'server') note(node, 'server', serverCores(node) ?? Infinity, share)
    }
  }
  return [...shares]
    .map(([name, { limiter, most, seen }]) => {
      const share = median(seen) ?? 0
      return { name, limiter, share, fullness: share / most }
    })
    .toSorted((a, b) => b.fullness - a.fullness)
}

function usedCores({ nodes }: BlockResult): number {
  return nodes.reduce((sum, { share }) => sum + (share ?? 0), 0)
}

export function percent(share: number): string {
  return `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`
}

/** Whole from 100 on, three digits below: `12,345`, `37`, `0.1`. */
export function rounded(value: number): string {
  const digits = Math.abs(value) < 100 ? { maximumSignificantDigits: 3 } : { maximumFractionDigits: 0 }
  return value.toLocaleString('en-US', digits)
}

/** `1 message`, `1,200 messages`. */
export function roundedCount(n: number, noun: string): string {
  return count(n, noun, rounded(n))
}

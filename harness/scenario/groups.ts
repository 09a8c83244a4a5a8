/** Relations within the topology. */
import type { NodeSpec } from '../model/scenario.ts'
import type { Draft } from './draft.ts'
import { byteCount } from '../model/units.ts'
import { printed } from './print.ts'
import { problemAt, type Problem } from './problem.ts'
import { settingProblems } from './settings.ts'

const mostNodes = 256

export function groupProblems({ topology, settings }: Draft): readonly Problem[] {
  if (topology === undefined) return []
  const valid = [...topology].filter((entry): entry is [string, NodeSpec] => entry[1] !== undefined)
  const complete = valid.length === topology.size
  return [
    ...valid.flatMap(([name, spec]) => serverProblems(`topology.${name}`, spec)),
    ...valid.flatMap(([name, spec]) => diskProblems(`topology.${name}.disk`, spec)),
    ...valid.flatMap(([name, spec]) => memoryProblems(`topology.${name}.memory`, spec)),
    ...[...settings].flatMap(([name, of]) => settingProblems(`topology.${name}.server.settings`, of)),
    ...(complete ? needed(valid) : []),
    ...(complete ? tooMany(valid) : []),
    ...clashes(valid),
  ]
}

function serverProblems(path: string, { role, server }: NodeSpec): readonly Problem[] {
  if (server === undefined) return []
  if (role === 'load') return problemAt(`${path}.server`, 'must not be there, got a server on nodes of role "load"')
  const both = server.path !== undefined && server.version !== undefined
  return both ? problemAt(`${path}.server`, 'must have a version or a path, got both') : []
}

/** Smallest and largest disk. The smallest has room for a file system journal and a block file of nats-server. */
const diskBounds = [32 * 1024 ** 2, 1024 ** 4] as const

function diskProblems(path: string, { role, server, disk }: NodeSpec): readonly Problem[] {
  if (disk === undefined) return []
  if (role === 'load' || server?.jetstream !== true)
    return problemAt(path, 'must stand on servers with `jetstream: true`, whose store it is for')
  return sizeProblems(path, disk, diskBounds, '32MiB to 1TiB')
}

const mebibyte = 1024 ** 2
/** Container engines take no less than 6 MiB; with 8 MiB the kernel kills Node.js before it runs anything, with 12 MiB it starts. */
const leastMemory = { server: 6 * mebibyte, load: 12 * mebibyte } as const
const mostMemory = 16 * 1024 ** 4

function memoryProblems(path: string, { role, memory }: NodeSpec): readonly Problem[] {
  if (memory === undefined) return []
  const least = leastMemory[role]
  const range = `${least / mebibyte}MiB to 16TiB for nodes of role "${role}"`
  return sizeProblems(path, memory, [least, mostMemory], range)
}

function sizeProblems(
  path: string,
  size: string | number,
  [least, most]: readonly [number, number],
  range: string,
): readonly Problem[] {
  const bytes = byteCount(String(size)) ?? 0
  return bytes >= least && bytes <= most ? [] : problemAt(path, `must be from ${range}, got ${printed(size)}`)
}

function needed(groups: readonly (readonly [string, NodeSpec])[]): readonly Problem[] {
  return (['server', 'load'] as const)
    .filter((role) => !groups.some(([, spec]) => spec.role === role))
    .map((role) => ({ path: 'topology', message: `must have a group of role "${role}", got none` }))
}

function tooMany(groups: readonly (readonly [string, NodeSpec])[]): readonly Problem[] {
  const nodes = groups.reduce((sum, [, spec]) => sum + spec.count, 0)
  return nodes <= mostNodes ? [] : problemAt('topology', `must have at most ${mostNodes} nodes, got ${nodes}`)
}

/** The nodes of a group `recv` with a count of 3 are recv-1 to recv-3; no other group may have one of these names. */
function clashes(groups: readonly (readonly [string, NodeSpec])[]): readonly Problem[] {
  const counts = new Map(groups.map(([name, spec]) => [name, spec.count]))
  return groups.flatMap(([name]) => {
    const [, stem = '', number = ''] = /^(.*)-([1-9]\d*)$/.exec(name) ?? []
    const count = counts.get(stem) ?? 1
    if (count === 1 || Number(number) > count) return []
    return problemAt(`topology.${name}`, `must be another name, got that of a node of group "${stem}"`)
  })
}

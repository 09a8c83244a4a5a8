/** Programs of the host that process nodes need: Node.js for agents, and one that binds a program to CPUs. */
import process from 'node:process'
import { BenchError } from '../model/error.ts'
import type { Host } from '../host/host.ts'

/** From this version on Node.js runs TypeScript without a flag. */
export const oldestNode = [22, 18] as const
const nodePlaces = ['node', '/usr/local/bin/node', '/usr/bin/node', '/opt/homebrew/bin/node']

export interface NodeProgram {
  readonly path: string
  readonly version: string
}

/** The chosen Node.js; else on this machine the one that runs the harness, elsewhere the first that is new enough. Throws `unavailable`. */
export async function findNode(host: Host, chosen?: string): Promise<NodeProgram> {
  const places = chosen !== undefined ? [chosen] : host.name === 'local' ? [process.execPath] : nodePlaces
  const seen: string[] = []
  for (const path of places) {
    const said = await host.run([path, '--version'], { accept: 'any' }).catch((error: unknown) => {
      if (error instanceof BenchError && error.code === 'os') return undefined
      throw error
    })
    const found = nodeVersion(said?.stdout ?? '')
    if (found === undefined) continue
    const { version, isNewEnough } = found
    if (isNewEnough) return { path, version }
    seen.push(`${path} ${version}`)
  }
  throw new BenchError(
    'unavailable',
    `Node.js on ${host.name} must be at least ${oldestNode.join('.')}, got ${seen.join(', ') || 'none'}`,
    { hint: 'install it there: `pkg install node24` on FreeBSD, a package of nodejs.org elsewhere' },
  )
}

/** What `node --version` prints; undefined for anything else. */
export function nodeVersion(said: string): { readonly version: string; readonly isNewEnough: boolean } | undefined {
  const [version, major, minor] = /^v(\d+)\.(\d+)\.\d+/.exec(said) ?? []
  if (version === undefined) return undefined
  const [least, leastMinor] = oldestNode
  return { version, isNewEnough: Number(major) > least || (Number(major) === least && Number(minor) >= leastMinor) }
}

const pins: Readonly<Record<string, { readonly probe: readonly string[]; readonly pin: readonly string[] }>> = {
  Linux: { probe: ['taskset', '--version'], pin: ['taskset', '-c'] },
  FreeBSD: { probe: ['cpuset', '-g'], pin: ['cpuset', '-l'] },
}

/** CPU numbers → the words before a command that bind it to them, then exec it. */
export type Pin = (cpus: readonly number[]) => readonly string[]

/** Undefined where the host has no such program. */
export async function findPin(host: Pick<Host, 'run'>, os: string): Promise<Pin | undefined> {
  const tool = pins[os]
  if (tool === undefined) return undefined
  const works = await host.run(tool.probe, { accept: 'any' }).then(
    ({ status }) => status === 0,
    () => false,
  )
  return works ? (cpus) => [...tool.pin, cpus.join(',')] : undefined
}

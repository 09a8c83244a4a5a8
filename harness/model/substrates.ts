/** The substrates, once: their names, whether users may ask for them, what they can do at best, the settings they read. */
import { z } from 'zod'
import { BenchError } from './error.ts'

/** What a scenario may need of a substrate; whether this host's has it, the substrate says itself. */
export type Capability =
  'cpus' | 'memory' | 'pause' | 'usage' | 'networks' | 'impair' | 'partition' | 'disk' | 'slow' | 'hang' | 'crash'

interface SubstrateKind {
  /** By `--on`; the others are for tests. */
  readonly offered: boolean
  readonly can: readonly Capability[]
  /** Making nodes takes so long that the scenarios of one command share them. */
  readonly keeps?: boolean
  /** Nodes are only names of programs of the host, so that agents of several nodes may be one process. */
  readonly sharesProcesses?: boolean
  /** Why it cannot do others, where people ask. */
  readonly cannot?: Readonly<Partial<Record<Capability, string>>>
  /** What `--set` can say to it. */
  readonly settings: readonly string[]
}

const sharedNetwork =
  'its nodes share the network stack of the host, so a rule there would meet all of them and whatever else uses it'
const jailNetwork = 'jails on a shared address have no network of their own, VNET jails have one: --network vnet'

const table = {
  process: {
    offered: true,
    can: ['cpus', 'pause', 'usage', 'disk', 'slow', 'hang', 'crash'],
    sharesProcesses: true,
    cannot: { impair: sharedNetwork, partition: sharedNetwork },
    settings: ['portBase', 'node'],
  },
  container: {
    offered: true,
    can: ['cpus', 'memory', 'pause', 'usage', 'impair', 'partition', 'disk'],
    cannot: {
      slow: 'the disk of a container is in memory (tmpfs): it has no device that could be slow',
      hang: 'the disk of a container is in memory (tmpfs), which cannot be frozen',
      crash: 'the disk of a container is in memory (tmpfs), of which nothing is left after a crash',
    },
    settings: ['image', 'serverImage', 'addresses'],
  },
  bastille: {
    offered: true,
    can: ['cpus', 'memory', 'pause', 'usage', 'networks', 'impair', 'partition', 'disk'],
    keeps: true,
    cannot: {
      impair: jailNetwork,
      partition: jailNetwork,
      slow: 'the disk of a jail is in memory (md): FreeBSD has no limit of writes for it',
      hang: 'FreeBSD has no command that freezes a file system',
      crash: 'the disk of a jail is in memory (md), of which nothing is left after a crash',
    },
    settings: [
      'network',
      'addresses',
      'sharedAddresses',
      'vnetAddresses',
      'bridge',
      'release',
      'packages',
      'template',
      'templateCommit',
      'natsVersion',
    ],
  },
  netns: {
    offered: true,
    can: ['cpus', 'pause', 'usage', 'impair', 'partition', 'disk', 'slow', 'hang', 'crash'],
    settings: ['addresses', 'node'],
  },
  memory: { offered: false, can: ['cpus', 'memory', 'pause', 'usage', 'networks', 'disk', 'crash'], settings: [] },
} as const satisfies Readonly<Record<string, SubstrateKind>>

export type SubstrateName = keyof typeof table

export const substrates: Readonly<Record<SubstrateName, SubstrateKind>> = table

export const substrateNames = Object.keys(table) as readonly string[] as readonly [SubstrateName, ...SubstrateName[]]
export const substrateSchema = z.enum(substrateNames)
export const offeredSubstrates: readonly SubstrateName[] = substrateNames.filter((name) => substrates[name].offered)
/** What `--on` and BENCH_ON take. */
export const substrateChoices: readonly (SubstrateName | 'auto')[] = ['auto', ...offeredSubstrates]

/** Throws BenchError `usage`: `what` must be one of `known`. */
export function oneOf<T extends string>(what: string, known: readonly T[], text: string): T {
  const found = known.find((name) => name === text)
  if (found !== undefined) return found
  throw new BenchError('usage', `${what} must be one of ${known.join(', ')}, got ${JSON.stringify(text)}`)
}

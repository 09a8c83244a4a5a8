/** The kinds of faults: the class of each, what it cannot show, and what it needs from a substrate. */
import { impairmentWords, type Impairment } from './impairment.ts'
import type { Capability } from './substrates.ts'

export interface FaultFacts {
  /** In a sentence: `is a process crash`. */
  readonly is: string
  /** What a result with this fault does not prove. */
  readonly cannot: string
  readonly needs?: Capability
  /** Does it end the server program, so that its connections are lost and its counters begin anew? */
  readonly ends: boolean
}

const pageCache =
  'the operating system survives and still writes what the program had given to it, so it cannot show what a missing fsync loses'

export const faultFacts = {
  kill: { is: 'a process crash (SIGKILL)', cannot: pageCache, ends: true },
  stop: {
    is: 'an orderly stop (SIGTERM)',
    cannot: 'the server hands over its streams and closes its files first, so it cannot show what a crash does',
    ends: true,
  },
  restart: {
    is: 'an orderly restart (SIGTERM, then a new start)',
    cannot: 'the server hands over its streams and closes its files first, so it cannot show what a crash does',
    ends: true,
  },
  pause: {
    is: 'a pause (the process is stopped, its sockets stay open)',
    cannot: 'the kernel goes on acknowledging TCP for it, so it cannot show the loss of a machine or of a network',
    needs: 'pause',
    ends: false,
  },
  impair: {
    is: 'a bad network (packets to the node are delayed, lost or slowed down)',
    cannot:
      'it affects one direction of one node: what the node sends goes out as before, and nothing is wrong with the machine',
    needs: 'impair',
    ends: false,
  },
  partition: {
    is: 'a partition (packets between the two sides are lost, without an error)',
    cannot:
      'both sides are on one machine with one clock and one disk, so it cannot show what else fails when a rack does',
    needs: 'partition',
    ends: false,
  },
  'disk-full': {
    is: 'a full disk (a file fills the rest of the file system of the store)',
    cannot: 'each write is refused at once, so it cannot show a disk that becomes slow or reads wrong',
    needs: 'disk',
    ends: false,
  },
  'slow-disk': {
    is: 'a slow disk (the device under the store takes so many writes a second)',
    cannot: 'no write fails and reads are as fast as before, so it cannot show a disk that breaks',
    needs: 'slow',
    ends: false,
  },
  'hung-disk': {
    is: 'a disk that hangs (the file system of the store is frozen: what is written to it waits until it is over)',
    cannot:
      'no write fails, what had been written was handed to the device as it was frozen, and also a write waits that is only buffered, which a device that hangs holds up later; so it cannot show a disk that breaks or loses',
    needs: 'hang',
    ends: false,
  },
  'os-crash': {
    is: 'a crash of the operating system (SIGKILL to the server; of its store only what the file system had handed to its device is left)',
    cannot:
      'what the device had taken is kept, so it cannot show a loss of power, which a disk with a cache of its own may not survive; and only the store crashes, the network of the machine goes on',
    needs: 'crash',
    ends: true,
  },
} as const satisfies Readonly<Record<string, FaultFacts>>

export type FaultKind = keyof typeof faultFacts
export const faultKinds = Object.keys(faultFacts) as readonly string[] as readonly [FaultKind, ...FaultKind[]]

interface Target {
  readonly node?: string | undefined
  readonly leaderOf?: string | undefined
  readonly followerOf?: string | undefined
  readonly serverOf?: string | undefined
  readonly metaLeaderOf?: string | undefined
}

/** The ways to say whom a fault meets; one of them is given. */
export const targetWays = [
  'node',
  'leaderOf',
  'followerOf',
  'serverOf',
  'metaLeaderOf',
] as const satisfies readonly (keyof Target)[]

/** `hub-2`, `leader of orders`, `follower of orders`, `server of sub`, `meta leader of hub`. */
export function targetWords({ node, leaderOf, followerOf, serverOf, metaLeaderOf }: Target): string {
  if (node !== undefined) return node
  if (leaderOf !== undefined) return `leader of ${leaderOf}`
  if (followerOf !== undefined) return `follower of ${followerOf}`
  if (metaLeaderOf !== undefined) return `meta leader of ${metaLeaderOf}`
  return `server of ${serverOf ?? ''}`
}

interface Worded extends Target {
  readonly kind: string
  readonly with?: Impairment | undefined
  readonly writesPerSecond?: number | undefined
}

/** `kill leader of orders`, `impair hub-2 (delay 20ms)`, `slow-disk hub (20 writes a second)`. */
export function faultWords(fault: Worded): string {
  const { with: network, writesPerSecond } = fault
  const how = [
    ...(network === undefined ? [] : [impairmentWords(network)]),
    ...(writesPerSecond === undefined ? [] : [`${writesPerSecond} writes a second`]),
  ]
  return `${fault.kind} ${targetWords(fault)}${how.length === 0 ? '' : ` (${how.join(', ')})`}`
}

/** Is the server not started again? */
export function isForGood({ kind, lasts }: { readonly kind: FaultKind; readonly lasts?: string | undefined }): boolean {
  return faultFacts[kind].ends && lasts === undefined && kind !== 'restart'
}

/** Of a kind by its name; undefined for one of another version of the harness. */
export function faultNamed(kind: string): FaultFacts | undefined {
  return (faultFacts as Readonly<Record<string, FaultFacts>>)[kind]
}

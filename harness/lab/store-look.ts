/** The place of a server's store before anything is measured: what it is, how much is free, and what a synced write costs there. */
import { known } from '../model/known.ts'
import { storePath } from '../model/buckets.ts'
import { BenchError, TimedOut } from '../model/error.ts'
import { factsOf } from '../model/kinds/kinds.ts'
import { storeFolder } from '../model/node-names.ts'
import type { Variant } from '../model/plan.ts'
import type { StoreFacts } from '../model/streams.ts'
import type { LiveNode } from '../substrate/substrate.ts'
import { within } from './wait.ts'

/** Synchronous writes of 4 KiB, one after the other: enough for a mean, and over in seconds on an SD card. */
const writes = 64
const writeBytes = 4096
/** For each program: a disk that is hung lets it wait for ever. */
const lookMs = 60_000

/** Every server of a variant that has streams; none for others. Throws when the signal comes, and where a stream may grow beyond the place it is on. */
export async function lookAtStores(
  variant: Variant,
  nodeOf: (name: string) => LiveNode,
  signal: AbortSignal,
): Promise<readonly StoreFacts[]> {
  const jobs = variant.assignments.flatMap(({ job }) =>
    'streams' in job && factsOf(job.kind).role === 'store' ? [job] : [],
  )
  const streams = jobs.flatMap((job) => job.streams)
  const names = new Set(streams.flatMap(({ monitors }) => monitors.map(({ node }) => node)))
  const looks: StoreFacts[] = []
  for (const name of names) looks.push(await lookAt(nodeOf(name), signal))
  for (const { name, config, monitors } of streams) {
    const most = config['storage'] === 'file' ? Number(config['max_bytes'] ?? -1) : -1
    const small = looks.find(
      ({ node, freeBytes }) => monitors.some((each) => each.node === node) && (freeBytes ?? Infinity) < most,
    )
    if (small === undefined) continue
    const where = `${small.device ?? 'the store'} of node ${small.node}`
    throw new BenchError(
      'unavailable',
      `stream ${name} may take ${most} bytes (${storePath(name)}.maxBytes), got ${String(small.freeBytes)} free on ${where}`,
      { hint: 'lower maxBytes, or put the run on a larger disk' },
    )
  }
  return looks
}

async function lookAt(node: LiveNode, signal: AbortSignal): Promise<StoreFacts> {
  const said = (command: readonly string[]) => linesOf(node, command, signal)
  const path = `${node.directory}/${storeFolder}`
  const [space, type] = [await said(['df', '-kP', path]), await said(['df', '-T', path])]
  const [device, , , free] = /^(\S+)\s+(\d+)\s+(\d+)\s+(-?\d+)\s/.exec(space.at(-1) ?? '')?.slice(1) ?? []
  const filesystem = /^\S+\s+([a-z][\w.]*)\s/.exec(type.at(-1) ?? '')?.[1]
  const probe = `${path}/synced-write`
  const copied = await said(['dd', 'if=/dev/zero', `of=${probe}`, `bs=${writeBytes}`, `count=${writes}`, 'oflag=sync'])
  await said(['rm', '-f', probe])
  const seconds = secondsOf(copied)
  return {
    node: node.name,
    ...known({ device, filesystem }),
    ...(free === undefined ? {} : { freeBytes: Number(free) * 1024 }),
    ...(seconds === undefined ? {} : { syncedWriteNs: Math.round((seconds * 1e9) / writes) }),
  }
}

/** The last line of dd: `262144 bytes (262 kB, 256 KiB) copied, 0.2 s, 1.1 MB/s` (GNU), `... transferred in 0.2 secs (...)` (FreeBSD). */
export function secondsOf(lines: readonly string[]): number | undefined {
  const found = lines
    .map((line) => /(?:copied, |transferred in )([\d.]+(?:e-?\d+)?) s/.exec(line)?.[1])
    .find((each) => each !== undefined)
  return found === undefined ? undefined : Number(found)
}

/** What a program said, on either output; nothing where the node does not have it or it does not end: then the fact is left out. */
async function linesOf(node: LiveNode, command: readonly string[], signal: AbortSignal): Promise<readonly string[]> {
  try {
    const child = await node.spawn(command, { env: { LC_ALL: 'C' } })
    const late = () => new TimedOut(`command \`${command.join(' ')}\` did not end within ${lookMs / 1000} s`)
    const { status } = await within(child.exit, { ms: lookMs, signal, late }).catch((error: unknown) => {
      child.signal('SIGKILL')
      throw error
    })
    return status === 0 ? child.tail() : []
  } catch (error) {
    if (error instanceof BenchError && error.code !== 'interrupted') return []
    throw error
  }
}

/** What a write that is synced takes on the disk of a node's store, asked before and during a fault. */
import { z } from 'zod'
import { storeFolder } from '../model/node-names.ts'
import type { Frame } from '../model/recording.ts'
import type { LiveNode } from '../substrate/substrate.ts'
import { probeAnswer, startProbe } from './probe-program.ts'

export type DiskSeen = Omit<Extract<Frame, { t: 'disk' }>, 't' | 'at' | 'fault' | 'when'>

const writes = 20
const mostMs = 2000

const answerSchema = z.object({ writeNs: z.array(z.number()) })

/** Some two seconds, and one write more where that takes long. */
export async function probeDisk(node: LiveNode): Promise<DiskSeen> {
  const { lines, stop } = await started(node, writes)
  try {
    return seenOn(node, await probeAnswer(lines))
  } finally {
    await stop()
  }
}

/** Ready to write once: resolves when it is, to what lets it write, which resolves when that has come back. */
export async function waitingProbe(node: LiveNode): Promise<() => Promise<DiskSeen>> {
  const { lines, stop, child } = await started(node, 1, 'waiting')
  await probeAnswer(lines)
  return async () => {
    try {
      child.write('now\n')
      return seenOn(node, await probeAnswer(lines))
    } finally {
      await stop()
    }
  }
}

async function started(node: LiveNode, count: number, ...how: readonly string[]) {
  const folder = `${node.directory}/${storeFolder}`
  const child = await startProbe(node, 'disk-probe.cjs', [folder, String(mostMs), String(count), ...how])
  return { child, lines: child.lines[Symbol.asyncIterator](), stop: () => child.stop(200) }
}

function seenOn(node: LiveNode, answer: unknown): DiskSeen {
  const { writeNs } = answerSchema.parse(answer)
  const [p50, max] = [writeNs[Math.floor(writeNs.length / 2)], writeNs.at(-1)]
  return {
    node: node.name,
    writes: writeNs.length,
    ...(p50 === undefined || max === undefined ? {} : { writeNs: { p50, max } }),
  }
}

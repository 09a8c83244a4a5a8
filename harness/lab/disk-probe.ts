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
  const folder = `${node.directory}/${storeFolder}`
  const probe = await startProbe(node, 'disk-probe.js', [folder, String(mostMs), String(writes)])
  try {
    const lines = probe.lines[Symbol.asyncIterator]()
    const { writeNs } = answerSchema.parse(await probeAnswer(lines))
    const [p50, max] = [writeNs[Math.floor(writeNs.length / 2)], writeNs.at(-1)]
    return {
      node: node.name,
      writes: writeNs.length,
      ...(p50 === undefined || max === undefined ? {} : { writeNs: { p50, max } }),
    }
  } finally {
    await probe.stop(200)
  }
}

/** What a network really does between two nodes, asked with packets before and during a fault. */
import { z } from 'zod'
import type { Frame } from '../model/recording.ts'
import type { LiveNode } from '../substrate/substrate.ts'
import { probeAnswer, startProbe } from './probe-program.ts'

export type NetworkSeen = Omit<Extract<Frame, { t: 'network' }>, 't' | 'at' | 'fault' | 'when'>

const packets = 100
const program = 'net-probe.cjs'

const portSchema = z.object({ port: z.int().min(1).max(65_535) })
const echoSchema = z.object({ arrived: z.int().min(0) })
const sentSchema = z.object({
  sent: z.int().min(0),
  returned: z.int().min(0),
  rttNs: z.array(z.number()),
  overtaken: z.int().min(0),
  bitsPerSecond: z.number().optional(),
})

/** Some three seconds. Both nodes need Node.js; `address`: where the second one is reached. */
export async function probeNetwork(from: LiveNode, to: LiveNode, address: string): Promise<NetworkSeen> {
  const echo = await startProbe(to, program, ['echo', address])
  try {
    const lines = echo.lines[Symbol.asyncIterator]()
    const { port } = portSchema.parse(await probeAnswer(lines))
    const sender = await startProbe(from, program, ['send', address, String(port), String(packets)])
    const { sent, returned, rttNs, overtaken, bitsPerSecond } = sentSchema.parse(
      await probeAnswer(sender.lines[Symbol.asyncIterator]()),
    )
    echo.closeInput()
    const { arrived } = echoSchema.parse(await probeAnswer(lines))
    const rtt = (q: number) => rttNs[Math.min(rttNs.length - 1, Math.floor(rttNs.length * q))]
    const [p50, p99] = [rtt(0.5), rtt(0.99)]
    return {
      from: from.name,
      to: to.name,
      sent,
      arrived,
      returned,
      overtaken,
      ...(p50 === undefined || p99 === undefined ? {} : { rttNs: { p50, p99 } }),
      ...(bitsPerSecond === undefined ? {} : { bitsPerSecond }),
    }
  } finally {
    await echo.stop(200)
  }
}

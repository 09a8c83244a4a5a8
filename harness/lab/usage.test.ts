import { expect, it } from 'vitest'
import type { Frame } from '../model/recording.ts'
import type { LiveNode } from '../substrate/substrate.ts'
import { sampleUsage } from './usage.ts'

const usage = { cpuUserMicros: 1, cpuSystemMicros: 1, memoryBytes: 1, resolutionMicros: 1 }

function nodeNamed(name: string): LiveNode {
  return { name, usage: () => Promise.resolve(usage) } as unknown as LiveNode
}

async function sampled(thermals: object): Promise<readonly (readonly [string, Frame])[]> {
  const seen: (readonly [string, Frame])[] = []
  const begun = performance.now()
  await sampleUsage({
    servers: [nodeNamed('hub')],
    loads: [nodeNamed('send')],
    phases: { warmupMs: 20, measureMs: 30, cooldownMs: 0 },
    thermals: () => Promise.resolve(thermals),
    sinceStart: () => Math.round((performance.now() - begun) * 1e6),
    emit: (from, frame) => seen.push([from, frame]),
    signal: new AbortController().signal,
  })
  return seen
}

it('reads nodes and the host at both ends of the measured window, none before', async () => {
  const seen = await sampled({ cpuMHz: 1512 })
  expect(seen.map(([from, { t }]) => `${from} ${t}`).toSorted()).toEqual([
    'hub usage',
    'hub usage',
    'lab thermals',
    'lab thermals',
    'send usage',
    'send usage',
  ])
  const at = seen.flatMap(([, frame]) => (frame.t === 'thermals' ? [frame.at / 1e6] : []))
  expect(at[0]).toBeGreaterThanOrEqual(19)
  expect(at[1]).toBeGreaterThanOrEqual(49)
})

it('records nothing of a host that tells nothing', async () => {
  expect((await sampled({})).filter(([, { t }]) => t === 'thermals')).toEqual([])
})

import { expect, it } from 'vitest'
import type { Thermals } from '../model/facts.ts'
import type { Frame } from '../model/recording.ts'
import { sampleThermals } from './thermals.ts'

async function sampled(thermals: Thermals, warmupMs = 600): Promise<readonly (readonly [string, Frame])[]> {
  const seen: (readonly [string, Frame])[] = []
  const begun = performance.now()
  await sampleThermals({
    phases: { warmupMs, measureMs: 30, cooldownMs: 0 },
    read: () => Promise.resolve(thermals),
    sinceStart: () => Math.round((performance.now() - begun) * 1e6),
    emit: (from, frame) => seen.push([from, frame]),
    say: (why) => expect.unreachable(why),
    signal: new AbortController().signal,
  })
  return seen
}

it('reads the host twice, right before the measured window and after it, never within', async () => {
  const seen = await sampled({ cpuMHz: 1512 })
  expect(seen.map(([from, { t }]) => `${from} ${t}`)).toEqual(['lab thermals', 'lab thermals'])
  const at = seen.flatMap(([, frame]) => (frame.t === 'thermals' ? [frame.at / 1e6] : []))
  expect(at[0]).toBeGreaterThanOrEqual(300)
  expect(at[1]).toBeGreaterThanOrEqual(630)
})

it('reads no clock before a warm-up that is too short to wake it', async () => {
  expect(await sampled({ cpuMHz: 1512 }, 0)).toHaveLength(1)
})

it('records nothing of a host that tells nothing', async () => {
  expect(await sampled({})).toEqual([])
})

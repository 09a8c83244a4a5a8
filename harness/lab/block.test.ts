import { expect, test } from 'vitest'
import type { Command } from '../model/recording.ts'
import { beginAt } from './block.ts'

test('the start instant is in the clock of the host that the agents are on, whatever the clock here says', async () => {
  const dayNs = 86_400n * 1_000_000_000n
  const here = process.hrtime.bigint()
  const sent: Command[] = []
  // Heard one millisecond apart: both times are of one clock, a day ahead of ours.
  const agents = [0n, 1_000_000n].map((laterNs) => ({
    ready: Promise.resolve({ t: 'ready', now: String(here + dayNs + laterNs), receivedAt: here + laterNs } as const),
    send: (command: Command) => void sent.push(command),
  }))
  const startedAt = await beginAt(agents)
  const start = { t: 'start', at: String(startedAt + dayNs) }
  expect(sent).toEqual([start, start])
  expect(startedAt).toBeGreaterThan(process.hrtime.bigint())
})

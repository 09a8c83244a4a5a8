import { expect, it, vi } from 'vitest'
import type { Variant } from '../model/plan.ts'
import type { LiveNode } from '../substrate/substrate.ts'
import { lookAtStores, secondsOf } from './store-look.ts'

const variant = {
  assignments: [{ job: { kind: 'streams', streams: [{ name: 's', config: {}, monitors: [{ node: 'hub' }] }] } }],
} as unknown as Variant

/** A node on whose disk `dd` and `rm` wait for ever; what was ended there. */
function hung() {
  const signals: string[] = []
  const spawn = ([program = '']: readonly string[]) =>
    Promise.resolve({
      exit: program === 'df' ? Promise.resolve({ status: 0 }) : new Promise(() => undefined),
      tail: () => ['/dev/sda1 1000 500 500 50% /'],
      signal: (name: string) => signals.push(`${program} ${name}`),
    })
  return { node: { name: 'hub', directory: '/n', spawn } as unknown as LiveNode, signals }
}

it('an interrupt ends the look at a disk that is hung', async () => {
  const { node, signals } = hung()
  const stop = new AbortController()
  setTimeout(() => stop.abort(), 20)
  await expect(lookAtStores(variant, () => node, stop.signal)).rejects.toMatchObject({ code: 'interrupted' })
  expect(signals).toEqual(['dd SIGKILL'])
})

it('what a hung disk does not say in a minute is left out', async () => {
  vi.useFakeTimers()
  try {
    const { node, signals } = hung()
    const looks = lookAtStores(variant, () => node, new AbortController().signal)
    await vi.advanceTimersByTimeAsync(130_000)
    expect(await looks).toEqual([{ node: 'hub', device: '/dev/sda1', freeBytes: 512_000 }])
    expect(signals).toEqual(['dd SIGKILL', 'rm SIGKILL'])
  } finally {
    vi.useRealTimers()
  }
})

it.each([
  [['64+0 records in', '64+0 records out', '262144 bytes (262 kB, 256 KiB) copied, 0.116339 s, 1.1 MB/s'], 0.116339],
  [['262144 bytes (262 kB) copied, 8.1e-05 s, 3.2 GB/s'], 0.000081],
  [['64+0 records in', '262144 bytes transferred in 0.004113 secs (63735132 bytes/sec)'], 0.004113],
  [['dd: unknown operand'], undefined],
  [[], undefined],
])('%j', (lines, seconds) => {
  expect(secondsOf(lines)).toBe(seconds)
})

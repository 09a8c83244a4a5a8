import { describe, expect, it } from 'vitest'
import type { DiskSeen } from './fault-times.ts'
import { disks } from './health-disk.ts'
import type { Examined } from './health-rule.ts'

const fault = { at: '5s', kind: 'slow-disk', leaderOf: 'orders', writesPerSecond: 20, lasts: '5s' }
const before: DiskSeen = {
  at: 0,
  fault: 'slow-disk leader of orders (20 writes a second)',
  when: 'before',
  node: 'hub-1',
  writes: 20,
  writeNs: { p50: 3e6, max: 9e6 },
}
const during = (more: Partial<DiskSeen> = {}): DiskSeen => ({
  ...before,
  when: 'during',
  writes: 7,
  writeNs: { p50: 300e6, max: 400e6 },
  ...more,
})

const judged = (...seen: readonly DiskSeen[]) => judgedOf([fault], ...seen)

function judgedOf(faults: readonly object[], ...seen: readonly DiskSeen[]) {
  const run = {
    plan: { faults, variants: [{ name: 'default' }] },
    counted: [{ index: 0, variant: 'default', disks: seen }],
  }
  return disks(run as unknown as Examined)[0]
}

describe('a slow disk', () => {
  it('passes where synced writes waited, and says for how long', () => {
    const found = judged(before, { ...before, node: 'hub-2', writeNs: { p50: 1e12, max: 1e12 } }, during())
    expect(found).toMatchObject({ outcome: 'pass', rule: 'disk', about: before.fault })
    expect(found?.because).toContain(
      'on hub-1 before: p50 3.00 ms, longest 9.00 ms of 20; during: p50 300.00 ms, longest 400.00 ms of 7',
    )
  })

  it.each([
    [during({ writeNs: { p50: 4e6, max: 9e6 } }), 'faster than that'],
    [during({ node: 'hub-2' }), 'the disk of hub-2 was not probed before the fault'],
    [{ ...before, when: 'during' as const, writes: 0, writeNs: undefined as never }, 'so nothing was measured'],
  ])('is unknown where it was not shown: %#', (seen, because) => {
    const found = judged(before, seen)
    expect(found).toMatchObject({ outcome: 'unknown' })
    expect(found?.because).toContain(because)
  })

  it('is unknown where it was as slow before, or was not probed', () => {
    const slow = { ...before, writeNs: { p50: 400e6, max: 500e6 } }
    expect(judged(slow, during())?.because).toContain('the disk was as slow before')
    expect(judged(before)).toMatchObject({ outcome: 'unknown' })
  })
})

describe('a disk that hangs', () => {
  const hang = { at: '5s', kind: 'hung-disk', node: 'hub-1', lasts: '2s' }
  const earlier = { ...before, fault: 'hung-disk hub-1' }
  const held = (ns: number): DiskSeen => ({ ...earlier, when: 'during', writes: 1, writeNs: { p50: ns, max: ns } })

  it('says for how long a synced write hung', () => {
    const found = judgedOf([hang], earlier, held(1.98e9))
    expect(found).toMatchObject({ outcome: 'pass', about: 'hung-disk hub-1' })
    expect(found?.because).toMatch(/asked for no write to come back for 2s; .* of 20; during: 1\.98 s$/)
  })

  it('is unknown where it took no longer than before', () => {
    const found = judgedOf([hang], earlier, held(9e6))
    expect(found).toMatchObject({ outcome: 'unknown' })
    expect(found?.because).toContain('writes took as long before')
  })
})

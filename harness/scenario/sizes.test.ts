import { expect, test } from 'vitest'
import { meanBytes, sizeWords } from '../model/kinds/parts.ts'
import { problemsOf } from '../../fixtures/scenarios/problems.ts'

const scenarioWith = (payload: unknown) => ({
  name: 'sizes',
  about: 'Sizes of every kind.',
  topology: { hub: { role: 'server' }, send: { role: 'load' }, recv: { role: 'load' } },
  workloads: [
    { kind: 'publish', name: 'pub', on: 'send', to: 'hub', subject: 'x', payload, arrivals: { kind: 'flood' } },
    { kind: 'subscribe', name: 'sub', on: 'recv', to: 'hub', subject: 'x' },
  ],
})
test.each([
  [
    { bytes: 128, smaller: [{ bytes: 128, share: 0.5 }] },
    "smaller.0.bytes must be below the payload's bytes (128), got 128",
  ],
  [
    { bytes: 128, smaller: [{ bytes: 20, to: 128, share: 0.5 }] },
    "smaller.0.to must be below the payload's bytes (128), got 128",
  ],
  [
    { bytes: 128, smaller: [{ bytes: 40, to: 20, share: 0.5 }] },
    "smaller.0.to must be at least the part's own bytes (40), got 20",
  ],
  [
    { bytes: 128, smaller: [{ bytes: 8, share: 0.5 }] },
    'smaller.0.bytes must be a whole number of bytes from 16 to 67108864, got 8',
  ],
  [{ bytes: 128, smaller: [{ bytes: 16, share: 0 }] }, 'smaller.0.share must be a share above 0, up to 1, got 0'],
  [
    {
      bytes: 128,
      smaller: [
        { bytes: 16, share: 0.7 },
        { bytes: 32, share: 0.6 },
      ],
    },
    'smaller must have shares of at most 1 together, not 1.3, got a list of 2',
  ],
])('%j: %s', (payload, problem) => {
  expect(problemsOf(scenarioWith(payload))).toContain(`workloads.pub.payload.${problem}`)
})

test('shares of a third and its like may be all', () => {
  const third = { share: 1 / 3 }
  const smaller = [16, 17, 18].map((bytes) => ({ bytes, ...third }))
  expect(problemsOf(scenarioWith({ bytes: 128, smaller }))).toEqual([])
})

test('sizes are said, and their mean is known', () => {
  const sizes = {
    bytes: 65_536,
    smaller: [
      { bytes: 128, share: 0.9 },
      { bytes: 256, to: 1024, share: 0.05 },
    ],
  }
  expect(sizeWords(sizes)).toBe('65536 B (90 % 128 B, 5 % 256 to 1024 B)')
  expect(meanBytes(sizes)).toBe(Math.round(0.9 * 128 + 0.05 * 640 + 0.05 * 65_536))
  expect([sizeWords({ bytes: 128 }), meanBytes({ bytes: 128 })]).toEqual(['128 B', 128])
})

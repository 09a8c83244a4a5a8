import { expect, it } from 'vitest'
import { secondsOf } from './store-look.ts'

it.each([
  [['64+0 records in', '64+0 records out', '262144 bytes (262 kB, 256 KiB) copied, 0.116339 s, 1.1 MB/s'], 0.116339],
  [['262144 bytes (262 kB) copied, 8.1e-05 s, 3.2 GB/s'], 0.000081],
  [['64+0 records in', '262144 bytes transferred in 0.004113 secs (63735132 bytes/sec)'], 0.004113],
  [['dd: unknown operand'], undefined],
  [[], undefined],
])('%j', (lines, seconds) => {
  expect(secondsOf(lines)).toBe(seconds)
})

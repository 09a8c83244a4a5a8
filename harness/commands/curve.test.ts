import { tmpdir } from 'node:os'
import { expect, it } from 'vitest'
import { benchHere } from '../../fixtures/testing/bench-here.ts'

it.each(['0ms', '1ns', '10', ''])('a limit of %j is refused before anything is built', async (limit) => {
  const { status, err } = await benchHere(tmpdir(), 'curve', 'one-to-one', '--limit', limit)
  expect(status).toBe(64)
  expect(err).toContain('--limit must be a duration such as 10ms, of at least 1us')
})

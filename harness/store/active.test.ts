import type * as Files from 'node:fs/promises'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { addActive, listActive } from './active.ts'

const open = { now: 0, most: 0 }
vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof Files>()
  const readFile = async (path: string): Promise<string> => {
    open.now++
    open.most = Math.max(open.most, open.now)
    return real.readFile(path, 'utf8').finally(() => open.now--)
  }
  return { ...real, readFile }
})

test('entries are read one after the other: there may be more than a process may open at once', async () => {
  const state = await mkdtemp(join(tmpdir(), 'active-'))
  onTestFinished(() => rm(state, { recursive: true }))
  const runs = ['a', 'b', 'c'].map((name) => `20261124-061500-${name}-aaaa`)
  const rest = { folder: '/x', host: 'local', directory: '/y', settings: {}, pid: 1, start: 'a' }
  for (const run of runs) await addActive(state, { ...rest, run, substrate: 'process' })
  expect((await listActive(state)).map(({ run }) => run)).toEqual(runs)
  expect(open.most).toBe(1)
})

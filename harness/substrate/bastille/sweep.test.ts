import { BenchError } from '../../model/error.ts'
import { expect, test } from 'vitest'
import type { JournalEntry } from '../../model/journal.ts'
import type { Removal } from './remove.ts'
import { sweepEntries } from './sweep.ts'
import { recordedHost } from './transcript-under-test.ts'

const home = {
  config: '',
  prefix: '',
  jails: '/j',
  logs: '',
  releases: '',
  interface: 'bastille0',
  vnetType: 'if_bridge',
  addressTable: 'jails',
}
const rule = (id: number): JournalEntry => ({
  id,
  kind: 'rctl',
  name: `jail:njk3f90${id}:vmemoryuse:deny=2147483648`,
  detail: {},
})

test('an interrupted sweep names what could not be removed before', async () => {
  const interrupt = new AbortController()
  const host = recordedHost(() => {
    interrupt.abort()
    throw new BenchError('os', 'rctl must answer')
  })
  const nothing = () => Promise.reject(new Error('not asked'))
  const bastille = { call: nothing, exclusively: nothing, hold: nothing, calls: () => 0 }
  const removal: Removal = { host, home, bastille, destroyWords: [], say: () => undefined }
  await expect(sweepEntries(removal, [rule(1), rule(2)], interrupt.signal)).rejects.toMatchObject({
    code: 'interrupted',
    lines: [expect.stringContaining('rctl must answer')],
  })
})

test('an interrupt ends a sweep between two entries, and what is left stays for the next one', async () => {
  const interrupt = new AbortController()
  const asked: string[] = []
  const host = recordedHost((command) => {
    asked.push(command)
    interrupt.abort()
    return { stdout: '' }
  })
  const nothing = () => Promise.reject(new Error('not asked'))
  const bastille = { call: nothing, exclusively: nothing, hold: nothing, calls: () => 0 }
  const removal: Removal = { host, home, bastille, destroyWords: [], say: () => undefined }
  await expect(sweepEntries(removal, [rule(1), rule(2)], interrupt.signal)).rejects.toMatchObject({
    code: 'interrupted',
    hint: 'run "pnpm bench sweep" again',
  })
  expect(new Set(asked)).toEqual(new Set(['rctl jail:njk3f901']))
})

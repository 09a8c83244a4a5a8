import { copyFile, mkdir, mkdtemp, readFile, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { sampleReport } from '../../fixtures/reports/build.ts'
import { humps } from '../../fixtures/reports/humps.ts'
import { historyEntry } from '../report/history-entry.ts'
import { readHistory, saveHistory } from './history.ts'

const run = '20260101-000000-base-abce'

async function folder(): Promise<string> {
  const made = await mkdtemp(join(tmpdir(), 'history-'))
  onTestFinished(() => rm(made, { recursive: true }))
  await saveHistory(made, { ...historyEntry(sampleReport({ histogram: humps }), 'x'), run })
  return made
}

it.each([
  ['', 'nothing'],
  ['null', 'null'],
  ['[]', 'a list'],
  ['{"schema":1,"metrics":[]}', 'an entry that lacks members'],
  ['{"schema":1,"run":"x"', 'a torn file'],
  ['<<<<<<< HEAD\n{}\n', 'the marks of a conflict'],
])('names a broken entry and reads the others: %j, %s', async (text) => {
  const root = await folder()
  await writeFile(join(root, 'history', '20260101-000000-base-abcd.json'), text)
  const { entries, broken } = await readHistory(root)
  expect(entries.map((entry) => entry.run)).toEqual([run])
  expect(broken).toHaveLength(1)
  expect(broken[0]).toContain('20260101-000000-base-abcd.json must be an entry of schema 1')
})

it('tells an entry of another version from a broken one: nobody should remove it', async () => {
  const root = await folder()
  await writeFile(join(root, 'history', '20260101-000000-base-abcd.json'), '{"schema":2}')
  await writeFile(join(root, 'history', '20260101-000000-base-abcf.json'), '<<<<<<< HEAD')
  expect((await readHistory(root)).broken).toEqual([
    expect.stringMatching(/is an entry of schema 2, this harness reads schema 1; it is left out$/),
    expect.stringContaining('must be an entry of schema 1, got no JSON'),
  ])
})

it('names the first five of many broken entries, and counts the others', async () => {
  const root = await folder()
  for (let i = 0; i < 9; i++) await writeFile(join(root, 'history', `20260101-00000${i}-base-abcd.json`), '')
  const { entries, broken } = await readHistory(root)
  expect(entries).toHaveLength(1)
  expect(broken).toHaveLength(6)
  expect(broken[5]).toBe(`4 more files of ${join(root, 'history')} cannot be used either`)
})

it('names an entry whose time is no time', async () => {
  const root = await folder()
  const path = join(root, 'history', `${run}.json`)
  await writeFile(path, (await readFile(path, 'utf8')).replace(/"at":"[^"]*"/, '"at":"2026-02-30T99:00:00Z"'))
  expect((await readHistory(root)).broken).toEqual([expect.stringContaining('must be an entry of schema 1')])
})

it('names an entry that cannot be read', async () => {
  const root = await folder()
  await mkdir(join(root, 'history', '20260101-000000-base-abcd.json'))
  expect((await readHistory(root)).broken[0]).toContain('cannot be read')
})

it('names an entry that is far too large, and a link that leads nowhere', async () => {
  const root = await folder()
  const at = (tag: string) => join(root, 'history', `20260101-000000-base-${tag}.json`)
  await writeFile(at('abcd'), '')
  await truncate(at('abcd'), 1024 ** 3)
  await symlink(at('abcf'), at('abcf'))
  const { entries, broken } = await readHistory(root)
  expect(entries).toHaveLength(1)
  expect(broken).toEqual([expect.stringContaining('at most 16 MiB'), expect.stringContaining('ELOOP')])
})

it('does not count a run twice that was copied under another name', async () => {
  const root = await folder()
  const at = (name: string) => join(root, 'history', `${name}.json`)
  await copyFile(at(run), at('20260102-000000-base-abce'))
  const { entries, broken } = await readHistory(root)
  expect(entries.map((entry) => entry.run)).toEqual([run])
  expect(broken).toEqual([expect.stringContaining('must be of the run it is named after, got a copy of another')])
})

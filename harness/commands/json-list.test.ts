/** `--json` prints a list, whatever the command. */
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { sampleReport } from '../../fixtures/reports/build.ts'
import { benchHere } from '../../fixtures/testing/bench-here.ts'
import { historyEntry } from '../report/history-entry.ts'
import { json } from '../report/json.ts'
import { root } from '../run.ts'
import { saveHistory } from '../store/history.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'json-'))
  await mkdir(join(folder, 'reports'))
  await writeFile(join(folder, 'report.json'), json(sampleReport()))
  await saveHistory(join(folder, 'reports'), {
    ...historyEntry(sampleReport(), 'x'),
    run: '20261124-060000-sample-ab12',
  })
})
afterAll(() => rm(folder, { recursive: true }))

it.each([
  ['list'],
  ['doctor'],
  ['compare', 'report.json', 'report.json'],
  ['history'],
  ['plan', join(root, 'scenarios/first/one-to-one.ts'), '--on', 'process'],
])('%s prints a list, and nothing else', async (...words) => {
  const { out, err } = await benchHere(folder, ...words, '--json')
  expect(JSON.parse(out), err).toBeInstanceOf(Array)
  expect((JSON.parse(out) as readonly unknown[]).length).toBeGreaterThan(0)
})

it('is written by one function', async () => {
  const names = (await readdir(import.meta.dirname)).filter((name) => name.endsWith('.ts') && !name.includes('.test.'))
  const texts = await Promise.all(
    names.map(async (name) => [name, await readFile(join(import.meta.dirname, name), 'utf8')] as const),
  )
  expect(texts.filter(([, text]) => /json === true[^]{0,40}JSON\.stringify/.test(text)).map(([name]) => name)).toEqual(
    [],
  )
  expect(
    texts.filter(([, text]) => text.includes("option('--json'") && !text.includes('jsonList(')).map(([name]) => name),
  ).toEqual([])
})

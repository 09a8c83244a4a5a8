import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test as base, vi } from 'vitest'
import { keptScripts } from './strip-cache.ts'

// eslint-disable-next-line no-empty-pattern -- vitest reads from the pattern which fixtures this one needs
const test = base.extend('folder', async ({}, { onCleanup }) => {
  const folder = await mkdtemp(join(tmpdir(), 'strip-cache-'))
  onCleanup(() => rm(folder, { recursive: true }))
  return folder
})

const sources = new Map([['a.ts', 'let a: number']])
const maker = () => vi.fn((of: ReadonlyMap<string, string>) => Promise.resolve({ 'a.js': `js of ${of.get('a.ts')}` }))

test('scripts are made once for the same sources', async ({ folder }) => {
  const make = maker()
  const first = await keptScripts(folder, sources, make, ['v1'])
  expect(await keptScripts(folder, new Map(sources), make, ['v1'])).toEqual(first)
  expect(make).toHaveBeenCalledTimes(1)
  expect(await keptScripts(folder, new Map([['a.ts', 'let b: number']]), make, ['v1'])).toEqual({
    'a.js': 'js of let b: number',
  })
  expect(await readdir(folder)).toEqual(['agent.json'])
})

test.for(['', '{"of":1}', '{"of":"x","scripts":{"a.js":7}}'])(
  'a file with %j is made anew',
  async (text, { folder }) => {
    await writeFile(join(folder, 'agent.json'), text)
    const make = maker()
    await keptScripts(folder, sources, make, ['v1'])
    await keptScripts(folder, sources, make, ['v1'])
    expect(make).toHaveBeenCalledTimes(1)
  },
)

test('another way to make them makes them anew', async ({ folder }) => {
  const make = maker()
  for (const by of [['v1'], ['v2'], ['v2']]) await keptScripts(folder, sources, make, by)
  expect(make).toHaveBeenCalledTimes(2)
})

test('without a folder, or with one that cannot be written, they are made each time', async ({ folder }) => {
  const make = maker()
  for (const each of [undefined, undefined, join(folder, 'none'), join(folder, 'none')]) {
    expect(await keptScripts(each, sources, make, ['v1'])).toEqual({ 'a.js': 'js of let a: number' })
  }
  expect(make).toHaveBeenCalledTimes(4)
})

import { execFileSync } from 'node:child_process'
import { constants } from 'node:fs'
import { mkdtemp, open, readFile, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { sampleReport } from '../../fixtures/reports/build.ts'
import { benchHere } from '../../fixtures/testing/bench-here.ts'
import { json } from '../report/json.ts'
import { withFiles } from './asked-files.ts'

async function place(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'asked-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  await writeFile(join(folder, 'ours.json'), json(sampleReport()))
  await writeFile(join(folder, 'old.html'), 'old')
  return folder
}

it.each([
  'check one-to-one --base 2.15.1 --head 2.15.2 --markdown no/x.md',
  'check one-to-one --base 2.15.1 --head 2.15.2 --markdown x.md --junit no/x.xml',
  'compare ours.json ours.json --html no/x.html',
])('opens the files asked for before anything is done: %s', async (words) => {
  const folder = await place()
  const { status, out, err } = await benchHere(folder, ...words.split(' '))
  expect({ status, out }).toEqual({ status: 73, out: '' })
  expect(err).toMatch(/^error: --(markdown|junit|html) must name a file that can be written, got ENOENT/)
  expect((await readdir(folder)).sort()).toEqual(['old.html', 'ours.json'])
})

it('puts something in the place of an old file only when there is something to put', async () => {
  const folder = await place()
  const compare = (...words: readonly string[]) => benchHere(folder, 'compare', 'ours.json', ...words)
  expect((await compare('none', '--html', 'old.html')).status).toBe(66)
  expect(await readFile(join(folder, 'old.html'), 'utf8')).toBe('old')
  expect((await compare('ours.json', '--html', 'old.html')).status).toBe(0)
  expect(await readFile(join(folder, 'old.html'), 'utf8')).toMatch(/^<!doctype html>/i)
})

/** Status and first line, where a report is compared with itself into that file. */
async function comparedInto(folder: string, html: string) {
  const { status, err } = await benchHere(folder, 'compare', 'ours.json', 'ours.json', '--html', html)
  return { status, err: err.split('\n')[0] }
}

it('does not wait for somebody to read a pipe: nothing could end that', async () => {
  const folder = await place()
  execFileSync('mkfifo', [join(folder, 'pipe')])
  expect(await comparedInto(folder, 'pipe')).toEqual({
    status: 73,
    err: 'error: --html must name a file that can be written, got a pipe that nobody reads',
  })
})

it('writes into a pipe that somebody reads', async () => {
  const folder = await place()
  execFileSync('mkfifo', [join(folder, 'pipe')])
  const reader = await open(join(folder, 'pipe'), constants.O_RDONLY | constants.O_NONBLOCK)
  await withFiles(folder, { '--html': 'pipe' }, (write) => write('--html', () => 'the page'))
  expect((await reader.read(Buffer.alloc(100))).bytesRead).toBe('the page'.length)
  await reader.close()
})

it('calls an empty word that, not the folder that it would be', async () => {
  expect(await comparedInto(await place(), '')).toEqual({
    status: 64,
    err: 'error: --html must be a file, got an empty word',
  })
})

it('puts no comparison in the place of what is compared', async () => {
  const folder = await place()
  const before = await readFile(join(folder, 'ours.json'), 'utf8')
  const { status, err } = await benchHere(folder, 'compare', 'ours.json', 'ours.json', '--html', './ours.json')
  expect({ status, err }).toEqual({
    status: 64,
    err: 'error: --html must name a file that is not compared, got ./ours.json\n',
  })
  expect(await readFile(join(folder, 'ours.json'), 'utf8')).toBe(before)
})

it('makes no text that nobody asked for', async () => {
  const folder = await place()
  const made: string[] = []
  await withFiles(folder, { '--a': 'a', '--b': undefined }, async (write) => {
    for (const option of ['--a', '--b']) {
      await write(option, () => {
        made.push(option)
        return option
      })
    }
  })
  expect(made).toEqual(['--a'])
  expect(await readFile(join(folder, 'a'), 'utf8')).toBe('--a')
})

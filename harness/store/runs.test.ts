import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, it, onTestFinished } from 'vitest'
import { listBaselines, readBaseline } from './baselines.ts'
import { findRun } from './runs.ts'

const run = '20260101-000000-base-abce'

it('a folder that cannot be looked into keeps nobody from the other runs', async () => {
  const root = await mkdtemp(join(tmpdir(), 'runs-'))
  onTestFinished(() => rm(root, { recursive: true }))
  await mkdir(join(root, run))
  await writeFile(join(root, run, 'recording.ndjson'), '{}\n')
  const loop = join(root, '20260102-000000-base-abcf')
  await symlink(loop, loop)
  expect(await findRun('latest', root)).toEqual({ run, path: join(root, run) })
})

it('of a run that is not there the hint says where the others are named: lines stand above it', async () => {
  const root = await mkdtemp(join(tmpdir(), 'runs-'))
  onTestFinished(() => rm(root, { recursive: true }))
  await mkdir(join(root, run))
  await writeFile(join(root, run, 'recording.ndjson'), '{}\n')
  await expect(findRun('20260102', root)).rejects.toMatchObject({
    hint: 'the newest runs are listed above',
    lines: [run],
  })
})

it('a baseline that is a folder is said to be no file', async () => {
  const root = await mkdtemp(join(tmpdir(), 'baseline-'))
  onTestFinished(() => rm(root, { recursive: true }))
  await expect(readBaseline(root)).rejects.toMatchObject({
    code: 'io',
    message: `baseline ${root} must be a file that can be read, got a folder`,
  })
})

it('a baseline that is a pipe is refused, where reading it would never end', async () => {
  const root = await mkdtemp(join(tmpdir(), 'baseline-'))
  onTestFinished(() => rm(root, { recursive: true }))
  const path = join(root, 'pipe.json')
  execFileSync('mkfifo', [path])
  await expect(readBaseline(path)).rejects.toMatchObject({
    code: 'io',
    message: `baseline ${path} must be a file that can be read, got a pipe`,
  })
})

it('baselines that cannot be listed are not said to be none; a file beside the folders of hosts is passed over', async () => {
  const root = await mkdtemp(join(tmpdir(), 'baseline-'))
  onTestFinished(() => rm(root, { recursive: true }))
  expect(await listBaselines(root)).toEqual([])
  const folder = join(root, 'baselines')
  await writeFile(folder, '')
  await expect(listBaselines(root)).rejects.toThrow(`folder ${folder} must be readable, got ENOTDIR`)
  await rm(folder)
  await mkdir(join(folder, 'vm'), { recursive: true })
  await writeFile(join(folder, 'README.md'), '')
  await writeFile(join(folder, 'vm', 'x.json'), '{}')
  expect(await listBaselines(root)).toMatchObject([{ host: 'vm', scenario: 'x' }])
  await symlink('loop', join(folder, 'loop'))
  await expect(listBaselines(root)).rejects.toThrow(`folder ${join(folder, 'loop')} must be readable, got ELOOP`)
})

it('a baseline that is packed is said to be packed', async () => {
  const root = await mkdtemp(join(tmpdir(), 'baseline-'))
  onTestFinished(() => rm(root, { recursive: true }))
  const path = join(root, 'base.json')
  await writeFile(path, gzipSync('{}'))
  await expect(readBaseline(path)).rejects.toThrow('base.json must be text, it is compressed (gzip)')
})

it('a folder that is named and holds no recording is said to hold none, not to be missing among the runs', async () => {
  const root = await mkdtemp(join(tmpdir(), 'runs-'))
  onTestFinished(() => rm(root, { recursive: true }))
  const folder = join(root, 'a')
  const recording = join(folder, 'recording.ndjson')
  const said = (got: string) => `folder ${folder} must hold a run's recording.ndjson, got ${got}`
  await mkdir(folder)
  await expect(findRun(folder, root)).rejects.toThrow(said('none'))
  await writeFile(recording, '')
  await expect(findRun(folder, root)).rejects.toThrow(said('an empty file'))
  await rm(recording)
  execFileSync('mkfifo', [recording])
  await expect(findRun(folder, root)).rejects.toThrow(said('a pipe'))
  await expect(findRun(recording, root)).rejects.toThrow(`run ${recording} must be a folder, got a pipe`)
})

it('a stored run whose recording cannot be read is named with what is wrong, and called missing by nobody', async () => {
  const root = await mkdtemp(join(tmpdir(), 'runs-'))
  onTestFinished(() => rm(root, { recursive: true }))
  const folder = join(root, run)
  const recording = join(folder, 'recording.ndjson')
  const said = (got: string) => `recording.ndjson of ${folder} must be a readable recording, got ${got}`
  await mkdir(folder)
  for (const ref of [run, 'latest', 'abce', '20260101', folder])
    await expect(findRun(ref, root)).rejects.toThrow(said('none'))
  await writeFile(recording, '')
  await expect(findRun(run, root)).rejects.toMatchObject({
    message: said('an empty file'),
    hint: 'export and compare can read its report.json, if it has one; otherwise remove the folder',
  })
  await rm(recording)
  await symlink(join(root, 'nowhere'), recording)
  await expect(findRun(run, root)).rejects.toThrow(said('a link that leads nowhere'))
  await rm(recording)
  await symlink(recording, recording)
  await expect(findRun(run, root)).rejects.toMatchObject({
    message: said('ELOOP'),
    hint: 'a link of the path leads to itself; remove it or choose another folder with --out',
  })
  await rm(recording)
  await mkdir(recording)
  await expect(findRun(run, root)).rejects.toThrow(said('a folder'))
  await expect(findRun('latest', root)).rejects.toThrow(said('a folder'))
})

it('of two runs that begin alike the one that can be read is meant; two that cannot be read are two', async () => {
  const root = await mkdtemp(join(tmpdir(), 'runs-'))
  onTestFinished(() => rm(root, { recursive: true }))
  const other = '20260101-000001-base-abcf'
  await mkdir(join(root, run))
  await mkdir(join(root, other))
  await expect(findRun('2026', root)).rejects.toThrow('run "2026" must be one run, got 2')
  await writeFile(join(root, run, 'recording.ndjson'), '{}\n')
  expect(await findRun('2026', root)).toEqual({ run, path: join(root, run) })
})

it.each(['/nope.csv', 'some/folder', 'report.json', 'nats.txt'])(
  'the path %s, which is not there, is said to be no run of ours',
  async (ref) => {
    await expect(findRun(ref, tmpdir(), '/here')).rejects.toThrow(
      `file or folder ${resolve('/here', ref)} must exist, got none`,
    )
  },
)

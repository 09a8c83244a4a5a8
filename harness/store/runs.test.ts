import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
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

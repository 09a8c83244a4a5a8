import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { readBaseline } from './baselines.ts'
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
    message: `baseline ${root} must be a file that can be read, got EISDIR`,
  })
})

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test as base } from 'vitest'
import { localHost } from '../host/local.ts'
import { openJournal, readJournal } from '../store/journal.ts'
import { slowDevice, slowLimits, slowRemovers } from './slow-device.ts'

const host = localHost()

/** A plain file in place of the kernel's file: it holds what was last written to it. */
// eslint-disable-next-line no-empty-pattern -- vitest reads from the pattern which fixtures this one needs
const test = base.extend('made', async ({}, { onCleanup }) => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-slow-'))
  const limit = join(folder, 'limit')
  await writeFile(limit, '')
  const path = join(folder, 'journal.ndjson')
  const journal = await openJournal(path, 'r')
  onCleanup(async () => {
    await journal.close()
    await rm(folder, { recursive: true })
  })
  const device = slowDevice({
    host,
    node: 'hub',
    run: 'r',
    journal,
    limits: [limit],
    device: () => Promise.resolve('7:3'),
  })
  return { device, limit, path, says: async () => (await readFile(limit, 'utf8')).trim() }
})

test('a device is slow, is in the journal meanwhile, and is quick again', async ({ made }) => {
  await made.device.slow(20)
  expect(await made.says()).toBe('7:3 20')
  expect((await readJournal(made.path)).open).toMatchObject([{ kind: 'slow-device', name: '7:3' }])
  await made.device.quick()
  expect(await made.says()).toBe('7:3 0')
  expect((await readJournal(made.path)).open).toEqual([])
})

test('a sweep lifts the limit of the journal, and none of somebody else', async ({ made }) => {
  await made.device.slow(20)
  const { open } = await readJournal(made.path)
  const sweep = () => slowRemovers['slow-device']?.(open, { host, table: undefined as never, run: 'r' })
  await writeFile(made.limit, '7:3 50\n')
  await sweep()
  expect(await made.says()).toBe('7:3 50')
  await writeFile(made.limit, '7:3 20\n')
  await sweep()
  expect(await made.says()).toBe('7:3 0')
})

test('a device that has a limit is refused', async ({ made }) => {
  await writeFile(made.limit, '7:3 50\n')
  await expect(made.device.slow(20)).rejects.toMatchObject({ code: 'busy' })
  await made.device.quick()
  expect(await made.says()).toBe('7:3 50')
})

const answers = (files: Readonly<Record<string, string>>): typeof host => ({
  ...host,
  run: ([program = '', ...words]) =>
    Promise.resolve({
      status: program === 'test' && !(words.at(-1)! in files) ? 1 : 0,
      stdout: program === 'cat' ? (files[words[0] ?? ''] ?? '') : '',
      stderr: '',
    }),
})

const file = 'blkio.throttle.write_iops_device'
const v1 = 'cgroup /sys/fs/cgroup/blkio cgroup rw,blkio 0 0\n'

test.for([
  ['the top alone, where programs are in it', v1, '7:blkio:/\n0::/\n', [`/sys/fs/cgroup/blkio/${file}`]],
  [
    'the top and the group of the programs',
    v1,
    '7:cpu,blkio:/a\n',
    [`/sys/fs/cgroup/blkio/${file}`, `/sys/fs/cgroup/blkio/a/${file}`],
  ],
] as const)('limits are %s', async ([, mounts, groups, wanted]) => {
  const there = Object.fromEntries(wanted.map((path) => [path, '']))
  expect(
    await slowLimits(answers({ '/proc/self/mounts': mounts, '/proc/self/cgroup': groups, ...there }), 'Linux'),
  ).toEqual(wanted)
})

test.for([
  ['cgroup v2', 'cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n', /leave out what the kernel itself writes/],
  ['files that cannot be written', v1, /blkio\/blkio\.throttle\.write_iops_device, which is not there/],
] as const)('%s is no ground for a slow disk, and says so', async ([, mounts, why]) => {
  expect(
    await slowLimits(answers({ '/proc/self/mounts': mounts, '/proc/self/cgroup': '7:blkio:/\n' }), 'Linux'),
  ).toMatch(why)
})

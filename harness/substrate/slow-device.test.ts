import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { expect, test as base } from 'vitest'
import { localHost } from '../host/local.ts'
import { openJournal, readJournal } from '../store/journal.ts'
import { slowDevice, slowLimits, slowRemovers } from './slow-device.ts'

const host = localHost()

/** Plain files in place of the kernel's files: they hold what was last written to them. */
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
  const deviceOf = (file: string) =>
    slowDevice({ host, node: 'hub', run: 'r', journal, limits: [file], device: () => Promise.resolve('7:3') })
  return { device: deviceOf(limit), deviceOf, limit, path, says: async () => (await readFile(limit, 'utf8')).trim() }
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

test('in cgroup v2 the limit is one of four words of a line, and the others count as limits too', async ({ made }) => {
  const limit = join(dirname(made.limit), 'io.max')
  const says = async () => (await readFile(limit, 'utf8')).trim()
  const device = made.deviceOf(limit)
  await writeFile(limit, '7:3 rbps=1000 wbps=max riops=max wiops=max\n')
  await expect(device.slow(20)).rejects.toThrow(/got rbps=1000 of somebody else/)
  await writeFile(limit, '7:1 rbps=max wbps=max riops=max wiops=20\n')
  await device.slow(20)
  expect(await says()).toBe('7:3 wiops=20')
  await writeFile(limit, '7:3 rbps=max wbps=max riops=max wiops=20\n')
  await device.quick()
  expect(await says()).toBe('7:3 wiops=max')
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
const v2 = 'cgroup2 /sys/fs/cgroup cgroup2 rw 0 0\n'

test.for([
  ['the top alone, where programs are in it', v1, '7:blkio:/\n0::/\n', [`/sys/fs/cgroup/blkio/${file}`]],
  [
    'the top and the group of the programs',
    v1,
    '7:cpu,blkio:/a\n',
    [`/sys/fs/cgroup/blkio/${file}`, `/sys/fs/cgroup/blkio/a/${file}`],
  ],
  ['of cgroup v1 where both are there', `${v2}${v1}`, '7:blkio:/\n0::/a\n', [`/sys/fs/cgroup/blkio/${file}`]],
  ['the first group below the top, in cgroup v2', v2, '0::/user.slice/b.scope\n', ['/sys/fs/cgroup/user.slice/io.max']],
] as const)('limits are %s', async ([, mounts, groups, wanted]) => {
  const there = Object.fromEntries(wanted.map((path) => [path, '']))
  expect(
    await slowLimits(answers({ '/proc/self/mounts': mounts, '/proc/self/cgroup': groups, ...there }), 'Linux'),
  ).toEqual(wanted)
})

test.for([
  ['no cgroup', '', '', /this host has neither/],
  ['the top group of cgroup v2', v2, '0::/\n', /`systemd-run --scope` makes one/],
  ['cgroup v2 without limits', v2, '0::/a/b\n', /cgroup\/a\/io\.max, which is not there .*`echo \+io > \/sys/],
  ['files that cannot be written', v1, '7:blkio:/\n', /blkio\/blkio\.throttle\.write_iops_device, which is not there/],
] as const)('%s is no ground for a slow disk, and says so', async ([, mounts, groups, why]) => {
  expect(await slowLimits(answers({ '/proc/self/mounts': mounts, '/proc/self/cgroup': groups }), 'Linux')).toMatch(why)
})

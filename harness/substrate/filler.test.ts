import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { localHost } from '../host/local.ts'
import { openJournal } from '../store/journal.ts'
import { filler } from './filler.ts'

/** Scripts find a `dd` that can write only from call number `takes` on, and in call `once`, as where freed blocks come back late. Their calls are recorded. */
async function filled(takes: number, once = 0) {
  const folder = await mkdtemp(join(tmpdir(), 'bench-filler-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const calls = join(folder, 'calls')
  const program = async (name: string, text: string) => {
    await writeFile(join(folder, name), `#!/bin/sh\necho ${name} >>"${calls}"\n${text}\n`)
    await chmod(join(folder, name), 0o755)
  }
  await program('dd', `n=$(grep -c dd "${calls}"); [ "$n" -ge ${takes} ] || [ "$n" -eq ${once} ]`)
  await program('sync', ':')
  // A `df` that says the disk is full, so that nothing of the machine's own disk is taken.
  await writeFile(join(folder, 'df'), '#!/bin/sh\necho head; echo d 1 1 0 100% /\n')
  await chmod(join(folder, 'df'), 0o755)
  const journal = await openJournal(join(folder, 'journal.ndjson'), 'r')
  onTestFinished(() => journal.close())
  const script = async (text: string, words: readonly string[]) => {
    const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}` }
    const { status, stderr } = await localHost().run(['sh', '-c', text, 'sh', ...words], { accept: 'any', env })
    return { status, said: stderr }
  }
  const disk = filler({ node: 'hub', run: 'r', journal, path: folder, script })
  return { disk, journal, calls: async () => (await readFile(calls, 'utf8')).trim().split('\n') }
}

it('a disk that has its room back only when it was synced is synced until it has', async () => {
  // `fill` calls `dd` twice: for the file, and for the write that must fail.
  const { disk, journal, calls } = await filled(5)
  await disk.fill()
  await disk.drain()
  expect(await calls()).toEqual(['dd', 'dd', 'dd', 'sync', 'dd', 'sync', 'dd'])
  expect(journal.open()).toEqual([])
})

it('room that comes back after the disk was filled, as on UFS of a real FreeBSD under a server, is taken too', async () => {
  const { disk, journal, calls } = await filled(5, 2)
  await disk.fill()
  expect(await calls()).toEqual(['dd', 'dd', 'sync', 'dd', 'dd'])
  expect(journal.open()).toHaveLength(1)
})

it('a disk that is never full is said to be that', async () => {
  const { disk, journal } = await filled(0)
  await expect(disk.fill()).rejects.toThrow('disk of node hub must be full, got one that still took 64 KiB')
  expect(journal.open()).toEqual([])
})

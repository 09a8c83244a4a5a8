/** A real disk of its own for a node: what a crash of the operating system loses and what it keeps; a full disk; its sweep. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, test as base } from 'vitest'
import { localHost } from '../host/local.ts'
import { openJournal } from '../store/journal.ts'
import { makeDisk, whyNoDisk, type Disk } from './disk.ts'
import { slowLimits } from './slow-device.ts'

const host = localHost()
const { os } = await host.facts()
const why = await whyNoDisk(host, os)
const limits = why ?? (await slowLimits(host, 'Linux'))
const bytes = 32 * 1024 ** 2

interface Made {
  readonly disk: Disk
  /** Writes a file on the disk, with fsync or without → the status of the command. */
  readonly write: (name: string, how: 'synced' | 'unsynced') => Promise<number>
  /** Size of the file in bytes; 0 where it does not exist. */
  readonly size: (name: string) => Promise<number>
}

// eslint-disable-next-line no-empty-pattern -- vitest reads from the pattern which fixtures this one needs
const test = base.extend('made', async ({}, { onCleanup }): Promise<Made> => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-disk-'))
  const journal = await openJournal(join(folder, 'journal.ndjson'), 'r')
  const path = join(folder, 'store')
  const image = join(folder, 'hub.img')
  const more = typeof limits === 'string' ? {} : { limits }
  const disk = await makeDisk({ host, node: 'hub', run: 'r', journal, path, image, bytes, ...more })
  onCleanup(async () => {
    await disk.remove()
    await journal.close()
    await rm(folder, { recursive: true })
  })
  return {
    disk,
    write: async (name, how) => {
      const words = ['dd', 'if=/dev/zero', `of=${join(path, name)}`, 'bs=4096', 'count=16']
      return (await host.run([...words, ...(how === 'synced' ? ['conv=fsync'] : [])], { accept: 'any' })).status
    },
    size: async (name) => {
      const { stdout } = await host.run(['stat', '-c', '%s', join(path, name)], { accept: 'any' })
      return Number(stdout.trim())
    },
  }
})

describe.runIf(why === undefined)(`a disk of its own${why === undefined ? '' : ` (not here: ${why})`}`, () => {
  test('keeps through a crash what was synced, and nothing else; also a second time', async ({ made, expect }) => {
    const { disk, write, size } = made
    for (const turn of ['first', 'second']) {
      await write(`${turn}-synced`, 'synced')
      await write(`${turn}-unsynced`, 'unsynced')
      expect(await size(`${turn}-unsynced`)).toBe(65_536)
      await disk.crash()
      expect(await size(`${turn}-synced`)).toBe(65_536)
      expect(await size(`${turn}-unsynced`)).toBe(0)
    }
    await write('settled', 'unsynced')
    await disk.settle()
    await disk.crash()
    expect(await size('settled')).toBe(65_536)
  })

  test('can be written after a crash while another program holds the crashed one', async ({ made, expect }) => {
    const { disk, write, size } = made
    await write('synced', 'synced')
    // Like a container or `ip netns exec` that was started while the disk was mounted: it has its own copy of the mounts.
    const words = ['-m', '--propagation', 'private', 'sh', '-c', 'echo ready; read until_closed']
    const holder = spawn('unshare', words, { stdio: ['pipe', 'pipe', 'inherit'] })
    try {
      await once(holder.stdout, 'data')
      await disk.crash()
      expect(await write('after', 'synced')).toBe(0)
      expect(await size('synced')).toBe(65_536)
    } finally {
      holder.stdin.end()
      await once(holder, 'close')
    }
  })

  test('is full, and is not', async ({ made, expect }) => {
    const { disk, write } = made
    await disk.fill()
    expect(await write('a', 'unsynced')).not.toBe(0)
    await disk.drain()
    expect(await write('a', 'unsynced')).toBe(0)
  })

  test('hangs for whoever writes to it, and takes writes again', async ({ made, expect }) => {
    const { disk, write } = made
    await disk.freeze()
    const from = performance.now()
    const writing = write('hung', 'unsynced')
    try {
      await host.run(['sleep', '0.2'])
    } finally {
      await disk.thaw()
    }
    expect(await writing).toBe(0)
    expect(performance.now() - from).toBeGreaterThan(190)
    // It is removed while it hangs: it must be thawed first.
    await disk.freeze()
  })

  test.skipIf(typeof limits === 'string')(
    'is slow for every write that is synced, and is quick again',
    async ({ made, expect }) => {
      const { disk, write } = made
      const seconds = async () => {
        const from = performance.now()
        for (const name of ['a', 'b', 'c', 'd', 'e']) expect(await write(name, 'synced')).toBe(0)
        return (performance.now() - from) / 1000
      }
      await disk.slow?.(10)
      // Each file is several writes to the device: its data, and the kernel's writes to the journal, which cgroup v2 does not limit.
      expect(await seconds()).toBeGreaterThan(limits[0]?.endsWith('io.max') ? 0.3 : 1.5)
      await disk.quick?.()
      expect(await seconds()).toBeGreaterThan(0)
      for (const limit of limits) expect(await readFile(limit, 'utf8')).not.toMatch(/[ =]10$/m)
    },
  )
})

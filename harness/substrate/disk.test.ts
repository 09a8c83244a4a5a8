import { describe, expect, it } from 'vitest'
import type { Finished, Host } from '../host/host.ts'
import type { Journal, JournalEntry } from '../model/journal.ts'
import { diskRemovers, makeDisk, whyNoDisk } from './disk.ts'

const at = { path: '/run/hub/server/jetstream', image: '/run/hub.img' }
const mounted = (device = '/dev/loop3') => `proc /proc proc rw 0 0\n${device} ${at.path} ext4 rw 0 0\n`

/** A pretend host that remembers what is mounted; `answer` can replace what a command says. */
function made(
  answer: (command: string) => Partial<Finished> | undefined = () => undefined,
  is: readonly string[] = [],
) {
  const asked: string[] = []
  const open: string[] = []
  const mounts = [...is]
  let id = 0
  const usual = (command: string): Partial<Finished> => {
    if (command.startsWith('mount -t')) mounts.push(mounted())
    if (command.startsWith('umount')) mounts.pop()
    if (command === 'cat /proc/self/mounts') return { stdout: mounts.join('') }
    if (command.startsWith('losetup')) return { stdout: '/dev/loop3\n' }
    // A write after the crash fails.
    return command.includes('.bench-crashed') ? { status: 1 } : {}
  }
  const host = {
    name: 'here',
    run: (words: readonly string[]) => {
      const command = words.join(' ')
      asked.push(words[0] === 'sh' ? `sh ${words.slice(4).join(' ')}` : command)
      const { stdout = '', stderr = '', status = 0 } = { ...usual(command), ...answer(command) }
      return Promise.resolve({ stdout, stderr, status })
    },
  } as unknown as Host
  const journal = {
    will: (kind: string, name: string, detail = {}): Promise<JournalEntry> => {
      open.push(kind)
      return Promise.resolve({ id: ++id, kind, name, detail })
    },
    gone: ({ kind }: JournalEntry) => {
      open.splice(open.indexOf(kind), 1)
      return Promise.resolve()
    },
  } as unknown as Journal
  const disk = () => makeDisk({ host, node: 'hub', run: 'r', journal, ...at, bytes: 1024 })
  return { host, asked, open, disk, mounts }
}

describe('the disk of a node', () => {
  it('is journalled before it is there, has its room at once, and is gone when it is removed', async () => {
    const { disk, asked, open } = made()
    const found = await disk()
    expect(open).toEqual(['disk'])
    expect(asked).toEqual([
      `mkdir -p ${at.path}`,
      `fallocate -l 1024 ${at.image}`,
      `mkfs.ext4 -q -F -m 0 -E nodiscard ${at.image}`,
      `losetup --find --show ${at.image}`,
      `mount -t ext4 -o nosuid,nodev,errors=remount-ro /dev/loop3 ${at.path}`,
      'losetup --detach /dev/loop3',
    ])
    await found.remove()
    expect(asked).toContain(`umount ${at.path}`)
    expect(open).toEqual([])
  })

  it('that the host has no room for is refused, and nothing stays', async () => {
    const { disk, open } = made((command) =>
      command.startsWith('fallocate') ? { status: 1, stderr: 'No space' } : undefined,
    )
    await expect(disk()).rejects.toThrow('must have 1024 bytes of the host, got "No space"')
    expect(open).toEqual([])
  })

  it('crashes by the end of its journal, is unmounted and mounted again', async () => {
    const { disk, asked, mounts } = made()
    const found = await disk()
    await found.crash()
    const words = asked.filter((command) => /mount|flush/.test(command) && !command.startsWith('cat'))
    expect(words.slice(1).map((command) => command.split(' ').slice(0, 3).join(' '))).toEqual([
      'mount -o remount,abort',
      'blockdev --flushbufs /dev/loop3',
      `umount ${at.path}`,
      'mount -t ext4',
    ])
    expect(mounts).toHaveLength(1)
  })

  it('that still takes a write after its crash has not crashed', async () => {
    const { disk } = made((command) => (command.includes('.bench-crashed') ? { status: 0 } : undefined))
    const found = await disk()
    await expect(found.crash()).rejects.toThrow('must take nothing after its crash')
  })

  it('is filled with a journalled file, which goes again', async () => {
    const { disk, open } = made()
    const found = await disk()
    await found.fill()
    expect(open).toEqual(['disk', 'filler'])
    await found.drain()
    expect(open).toEqual(['disk'])
    await found.fill()
    await found.remove()
    expect(open).toEqual([])
  })

  it('that is not full after it was filled is named, and has its room back', async () => {
    const { disk, open } = made((command) => (command.includes('fallocate -o') ? { status: 1 } : undefined))
    const found = await disk()
    await expect(found.fill()).rejects.toThrow('disk of node hub must be full')
    expect(open).toEqual(['disk'])
  })
})

describe('the sweep of a disk', () => {
  const entry = { id: 1, kind: 'disk', name: at.path, detail: { image: at.image } }
  const sweep = ({ host }: { readonly host: Host }) => diskRemovers['disk']!([entry], { host, run: 'r' } as never)

  it('unmounts what is mounted from its own image, and is well where nothing is', async () => {
    const found = made(undefined, [mounted()])
    await sweep(found)
    expect(found.mounts).toEqual([])
    await sweep(found)
    expect(found.asked.filter((command) => command.startsWith('umount'))).toHaveLength(1)
    expect(found.asked.at(-1)).toBe('losetup --detach /dev/loop3')
  })

  it('leaves what another one has mounted there', async () => {
    const found = made(undefined, [mounted('/dev/sda1')])
    await expect(sweep(found)).rejects.toThrow('/dev/sda1, which is not in /run/hub.img')
    expect(found.mounts).toHaveLength(1)
  })

  it('names what stays', async () => {
    const found = made((command) =>
      command.startsWith('umount') ? { status: 32, stderr: 'target is busy' } : undefined,
    )
    await found.disk()
    found.mounts.push(mounted())
    await expect(sweep(found)).rejects.toThrow('must be unmounted, got "target is busy"')
  })
})

it('a host without disks of their own for nodes says what it lacks', async () => {
  const says = (stdout: string) => whyNoDisk({ run: () => Promise.resolve({ stdout, stderr: '', status: 0 }) }, 'Linux')
  expect(await says('ready\n')).toBeUndefined()
  expect(await says('mkfs.ext4\n')).toMatch(/missing: mkfs\.ext4$/)
  expect(await says('')).toMatch(/missing: an answer$/)
  expect(await whyNoDisk({} as Host, 'FreeBSD')).toContain('needs Linux here, this host is FreeBSD')
})

import { describe, expect, it } from 'vitest'
import type { Finished, Host } from '../../host/host.ts'
import type { Journal, JournalEntry } from '../../model/journal.ts'
import { makeMemoryDisk, memoryDiskKind, removeMemoryDisk, whyNoMemoryDisk } from './memory-disk.ts'
import { sweepEntries } from './sweep.ts'

const jail = 'njab1200'
const directory = `/jails/${jail}/root/var/natsbench`
const path = `${directory}/server/jetstream`
const bytes = 32 * 1024 ** 2
const others = 'md0\tswap\t   64M\t-\t-\t\nmd1\tswap\t   32M\t-\tnjab1201\t\n'

/** A host with two memory disks of somebody else; `answer` can replace what a command says. */
function made(answer: (command: string) => Partial<Finished> | undefined = () => undefined) {
  const asked: string[] = []
  const open: string[] = []
  let disk = ''
  let mounted = ''
  const usual = (command: string): Partial<Finished> => {
    if (command.startsWith('sh ')) return { stdout: '1000000000\n' }
    if (command.startsWith('mdconfig -a')) disk = `md2\tswap\t   32M\t-\t${jail}\t\n`
    if (command.startsWith('mdconfig -d')) disk = ''
    if (command === 'mdconfig -lv') return { stdout: others + disk }
    if (command.startsWith('mount -o')) mounted = `/dev/md2 on ${path} (ufs, local, nosuid, soft-updates)\n`
    if (command.startsWith('umount')) mounted = ''
    if (command === 'mount') return { stdout: `/dev/vtbd0p2 on / (ufs, local)\n${mounted}` }
    return command.startsWith('mdconfig -a') ? { stdout: 'md2\n' } : {}
  }
  const host = {
    name: 'here',
    run: (words: readonly string[], { accept = [0] }: { accept?: readonly number[] | 'any' } = {}) => {
      const command = words[0] === 'sh' ? `sh ${words.slice(4).join(' ')}` : words.join(' ')
      asked.push(command)
      // A command that fails changes nothing.
      const told = answer(command)
      const { stdout = '', stderr = '', status = 0 } = { ...(told?.status === 1 ? {} : usual(command)), ...told }
      return accept === 'any' || accept.includes(status)
        ? Promise.resolve({ stdout, stderr, status })
        : Promise.reject(new Error(`${command}: ${stderr}`))
    },
  } as unknown as Host
  const journal = {
    run: 'r',
    will: (kind: string, name: string, detail = {}): Promise<JournalEntry> => {
      open.push(kind)
      return Promise.resolve({ id: open.length, kind, name, detail })
    },
    gone: ({ kind }: JournalEntry) => Promise.resolve(void open.splice(open.indexOf(kind), 1)),
  } as unknown as Journal
  const make = () => makeMemoryDisk({ host, jail, node: 'hub', journal, directory, bytes })
  return { host, asked, open, make, mounted: () => mounted, disk: () => disk }
}

describe('the disk of a jail', () => {
  it('is journalled, made under the name of its jail, has its memory at once, and is gone when it is removed', async () => {
    const { make, asked, open, mounted, disk } = made()
    const remove = await make()
    expect(open).toEqual([memoryDiskKind])
    expect(asked.slice(1)).toEqual([
      `mkdir -p ${path}`,
      `mdconfig -a -t swap -s ${bytes}b -L ${jail}`,
      'dd if=/dev/zero of=/dev/md2 bs=1048576 count=32',
      'newfs -U -m 0 /dev/md2',
      `mount -o nosuid /dev/md2 ${path}`,
    ])
    await remove()
    expect([mounted(), disk(), open]).toEqual(['', '', []])
    expect(asked.filter((command) => command.startsWith('mdconfig -d'))).toEqual(['mdconfig -d -u md2'])
  })

  it('that the host has no memory for is refused before anything is made', async () => {
    const { make, open } = made((command) => (command.startsWith('sh ') ? { stdout: '1000\n' } : undefined))
    await expect(make()).rejects.toMatchObject({
      code: 'cannot-create',
      message: /must have 33554432 bytes of memory, got 1000/,
    })
    expect(open).toEqual([])
  })

  it.each(['newfs', 'mount -o', 'dd'])('leaves nothing where %s fails', async (program) => {
    const failing = (command: string) => (command.startsWith(program) ? { status: 1, stderr: 'no' } : undefined)
    const { make, open, disk } = made(failing)
    await expect(make()).rejects.toThrow('no')
    expect([disk(), open]).toEqual(['', []])
  })

  it('that is busy is unmounted after the programs of the jail were ended', async () => {
    const { make, asked, mounted } = made((command) => {
      if (command === `umount ${path}`) return { status: 1, stderr: 'Device busy' }
      return command.startsWith('ps ') ? { stdout: '  71 S\n' } : undefined
    })
    await (
      await make()
    )()
    expect(asked).toContain('kill -KILL 71')
    expect(asked).toContain(`umount -f ${path}`)
    expect(mounted()).toBe('')
  })

  it('that stays is named', async () => {
    const busy = made((command) => (command.startsWith('umount') ? { status: 1 } : undefined))
    await busy.make()
    await expect(removeMemoryDisk(busy.host, jail, path)).rejects.toThrow(`${path} is mounted`)
    const held = made((command) => (command.startsWith('mdconfig -d') ? { status: 1 } : undefined))
    await held.make()
    await expect(removeMemoryDisk(held.host, jail, path)).rejects.toThrow('must be gone, got md2')
    await expect(removeMemoryDisk(held.host, 'other', path)).rejects.toThrow('must be of a jail of ours')
  })
})

it('a sweep takes a disk away whose number nobody wrote down, before its jail', async () => {
  const { host, make, mounted, disk, asked } = made()
  await make()
  const entry = { id: 1, kind: memoryDiskKind, name: jail, detail: { path } }
  const filled = { id: 2, kind: 'filler', name: `${path}/.bench-filler`, detail: {} }
  const home = { jails: '/jails', prefix: '/natsbench', config: '/c' }
  await sweepEntries({ host, home, say: () => undefined } as never, [filled, entry]).catch((error: unknown) => {
    // At the end the sweep lists the images, which this pretend host cannot do.
    expect(String(error)).not.toMatch(/memory-disk|filler/)
  })
  expect([mounted(), disk()]).toEqual(['', ''])
  expect(asked).toContain('mdconfig -d -u md2')
})

it('a host without memory disks says what it lacks', async () => {
  const says = (stdout: string) => whyNoMemoryDisk(made(() => ({ stdout })).host)
  expect(await says('ready\n')).toBeUndefined()
  expect(await says('newfs\n')).toMatch(/missing: newfs$/)
  expect(await says('')).toMatch(/missing: an answer$/)
  const { host, asked } = made((command) => (command.startsWith('kldstat') ? { status: 1 } : undefined))
  await removeMemoryDisk(host, jail, path)
  expect(asked).not.toContain('mdconfig -lv')
})

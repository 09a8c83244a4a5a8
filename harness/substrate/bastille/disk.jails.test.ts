/** A jail whose store has a disk of its own: it is filled and emptied, and goes with the jail, also by the sweep of another process. */
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { localHost } from '../../host/local.ts'
import { storeFolder } from '../../model/node-names.ts'
import { openJournal } from '../../store/journal.ts'
import { scriptIn } from '../filler.ts'
import { isFillable } from '../substrate.ts'
import { bastilleSubstrate } from './bastille.ts'
import { jailPlace, jailSettings } from './lab-under-test.ts'
import { disksOf, whyNoMemoryDisk } from './memory-disk.ts'
import { tracesOf } from './traces-under-test.ts'

const host = localHost()
const place = await jailPlace(process.env)
const settings = jailSettings(process.env)
/** The list of the lab's kernel modules: memory disks (g_md) are added to the usual ones. */
const modules = '/var/run/bastille-lab/kld.json'
if (existsSync('/var/run/bastille-lab'))
  await writeFile(modules, JSON.stringify(['zfs', 'if_bridge', 'if_epair', 'nullfs', 'pf', 'g_md']))
const why = place.kind === 'here' ? await whyNoMemoryDisk(host) : 'this is no place for jails'

describe.runIf(why === undefined)('the disk of a jail', () => {
  it('is full, has room again, and goes with its jail; also where only the journal knows of it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bench-jail-disk-'))
    const journal = await openJournal(join(folder, 'journal.ndjson'), 'run-d000')
    const facts = await host.facts()
    const context = {
      host,
      facts,
      run: 'run-d000',
      tag: 'd000',
      directory: folder,
      settings,
      env: {},
      say: () => undefined,
    }
    const substrate = await bastilleSubstrate(context)
    onTestFinished(async () => {
      await substrate.sweep(journal.open())
      await journal.close()
      await rm(folder, { recursive: true })
    })
    const make = (index: number) =>
      substrate.create(
        {
          name: 'hub',
          group: 'hub',
          role: 'load',
          index,
          endpoint: substrate.endpoint(index),
          diskBytes: 48 * 1024 ** 2,
        },
        journal,
        new AbortController().signal,
      )
    const node = await make(0)
    if (!isFillable(node)) throw new Error('the node must have a disk')
    const store = `${node.directory}/${storeFolder}`
    const write = async (name: string) =>
      (
        await scriptIn((words, options) => node.spawn(words, options))('dd if=/dev/zero of="$1" bs=65536 count=4', [
          `${store}/${name}`,
        ])
      ).status
    expect(await write('before')).toBe(0)
    await node.fill()
    expect(await write('full')).not.toBe(0)
    await node.drain()
    expect(await write('after')).toBe(0)
    await node.destroy()
    expect(journal.open()).toEqual([])
    expect([await disksOf(host, 'njd00000'), await tracesOf(host, 'd000')]).toEqual([[], []])
    await make(1)
    expect(await disksOf(host, 'njd00001')).toHaveLength(1)
    await substrate.sweep(journal.open())
    expect([await disksOf(host, 'njd00001'), await tracesOf(host, 'd000')]).toEqual([[], []])
  })
})

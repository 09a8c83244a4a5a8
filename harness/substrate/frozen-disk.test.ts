import { expect, it } from 'vitest'
import type { Finished, Host } from '../host/host.ts'
import type { Journal } from '../model/journal.ts'
import { localHost } from '../host/local.ts'
import { frozenDisk, frozenRemovers } from './frozen-disk.ts'

const path = '/run/hub/server/jetstream'

function made(answer: (script: string) => Partial<Finished>) {
  const open: string[] = []
  const asked: string[] = []
  const host = {
    run: ([, , script = '', , at = '']: readonly string[]) => {
      asked.push(`${/fsfreeze -[fu]/.exec(script)?.[0]} ${at}`)
      return Promise.resolve({ stdout: '', stderr: '', status: 0, ...answer(script) })
    },
  } as unknown as Host
  const journal = {
    will: (kind: string, name: string) => {
      open.push(kind)
      return Promise.resolve({ id: 1, kind, name, detail: {} })
    },
    gone: () => Promise.resolve(void open.pop()),
  } as unknown as Journal
  return { open, asked, host, disk: frozenDisk({ host, node: 'hub', run: 'r', journal, path }) }
}

it('a disk hangs, is in the journal meanwhile, and takes writes again', async () => {
  const { disk, open, asked } = made(() => ({}))
  await disk.freeze()
  expect(open).toEqual(['frozen-disk'])
  await disk.thaw()
  await disk.thaw()
  expect(asked).toEqual([`fsfreeze -f ${path}`, `fsfreeze -u ${path}`])
  expect(open).toEqual([])
})

it('a disk that cannot be frozen, or stays so, is named, and stays in the journal', async () => {
  const { disk, open, host } = made(() => ({ status: 1, stderr: 'Operation not supported\n' }))
  await expect(disk.freeze()).rejects.toThrow('disk of node hub must be frozen, got "Operation not supported"')
  await expect(disk.thaw()).rejects.toThrow('must take writes again')
  expect(open).toEqual(['frozen-disk'])
  const entry = { id: 1, kind: 'frozen-disk', name: path, detail: {} }
  await expect(frozenRemovers['frozen-disk']!([entry], { host } as never)).rejects.toThrow(path)
})

it.runIf(process.platform === 'linux')('nothing is frozen or thawed where nothing is mounted', async () => {
  const host = localHost()
  const here = import.meta.dirname
  const journal = { will: () => Promise.resolve({ id: 1, kind: 'k', name: here, detail: {} }) } as unknown as Journal
  await expect(frozenDisk({ host, node: 'hub', run: 'r', journal, path: here }).freeze()).rejects.toThrow(
    'nothing is mounted there',
  )
  const entry = { id: 1, kind: 'frozen-disk', name: here, detail: {} }
  await frozenRemovers['frozen-disk']!([entry], { host } as never)
})

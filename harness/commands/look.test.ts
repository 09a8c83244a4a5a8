import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { benchHere } from '../../fixtures/testing/bench-here.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'look-'))
  await write('a.json', { role: 'server', memory: '10MiB' })
  await write('b.json', { role: 'server' })
})
afterAll(() => rm(folder, { recursive: true }))

function write(name: string, hub: object): Promise<void> {
  const scenario = {
    name: name.replace('.json', ''),
    about: 'One message after the other.',
    topology: { hub, load: { role: 'load' } },
    workloads: [
      { kind: 'publish', name: 'pub', on: 'load', to: 'hub', subject: 'x', payload: { bytes: 16 } },
      { kind: 'subscribe', name: 'sub', on: 'load', to: 'hub', subject: 'x' },
    ].map((each) => (each.kind === 'publish' ? { ...each, arrivals: { kind: 'constant', perSecond: 1000 } } : each)),
  }
  return writeFile(join(folder, name), JSON.stringify(scenario))
}

it('plans what can be planned of a folder, and names what cannot', async () => {
  const { status, out, err } = await benchHere(folder, 'plan', folder, '--on', 'process', '--json')
  expect(status).toBe(69)
  expect(JSON.parse(out)).toMatchObject([{ scenario: { name: 'b' } }])
  expect(err).toMatch(/^no plan of a.json\nerror: substrate must be able to do .*memory/)
})

it('refuses a file alone as before', async () => {
  const { status, out, err } = await benchHere(folder, 'plan', 'a.json', '--on', 'process', '--json')
  expect([status, out]).toEqual([69, ''])
  expect(err).toMatch(/^error: substrate must/)
})

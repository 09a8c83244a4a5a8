import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { localHost } from '../../host/local.ts'
import { openJournal } from '../../store/journal.ts'
import type { Home } from './home.ts'
import { forget, keptOnHost, leftOn } from './left.ts'

const run = '20261127-061500-left-k3f9'

async function setting() {
  const folder = await mkdtemp(join(tmpdir(), 'bench-left-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const home: Home = {
    config: '',
    prefix: join(folder, 'natsbench'),
    jails: '',
    logs: '',
    releases: '',
    interface: 'bastille0',
    vnetType: 'if_bridge',
    addressTable: 'jails',
  }
  const place = { host: localHost(), home }
  const inner = await openJournal(join(folder, 'journal.ndjson'), run)
  onTestFinished(() => inner.close())
  return { place, inner, journal: keptOnHost(place, inner), files: () => readdir(join(home.prefix, 'left')) }
}

test('the host knows what a run has on it, with the journal of the driving machine gone', async () => {
  const { place, journal } = await setting()
  expect(await leftOn(place)).toEqual(new Map())
  const bridge = await journal.will('interface', 'nbbr0', { unnamed: 'bridge4222' })
  const jail = await journal.will('jail', 'njk3f900', { image: 'ng12345678' })
  await journal.gone(bridge)
  expect(await leftOn(place)).toEqual(new Map([[run, [jail]]]))
})

test('and keeps nothing of a run that took all away, itself or by a sweep', async () => {
  const { place, inner, journal, files } = await setting()
  const jail = await journal.will('jail', 'njk3f900')
  await journal.gone(jail)
  expect(inner.open()).toEqual([])
  expect(await files()).toEqual([])
  const [one, two] = [await journal.will('jail', 'njk3f901'), await journal.will('jail', 'njk3f902')]
  await forget(place, run, [one])
  expect(await files()).toEqual([`${run}.ndjson`])
  await forget(place, run, [one, two])
  expect(await files()).toEqual([])
})

test('a line that was cut off stands for nothing, and other files there are none of ours', async () => {
  const { place, journal } = await setting()
  const jail = await journal.will('jail', 'njk3f900')
  const folder = join(place.home.prefix, 'left')
  await place.host.run(['sh', '-c', 'printf \'{"t":"will","id":9\' >>"$1"', 'sh', join(folder, `${run}.ndjson`)])
  await place.host.put({ 'notes.txt': 'x', '..ndjson': 'x' }, folder)
  expect(await leftOn(place)).toEqual(new Map([[run, [jail]]]))
})

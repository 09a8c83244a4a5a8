import { expect, test } from 'vitest'
import type { Host } from '../../host/host.ts'
import { bastilleCommand } from './command.ts'
import { recordedHost } from './transcript-under-test.ts'

const home = {
  config: '',
  prefix: '',
  jails: '',
  logs: '',
  releases: '',
  interface: 'bastille0',
  vnetType: 'if_bridge',
  addressTable: 'jails',
}

test('what waits for its turn is not begun after an interrupt, and what works goes on to its end', async () => {
  // Seen on FreeBSD 15.1: after a Ctrl-C during one clone the next clone still began, and took a minute.
  const first = Promise.withResolvers<void>()
  const begun: string[] = []
  const answers = recordedHost(() => ({}))
  const run: Host['run'] = async (command, options) => {
    if (command.includes('bastille')) {
      begun.push(command.slice(command.indexOf('bastille') + 1).join(' '))
      await first.promise
    }
    return answers.run(command, options)
  }
  const bastille = await bastilleCommand({ ...answers, run }, home, 'a-run', () => undefined)
  const interrupt = new AbortController()
  const unless = interrupt.signal
  const one = bastille.call(['clone', 'ng41003249', 'njl3gd00'], { unless })
  const two = bastille.call(['clone', 'ng85c296e5', 'njl3gd01'], { unless })
  const refused = expect(two).rejects.toMatchObject({ code: 'interrupted' })
  await expect.poll(() => begun).toHaveLength(1)
  interrupt.abort()
  first.resolve()
  expect(await one).toMatchObject({ status: 0 })
  await refused
  await bastille.call(['destroy', 'njl3gd00'])
  expect(begun).toEqual(['clone ng41003249 njl3gd00', 'destroy njl3gd00'])
})

test('a jail starts while the next one is being copied, and two do not start at once', async () => {
  const copied = Promise.withResolvers<void>()
  const begun: string[] = []
  const locks: string[] = []
  const answers = recordedHost(() => ({}))
  const run: Host['run'] = async (command, options) => {
    if (command.includes('bastille')) {
      begun.push(command.slice(command.indexOf('bastille') + 1).join(' '))
      locks.push(command[command.indexOf('bastille') - 1] ?? '')
      await copied.promise
    }
    return answers.run(command, options)
  }
  const bastille = await bastilleCommand({ ...answers, run }, home, 'a-run', () => undefined)
  const clone = bastille.call(['clone', 'ng85c296e5', 'njl3gd01'])
  const starts = ['njl3gd00', 'njl3gd02'].map((name) => bastille.call(['start', name], { lane: 'beside' }))
  await expect.poll(() => begun).toEqual(['clone ng85c296e5 njl3gd01', 'start njl3gd00'])
  copied.resolve()
  await Promise.all([clone, ...starts])
  expect(begun.at(-1)).toBe('start njl3gd02')
  expect(new Set(locks)).toEqual(new Set(['/var/run/natsbench.call', '/var/run/natsbench.call.beside']))
})

test('what makes or ends interfaces of a VNET jail waits for a start, and no start begins beside it', async () => {
  const going = new Map<string, PromiseWithResolvers<void>>()
  const answers = recordedHost(() => ({}))
  const locks: string[] = []
  const run: Host['run'] = async (command, options) => {
    if (command.includes('bastille')) {
      const words = command.slice(command.indexOf('bastille') + 1).join(' ')
      if (words.startsWith('create')) locks.push(...command.filter((word) => word.startsWith('/var/run/')))
      const end = Promise.withResolvers<void>()
      going.set(words, end)
      await end.promise
      going.delete(words)
    }
    return answers.run(command, options)
  }
  const bastille = await bastilleCommand({ ...answers, run }, home, 'a-run', () => undefined)
  const now = () => [...going.keys()]
  const calls = [
    bastille.call(['start', 'njl3gd00'], { lane: 'beside' }),
    bastille.call(['create', 'ng85c296e5'], { alone: true }),
  ]
  await expect.poll(now).toEqual(['start njl3gd00'])
  going.get('start njl3gd00')?.resolve()
  await expect.poll(now).toEqual(['create ng85c296e5'])
  calls.push(
    bastille.call(['start', 'njl3gd01'], { lane: 'beside' }),
    bastille.call(['clone', 'ng41003249', 'njl3gd02']),
  )
  going.get('create ng85c296e5')?.resolve()
  await expect.poll(now).toEqual(['start njl3gd01', 'clone ng41003249 njl3gd02'])
  for (const end of going.values()) end.resolve()
  await Promise.all(calls)
  expect(locks).toEqual(['/var/run/natsbench.call', '/var/run/natsbench.call.beside'])
})

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openGround } from './ground.ts'
import type { Host } from './host/host.ts'
import type { World } from './model/world.ts'
import { hostWith } from './substrate/bastille/host-under-test.ts'
import type { SubstrateContext } from './substrate/substrate.ts'

test('a host that has nodes standing is not examined again for the next scenario, unless something else is asked for', async () => {
  const state = await mkdtemp(join(tmpdir(), 'ground-'))
  onTestFinished(() => rm(state, { recursive: true }))
  const healthy = hostWith()
  let examined = 0
  const run: Host['run'] = (command, options) => {
    if (command.join(' ').endsWith('uname -s')) examined++
    return healthy.run(command, options)
  }
  const world = {
    env: { XDG_STATE_HOME: state },
    pid: process.pid,
    now: () => new Date(0),
    signal: new AbortController().signal,
  } as unknown as World
  const context = (settings: Readonly<Record<string, string>>) =>
    ({
      host: { ...healthy, run },
      facts: { os: 'FreeBSD', settings: {} },
      settings,
      say: () => undefined,
    }) as unknown as SubstrateContext
  const ground = openGround(world, 'ssh://root@board', () => undefined)
  const first = await ground.choose('auto', context({}))
  expect([first.substrate.name, examined]).toEqual(['bastille', 1])
  expect(await ground.choose('auto', context({}))).toMatchObject({ why: first.why, substrate: { name: 'bastille' } })
  expect(examined).toBe(1)
  await ground.choose('auto', context({ addresses: '10.9.0.1-10.9.0.250' }))
  expect(examined).toBe(2)
  await ground.close()
})

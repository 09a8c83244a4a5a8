import { describe, expect, it, vi } from 'vitest'
import { BenchError } from '../model/error.ts'
import type { Host } from '../host/host.ts'
import { apart } from '../host/together-under-test.ts'
import { chooseSubstrate, makeSubstrate } from './choose.ts'
import { claimBase } from './process-ports.ts'
import type { SubstrateContext } from './substrate.ts'

const environments = JSON.stringify({
  procstat: { environment: { 7: { process_id: 7, environment: ['HOME=/root'] } } },
})

/** A host on which every command prints nothing or fails: no taskset, no ports in use, no Bastille. */
function context(os: string, settings: Readonly<Record<string, string>> = {}): SubstrateContext {
  const host: Host = {
    name: 'root@board',
    facts: () => Promise.reject(new Error('not asked')),
    run: apart((command) =>
      command[0] === 'sh' || command[0] === 'sockstat'
        ? Promise.resolve({ stdout: '', stderr: '', status: 0 })
        : command[0] === 'procstat'
          ? Promise.resolve({ stdout: environments, stderr: '', status: 0 })
          : Promise.reject(new BenchError('os', `command ${command.join(' ')} must start, got ENOENT`)),
    ),
    spawn: () => Promise.reject(new Error('not asked')),
    put: () => Promise.reject(new Error('not asked')),
    close: () => Promise.resolve(),
  }
  return {
    host,
    facts: { name: 'root@board', os, kernel: '1', arch: 'arm64', settings: {} },
    run: '20261124-061500-x-k3f9',
    tag: 'k3f9',
    directory: '/var/tmp/x',
    settings,
    env: {},
    say: () => undefined,
  }
}

describe('the choice of a substrate', () => {
  it('is processes on Linux, and says why', async () => {
    const { substrate, why } = await chooseSubstrate('auto', context('Linux'))
    expect(substrate.name).toBe('process')
    expect(why).toBe('nodes are processes: jails need FreeBSD, this host runs Linux')
    expect([...substrate.capabilities]).toEqual(['pause', 'usage'])
  })

  it('is what was asked for', async () => {
    const { substrate, why } = await chooseSubstrate('memory', context('Linux'))
    expect([substrate.name, why]).toEqual(['memory', 'memory was asked for'])
  })

  it('refuses a setting that nobody knows, and says of one for jails that processes have no use for it', async () => {
    const said: string[] = []
    const settings = { bridge: 'b0', portBase: '21000' }
    await chooseSubstrate('process', { ...context('Linux', settings), say: (line) => void said.push(line) })
    expect(said).toEqual(['warning: the setting bridge has no effect on process'])
    await expect(chooseSubstrate('process', context('Linux', { brigde: 'b0' }))).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/^setting must be one of on, portBase, .*, got "brigde"$/) as string,
    })
  })

  it('names the setting that loses against what was asked for', async () => {
    const said: string[] = []
    const say = (line: string) => void said.push(line)
    await chooseSubstrate('memory', { ...context('Linux', { on: 'netns' }), say })
    await chooseSubstrate('memory', { ...context('Linux', { on: 'memory' }), say })
    expect(said).toEqual(['warning: the setting on=netns has no effect: memory was asked for'])
  })

  it('follows a setting of the whole environment', async () => {
    const { substrate, why } = await chooseSubstrate('auto', context('Linux', { on: 'memory' }))
    expect([substrate.name, why]).toEqual(['memory', 'the setting on=memory asks for it'])
    await expect(chooseSubstrate('auto', context('Linux', { on: 'vm' }))).rejects.toMatchObject({ code: 'usage' })
    await expect(chooseSubstrate('auto', context('Linux', { on: 'constructor' }))).rejects.toMatchObject({
      code: 'usage',
    })
  })

  it('is refused with the remedy where it is not possible', async () => {
    await expect(chooseSubstrate('process', context('Darwin'))).rejects.toMatchObject({
      code: 'unavailable',
      message:
        'substrate process must be possible on root@board, got: processes need Linux or FreeBSD, this host is Darwin; use --host ssh://user@host',
    })
  })

  it('says which program of the system is missing instead of failing on it', async () => {
    const whole = context('FreeBSD')
    const run: Host['run'] = (command, options) =>
      command[0] === 'sh' && command.includes('sockstat')
        ? Promise.resolve({ stdout: 'sockstat\n', stderr: '', status: 0 })
        : command[0] === 'sockstat'
          ? Promise.reject(new BenchError('os', 'command sockstat must start, got ENOENT'))
          : whole.host.run(command, options)
    const substrate = await makeSubstrate('process', { ...whole, host: { ...whole.host, run } })
    expect(await substrate.unsupported()).toBe(
      'processes are watched with sockstat of the base system, missing here or not on PATH',
    )
  })

  it('is processes on a FreeBSD host without Bastille, and says what jails lack', async () => {
    const { substrate, why } = await chooseSubstrate('auto', context('FreeBSD'))
    expect(substrate.name).toBe('process')
    expect(why).toMatch(/^processes: jails are not possible here \(.+\)$/)
  })
})

describe('a slow host', () => {
  it('is not looked at in silence: FreeBSD 15.1 in an emulator took two minutes before its first jail', async () => {
    await makeSubstrate('bastille', context('FreeBSD')) // loads its modules first: a fake clock cannot shorten that
    vi.useFakeTimers()
    try {
      const said: string[] = []
      const { host, ...rest } = context('FreeBSD')
      const slow: Host = {
        ...host,
        run: async (command, options) => {
          await new Promise((resolve) => setTimeout(resolve, 15_000))
          return host.run(command, options)
        },
      }
      const choice = chooseSubstrate('auto', { ...rest, host: slow, say: (line) => void said.push(line) })
      await vi.advanceTimersByTimeAsync(600_000)
      await choice
      expect(said[0]).toBe('looking at root@board: 10 s')
    } finally {
      vi.useRealTimers()
    }
  })
})

describe('the ports of process nodes', () => {
  it('of two labs lie apart by their tags', async () => {
    const one = await makeSubstrate('process', context('Linux'))
    const two = await makeSubstrate('process', { ...context('Linux'), tag: 'zz01' })
    expect(one.endpoint(0)).not.toEqual(two.endpoint(0))
  })

  it('of two labs of this machine that look at the same time are in blocks of their own, whatever their tags', async () => {
    const claims = await Promise.all(Array.from({ length: 4 }, () => claimBase('Linux', 'k3f9', new Set())))
    const bases = claims.map(({ base }) => base).toSorted((a, b) => a - b)
    expect(new Set(bases).size).toBe(4)
    expect(Math.min(...bases.slice(1).map((base, i) => base - (bases[i] ?? 0)))).toBeGreaterThanOrEqual(64)
    claims.forEach((claim) => claim.release())
    // The blocks are free again; ports in use are still left out.
    const again = await claimBase('Linux', 'k3f9', new Set([bases[0] ?? 0]))
    expect(again.base).not.toBe(bases[0])
    again.release()
  })

  it('lie below those that the system hands out by itself', async () => {
    const linux = (await makeSubstrate('process', context('Linux'))).endpoint(63).ports.floor
    const freebsd = (await makeSubstrate('process', context('FreeBSD'))).endpoint(63).ports.floor
    expect(linux).toBeLessThan(32_768)
    expect(freebsd).toBeLessThan(10_000)
  })
})

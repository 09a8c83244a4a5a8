import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { Finished, Host } from '../../host/host.ts'
import { BenchError } from '../../model/error.ts'
import { commandText, remedyText } from './remedy.ts'
import { configAnswer, configAsked, rcAsked } from './transcript-under-test.ts'
import { applySteps, stepsOf, undoSteps, undoable } from './setup.ts'

const conf = '/usr/local/etc/bastille/bastille.conf'

/** A bare FreeBSD host that remembers what was done to it and answers the doctor's commands from that. */
function bareHost(broken = '') {
  const files = new Map<string, string>([
    ['/etc/devfs.rules', '[mine=5]\n'],
    ['/boot/loader.conf', 'autoboot_delay="3"\n'],
  ])
  const rc = new Map<string, string>()
  const config = new Map<string, string>()
  const interfaces = new Set(['lo0', 'em0'])
  const done: string[] = []
  const asked: string[] = []
  const is = { packaged: false, released: false, ruled: false, bridge: false, epair: false }
  const failed: Partial<Finished> = { status: 1 }
  const toldVersion: Partial<Finished> = { stderr: '1.4.4\n' }
  // What 1.4.4 answers to every word without its configuration, which its package may come without.
  const refusal = readFileSync('fixtures/transcripts/freebsd-15.1/bastille-version-without-configuration.txt', 'utf8')
  const noConfig: Partial<Finished> = { stdout: refusal, status: 1 }

  const set = (map: Map<string, string>, word: string): void => {
    const match = /^(\w+)([+-]?)=(.*)$/.exec(word)
    if (match === null) throw new Error(`sysrc ${word}`)
    const [, key = '', sign, value = ''] = match
    const before = (map.get(key) ?? '').split(' ').filter((each) => each !== '' && each !== value)
    map.set(key, sign === '+' ? [...before, value].join(' ') : sign === '-' ? before.join(' ') : value)
  }
  const rules: readonly (readonly [RegExp, (match: RegExpExecArray, input: string) => Partial<Finished>])[] = [
    [/^uname -s$/, () => ({ stdout: 'FreeBSD\n' })],
    [/^uname -r$/, () => ({ stdout: '15.1-RELEASE-p1\n' })],
    [/^id -u$/, () => ({ stdout: '0\n' })],
    [/^sh -c command -v bastille$/, () => (is.packaged ? {} : { status: 127 })],
    [/^sh -c command -v /, () => ({})],
    [/^bastille (-q )?version$/, ([, quiet]) => (files.has(conf) && quiet === undefined ? toldVersion : noConfig)],
    [/^test -r (\S+)$/, ([, path = '']) => (files.has(path) ? {} : failed)],
    [/^ls \/usr\/local\/bastille\/releases$/, () => (is.released ? { stdout: '15.1-RELEASE\n' } : failed)],
    [/^test -e (\S+setup\.json)$/, ([, path = '']) => (files.has(path) ? {} : failed)],
    [/^test -[ed] /, () => ({})],
    [/^test -x /, () => ({})],
    [/^sysctl -n kern.features.vimage$/, () => ({ stdout: '1\n' })],
    [
      /^sysctl -n kern.racct.enable$/,
      () => ({ stdout: files.get('/boot/loader.conf')?.includes('racct') ? '1\n' : '0\n' }),
    ],
    [/^kldstat -qm if_(\w+)$/, ([, name]) => ((name === 'bridge' ? is.bridge : is.epair) ? {} : failed)],
    [/^ifconfig (\w+)$/, ([, name = '']) => (interfaces.has(name) ? {} : failed)],
    [/^devfs rule -s 13 show$/, () => ({ stdout: is.ruled ? '100 include 1\n' : '' })],
    [/^grep -q bastille_vnet=13/, () => (files.get('/etc/devfs.rules')?.includes('bastille_vnet=13') ? {} : failed)],
    [rcAsked, ([, keys = '']) => configAnswer({ ...Object.fromEntries(rc), zfs_enable: 'YES' }, keys)],
    [/^sysrc -n (\w+)$/, ([, key = '']) => (rc.has(key) ? { stdout: `${rc.get(key)}\n` } : failed)],
    [configAsked, ([, keys = '']) => configAnswer(Object.fromEntries(config), keys)],
    [/^cat (\S+)$/, ([, path = '']) => (files.has(path) ? { stdout: files.get(path) ?? '' } : failed)],
    // Commands that change it.
    [/^pkg install -y bastille$/, () => ((is.packaged = true), files.set(`${conf}.sample`, 'x'), {})],
    [/^pkg delete -y bastille$/, () => ((is.packaged = false), {})],
    [
      /^cp (\S+) (\S+)$/,
      ([, , to = '']) => (files.set(to, 'x'), config.set('bastille_releasesdir', '/usr/local/bastille/releases'), {}),
    ],
    [
      /^rm -r?f (\S+)$/,
      ([, path = '']) => (files.forEach((_, file) => file.startsWith(path) && files.delete(file)), {}),
    ],
    [/^sysrc -x (\w+)$/, ([, key = '']) => (rc.delete(key) ? {} : failed)],
    [/^sysrc -f \S+ (\S+)$/, ([, word = '']) => (set(config, word), {})],
    [/^sysrc (\S+)(?: (\S+))?$/, ([, ...all]) => (all.forEach((word) => word === undefined || set(rc, word)), {})],
    // As on a host without devd: "cloneup" only makes the interface, "start" also gives it its name.
    [/^service netif cloneup$/, () => (interfaces.add('lo1'), {})],
    [/^service netif start lo1$/, () => (interfaces.add(rc.get('ifconfig_lo1_name') ?? ''), {})],
    [/^ifconfig (\w+) destroy$/, ([, name = '']) => (interfaces.delete(name), {})],
    [/^bastille bootstrap 15.1-RELEASE$/, (_, input) => ((is.released = input === 'y\n'), {})],
    [/^bastille destroy 15.1-RELEASE$/, () => ((is.released = false), {})],
    [/^kldload if_(\w+)$/, ([, name]) => (name === 'bridge' ? (is.bridge = true) : (is.epair = true), {})],
    [/^service devfs restart$/, () => ((is.ruled = files.get('/etc/devfs.rules')?.includes('=13') ?? false), {})],
    [/^tee -a (\S+)$/, ([, path = ''], input) => (files.set(path, `${files.get(path) ?? ''}${input}`), {})],
    [
      /^sed -i {2}-e \S+.* (\S+)$/,
      ([, path = '']) => (
        files.set(path, (files.get(path) ?? '').replace(/^# bench setup$[^]*?^# bench setup end\n/gm, '')),
        {}
      ),
    ],
  ]
  const host: Host = {
    name: 'bare',
    facts: () => Promise.reject(new Error('nobody asks')),
    run: (command, options = {}) => {
      const words = command[0] === 'sh' && command[2] === 'exec "$@"' ? command.slice(4) : command
      const text = words.join(' ')
      asked.push(text)
      if (/^(pkg|cp|rm|sysrc .*(=|-x )|service|kldload|tee|sed|bastille [bd])/.test(text)) done.push(text)
      const input = typeof options.input === 'string' ? options.input : ''
      const rule = rules.find(([pattern]) => pattern.test(text))
      const reply = text === broken ? failed : (rule?.[1](rule[0].exec(text)!, input) ?? { status: 127 })
      const finished = { stdout: '', stderr: '', status: 0, ...reply }
      const fine = options.accept === 'any' || (options.accept ?? [0]).includes(finished.status)
      return fine
        ? Promise.resolve(finished)
        : Promise.reject(new BenchError('os', `command ${text} must succeed, got status ${finished.status}`))
    },
    spawn: () => Promise.reject(new Error('nothing is started')),
    put: (more, folder) =>
      Promise.resolve(Object.entries(more).forEach(([file, text]) => files.set(`${folder}/${file}`, String(text)))),
    close: () => Promise.resolve(),
  }
  const state = () => ({
    ...is,
    files: Object.fromEntries(files),
    interfaces: [...interfaces],
    loopback: rc.get('cloned_interfaces') || '',
  })
  return { host, done, asked, state }
}

const quiet = () => undefined

describe('bench setup', () => {
  it('makes a bare host pass the doctor, does nothing twice, and takes all of it back', async () => {
    const { host, done, state } = bareHost()
    const before = state()
    const steps = await applySteps(host, quiet)
    expect(steps.map(({ about }) => about)).toEqual([
      'bastille',
      'bastille.conf',
      'interface for jails',
      'release',
      'kern.racct.enable',
      'VNET kernel',
      'devfs ruleset 13',
    ])
    expect(await stepsOf(host)).toEqual([])
    expect(state()).toMatchObject({ packaged: true, released: true, ruled: true, loopback: 'lo1' })
    expect(state().files['/etc/devfs.rules']).toMatch(/^\[mine=5\]\n# bench setup\n\[bastille_vnet=13\]\n/)
    const count = done.length
    expect(await applySteps(host, quiet)).toEqual([])
    expect(done).toHaveLength(count)
    await undoSteps(host, quiet)
    const { files, ...after } = state()
    expect(files['/etc/devfs.rules']).toBe('[mine=5]\n')
    expect(files['/boot/loader.conf']).toBe('autoboot_delay="3"\n')
    expect(after).toMatchObject({ packaged: false, released: false, ruled: false, loopback: before.loopback })
    expect(after.interfaces).toEqual(before.interfaces)
    expect(await undoable(host)).toEqual([])
  })

  it('looks once for each step and once at the end, and asks once a look for all keys of bastille.conf', async () => {
    const { host, asked } = bareHost()
    const steps = await applySteps(host, quiet)
    expect(asked.filter((text) => text === 'uname -s')).toHaveLength(steps.length + 1)
    const before = asked.length
    await stepsOf(host)
    const questions = asked.slice(before).filter((text) => configAsked.test(text))
    expect(questions).toEqual([expect.stringContaining('bastille_zfs_enable bastille_zfs_zpool')])
  })

  it('stops at a step that fails, and can still take back what was begun; what cannot be taken back stays in its list', async () => {
    const { host, state } = bareHost('service netif start lo1')
    await expect(applySteps(host, quiet)).rejects.toThrow(/service netif start lo1 must succeed/)
    expect((await undoable(host)).map(({ about }) => about)).toEqual([
      'interface for jails',
      'bastille.conf',
      'bastille',
    ])
    await undoSteps(host, quiet)
    expect(state()).toMatchObject({ packaged: false, loopback: '' })

    const stuck = bareHost('pkg delete -y bastille')
    await applySteps(stuck.host, quiet)
    await expect(undoSteps(stuck.host, quiet)).rejects.toMatchObject({ lines: [expect.stringContaining('bastille: ')] })
    expect((await undoable(stuck.host)).map(({ about }) => about)).toEqual(['bastille'])
  })

  it('says that a step did not help, and takes back what is there, not what is gone', async () => {
    const { host, done, state } = bareHost('ifconfig bastille0')
    await expect(applySteps(host, quiet)).rejects.toThrow(
      /^interface for jails must be right after its commands, it is not: interface bastille0 of bastille\.conf/,
    )
    // Once more: a step that is in the list already is not added again.
    await expect(applySteps(host, quiet)).rejects.toThrow(/^interface for jails must be right/)
    const count = (await undoable(host)).filter(({ about }) => about === 'interface for jails').length
    expect(count).toBe(2) // with bastille.conf, then without
    await undoSteps(host, quiet)
    expect(done).not.toContain('ifconfig bastille0 destroy')
    expect(state()).toMatchObject({ packaged: false, loopback: '' })
  })

  const list = '/var/db/natsbench/setup.json'
  it.each(['', '{', '{"about":"x"}', '[{"about":"x","undo":[{"run":[]}]}]'])(
    'says of a list of what it did that is broken where it is: %j',
    async (text) => {
      const { host } = bareHost()
      await host.put({ 'setup.json': text }, '/var/db/natsbench')
      const error = { code: 'io', message: `${list} must be what bench setup wrote, got something else` }
      await expect(undoSteps(host, quiet)).rejects.toMatchObject(error)
    },
  )

  it('does not take a list that cannot be read for none, which it would write over', async () => {
    const { host, done } = bareHost(`cat ${list}`)
    await host.put({ 'setup.json': '[]' }, '/var/db/natsbench')
    await expect(undoable(host)).rejects.toThrow('got an error when it was read')
    await expect(applySteps(host, quiet)).rejects.toThrow('got an error when it was read')
    expect(done).toEqual([])
  })

  it('shows its commands as they can be pasted', () => {
    expect(commandText({ run: ['bastille', 'bootstrap', '15.1-RELEASE'], input: 'y\n' })).toBe(
      'echo y | bastille bootstrap 15.1-RELEASE',
    )
    expect(commandText({ run: ['tee', '-a', '/etc/x'], input: "a $b\nc 'd'\n" })).toBe(
      `printf '%s\\n' 'a $b' 'c '\\''d'\\''' | tee -a /etc/x`,
    )
    expect(remedyText({ commands: [{ run: ['a'] }, { run: ['b'] }], undo: [], reboot: true })).toBe('a && b && reboot')
  })
})

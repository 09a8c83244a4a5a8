import { describe, expect, it } from 'vitest'
import { limitsOf, lingers, parseAddresses, parseJailConfig, parseMounts, runs, signalJail, untilGone } from './jail.ts'
import { answer, recordedHost } from './transcript-under-test.ts'

const config = '/usr/local/bastille/jails/nrec02/jail.conf'

describe('jail.conf of a clone', () => {
  it.each(['1.1.2', '1.3.2', '1.4.4', 'head'] as const)('as %s writes it tells name, path and address', (version) => {
    expect(parseJailConfig(answer(version, `cat ${config}`).stdout)).toMatchObject({
      name: 'nrec02',
      hostname: 'nrec02',
      path: '/usr/local/bastille/jails/nrec02/root',
      address: 'bastille0|10.99.7.2',
      vnet: false,
    })
  })

  it('of 1.0.1 has no address, which is why that version is refused', () => {
    expect(parseJailConfig(answer('1.0.1', `cat ${config}`).stdout).address).not.toBe('bastille0|10.99.7.2')
  })

  it('says when the jail has a network of its own', () => {
    expect(parseJailConfig('a {\n  vnet;\n  vnet.interface = e0b_a;\n}\n')).toEqual({ name: 'a', vnet: true })
  })
})

describe('a jail', () => {
  const host = (reply: { stdout?: string; stderr?: string; status?: number }) => recordedHost(() => reply)

  it('that is dying does not run, and is waited for until it is gone', async () => {
    const dying = { stderr: 'jls: jail "srv" is dying\n', status: 1 }
    let looks = 0
    const fading = recordedHost((command) => {
      if (!command.includes('-d')) return dying
      return ++looks < 3 ? { stdout: '7\n' } : answer('freebsd-15.1', 'jls -j nosuch jid')
    })
    expect(await runs(fading, 'srv')).toBe(false)
    expect(await untilGone(fading, 'srv', () => undefined)).toBe(true)
    expect(looks).toBe(3)
    expect(await untilGone(host({ stdout: '7\n' }), 'srv', () => undefined)).toBe(false)
  })

  it('has each of its processes signalled once, and the states of their threads told', async () => {
    const asked: string[] = []
    const busy = recordedHost((command) => {
      asked.push(command)
      return command.startsWith('ps ') ? { stdout: ' 71 SJ\n 71 RJ\n 80 T+J\n' } : {}
    })
    expect(await signalJail(busy, 'srv', 'STOP')).toEqual(['SJ', 'RJ', 'T+J'])
    expect(asked).toEqual(['ps -H -J srv -o pid= -o state=', 'kill -STOP 71 80'])
    expect(await signalJail(host({ stderr: 'ps: jail "srv" not found', status: 1 }), 'srv', 'CONT')).toEqual([])
  })

  it('runs when jls answers a number, and does not when jls does not find it', async () => {
    expect(await runs(host(answer('freebsd-15.1', 'jls -j srv jid')), 'srv')).toBe(true)
    expect(await runs(host(answer('freebsd-15.1', 'jls -j nosuch jid')), 'nosuch')).toBe(false)
    expect(await lingers(host({ stdout: '', status: 0 }), 'srv')).toBe(false)
  })

  it('is not said to be gone when jls fails for another reason', async () => {
    await expect(runs(host({ stderr: 'jls: jail_get: Cannot allocate memory', status: 1 }), 'srv')).rejects.toThrow(
      /must say whether the jail runs/,
    )
  })

  it('has only the limits that name exactly it', async () => {
    const stdout = 'jail:nj00:vmemoryuse:deny=1\njail:nj00x:vmemoryuse:deny=2\n'
    expect(await limitsOf(host({ stdout }), 'nj00')).toEqual(['jail:nj00:vmemoryuse:deny=1'])
  })

  it('has no limits where accounting is off, and an error where rctl fails', async () => {
    const answers = [
      'rctl: RACCT/RCTL present, but disabled; enable using kern.racct.enable=1 tunable',
      'rctl: RACCT/RCTL support not present in kernel; see rctl(8) for details',
    ]
    for (const stderr of answers) expect(await limitsOf(host({ status: 1, stderr }), 'srv')).toEqual([])
    await expect(limitsOf(host({ status: 1, stderr: 'rctl: boom' }), 'srv')).rejects.toThrow(/rctl must list/)
  })
})

describe('the host', () => {
  it('tells mounts of FreeBSD and of the lab', () => {
    expect(parseMounts(answer('freebsd-15.1', 'mount').stdout)).toEqual([
      '/',
      '/dev',
      '/usr/local/bastille/jails/srv/root/.bastille',
      '/usr/local/bastille/jails/srv/root/dev',
    ])
    expect(parseMounts(answer('1.4.4', 'mount').stdout)).toContain('/usr/local/bastille/jails/nrec02/root/dev')
  })

  it('tells addresses by interface', () => {
    expect(parseAddresses(answer('freebsd-15.1', 'ifconfig bastille0').stdout)).toEqual(
      new Map([['bastille0', ['10.0.0.1']]]),
    )
    expect(parseAddresses(answer('head', 'ifconfig bastille0').stdout).get('bastille0')).toEqual(['10.99.7.2'])
  })
})

import { describe, expect, it } from 'vitest'
import type { Bastille } from './command.ts'
import { fetchTemplate, refuseUnknown, switchedOn } from './foreign.ts'
import type { Home } from './home.ts'
import { recordedHost } from './transcript-under-test.ts'

const url = 'https://github.com/henomis/nats-jail-template'
const folder = '/usr/local/natsbench/templates/henomis/nats-jail-template'
const commit = 'bf019f4b1a2c3d4e5f60718293a4b5c6d7e8f901'
const home: Home = {
  config: '/usr/local/natsbench/bastille.conf',
  prefix: '/usr/local/natsbench',
  jails: '/usr/local/natsbench/jails',
  logs: '/var/log/natsbench',
  releases: '/usr/local/bastille/releases',
  interface: 'bastille0',
  vnetType: 'if_bridge',
  addressTable: 'jails',
}

/** A host on which the fetched template has this Bastillefile; `commands` lists what was run, in order. */
function fetching(bastillefile: string | undefined) {
  const commands: string[] = []
  const host = recordedHost((command) => {
    commands.push(command)
    if (command === `test -e ${folder}/Bastillefile`) return { status: bastillefile === undefined ? 1 : 0 }
    if (command === `cat ${folder}/Bastillefile`) return { stdout: bastillefile ?? '' }
    return { stdout: command.endsWith('rev-parse HEAD') ? `${commit}\n` : '' }
  })
  const bastille: Bastille = {
    call: (words) => {
      commands.push(`bastille ${words.join(' ')}`)
      // As 1.4.4 in the lab: a git clone that failed gives a line on stderr and status 0.
      const stderr = bastillefile === undefined ? 'fatal: unable to access\nClone unsuccessful.\n' : ''
      return Promise.resolve({ status: 0, stdout: '', stderr })
    },
    exclusively: (work) => work(),
    hold: () => Promise.resolve(() => undefined),
    calls: () => 0,
  }
  return {
    commands,
    fetch: (more: object = {}) => fetchTemplate(host, home, bastille, { name: url, args: {}, ...more }),
  }
}

describe('a template by URL', () => {
  it('is fetched afresh, for an older copy would be used as it is', async () => {
    const { commands, fetch } = fetching('PKG nats-server\n')
    expect(await fetch()).toEqual({ word: 'henomis/nats-jail-template', commit })
    expect(commands.slice(0, 2)).toEqual([`rm -rf ${folder}`, `bastille bootstrap ${url}`])
  })

  it('is an error with what git said when it does not come, for Bastille calls that success', async () => {
    await expect(fetching(undefined).fetch()).rejects.toMatchObject({
      code: 'unavailable',
      lines: ['fatal: unable to access', 'Clone unsuccessful.'],
    })
  })

  it('is set to the commit that was asked for', async () => {
    const { commands, fetch } = fetching('PKG nats-server\n')
    await fetch({ commit })
    expect(commands).toContain(`git -C ${folder} checkout --quiet --detach ${commit}`)
  })

  it('must declare the arguments that it is given, for Bastille passes over others', async () => {
    const declares = '# ARG NATS_PORT\nARG GO=/usr/local/bin/go\n arg+ NATS_VERSION=latest\n'
    expect(() => refuseUnknown({ name: url, args: { NATS_VERSION: 'v2.15.2' } }, declares)).not.toThrow()
    expect(() => refuseUnknown({ name: url, args: { NATS_PORT: '1' } }, declares)).toThrow(
      /must declare ARG NATS_PORT, it has GO, NATS_VERSION/,
    )
    await expect(fetching('PKG nats-server\n').fetch({ args: { NATS_VERSION: 'v2.15.2' } })).rejects.toThrow(
      /must declare ARG NATS_VERSION, it has none/,
    )
  })
})

describe('services in rc.conf', () => {
  it('are on by any of the words that rc knows, and the last line counts', () => {
    const text =
      'a_enable="YES"\nb_enable=on\nc_enable="NO"\n# d_enable="YES"\na_user="x"\ne_enable=YES\ne_enable="NONE"\n'
    expect([...switchedOn(text)]).toEqual(['a_enable', 'b_enable'])
  })
})

import { describe, expect, it } from 'vitest'
import type { Host } from '../../host/host.ts'
import { makeHome } from './home.ts'
import type { Home } from './home.ts'
import { removeJail } from './remove.ts'
import type { Removal } from './remove.ts'
import { recordedHost } from './transcript-under-test.ts'

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

/** What FreeBSD 15.1 says of a jail that is gone: jls on stderr, test(1) by its status. */
function afterTheJail(asked: string[]): Host {
  return recordedHost((command) => {
    asked.push(command)
    if (command.startsWith('jls ')) return { status: 1, stderr: 'jls: jail "njtewz01" not found\n' }
    return /^(test -e|ifconfig e0a_)/.test(command) ? { status: 1 } : {}
  })
}

/** → what the host was asked. */
async function removed(remains: Parameters<typeof removeJail>[2]): Promise<readonly string[]> {
  const asked: string[] = []
  const nothing = () => Promise.reject(new Error('it is gone'))
  const bastille = { call: nothing, exclusively: nothing, hold: nothing, calls: () => 0 }
  const removal: Removal = { host: afterTheJail(asked), home, bastille, destroyWords: [], say: () => undefined }
  await removeJail(removal, 'njtewz01', remains)
  return asked
}

it('a jail that is gone with all that belongs to it is asked about once', async () => {
  const kinds = (await removed({ address: '10.0.0.2' })).map((command) => command.split(' ').slice(0, 2).join(' '))
  // Before it, and after it.
  expect(kinds.filter((kind) => kind === 'test -e')).toHaveLength(2)
  expect(kinds.filter((kind) => kind === 'jls -d')).toHaveLength(1)
  expect(kinds).toHaveLength(10)
})

it('a dataset that `bastille destroy` left is destroyed, also where the jail has no folder any more', async () => {
  const asked: string[] = []
  const dataset = 'tank/natsbench/jails/njtewz01'
  const gone = afterTheJail(asked)
  const host: Host = {
    ...gone,
    run: (command, options) =>
      command.join(' ').startsWith('zfs list') && !asked.includes(`zfs destroy -r ${dataset}`)
        ? Promise.resolve({ stdout: `${dataset}\n${dataset}/root\n`, stderr: '', status: 0 })
        : gone.run(command, options),
  }
  const nothing = () => Promise.reject(new Error('Bastille does not know it'))
  const bastille = { call: nothing, exclusively: nothing, hold: nothing, calls: () => 0 }
  const withPool = { ...home, dataset: 'tank/natsbench/jails' }
  await removeJail({ host, home: withPool, bastille, destroyWords: [], say: () => undefined }, 'njtewz01')
  expect(asked).toContain(`zfs destroy -r ${dataset}`)
})

describe('the address of a jail in the table of pf', () => {
  const removing = async (remains: Parameters<typeof removeJail>[2]) =>
    (await removed(remains)).filter((command) => command.startsWith('pfctl '))

  it('goes with the jail, for our configuration lets `bastille stop` leave it there', async () => {
    expect(await removing({ address: '10.0.0.2' })).toEqual(['pfctl -q -t jails -T delete 10.0.0.2'])
    const files: Record<string, unknown> = {}
    const host: Host = {
      ...recordedHost(() => ({})),
      put: (more) => Promise.resolve(void Object.assign(files, more)),
    }
    await makeHome(host, home, () => undefined)
    expect(files['bastille.conf']).toContain('bastille_pf_conf="/usr/local/natsbench/no-redirections.conf"')
  })

  it('is not looked for where a jail has a network stack of its own', async () => {
    expect(await removing({})).toEqual([])
  })
})

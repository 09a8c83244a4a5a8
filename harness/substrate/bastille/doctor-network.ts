/** Section "network": the loopback clone for shared addresses; bridge, vimage and devfs rules for VNET. */
import { configFile, fail, ok, warn } from './check.ts'
import type { Answer, Ask, Check } from './check.ts'

/** For VNET when VNET is what will be used, else a warning. */
const forVnet = (ask: Ask, because: string, fix?: string): Answer =>
  ask.network === 'vnet' ? fail(because, fix) : warn(`${because} (matters for network: 'vnet' only)`, fix)

export const networkChecks: readonly Check[] = [
  {
    about: 'interface for jails',
    essential: true,
    answer: async (ask) => {
      const loopback = await ask.config('bastille_network_loopback')
      const shared = await ask.config('bastille_network_shared')
      if (loopback === '' && shared === '')
        return fail('neither a loopback clone nor a shared interface is set', 'bastille setup loopback')
      if (loopback !== '' && shared !== '') {
        return fail(
          'both a loopback clone and a shared interface are set; bastille create refuses that',
          `sysrc -f ${configFile} bastille_network_shared=`,
        )
      }
      const name = loopback === '' ? shared : loopback
      const { status } = await ask.run('ifconfig', name)
      return status === 0
        ? ok(`${name} is there`)
        : fail(
            `interface ${name} of bastille.conf does not exist`,
            `sysrc cloned_interfaces+=lo1 ifconfig_lo1_name=${name} && service netif cloneup`,
          )
    },
  },
  {
    about: 'loopback clone at boot',
    answer: async (ask) => {
      const loopback = await ask.config('bastille_network_loopback')
      if (loopback === '') return undefined
      const cloned = await ask.line('sysrc', '-n', 'cloned_interfaces')
      return /\blo\d+\b/.test(cloned)
        ? ok(`cloned_interfaces is "${cloned}"`)
        : warn(`${loopback} is not made at boot`, `sysrc cloned_interfaces+=lo1 ifconfig_lo1_name=${loopback}`)
    },
  },
  {
    about: 'VNET kernel',
    essential: true,
    answer: async (ask) => {
      if ((await ask.line('sysctl', '-n', 'kern.features.vimage')) !== '1') {
        return forVnet(ask, 'the kernel has no VIMAGE (GENERIC has it)')
      }
      for (const name of ['if_bridge', 'if_epair']) {
        if ((await ask.run('kldstat', '-qm', name)).status !== 0)
          return forVnet(ask, `module ${name} is not loaded`, `kldload ${name}`)
      }
      return ok('VIMAGE, if_bridge and if_epair are there')
    },
  },
  { about: 'devfs ruleset 13', essential: true, answer: checkDevfs },
  {
    about: 'bridge filtering',
    answer: async (ask) => {
      const names = ['net.link.bridge.pfil_member', 'net.link.bridge.pfil_bridge']
      const on: string[] = []
      for (const name of names) if ((await ask.line('sysctl', '-n', name)) === '1') on.push(name)
      return on.length === 0
        ? ok('packets on bridges pass no firewall')
        : warn(
            `${on.join(' and ')} send each packet on a bridge through the firewall, which VNET figures then contain`,
            `sysctl ${on.map((name) => `${name}=0`).join(' ')}`,
          )
    },
  },
  {
    about: 'pf',
    answer: async (ask) => {
      const { status, stdout } = await ask.run('pfctl', '-si')
      const enabled = status === 0 && /^Status: Enabled/m.test(stdout)
      return ok(
        enabled ? 'is enabled; traffic between jails passes its rules, and the report says so' : 'is not in the way',
      )
    },
  },
]

/** Missing rules are no error to Bastille: such a jail sees all devices of the host, and nothing is said. */
async function checkDevfs(ask: Ask): Promise<Answer> {
  const { status, stdout } = await ask.run('devfs', 'rule', '-s', '13', 'show')
  if (status === 127)
    return warn('devfs(8) could not be asked; each VNET jail is checked for devices of the host when it starts')
  if (status === 0 && stdout.trim() !== '') return ok(`loaded, ${stdout.trim().split('\n').length} rules`)
  const written = (await ask.run('grep', '-q', 'bastille_vnet=13', '/etc/devfs.rules')).status === 0
  const because = 'ruleset 13 is not loaded: VNET jails would see the disks and the memory of the host'
  return forVnet(ask, because, written ? 'service devfs restart' : 'bastille setup -y vnet && service devfs restart')
}

/** Section "network": the loopback clone for shared addresses; bridge, vimage and devfs rules for VNET. */
import { firewallOf, whyNot } from './bad-network.ts'
import { fail, ok, warn } from './check.ts'
import type { Answer, Ask, Check, Fix } from './check.ts'
import { configFile } from './config-file.ts'
import { appended, words } from './remedy.ts'
import type { Command, Remedy } from './remedy.ts'

/** A failure where the run will use VNET, else only a warning. */
const forVnet = (ask: Ask, because: string, fix?: Fix): Answer =>
  ask.network === 'vnet' ? fail(because, fix) : warn(`${because} (matters for network: 'vnet' only)`, fix)

export const networkChecks: readonly Check[] = [
  {
    about: 'interface for jails',
    essential: true,
    answer: async (ask) => {
      const loopback = await ask.config('bastille_network_loopback')
      const shared = await ask.config('bastille_network_shared')
      if (loopback === '' && shared === '')
        return fail('neither a loopback clone nor a shared interface is set', loopbackClone('bastille0', true))
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
        : fail(`interface ${name} of bastille.conf does not exist`, loopbackClone(name, false))
    },
  },
  {
    about: 'loopback clone at boot',
    answer: async (ask) => {
      const loopback = await ask.config('bastille_network_loopback')
      if (loopback === '') return undefined
      const cloned = await ask.rc('cloned_interfaces')
      return /\blo\d+\b/.test(cloned)
        ? ok(`cloned_interfaces is "${cloned}"`)
        : warn(`${loopback} is not made at boot`, {
            commands: words(['sysrc', 'cloned_interfaces+=lo1', `ifconfig_lo1_name=${loopback}`]),
            undo: atBootUndone,
          })
    },
  },
  {
    about: 'VNET kernel',
    essential: true,
    answer: async (ask) => {
      if ((await ask.line('sysctl', '-n', 'kern.features.vimage')) !== '1') {
        return forVnet(ask, 'the kernel has no VIMAGE (GENERIC has it)')
      }
      const missing: string[] = []
      for (const name of ['if_bridge', 'if_epair']) {
        if ((await ask.run('kldstat', '-qm', name)).status !== 0) missing.push(name)
      }
      if (missing.length > 0) {
        return forVnet(ask, `not loaded: ${missing.join(', ')}`, {
          commands: words(...missing.map((name) => ['kldload', name]), [
            'sysrc',
            ...missing.map((name) => `kld_list+=${name}`),
          ]),
          undo: words(['sysrc', ...missing.map((name) => `kld_list-=${name}`)]),
        })
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
  { about: 'bad networks', answer: checkDummynet },
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

const atBootUndone: readonly Command[] = [
  { run: ['sysrc', 'cloned_interfaces-=lo1'] },
  { run: ['sysrc', '-x', 'ifconfig_lo1_name'], when: ['sysrc', '-n', 'ifconfig_lo1_name'] },
]

/**
 * The loopback clone, made now and at each boot. `set`: also written into bastille.conf, which names none yet. "netif start" gives
 * lo1 its name at once; "cloneup" leaves that to devd (network.subr, devd.conf), so without devd it never gets its name.
 */
function loopbackClone(name: string, set: boolean): Remedy {
  const conf = (value: string) => ['sysrc', '-f', configFile, `bastille_network_loopback=${value}`]
  return {
    commands: words(
      ['sysrc', 'cloned_interfaces+=lo1', `ifconfig_lo1_name=${name}`],
      ['service', 'netif', 'start', 'lo1'],
      ...(set ? [conf(name)] : []),
    ),
    undo: [
      ...words(...(set ? [conf('')] : [])),
      ...atBootUndone,
      { run: ['ifconfig', name, 'destroy'], when: ['ifconfig', name] },
    ],
  }
}

const vnetRules = [
  '[bastille_vnet=13]',
  'add include $devfsrules_hide_all',
  'add include $devfsrules_unhide_basic',
  'add include $devfsrules_unhide_login',
  'add include $devfsrules_jail',
  'add include $devfsrules_jail_vnet',
  "add path 'bpf*' unhide",
]

/** Bastille does not check that the rules are loaded. Without them a VNET jail sees all devices of the host. */
async function checkDevfs(ask: Ask): Promise<Answer> {
  const { status, stdout } = await ask.run('devfs', 'rule', '-s', '13', 'show')
  if (status === 127)
    return warn('devfs(8) could not be asked; each VNET jail is checked for devices of the host when it starts')
  if (status === 0 && stdout.trim() !== '') return ok(`loaded, ${stdout.trim().split('\n').length} rules`)
  const written = (await ask.run('grep', '-q', 'bastille_vnet=13', '/etc/devfs.rules')).status === 0
  const because = 'ruleset 13 is not loaded: VNET jails would see the disks and the memory of the host'
  const load = ['service', 'devfs', 'restart']
  if (written) return forVnet(ask, because, { commands: words(load), undo: [] })
  // The rules that `bastille setup vnet` writes. It would replace the whole file, so they are appended here instead.
  const rules = appended('/etc/devfs.rules', vnetRules)
  return forVnet(ask, because, {
    commands: [...rules.commands, { run: load }],
    undo: [...rules.undo, { run: load }],
  })
}

const accept = 'net.inet.ip.fw.default_to_accept'
const unloaded = (module: string): readonly Command[] => [
  { run: ['kldunload', module], when: ['kldstat', '-qm', module] },
]

/** Loaded only until the next boot, because a loaded firewall costs time. On the host itself it stays switched off. */
const loadedNow: Readonly<Record<string, Remedy>> = {
  absent: {
    commands: words(
      ['kenv', `${accept}=1`],
      ['kldload', 'ipfw'],
      ['sysctl', 'net.inet.ip.fw.enable=0', 'net.inet6.ip6.fw.enable=0'],
      ['kldload', 'dummynet'],
    ),
    undo: [...unloaded('dummynet'), ...unloaded('ipfw'), { run: ['kenv', '-u', accept], when: ['kenv', '-q', accept] }],
  },
  'without dummynet': { commands: words(['kldload', 'dummynet']), undo: unloaded('dummynet') },
}

async function checkDummynet(ask: Ask): Promise<Answer> {
  const state = await firewallOf(ask.host)
  const why = whyNot(state)
  if (why === undefined) return ok('VNET jails can be impaired: ipfw and dummynet are loaded')
  if (state === 'denies') return forVnet(ask, why)
  return ask.impair ? warn(why, loadedNow[state]) : ok(why)
}

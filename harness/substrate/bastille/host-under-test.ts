/** A host that is ready for jails, for tests: it runs nothing. */
import { answer, configAnswer, configAsked, rcAsked, recordedHost } from './transcript-under-test.ts'

export const thermalsAsked =
  'sysctl -i dev.cpu.0.freq dev.cpu.0.temperature dev.cpu.0.coretemp.throttle_log hw.temperature dev.aw_thermal.0 hw.acpi.thermal.tz0.temperature'

/** What FreeBSD 15.1 with Bastille 1.4.4, set up as its documentation says, answers to the doctor. */
const healthy: Readonly<Record<string, string>> = {
  'uname -s': 'FreeBSD\n',
  'uname -r': '15.1-RELEASE-p1\n',
  'freebsd-version -kru': '15.1-RELEASE-p1\n15.1-RELEASE-p1\n15.1-RELEASE-p1\n',
  'id -u': '0\n',
  'sysctl -n security.jail.jailed': '0\n',
  'sysctl -n kern.racct.enable': '1\n',
  'sysctl -n hw.ncpu': '4\n',
  [thermalsAsked]: 'dev.cpu.0.freq: 2401\ndev.cpu.0.temperature: 48.0C\n',
  'sysctl -n kern.features.vimage': '1\n',
  'sysctl -n net.link.bridge.pfil_member': '0\n',
  'sysctl -n net.link.bridge.pfil_bridge': '0\n',
  'sh -c command -v bastille': '/usr/local/bin/bastille\n',
  'sh -c command -v sysrc': '/usr/sbin/sysrc\n',
  'test -r /usr/local/etc/bastille/bastille.conf': '',
  'ls /usr/local/bastille/releases': '15.1-RELEASE\n',
  'test -x /usr/local/bastille/releases/15.1-RELEASE/bin/freebsd-version': '',
  'test -e /usr/local/bastille/releases/15.1-RELEASE/COPYRIGHT': '',
  'ifconfig bastille0': '',
  'ifconfig -l': 'vtnet0 lo0 bastille0\n',
  'kldstat -qm if_bridge': '',
  'kldstat -qm if_epair': '',
  'devfs rule -s 13 show': '100 include 1\n200 include 2\n',
  'jls -d name': '',
  'jls name': '',
  'df -k /usr/local/bastille':
    'Filesystem 1024-blocks Used Avail Capacity Mounted on\n/dev/vtbd0p2 12180252 562820 10643012 5% /\n',
  'pfctl -si': 'Status: Disabled\n',
}
const config: Readonly<Record<string, string>> = {
  bastille_prefix: '/usr/local/bastille',
  bastille_jailsdir: '/usr/local/bastille/jails',
  bastille_releasesdir: '/usr/local/bastille/releases',
  bastille_templatesdir: '/usr/local/bastille/templates',
  bastille_logsdir: '/var/log/bastille',
  bastille_zfs_enable: 'NO',
  bastille_network_loopback: 'bastille0',
  bastille_network_shared: '',
  zfs_enable: 'NO',
  cloned_interfaces: 'lo1',
}

/** That host with `changes` (undefined: no such program), with these `keys` in bastille.conf and rc.conf, and without the `missing` programs. */
export function hostWith(
  changes: Readonly<Record<string, string | undefined>> = {},
  keys: Readonly<Record<string, string>> = {},
  missing: readonly string[] = [],
) {
  const all = { ...healthy, ...changes }
  return recordedHost((command) => {
    if (command.startsWith('bastille ')) return answer('freebsd-15.1', command)
    const [, wanted] = configAsked.exec(command) ?? rcAsked.exec(command) ?? []
    if (wanted !== undefined) return configAnswer({ ...config, ...keys }, wanted)
    if (command.startsWith('sh -c for p do')) return { stdout: missing.map((name) => `${name}\n`).join('') }
    if (command.startsWith('test -d ')) return {}
    if (command.startsWith('test -e /usr/local/etc/cron.d')) return { status: 1 }
    if (command.startsWith('sh -c command -v ') && !(command in all)) return { stdout: '/usr/sbin/program\n' }
    const stdout = all[command]
    return stdout === undefined ? undefined : { stdout }
  })
}

/** What tests look for on a host after everything should be gone. */
import type { Host } from '../../host/host.ts'
import { readHome } from './home.ts'
import { addresses, datasetsBelow, limitsOf, mountsBelow } from './jail.ts'

/** Every trace that a run with this tag could have left on the host. */
export async function tracesOf(host: Host, tag: string): Promise<readonly string[]> {
  const home = await readHome(host)
  const name = `nj${tag}`
  const [jls, jails, links, mounts, logs, taken] = await Promise.all([
    host.run(['jls', '-d', 'name']),
    host.run(['ls', home.jails], { accept: 'any' }),
    host.run(['ifconfig', '-l']),
    mountsBelow(host, home.jails),
    host.run(['ls', home.logs], { accept: 'any' }),
    addresses(host),
  ])
  const words = [jls, jails, links, logs].flatMap(({ stdout }) => stdout.split(/\s+/))
  const datasets = home.dataset === undefined ? [] : await datasetsBelow(host, home.dataset, 'filesystem')
  const snapshots = home.dataset === undefined ? [] : await datasetsBelow(host, home.dataset, 'snapshot')
  const rules = await Promise.all([0, 1].map((index) => limitsOf(host, `${name}0${index}`)))
  return [
    ...[...words, ...mounts, ...datasets].filter((word) => word.includes(name)),
    ...snapshots,
    ...rules.flat(),
    ...words.filter((word) => word === 'nbbr0'),
    ...(taken.get(home.interface) ?? []).filter((address) => address.startsWith('10.0.0.')),
  ]
}

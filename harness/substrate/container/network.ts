/** One private network for each run, at addresses that nothing else on this machine uses, without a route to the outside. */
import { networkInterfaces } from 'node:os'
import { BenchError } from '../../model/error.ts'
import type { Journal } from '../../model/journal.ts'
import { ask, reason, statusOf, type Docker, type Engine } from './engine.ts'
import { kinds, labels, networkName } from './names.ts'
import { formatSubnet, parseSubnet, type Subnet } from '../subnet.ts'

/** What other networks of the engine and interfaces of this machine use. */
export async function takenSubnets(docker: Docker): Promise<Subnet[]> {
  const networks = await ask('engine must list its networks', docker.listNetworks())
  // A network without addresses, such as `host`, has no configuration or an empty one, depending on the engine.
  const theirs = networks.flatMap((network) => (network.IPAM?.Config ?? []).map((config) => config.Subnet ?? ''))
  const ours = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map((one) => one.cidr ?? ''))
  return [...theirs, ...ours].flatMap((text) => parseSubnet(text) ?? [])
}

/** Written to the journal first. Throws BenchError `cannot-create` when the name or the addresses are taken. */
export async function makeNetwork(
  engine: Engine,
  run: { readonly run: string; readonly tag: string },
  subnet: Subnet,
  journal: Journal,
): Promise<string> {
  const name = networkName(run.tag)
  const entry = await journal.will(kinds.network, name, { run: run.run })
  try {
    const network = await ask(
      `network ${name} must be made`,
      engine.docker.createNetwork({
        Name: name,
        CheckDuplicate: true,
        Driver: 'bridge',
        Internal: true,
        EnableIPv6: false,
        IPAM: { Driver: 'default', Config: [{ Subnet: formatSubnet(subnet) }] },
        Labels: { [labels.run]: run.run },
      }),
    )
    await journal.did(entry, { id: network.id })
    return name
  } catch (error) {
    // The engine refused, so nothing was made. Without an answer that is not known, so the entry stays for the sweep.
    if (statusOf(error) === undefined) throw error
    await journal.gone(entry)
    const taken = statusOf(error) === 409
    throw new BenchError(
      'cannot-create',
      taken
        ? `network ${name} must be new, got one of that name that is not ours`
        : `network ${name} with addresses ${formatSubnet(subnet)} must be made, got "${reason(error)}"`,
      {
        cause: error,
        hint: taken ? 'run again: every run takes a name of its own' : 'choose others with --set addresses=10.1.0.0/22',
      },
    )
  }
}

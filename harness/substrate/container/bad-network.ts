/** Bad networks of containers, by their network namespace and the host's end of their veth pair. The engine must be on this machine. */
import { BenchError, asBenchError } from '../../model/error.ts'
import type { Capability } from '../../model/substrates.ts'
import { badNetwork, whyNoNetem } from '../bad-network.ts'
import type { Breakable, SubstrateContext } from '../substrate.ts'
import { ask, type Container } from './engine.ts'
import type { NodeRequest } from './node.ts'

/** What cannot be done here with the networks of containers, and why. Whether a container is on this host is checked for each one later. */
export async function missingPowers({ host, facts }: SubstrateContext): Promise<ReadonlyMap<Capability, string>> {
  const why = facts.os === 'Linux' ? await whyNotInside(host) : 'networks of containers can be broken from Linux only'
  if (why !== undefined)
    return new Map([
      ['impair', why],
      ['partition', why],
    ])
  const noNetem = await whyNoNetem(host)
  return noNetem === undefined ? new Map() : new Map([['impair', noNetem]])
}

/** Tries to enter our own network namespace, which needs the same rights as that of a container. */
async function whyNotInside(host: SubstrateContext['host']): Promise<string | undefined> {
  const tried = await host
    .run(['nsenter', '--net=/proc/self/ns/net', 'ip', '-V'], { accept: 'any' })
    .catch(asBenchError)
  if (!(tried instanceof BenchError) && tried.status === 0) return undefined
  return 'rules in the networks of containers need root, nsenter and ip on the machine of the engine'
}

/** The namespace of the container's first process. It is used only where it has the node's address, which proves that it is ours. */
export function containerNetwork(
  { host, plan, run, journal }: Pick<NodeRequest, 'host' | 'plan' | 'run' | 'journal'>,
  container: Container,
): Breakable & { readonly left: () => Promise<void> } {
  let found: Promise<readonly string[]> | undefined
  const enter = async (): Promise<readonly string[]> => {
    const { State } = await ask(`container of node ${plan.name} must be inspected`, container.inspect())
    const inside = ['nsenter', '-t', String(State.Pid), '-n']
    const { stdout } = await host.run([...inside, 'ip', '-4', '-o', 'address', 'show', 'dev', 'eth0'], {
      accept: 'any',
    })
    if (stdout.includes(` ${plan.endpoint.address}/`)) return inside
    throw new BenchError(
      'unavailable',
      `network of node ${plan.name} must be on ${host.name}, it is on another machine`,
      { hint: 'an engine on another machine, or in a virtual one, makes networks that cannot be reached from here' },
    )
  }
  const inside = () => (found ??= enter())
  return badNetwork({
    host,
    node: plan.name,
    run,
    journal,
    inside,
    device: async () => {
      // `2: eth0@if17: <...`: the other end is interface 17 of the host.
      const { stdout: own } = await host.run([...(await inside()), 'ip', '-o', 'link', 'show', 'dev', 'eth0'])
      const { stdout: links } = await host.run(['ip', '-o', 'link', 'show'])
      const number = /^\d+: eth0@if(\d+):/.exec(own)?.[1]
      const name = number === undefined ? undefined : new RegExp(`^${number}: ([^@:]+)`, 'm').exec(links)?.[1]
      if (name !== undefined) return name
      throw new BenchError('unavailable', `host's end of the network of node ${plan.name} must be on ${host.name}`)
    },
  })
}

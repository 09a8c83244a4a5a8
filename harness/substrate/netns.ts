/**
 * Nodes as network namespaces of Linux: each has an address and a network stack of its own, and a veth pair to the bridge of the
 * run. Its programs are process groups of the host, started by `ip netns exec`, which is replaced by the program (exec).
 */
import { asBenchError, BenchError } from '../model/error.ts'
import type { Journal, JournalEntry } from '../model/journal.ts'
import type { Endpoint, NodePlan } from '../model/plan.ts'
import type { Host } from '../host/host.ts'
import { badKinds, badNetwork, whyNoNetem } from './bad-network.ts'
import { elsewhere, openGround } from './process-ground.ts'
import { eachOf, type Remover } from './process-sweep.ts'
import { addressOf, chosenSubnet, formatSubnet, freeSubnet, gatewayOf, parseSubnet, type Subnet } from './subnet.ts'
import type { Substrate, SubstrateContext } from './substrate.ts'

const ports: Endpoint['ports'] = { client: 4222, monitor: 8222, cluster: 6222, floor: 4333 }
const kinds = { namespace: 'namespace', bridge: 'bridge' } as const
/** Names of one kind have the same length, so that none begins another one. Names of interfaces fit into 15 characters. */
const names = { namespace: /^natsbench-[a-z0-9]{4}-[a-z0-9]{2}$/, bridge: /^nb[a-z0-9]{4}br$/ } as const
const capabilitiesNeeded = { CAP_NET_ADMIN: 12n, CAP_SYS_ADMIN: 21n } as const

/** Settings: `addresses`, a subnet such as 10.1.0.0/22; `node`, the Node.js of the host. Asks the host; changes nothing. */
export async function netnsSubstrate(context: SubstrateContext): Promise<Substrate> {
  const { host, facts, run, tag, settings } = context
  let bridge: Promise<JournalEntry> | undefined
  const empty = async (journal: Journal) => {
    const entry = await bridge?.catch(() => undefined) // the caller that made it got the error; the journal names what was made
    bridge = undefined
    if (entry === undefined) return
    await removeBridge(host, entry.name)
    await journal.gone(entry)
  }
  const why = facts.os === 'Linux' ? await whyNot(host) : `network namespaces need Linux, this host is ${facts.os}`
  if (why !== undefined) return elsewhere('netns', why)
  const ground = await openGround(context, empty)
  if (typeof ground === 'string') return elsewhere('netns', ground)
  const noNetem = await whyNoNetem(host)
  const wanted = settings['addresses']
  const subnet = wanted === undefined ? freeSubnet(tag, await takenSubnets(host)) : chosenSubnet(wanted)
  return {
    name: 'netns',
    capabilities: new Set([...ground.capabilities, 'partition', ...(noNetem === undefined ? ['impair' as const] : [])]),
    lacks: new Map([...ground.lacks, ...(noNetem === undefined ? [] : ([['impair', noNetem]] as const))]),
    unsupported: () => Promise.resolve(undefined),
    endpoint: (index) => ({ address: addressOf(subnet, index), ports }),
    async create(plan, journal, signal) {
      signal.throwIfAborted()
      return ground.create(plan, journal, async () => {
        const { name } = await (bridge ??= makeBridge(context, subnet, journal))
        const entry = await makeNamespace(host, { run, tag, bridge: name, subnet }, plan, journal)
        const prefix = ['ip', 'netns', 'exec', entry.name]
        const { left: healed, ...network } = badNetwork({
          host,
          node: plan.name,
          run,
          journal,
          device: () => Promise.resolve(endOf(entry.name)),
          inside: () => Promise.resolve(prefix),
        })
        const left = async () => {
          await removeNamespace(host, entry.name)
          await journal.gone(entry)
          await healed()
        }
        return { prefix, left, network }
      })
    },
    sweep: async (entries) => {
      await ground.sweep(entries, removers)
      if (entries.some(({ kind }) => kind === kinds.bridge)) bridge = undefined
    },
    facts: async () => ({
      network: `namespaces on a bridge, ${formatSubnet(subnet)}`,
      node: (await ground.node()).version,
    }),
  }
}

/** Namespaces before the bridge that joins them. The impairments and cuts of a namespace go with it. */
const removers: Readonly<Record<string, Remover>> = {
  [kinds.namespace]: eachOf((host, { name }) => removeNamespace(host, name)),
  [kinds.bridge]: eachOf((host, { name }) => removeBridge(host, name)),
  [badKinds.qdisc]: eachOf(async (host, { name }) => {
    if (await isThere(host, name)) throw stays('impaired interface', name)
  }),
  [badKinds.neighbours]: () => Promise.resolve(),
}

async function whyNot(host: Host): Promise<string | undefined> {
  const has = (command: readonly string[]) => host.run(command, { accept: 'any' }).catch(asBenchError)
  const [status, version] = await Promise.all([has(['cat', '/proc/self/status']), has(['ip', '-V'])])
  if (version instanceof BenchError || version.status !== 0) return 'network namespaces need ip; install iproute2'
  const mask = status instanceof BenchError ? undefined : /^CapEff:\s*([0-9a-f]+)$/m.exec(status.stdout)?.[1]
  const powers = BigInt(`0x${mask ?? '0'}`)
  const lacks = Object.entries(capabilitiesNeeded).filter(([, bit]) => ((powers >> bit) & 1n) === 0n)
  if (lacks.length === 0) return undefined
  return `network namespaces need root (${lacks.map(([name]) => name).join(', ')}); run as root, or use --on process`
}

async function takenSubnets(host: Host): Promise<readonly Subnet[]> {
  const [own, routes] = await Promise.all([
    host.run(['ip', '-4', '-o', 'address', 'show']),
    host.run(['ip', '-4', 'route', 'show', 'table', 'all']),
  ])
  const texts = `${own.stdout}\n${routes.stdout}`.match(/\d+\.\d+\.\d+\.\d+\/\d+/g) ?? []
  return texts.flatMap((text) => parseSubnet(text) ?? [])
}

async function makeBridge(
  { host, run, tag }: SubstrateContext,
  subnet: Subnet,
  journal: Journal,
): Promise<JournalEntry> {
  const name = nameOf('bridge', `nb${tag}br`)
  if (await isThere(host, name)) throw taken('bridge', name)
  const entry = await journal.will(kinds.bridge, name, { run })
  // The host's own address on the bridge, so that the runner reaches the servers too.
  await configure(host, [
    `link add ${name} type bridge`,
    `address add ${gatewayOf(subnet)} dev ${name}`,
    `link set ${name} up`,
  ])
  return entry
}

async function makeNamespace(
  host: Host,
  at: { readonly run: string; readonly tag: string; readonly bridge: string; readonly subnet: Subnet },
  plan: NodePlan,
  journal: Journal,
): Promise<JournalEntry> {
  const name = nameOf('namespace', `natsbench-${at.tag}-${plan.index.toString(36).padStart(2, '0')}`)
  if ((await namespaces(host)).includes(name)) throw taken('namespace', name)
  const entry = await journal.will(kinds.namespace, name, { run: at.run })
  const end = endOf(name)
  try {
    await configure(host, [
      `netns add ${name}`,
      `link add ${end} type veth peer name eth0 netns ${name}`,
      `link set ${end} master ${at.bridge} up`,
      `-n ${name} address add ${plan.endpoint.address}/${at.subnet.bits} dev eth0`,
      `-n ${name} link set lo up`,
      `-n ${name} link set eth0 up`,
    ])
  } catch (error) {
    await removeNamespace(host, name)
    await journal.gone(entry)
    throw error
  }
  return entry
}

/** The host's end of its veth pair. */
const endOf = (namespace: string): string => `nv${namespace.replace(/^natsbench-(\w+)-(\w+)$/, '$1$2')}`

/** Runs commands of ip(8). All their words are our own: names are checked, addresses are made from numbers. */
async function configure(host: Host, lines: readonly string[]): Promise<void> {
  for (const line of lines) await host.run(['ip', ...line.split(' ')])
}

/** Removes the veth pair and the namespace, and checks that they are gone. That one is not there is no error. */
async function removeNamespace(host: Host, name: string): Promise<void> {
  const end = endOf(nameOf('namespace', name))
  await removeLink(host, end)
  if ((await namespaces(host)).includes(name)) await host.run(['ip', 'netns', 'delete', name], { accept: 'any' })
  if ((await namespaces(host)).includes(name)) throw stays('namespace', name)
}

async function removeBridge(host: Host, name: string): Promise<void> {
  await removeLink(host, nameOf('bridge', name))
}

async function removeLink(host: Host, name: string): Promise<void> {
  if (await isThere(host, name)) await host.run(['ip', 'link', 'delete', name], { accept: 'any' })
  if (await isThere(host, name)) throw stays('interface', name)
}

async function isThere(host: Host, link: string): Promise<boolean> {
  return (await host.run(['ip', 'link', 'show', 'dev', link], { accept: [0, 1] })).status === 0
}

async function namespaces(host: Host): Promise<readonly string[]> {
  return (await host.run(['ip', 'netns', 'list'])).stdout.split('\n').map((line) => line.split(' ')[0] ?? '')
}

/** Checks again, before anything is removed, that only this harness gives such a name. */
function nameOf(kind: keyof typeof names, name: string): string {
  if (names[kind].test(name)) return name
  throw new BenchError('bug', `${kind} must have a name of ours, got ${JSON.stringify(name)}`)
}

const taken = (kind: string, name: string): BenchError =>
  new BenchError('cannot-create', `${kind} ${name} must be new, got one of that name that is not ours`, {
    hint: 'run again: every run takes names of its own',
  })
const stays = (kind: string, name: string): BenchError =>
  new BenchError('os', `${kind} ${name} must be gone, it is still there`)

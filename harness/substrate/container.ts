/** Nodes as Linux containers: one private network for each run, one container for each node, programs started by exec. */
import { checkNodeVersion } from './container/node-version.ts'
import { findEngine, type Engine } from './container/engine.ts'
import { nodeImage, type NodeImage } from './container/image.ts'
import { makeNetwork, takenSubnets } from './container/network.ts'
import { addressOf, chosenSubnet, formatSubnet, freeSubnet } from './subnet.ts'
import { missingPowers } from './container/bad-network.ts'
import { makeNode, type ContainerNode, type NodeRequest } from './container/node.ts'
import { kinds } from './container/names.ts'
import { serverShelf } from './container/server.ts'
import { sweepEngine } from './container/sweep.ts'
import { BenchError, asBenchError } from '../model/error.ts'
import type { Journal } from '../model/journal.ts'
import type { Endpoint } from '../model/plan.ts'
import { substrates } from '../model/substrates.ts'
import type { Breakable, LiveNode, Pausable, Substrate, SubstrateContext } from './substrate.ts'

/** Every node has an address of its own, so all use the same usual ports. */
const ports: Endpoint['ports'] = { client: 4222, monitor: 8222, cluster: 6222, floor: 4333 }

interface Ground {
  readonly engine: Engine
  readonly image: NodeImage
  readonly network: string
}

/** Looks for an engine and for free addresses; changes nothing. Never fails: `unsupported` says what is missing. */
export async function containerSubstrate(context: SubstrateContext): Promise<Substrate> {
  const { run, tag, settings, say } = context
  const found = await findEngine(context.env).catch((error: unknown) => asBenchError(error))
  const engineOrThrow = (): Engine => {
    if (found instanceof BenchError) throw found
    return found
  }
  const dropped: Engine['dropped'] =
    found instanceof BenchError ? new Map() : new Map([...found.dropped, ...(await missingPowers(context))])
  const wanted = settings['addresses']
  const subnet =
    wanted === undefined
      ? freeSubnet(tag, found instanceof BenchError ? [] : await takenSubnets(found.docker))
      : chosenSubnet(wanted)

  let ground: Promise<Ground> | undefined
  let making = 0
  let clockOffset: string | undefined
  const facts: Record<string, string> = {}

  const prepare = async (journal: Journal): Promise<Ground> => {
    const engine = engineOrThrow()
    const image = await nodeImage(
      { engine, run, tag, say, signal: context.signal, wanted: settings['image'], hostname: context.facts.hostname },
      journal,
    )
    const network = await makeNetwork(engine, context, subnet, journal)
    Object.assign(facts, image.facts, { network: `private bridge, ${formatSubnet(subnet)}` })
    return { engine, image, network }
  }
  /** When no node is left, removes the network and the thin image. */
  const clearGround = async (journal: Journal): Promise<void> => {
    if (making > 0 || journal.open().some((entry) => entry.kind === kinds.container)) return
    ground = undefined
    const left = journal.open().filter((entry) => entry.kind === kinds.network || entry.kind === kinds.image)
    await sweepEngine(() => Promise.resolve(engineOrThrow()), left)
    for (const entry of left) await journal.gone(entry)
  }
  const checkClock = (node: ContainerNode): void => {
    clockOffset ??= node.clockOffset
    if (clockOffset === node.clockOffset) return
    throw new BenchError(
      'unavailable',
      `nodes must share one monotonic clock, got time namespaces with offsets ${clockOffset} and ${node.clockOffset}`,
      { hint: 'use an engine that makes no time namespaces, or --on process' },
    )
  }
  const shelf = serverShelf(context, engineOrThrow)

  return {
    name: 'container',
    capabilities: new Set(substrates.container.can.filter((capability) => !dropped.has(capability))),
    lacks: dropped,
    unsupported: () => Promise.resolve(whyNot(found, context)),
    endpoint: (index) => ({ address: addressOf(subnet, index), ports }),
    create: async (plan, journal, signal): Promise<LiveNode & Pausable & Breakable> => {
      if (signal.aborted) throw new BenchError('interrupted', `node ${plan.name} was to be made`)
      making += 1
      try {
        ground ??= prepare(journal)
        const { engine, image, network } = await ground
        const onGone = () => clearGround(journal)
        const bring: NodeRequest['bring'] = (choice, of) => shelf.bring(choice, of, image, journal)
        const made = { engine, host: context.host, image, network, run, tag, plan, journal, signal, bring, onGone }
        const node = await makeNode(made)
        try {
          checkClock(node)
          await checkNodeVersion(node, image, facts)
        } catch (error) {
          await node.destroy()
          throw error
        }
        making -= 1
        return node
      } catch (error) {
        making -= 1
        // What cannot be removed now stays in the journal for the caller's sweep. The first error is thrown: it tells more.
        await clearGround(journal).catch((left: unknown) => say(`containers: ${asBenchError(left).message}`))
        throw error
      }
    },
    sweep: async (entries) => {
      await sweepEngine(() => Promise.resolve(engineOrThrow()), entries)
      if (entries.some((entry) => entry.kind === kinds.network || entry.kind === kinds.image)) ground = undefined
    },
    facts: () => {
      const { version, storage, cgroup } = engineOrThrow()
      const clock = clockOffset === undefined ? {} : { timeNamespace: clockOffset === '0.0' ? 'none' : clockOffset }
      return Promise.resolve({ engine: version, storage, cgroup: `v${cgroup}`, ...facts, ...shelf.facts(), ...clock })
    },
  }
}

function whyNot(found: Engine | BenchError, context: SubstrateContext): string | undefined {
  if (found instanceof BenchError) return `${found.message}; ${found.hint}`
  if (context.host.name !== 'local') {
    return `containers are made by the engine of this machine, not through ${context.host.name}; set DOCKER_HOST instead of --host, or use --on process`
  }
  if (found.os !== 'linux') return `containers must be Linux ones, got an engine for ${found.os}; use --on process`
  return undefined
}

/** Nodes as process groups on the host itself, without root. */
import { elsewhere, openGround } from './process-ground.ts'
import { checkBase, checkFree, claimBase, endpointAt, findBase, type Claim } from './process-ports.ts'
import type { Substrate, SubstrateContext } from './substrate.ts'

/** Looks for free ports and programs; changes nothing on the host. Settings: `portBase`, the first port; `node`, the Node.js there. */
export async function processSubstrate(context: SubstrateContext): Promise<Substrate> {
  let claim: Claim | undefined
  const ground = await openGround(context, () => Promise.resolve(claim?.release()))
  if (typeof ground === 'string') return elsewhere('process', ground)
  const { base } = (claim = await chooseBase(context, await ground.table.ports()))
  const ports = shared(() => ground.table.ports())
  return {
    name: 'process',
    capabilities: ground.capabilities,
    lacks: ground.lacks,
    unsupported: () => Promise.resolve(undefined),
    endpoint: (index) => endpointAt(base, index),
    async create(plan, journal, signal) {
      signal.throwIfAborted()
      checkFree(plan.name, plan.endpoint, await ports())
      return ground.create(plan, journal)
    },
    sweep: (entries) => ground.sweep(entries),
    facts: async () => ({ ports: `from ${base}`, node: (await ground.node()).version }),
  }
}

async function chooseBase({ host, facts, tag, settings }: SubstrateContext, used: ReadonlySet<number>): Promise<Claim> {
  const unclaimed = (base: number): Claim => ({ base, release: () => undefined })
  if (settings['portBase'] !== undefined) return unclaimed(checkBase(settings['portBase']))
  return host.name === 'local' ? claimBase(facts.os, tag, used) : unclaimed(findBase(facts.os, tag, used))
}

/** Calls at the same time share one answer. */
function shared<T>(ask: () => Promise<T>): () => Promise<T> {
  let asked: Promise<T> | undefined
  return () =>
    (asked ??= ask().finally(() => {
      asked = undefined
    }))
}

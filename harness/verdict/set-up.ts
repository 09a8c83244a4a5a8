/** Names why two runs of different sessions cannot be compared: host, substrate, network, and each field of the scenario that differs. */
import type { HostFacts } from '../model/facts.ts'
import type { Plan } from '../model/plan.ts'

/** What is known before anything is measured. A report has it too. */
export interface SetUp {
  readonly plan: Plan
  readonly facts: { readonly host: HostFacts }
}

const mostNamed = 8

/** Each with both values, such as `workloads.pub.payload.bytes: 128 in the baseline, 16 now`; empty when the runs may be compared. */
export function differences(base: SetUp, head: SetUp): readonly string[] {
  const found = [...unlike(surroundings(base), surroundings(head)), ...ofPlans(base.plan, head.plan)]
  const more = found.length - mostNamed
  return more > 0 ? [...found.slice(0, mostNamed), `and ${more} more`] : found
}

/** Plans with the same digest are the same. Where the digests differ but the scenarios do not, two versions of the harness planned. */
function ofPlans(base: Plan, head: Plan): readonly string[] {
  if (base.digest === head.digest) return []
  const found = unlike(leaves(shapeOf(base)), leaves(shapeOf(head)))
  return found.length > 0 ? found : [told('what the harness plans of the same scenario', base.harness, head.harness)]
}

function surroundings({ plan, facts: { host } }: SetUp): Leaves {
  return new Map<string, unknown>([
    ['substrate', plan.substrate],
    ['host', host.hostname ?? host.name],
    ['os', host.os],
    ['kernel', host.kernel],
    ['arch', host.arch],
    ['CPU', host.cpuModel],
    ['cores', host.cores],
    ['network', plan.network ?? 'default'],
  ])
}

/** The parts of a plan that its digest covers, as they are written in a scenario; see plan/digest.ts. */
function shapeOf({ scenario, variants, faults }: Plan): object {
  const { name, topology, workloads, seed } = scenario
  const phases = variants.map((variant) => ({ name: variant.name, ...variant.set, ...variant.phases }))
  return { name, topology, workloads, faults, seed, variants: phases }
}

type Leaves = ReadonlyMap<string, unknown>

/** All values by their paths. Members of lists are named where they have a name. Paths of servers are left out: they may differ. */
function leaves(value: unknown, path = ''): Leaves {
  if (typeof value !== 'object' || value === null) return new Map([[path, value]])
  return new Map(
    Object.entries(value)
      .map(([key, member]: [string, unknown]) => [nameOf(member) ?? key, member] as const)
      .flatMap(([key, member]) => [...leaves(member, path === '' ? key : `${path}.${key}`)])
      .filter(([name]) => !name.endsWith('.server.path')),
  )
}

function nameOf(value: unknown): string | undefined {
  const named = typeof value === 'object' && value !== null && 'name' in value
  return named && typeof value.name === 'string' ? value.name : undefined
}

function unlike(base: Leaves, head: Leaves): readonly string[] {
  return [...new Set([...base.keys(), ...head.keys()])]
    .filter((name) => base.get(name) !== head.get(name))
    .map((name) => told(name, base.get(name), head.get(name)))
}

function told(name: string, base: unknown, head: unknown): string {
  const write = (value: unknown) =>
    value === undefined ? 'nothing' : typeof value === 'string' ? value : JSON.stringify(value)
  return `${name}: ${write(base)} in the baseline, ${write(head)} now`
}

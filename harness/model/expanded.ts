/** A scenario with all its variants written out, each checked: what the plan is made from. */
import type { NetworkMode, ServerChoice } from './plan.ts'
import type { Scenario } from './scenario.ts'
import type { Changes, NamedChanges } from './variants.ts'

/** What a command line may override in a scenario. */
export interface Overrides {
  readonly repeats?: number | undefined
  readonly measureMs?: number | undefined
  readonly warmupMs?: number | undefined
  /** Of fresh agents, before the first block. */
  readonly rehearsalMs?: number | undefined
  /** For all server nodes, but where a variant of the scenario itself chooses one. */
  readonly server?: ServerChoice | undefined
  /** Instead of the scenario's; `shared` or `vnet`. */
  readonly network?: string | undefined
  /** Named change sets beside (times) the scenario's grid, instead of its own variants: base and head of a check. */
  readonly variants?: Readonly<Record<string, Changes>> | undefined
  /** Messages a second of the first workload that has a rate; the others keep their ratio to it. Nothing where none has. */
  readonly rate?: { readonly perSecond: number; readonly because: string } | undefined
}

/** One variant, with the scenario as its changes make it. */
export interface ExpandedVariant extends NamedChanges {
  readonly scenario: Scenario
}

export interface Expanded {
  /** With the overrides. */
  readonly scenario: Scenario
  /** At least one; `default` where nothing varies. */
  readonly variants: readonly ExpandedVariant[]
  readonly overrides: Overrides
  /** What the scenario asks for where the overrides name another network. */
  readonly ownNetwork: NetworkMode | undefined
  /** Messages a second of the first workload that has a rate, as the scenario itself says it. */
  readonly ownRate: number | undefined
}

/** The networks that its variants ask for, each once; undefined for those that leave it to the substrate. */
export function networksOf({ variants }: Pick<Expanded, 'variants'>): readonly (NetworkMode | undefined)[] {
  return [...new Set(variants.map(({ scenario }) => scenario.network))]
}

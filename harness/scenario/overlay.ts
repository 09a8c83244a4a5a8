/** What a command line says over a scenario, laid over what the file says, so that both are checked as one. */
import type { Overrides } from '../model/expanded.ts'
import { isObject } from './draft.ts'
import { printed } from './print.ts'
import type { Problem } from './problem.ts'

/** `input` as it came with the overrides in it; anything that is no object stays as it is. */
export function overlaid(input: unknown, { repeats, measureMs, warmupMs, variants, network }: Overrides): unknown {
  if (!isObject(input)) return input
  const { phases } = input
  const lengths = {
    ...(measureMs === undefined ? {} : { measure: `${measureMs}ms` }),
    ...(warmupMs === undefined ? {} : { warmup: `${warmupMs}ms` }),
  }
  const changesPhases = Object.keys(lengths).length > 0 && (phases === undefined || isObject(phases))
  // Beside a variant in the other network, one that asks for none is in the shared one, whatever the settings say.
  const asked = comparesNetworks(input) ? (input['network'] ?? 'shared') : (network ?? input['network'])
  return {
    ...input,
    ...(repeats === undefined ? {} : { repeats }),
    ...(variants === undefined ? {} : { variants }),
    ...(asked === undefined ? {} : { network: asked }),
    ...(changesPhases ? { phases: { ...(isObject(phases) ? phases : {}), ...lengths } } : {}),
  }
}

export function overlayProblems(input: unknown, { network }: Overrides): readonly Problem[] {
  if (network === undefined || !comparesNetworks(input)) return []
  return [{ path: 'network', message: `must be left to a scenario that compares networks, got ${printed(network)}` }]
}

function comparesNetworks(input: unknown): boolean {
  if (!isObject(input)) return false
  const { variants, vary } = input
  const sets = [...(isObject(variants) ? Object.values(variants) : []), vary]
  return sets.some((set) => isObject(set) && Object.hasOwn(set, 'network'))
}

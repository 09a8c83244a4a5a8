/** Overrides of the command line, merged into what the file says, so that both are checked together. */
import type { Overrides } from '../model/expanded.ts'
import { known } from '../model/known.ts'
import { isObject } from './draft.ts'
import { printed } from './print.ts'
import { problemAt, type Problem } from './problem.ts'
import { atRate, rateProblems } from './rate.ts'

/** `given` with the overrides in it; a value that is no object is not changed. */
export function overlaid(given: unknown, overrides: Overrides): unknown {
  if (!isObject(given)) return given
  const { repeats, measureMs, warmupMs, variants, network, rate } = overrides
  const input = rate === undefined ? given : atRate(given, rate.perSecond)
  const { phases } = input
  const lengths = {
    ...(measureMs === undefined ? {} : { measure: `${measureMs}ms` }),
    ...(warmupMs === undefined ? {} : { warmup: `${warmupMs}ms` }),
  }
  const changesPhases = Object.keys(lengths).length > 0 && (phases === undefined || isObject(phases))
  // Where variants compare the two networks, a variant that names none is in the shared one, whatever the settings say.
  const asked = comparesNetworks(input) ? (input['network'] ?? 'shared') : (network ?? input['network'])
  return {
    ...input,
    ...known({ repeats, variants, network: asked }),
    ...(changesPhases ? { phases: { ...(isObject(phases) ? phases : {}), ...lengths } } : {}),
  }
}

export function overlayProblems(input: unknown, overrides: Overrides): readonly Problem[] {
  return [...networkProblems(input, overrides), ...rateProblems(input, overrides)]
}

function networkProblems(input: unknown, { network }: Overrides): readonly Problem[] {
  if (network === undefined || !comparesNetworks(input)) return []
  return problemAt('network', `must be left to a scenario that compares networks, got ${printed(network)}`)
}

function comparesNetworks(input: unknown): boolean {
  if (!isObject(input)) return false
  const { variants, vary } = input
  const sets = [...(isObject(variants) ? Object.values(variants) : []), vary]
  return sets.some((set) => isObject(set) && Object.hasOwn(set, 'network'))
}

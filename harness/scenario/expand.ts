/** A scenario and the overrides of the command line → its variants, each checked. */
import type { Expanded, Overrides } from '../model/expanded.ts'
import { checkScenario } from './check.ts'
import { refusal } from './problem.ts'

/** Throws BenchError with every problem: `usage` where the scenario is valid without the overrides, else `scenario-invalid`. */
export function expandScenario(scenario: unknown, overrides: Overrides = {}): Expanded {
  const checked = checkScenario(scenario, overrides)
  if (checked.ok) return checked.expanded
  throw checkScenario(scenario).ok
    ? refusal('usage', 'the options must fit the scenario', checked.problems)
    : refusal('scenario-invalid', 'the scenario must be valid', checked.problems)
}

/** The package's own door for scenario files: types, and nothing that has to be loaded. */
import type { ScenarioInput } from './scenario.ts'

export type { Arrivals, Fault, Limit, NodeSpec, Payload, Scenario, ScenarioInput, Workload } from './scenario.ts'

/** Gives a scenario file its types. Pure data in, the same data out. */
export function defineScenario(scenario: ScenarioInput): ScenarioInput {
  return scenario
}

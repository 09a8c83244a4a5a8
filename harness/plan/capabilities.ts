/** What a scenario needs of its substrate. Refused before anything is built. */
import { BenchError } from '../model/error.ts'
import { faultFacts, type FaultFacts } from '../model/faults.ts'
import type { Scenario } from '../model/scenario.ts'
import { offeredSubstrates, substrates, type Capability } from '../model/substrates.ts'
import type { Substrate } from '../substrate/substrate.ts'

interface Need {
  readonly capability: Capability
  /** Where the scenario asks for it. */
  readonly path: string
}

/** `networks` are those its variants ask for. Throws BenchError `unavailable` with every place that asks for what is missing. */
export function refuseMissing(
  scenario: Scenario,
  networks: readonly unknown[],
  { name, capabilities, lacks }: Pick<Substrate, 'name' | 'capabilities' | 'lacks'>,
): void {
  const missing = needs(scenario, networks).filter(({ capability }) => !capabilities.has(capability))
  if (missing.length === 0) return
  const wanted = [...new Set(missing.map(({ capability }) => capability))]
  const fit = offeredSubstrates.filter(
    (other) => other !== name && wanted.every((capability) => substrates[other].can.includes(capability)),
  )
  throw new BenchError('unavailable', `substrate must be able to do ${wanted.join(', ')}, got ${name}, which cannot`, {
    lines: missing.map(({ capability, path }) => {
      const why = lacks?.get(capability) ?? substrates[name].cannot?.[capability]
      return `${path} needs ${capability}${why === undefined ? '' : `: ${why}`}`
    }),
    hint:
      fit.length === 0 ? 'no substrate can yet' : `choose another: ${fit.map((other) => `--on ${other}`).join(' or ')}`,
  })
}

function needs({ topology, faults }: Scenario, networks: readonly unknown[]): readonly Need[] {
  return [
    ...(networks.length > 1 ? [{ capability: 'networks' as const, path: 'network' }] : []),
    ...Object.entries(topology).flatMap(([group, spec]): Need[] => [
      ...(spec.cpus === undefined ? [] : [{ capability: 'cpus' as const, path: `topology.${group}.cpus` }]),
      ...(spec.memory === undefined ? [] : [{ capability: 'memory' as const, path: `topology.${group}.memory` }]),
      ...(spec.disk === undefined ? [] : [{ capability: 'disk' as const, path: `topology.${group}.disk` }]),
    ]),
    ...faults.flatMap(({ kind }, index): Need[] => {
      const { needs: capability }: FaultFacts = faultFacts[kind]
      return capability === undefined ? [] : [{ capability, path: `faults.${index}` }]
    }),
  ]
}

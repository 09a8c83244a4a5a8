/** Any value → a Scenario, or all that is wrong with it at once. */
import { scenarioSchema } from '../model/scenario.ts'
import type { Scenario } from '../model/scenario.ts'
import { change, expandVariants } from '../model/variants.ts'
import type { NamedChanges } from '../model/variants.ts'
import { draftOf, isObject, validOf } from './draft.ts'
import { groupProblems } from './groups.ts'
import { limitProblems } from './limits.ts'
import { printed } from './print.ts'
import type { Problem } from './problem.ts'
import { problemText } from './problem.ts'
import { shapeProblems } from './shape.ts'
import { amountProblems, timeProblems } from './time.ts'
import { trafficProblems } from './traffic.ts'

export type { Problem } from './problem.ts'
export type Checked =
  { readonly ok: true; readonly scenario: Scenario } | { readonly ok: false; readonly problems: readonly Problem[] }

/** `input` must be plain data without cycles (scenario/load.ts sees to that for files). */
export function checkScenario(input: unknown): Checked {
  const parsed = scenarioSchema.safeParse(input)
  const shape = parsed.success ? [] : shapeProblems(parsed.error, input, scenarioSchema)
  const problems = [...shape, ...relationProblems(input)]
  if (isObject(input)) {
    const variation = [
      ...changePathProblems(variedIn(input), input),
      ...amountProblems(draftOf(input), variedIn(input)),
    ]
    problems.push(...variation)
    if (parsed.success && variation.length === 0) problems.push(...variantProblems(parsed.data, input, problems))
  }
  return parsed.success && problems.length === 0
    ? { ok: true, scenario: parsed.data }
    : { ok: false, problems: distinct(problems) }
}

function relationProblems(input: unknown): readonly Problem[] {
  const draft = draftOf(input)
  return [groupProblems, trafficProblems, limitProblems, timeProblems].flatMap((check) => check(draft))
}

/** Every variant must be a valid scenario; what is wrong without it too is not said again. */
function variantProblems(scenario: Scenario, input: object, known: readonly Problem[]): readonly Problem[] {
  const said = new Set(known.map(problemText))
  const variants = expandVariants(scenario)
  if (variants.length === 1 && variants[0]?.name === 'default') return []
  return variants.flatMap(({ name, set }) => {
    const { variants: _variants, vary: _vary, ...changed } = change(input, set) as Record<string, unknown>
    const parsed = scenarioSchema.safeParse(changed)
    const shape = parsed.success ? [] : shapeProblems(parsed.error, changed, scenarioSchema)
    return [...shape, ...relationProblems(changed)]
      .filter((problem) => !said.has(problemText(problem)))
      .map(({ path, message }) => ({ path, message: `${message} (in variant "${name}")` }))
  })
}

type Varied = Pick<Scenario, 'variants' | 'vary'>

function variedIn(input: Readonly<Record<string, unknown>>): Varied {
  const { variants, vary } = scenarioSchema.shape
  return { variants: validOf(variants, input['variants']), vary: validOf(vary, input['vary']) }
}

/** Does each path lead to a place that may be changed? Told once for each, not once for each variant. */
function changePathProblems({ variants, vary }: Varied, input: object): readonly Problem[] {
  const sets: readonly NamedChanges[] = [
    ...Object.entries(variants ?? {}).map(([name, set]) => ({ name: `variants.${name}`, set })),
    ...Object.entries(vary ?? {}).map(([path, values]) => ({ name: 'vary', set: { [path]: values[0] ?? 0 } })),
  ]
  return sets.flatMap(({ name, set }) =>
    Object.entries(set).flatMap(([path, value]): readonly Problem[] => {
      try {
        change(input, { [path]: value })
        return []
      } catch (error) {
        if (!(error instanceof RangeError)) throw error
        return [{ path: `${name}.${path}`, message: `${error.message}, got ${printed(path)}` }]
      }
    }),
  )
}

function distinct(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((problem) => [problemText(problem), problem])).values()]
}

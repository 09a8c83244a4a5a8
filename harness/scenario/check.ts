/** Any value → a Scenario with its variants, or all its problems at once. */
import { scenarioSchema } from '../model/scenario.ts'
import type { Expanded, ExpandedVariant, Overrides } from '../model/expanded.ts'
import type { Scenario } from '../model/scenario.ts'
import { change, expandVariants } from '../model/variants.ts'
import type { NamedChanges } from '../model/variants.ts'
import { draftOf, isObject, validOf } from './draft.ts'
import { groupProblems } from './groups.ts'
import { limitProblems } from './limits.ts'
import { overlaid, overlayProblems } from './overlay.ts'
import { printed } from './print.ts'
import { problemAt, type Problem } from './problem.ts'
import { problemText } from './problem.ts'
import { ownRate } from './rate.ts'
import { shapeProblems } from './shape.ts'
import { bucketProblems } from './buckets.ts'
import { consumerProblems } from './consumers.ts'
import { engineProblems } from './engines.ts'
import { seatProblems } from './seats.ts'
import { storeRoomProblems } from './store-room.ts'
import { streamProblems } from './streams.ts'
import { objectProblems } from './objects.ts'
import { publishingProblems } from './publishing.ts'
import { amountProblems, timeProblems } from './time.ts'
import { trafficProblems } from './traffic.ts'

export type { Problem } from './problem.ts'
export type Checked =
  | { readonly ok: true; readonly expanded: Expanded; readonly scenario: Scenario }
  | { readonly ok: false; readonly problems: readonly Problem[] }

/** `given` must be plain data without cycles, which scenario/load.ts makes of files. The overrides are checked with it. */
export function checkScenario(given: unknown, overrides: Overrides = {}): Checked {
  const input = overlaid(given, overrides)
  const { scenario, problems: own } = parsedFrom(input)
  const problems = [...overlayProblems(given, overrides), ...own]
  const variation = isObject(input)
    ? [...changePathProblems(variedIn(input), input), ...amountProblems(draftOf(input), variedIn(input))]
    : []
  problems.push(...variation)
  if (scenario === undefined || variation.length > 0) return { ok: false, problems: distinct(problems) }
  const { variants, problems: theirs } = variantsOf(scenario, input as object, problems)
  if (problems.length + theirs.length > 0) return { ok: false, problems: distinct([...problems, ...theirs]) }
  const ownNetwork = validOf(scenarioSchema.shape.network, isObject(given) ? given['network'] : undefined)
  return { ok: true, scenario, expanded: { scenario, variants, overrides, ownNetwork, ownRate: ownRate(given) } }
}

interface Parsed {
  readonly scenario: Scenario | undefined
  readonly problems: readonly Problem[]
}

/** Checks one scenario without its variants: its shape, and the relations of its parts. */
function parsedFrom(input: unknown): Parsed {
  const parsed = scenarioSchema.safeParse(input)
  const draft = draftOf(input)
  const relations = [
    groupProblems,
    trafficProblems,
    streamProblems,
    consumerProblems,
    bucketProblems,
    objectProblems,
    storeRoomProblems,
    publishingProblems,
    engineProblems,
    seatProblems,
    limitProblems,
    timeProblems,
  ].flatMap((check) => (draft.cut ? [] : check(draft)))
  const shape = parsed.success ? [] : shapeProblems(parsed.error, input, scenarioSchema)
  return { scenario: parsed.data, problems: [...shape, ...relations] }
}

/** Every variant must be a valid scenario. A problem that the scenario itself has is not repeated for its variants. */
function variantsOf(
  scenario: Scenario,
  input: object,
  known: readonly Problem[],
): { readonly variants: readonly ExpandedVariant[]; readonly problems: readonly Problem[] } {
  const said = new Set(known.map(problemText))
  const variants: ExpandedVariant[] = []
  const problems: Problem[] = []
  for (const { name, set } of expandVariants(scenario)) {
    const { variants: _variants, vary: _vary, ...changed } = change(input, set) as Record<string, unknown>
    const own = parsedFrom(changed)
    if (own.scenario !== undefined) variants.push({ name, set, scenario: own.scenario })
    const fresh = own.problems.filter((problem) => !said.has(problemText(problem)))
    problems.push(...fresh.map(({ path, message }) => ({ path, message: `${message} (in variant "${name}")` })))
  }
  return { variants, problems }
}

type Varied = Pick<Scenario, 'variants' | 'vary'>

function variedIn(input: Readonly<Record<string, unknown>>): Varied {
  const { variants, vary } = scenarioSchema.shape
  return { variants: validOf(variants, input['variants']), vary: validOf(vary, input['vary']) }
}

/** Does each path lead to a field that may be changed? A problem is named once for each path, not for each variant. */
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
        return problemAt(`${name}.${path}`, `${error.message}, got ${printed(path)}`)
      }
    }),
  )
}

function distinct(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((problem) => [problemText(problem), problem])).values()]
}

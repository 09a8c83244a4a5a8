/** Commands that make variants of their own measure a scenario without those that its file has; some do so without its faults. */
import type { Scenario } from '../model/scenario.ts'
import { warning } from '../model/warning.ts'

/** The fields of a scenario that a command may leave out: those that make variants, and the faults. */
type Own = 'variants' | 'vary' | 'faults'

/** `scenario` without these fields; a warning names those that it had. `task`: what is done instead, such as "a curve". */
export function withoutOwn(
  scenario: Scenario,
  fields: readonly Own[],
  task: string,
  say: (line: string) => void,
): Scenario {
  const none = { variants: undefined, vary: undefined, faults: [] } satisfies Partial<Record<Own, unknown>>
  const had = fields.filter((field) => Object.keys(scenario[field] ?? {}).length > 0)
  if (had.length > 0) {
    const [has, they] = had.length > 1 || had[0] !== 'vary' ? ['have', 'them'] : ['has', 'it']
    say(
      warning(
        `${had.join(', ').replace(/, (?=\w+$)/, ' and ')} of scenario ${scenario.name} ${has} no effect on ${task}, which measures it without ${they}`,
      ),
    )
  }
  return { ...scenario, ...Object.fromEntries(fields.map((field) => [field, none[field]])) }
}

/** Commands that make variants of their own measure a scenario without those that its file has. */
import type { Scenario } from '../model/scenario.ts'
import { warning } from '../model/warning.ts'

/** The fields of a scenario that make variants. */
type Making = 'variants' | 'vary'

/** `scenario` without these fields; a warning names those that it had. `task`: what is done instead, such as "a curve". */
export function withoutOwn(
  scenario: Scenario,
  fields: readonly Making[],
  task: string,
  say: (line: string) => void,
): Scenario {
  const had = fields.filter((field) => scenario[field] !== undefined)
  if (had.length > 0) {
    const [has, they] = had.length > 1 || had[0] === 'variants' ? ['have', 'them'] : ['has', 'it']
    say(
      warning(
        `${had.join(' and ')} of scenario ${scenario.name} ${has} no effect on ${task}, which measures it without ${they}`,
      ),
    )
  }
  return { ...scenario, ...Object.fromEntries(fields.map((field) => [field, undefined])) }
}

/** As an author writes it: defaults may be left out. Projects that link the package read scenario/declared.ts's text instead. */
import type { z } from 'zod'
import type { scenarioSchema } from './scenario.ts'

export type ScenarioInput = z.input<typeof scenarioSchema>

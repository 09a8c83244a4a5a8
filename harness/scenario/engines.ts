/** Fields of a workload that engine nats.js cannot do, by the table of its kind. */
import { kinds } from '../model/kinds/kinds.ts'
import { valid, type Draft } from './draft.ts'
import { printed } from './print.ts'
import type { Problem } from './problem.ts'

export function engineProblems({ workloads }: Draft): readonly Problem[] {
  return valid(workloads).flatMap(({ path, value }) => {
    if (value.engine !== 'nats.js') return []
    const fields: Readonly<Record<string, unknown>> = value
    return kinds[value.kind].natsJs.lacks
      .filter(({ field, takes }) => fields[field] !== undefined && takes?.(fields[field]) !== true)
      .map(({ field, must = 'left out', why }) => ({
        path: `${path}.${field}`,
        message: `must be ${must}: ${why} (engine nats.js), got ${printed(fields[field])}`,
      }))
  })
}

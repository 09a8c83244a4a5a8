/** What a workload uses of the servers (a stream, a consumer, a bucket, a store): it must be there, and where the workload goes. */
import { suggestion } from './nearest.ts'
import { printed } from './print.ts'
import { problemAt, type Problem } from './problem.ts'

/** `what`: with its article. */
export function unknownName(path: string, what: string, name: string, known: ReadonlyMap<string, unknown>): Problem[] {
  return problemAt(path, `must name ${what}, got ${printed(name)}${suggestion(name, [...known.keys()])}`)
}

/** `to`: the servers of the workload, `on`: those of what it uses. */
export function elsewhere(path: string, to: string, on: string, what: string): Problem[] {
  return to === on ? [] : problemAt(`${path}.to`, `must be "${on}", the servers of ${what}, got ${printed(to)}`)
}

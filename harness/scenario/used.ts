/** What a workload uses of the servers (a stream, a consumer, a bucket, a store): it must be there, and where the workload goes. */
import { suggestion } from './nearest.ts'
import { printed } from './print.ts'
import { problemAt, type Problem } from './problem.ts'

/** `what`: with its article. */
export function unknownName(path: string, what: string, name: string, known: ReadonlyMap<string, unknown>): Problem[] {
  return problemAt(path, `must name ${what}, got ${printed(name)}${suggestion(name, [...known.keys()])}`)
}

/** A bucket, or a store of objects, is a stream: no other one may have its name. */
export function nameTaken(stream: string, of: string, streams: ReadonlyMap<string, unknown>): Problem[] {
  return streams.has(stream)
    ? problemAt(`streams.${stream}`, `must be another name than that of the stream of ${of}`)
    : []
}

/** `to`: the servers of the workload, `on`: those of what it uses. */
export function elsewhere(path: string, to: string, on: string, what: string): Problem[] {
  return to === on ? [] : problemAt(`${path}.to`, `must be "${on}", the servers of ${what}, got ${printed(to)}`)
}

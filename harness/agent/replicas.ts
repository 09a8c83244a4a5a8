/**
 * Reads a stream out of the store of every server that holds a copy. An ephemeral consumer is on one of those servers and reads that one's
 * store; which one is left to chance, so consumers are made until each server has had one.
 */
import type { Link } from './engine.ts'
import { ApiError, fields, textOf, type Fields, type JsApi } from './js-api.ts'
import { Failure } from './failure.ts'
import { makeReadingConsumer, StreamReader, type Contents } from './stream-reader.ts'

/** For five replicas one in 70,000 is missed after so many. */
const mostTries = 60
/** A server that is paused takes 5 s to say nothing. */
const mostFailures = 3

/** The servers that hold a stream by its STREAM.INFO, its leader first; none where the server is alone. */
export function holdersOf(info: Fields): readonly string[] {
  const cluster = fields(info['cluster'])
  const others = Array.isArray(cluster['replicas']) ? cluster['replicas'] : []
  return [cluster['leader'], ...others.map((each) => fields(each)['name'])].map(textOf).filter((name) => name !== '')
}

interface Copied {
  readonly stream: string
  /** Servers that hold it. */
  readonly holders: readonly string[]
  /** False where nobody asks who sent what. */
  readonly stamped?: boolean
}

/** By server; one that is away is left out, and the reading of one that is behind for 10 s is not `whole`. */
export async function readReplicas(
  link: Link,
  api: JsApi,
  { stream, holders, stamped }: Copied,
  wanted: Contents,
): Promise<ReadonlyMap<string, StreamReader>> {
  const readings = new Map<string, StreamReader>()
  for (let tries = 0, failures = 0; tries < mostTries && failures < mostFailures; tries++) {
    if (readings.size === holders.length) break
    try {
      const { name, server } = await makeReadingConsumer(api, stream)
      if (holders.includes(server) && !readings.has(server)) {
        const reader = new StreamReader(link, stamped)
        readings.set(server, reader)
        await reader.all(stream, name, wanted)
      }
      await api.ask(`CONSUMER.DELETE.${stream}.${name}`)
    } catch (error) {
      // What could not be read is said in the end.
      if (!(error instanceof ApiError) && !(error instanceof Failure && error.code === 'timeout')) throw error
      failures++
    }
  }
  return readings
}

/** What the others are compared with: the leader, which is the first holder, or, where that cannot be read completely, the next. */
export function baseOf(
  holders: readonly string[],
  readings: ReadonlyMap<string, StreamReader>,
): StreamReader | undefined {
  return holders.map((node) => readings.get(node)).find((reader) => reader?.whole === true)
}

/** As a frame has it. */
export function replicasTold(holders: readonly string[], readings: ReadonlyMap<string, StreamReader>) {
  const base = baseOf(holders, readings)
  return holders.map((node) => {
    const reader = readings.get(node)
    if (reader === undefined) return { node }
    const { read, last, whole, digest } = reader
    const same = base !== undefined && read === base.read && digest === base.digest
    return { node, read, last, whole, same, ...(same || !reader.stamped ? {} : { publishers: reader.told() }) }
  })
}

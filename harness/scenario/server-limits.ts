/** Limits of nats-server that a scenario would exceed, found before anything is built. */
import { kinds } from '../model/kinds/kinds.ts'
import { objectChunkBytes } from '../model/objects.ts'
import type { Workload } from '../model/scenario.ts'
import { serverBytes, serverLimits as limits, type ServerLimit } from '../model/server-limits.ts'
import { valid, type Draft, type Known } from './draft.ts'
import { printed } from './print.ts'
import { problemAt, type Problem } from './problem.ts'

/** Settings of limits that are no number, or out of range. */
export function limitProblems(path: string, settings: Readonly<Record<string, unknown>>): readonly Problem[] {
  return Object.entries(limits).flatMap(([name, { least, most, unit }]) => {
    const value = settings[name]
    if (value === undefined || isWithin(value, least, most)) return []
    return problemAt(
      `${path}.${name}`,
      `must be a whole number of ${unit} from ${least} to ${most}, got ${printed(value)}`,
    )
  })
}

/** Workloads that need more than their servers allow. */
export function serverLimitProblems(draft: Draft): readonly Problem[] {
  const known = valid(draft.workloads)
  const groups = [...new Set(known.map(({ value }) => value.to))]
  return [
    ...known.flatMap((part) => payload(part, draft)),
    ...stored(draft),
    ...groups.flatMap((group) => [...connections(group, known, draft), ...pending(group, draft)]),
  ]
}

type LimitName = keyof typeof limits

/** Room for the headers that the harness adds itself: ids, expected sequence numbers, places in batches. */
const ownHeaderBytes = 128

function payload({ path, value }: Known<Workload>, draft: Draft): readonly Problem[] {
  const own = addsHeaders(value) ? ownHeaderBytes : 0
  const headers = own + ('headers' in value ? headerBytes(value.headers ?? {}) : 0)
  if ('payload' in value && value.payload !== undefined)
    return tooLarge(`${path}.payload.bytes`, value.payload.bytes, headers, value.to, draft)
  return 'store' in value && 'bytes' in value
    ? tooLarge(`${path}.bytes`, value.bytes, 0, value.to, draft, objectChunkBytes)
    : []
}

function addsHeaders(value: Workload): boolean {
  const { ownHeaders = [] } = kinds[value.kind]
  return (
    ownHeaders === 'always' ||
    Object.entries(value).some(([name, set]) => ownHeaders.includes(name) && set !== undefined)
  )
}

/** What is put into streams, buckets and stores of objects before the load. */
function stored(draft: Draft): readonly Problem[] {
  const { streams, buckets, objects } = draft
  const filled = (word: string, all: Draft['streams'] | Draft['buckets'] | Draft['objects'], chunk = Infinity) =>
    [...all].flatMap(([name, spec]) =>
      spec?.filled === undefined
        ? []
        : tooLarge(`${word}.${name}.filled.bytes`, spec.filled.bytes, 0, spec.on, draft, chunk),
    )
  return [...filled('streams', streams), ...filled('buckets', buckets), ...filled('objects', objects, objectChunkBytes)]
}

/** `chunk`: what is larger goes in messages of so many bytes. */
function tooLarge(
  path: string,
  bytes: number,
  headers: number,
  group: string,
  draft: Draft,
  chunk = Infinity,
): readonly Problem[] {
  const most = limitOf('max_payload', group, draft)
  const sent = Math.min(bytes, chunk)
  if (sent + headers <= most) return []
  const limit = pathOf('max_payload', group)
  if (headers > most)
    return problemAt(
      limit,
      `must be at least ${sent + headers} for ${path} (${sent}, and ${headers} for headers), got ${most}`,
    )
  const room = headers === 0 ? '' : `, less ${headers} for headers`
  const chunks = sent === bytes ? '' : `, which goes in chunks of ${sent}`
  return problemAt(
    path,
    `must be at most ${most - headers}, what the server takes (${limit}${room}), got ${bytes}${chunks}`,
  )
}

/** Connections to a group are spread evenly over its servers. Without a setting the harness's own limit is always high enough. */
function connections(group: string, known: readonly Known<Workload>[], draft: Draft): readonly Problem[] {
  const count = (name: string): number => draft.topology?.get(name)?.count ?? 1
  if (draft.settings.get(group)?.['max_connections'] === undefined) return []
  const most = limitOf('max_connections', group, draft) * count(group)
  const wanted = known
    .filter(({ value }) => value.to === group)
    .reduce((sum, { value }) => sum + value.connections * count(value.on), 0)
  if (wanted <= most) return []
  const servers = count(group) === 1 ? 'the server takes' : `its ${count(group)} servers take`
  const message = `must be at least ${Math.ceil(wanted / count(group))}: the workloads make ${wanted} connections to "${group}", and ${servers} ${most}`
  return problemAt(pathOf('max_connections', group), message)
}

/** nats-server does not start with less (server/server.go, `validateOptions`). */
function pending(group: string, draft: Draft): readonly Problem[] {
  const set = serverBytes(draft.settings.get(group)?.['max_pending'])
  const payload = limitOf('max_payload', group, draft)
  if (set === undefined || set >= payload) return []
  const message = `must be at least max_payload (${payload}), or the server does not start: raise it, or lower max_payload too, got ${set}`
  return problemAt(`topology.${group}.server.settings.max_pending`, message)
}

function limitOf(name: LimitName, group: string, draft: Draft): number {
  const limit: ServerLimit = limits[name]
  const set = draft.settings.get(group)?.[name]
  if (!isWithin(set, limit.least, limit.most)) return limit.standard
  return limit.off === true && set === 0 ? Infinity : set
}

function pathOf(name: LimitName, group: string): string {
  return `topology.${group}.server.settings.${name}`
}

function isWithin(value: unknown, least: number, most: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
}

/** Size of the headers in the protocol: `NATS/1.0`, a line for each header, an empty line. */
function headerBytes(headers: Readonly<Record<string, string>>): number {
  const lines = Object.entries(headers).map(([name, value]) => name.length + 2 + Buffer.byteLength(value) + 2)
  return lines.length === 0 ? 0 : lines.reduce((sum, bytes) => sum + bytes, 'NATS/1.0\r\n\r\n'.length)
}

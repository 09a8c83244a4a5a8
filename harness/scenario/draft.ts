/**
 * What can be read of a scenario in which some parts may be wrong. Relations are checked on it, so that one wrong number does not
 * hide that a workload names a group that does not exist.
 */
import type { z } from 'zod'
import { workloadSchema } from '../model/kinds/kinds.ts'
import { faultSchema, limitSchema, nodeSchema, scenarioSchema } from '../model/scenario.ts'
import type { Fault, Limit, NodeSpec, Scenario, Workload } from '../model/scenario.ts'
import { bucketSchema, type Bucket } from '../model/buckets.ts'
import { objectStoreSchema, type ObjectStore } from '../model/objects.ts'
import { consumerSchema, streamSchema, type Consumer, type Stream } from '../model/streams.ts'
import { pathText } from './shape.ts'

export interface Draft {
  /** Lists that are far too long are read to here only: what is missing says nothing. */
  readonly cut: boolean
  /** Every group, with its specification where that is valid. Undefined where the topology cannot be read. */
  readonly topology: ReadonlyMap<string, NodeSpec | undefined> | undefined
  /** The server settings of each group that has some, as they were given. */
  readonly settings: ReadonlyMap<string, Readonly<Record<string, unknown>>>
  /** A part without a value is not valid by itself. */
  readonly workloads: readonly Part<Workload>[]
  /** By name; undefined where one is not valid by itself. */
  readonly streams: ReadonlyMap<string, Stream | undefined>
  readonly consumers: ReadonlyMap<string, Consumer | undefined>
  readonly buckets: ReadonlyMap<string, Bucket | undefined>
  readonly objects: ReadonlyMap<string, ObjectStore | undefined>
  readonly limits: readonly Part<Limit>[]
  readonly faults: readonly Part<Fault>[]
  readonly expected: Scenario['expect'] | undefined
  readonly phases: { readonly warmup: string; readonly measure: string; readonly cooldown: string } | undefined
  readonly repeats: number | undefined
}

export interface Part<T> {
  /** Its path in messages: `workloads.pub`, `limits.0`. */
  readonly path: string
  readonly value: T | undefined
  /** Its name, also where the rest of it is not valid. */
  readonly name: string | undefined
  /** The part as it was given. */
  readonly raw: Readonly<Record<string, unknown>>
}

/** More than any list of parts may have. */
const mostParts = 100

export function draftOf(input: unknown): Draft {
  const from = isObject(input) ? input : {}
  const topology = from['topology']
  return {
    cut: [from['workloads'], from['limits'], from['faults']].some(
      (list) => Array.isArray(list) && list.length > mostParts,
    ),
    topology: isObject(topology)
      ? new Map(Object.entries(topology).map(([name, spec]) => [name, validOf(nodeSchema, spec)]))
      : undefined,
    settings: new Map(isObject(topology) ? Object.entries(topology).flatMap(settingsOf) : []),
    workloads: parts(input, 'workloads', workloadSchema),
    streams: named(from['streams'], streamSchema),
    consumers: named(from['consumers'], consumerSchema),
    buckets: named(from['buckets'], bucketSchema),
    objects: named(from['objects'], objectStoreSchema),
    limits: parts(input, 'limits', limitSchema),
    faults: parts(input, 'faults', faultSchema),
    expected: validOf(scenarioSchema.shape.expect, from['expect']),
    phases: validOf(scenarioSchema.shape.phases, from['phases']),
    repeats: validOf(scenarioSchema.shape.repeats, from['repeats']),
  }
}

function named<T>(given: unknown, schema: z.ZodType<T>): ReadonlyMap<string, T | undefined> {
  return new Map(Object.entries(isObject(given) ? given : {}).map(([name, spec]) => [name, validOf(schema, spec)]))
}

function settingsOf([name, spec]: readonly [string, unknown]): [string, Readonly<Record<string, unknown>>][] {
  const server = isObject(spec) ? spec['server'] : undefined
  const settings = isObject(server) ? server['settings'] : undefined
  return isObject(settings) ? [[name, settings]] : []
}

function parts<T>(input: unknown, word: string, schema: z.ZodType<T>): readonly Part<T>[] {
  const list = isObject(input) ? input[word] : undefined
  if (!Array.isArray(list)) return []
  return Array.from(list.slice(0, mostParts), (item: unknown, index) => {
    const raw = isObject(item) ? item : {}
    const name = raw['name']
    return {
      path: pathText([word, index], input),
      value: validOf(schema, item),
      name: typeof name === 'string' ? name : undefined,
      raw,
    }
  })
}

/** A part that is valid by itself. */
export type Known<T> = Part<T> & { readonly value: T }

export function valid<T>(parts: readonly Part<T>[]): readonly Known<T>[] {
  return parts.filter((part): part is Known<T> => part.value !== undefined)
}

/** Those of a draft's tables that are well formed, with their names. */
export function validEntries<T>(table: ReadonlyMap<string, T | undefined>): readonly (readonly [string, T])[] {
  return [...table].flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]))
}

export function validOf<T>(schema: z.ZodType<T>, value: unknown): T | undefined {
  const result = schema.safeParse(value)
  return result.success ? result.data : undefined
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

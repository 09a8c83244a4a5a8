/** The zod schema of a Plan, for `bench schema`. A type test holds it equal to the type in plan.ts. */
import { z } from 'zod'
import { arrivalsSchema, faultSchema, scenarioSchema } from './scenario.ts'

export const list = <T extends z.ZodType>(item: T) => z.array(item).readonly()
export const dictionary = <T extends z.ZodType>(value: T) => z.record(z.string(), value).readonly()
const whole = z.int().min(0)
const engine = z.enum(['wire', 'nats.js'])
const target = z.strictObject({ host: z.string(), port: whole })
const endpoint = z.strictObject({
  address: z.string(),
  ports: z.strictObject({ client: whole, monitor: whole, cluster: whole, floor: whole }),
})
const server = z.strictObject({ version: z.string().exactOptional(), path: z.string().exactOptional() })
const payload = z.strictObject({ bytes: whole, compressible: z.number(), seed: whole })
const connected = { engine, servers: list(target), connections: whole, subject: z.string() }
const sending = { ...connected, publisher: whole, payload, headers: dictionary(z.string()), arrivals: arrivalsSchema }

const job = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('publish'), ...sending, subjects: whole }),
  z.strictObject({
    kind: z.literal('subscribe'),
    ...connected,
    queue: z.string().exactOptional(),
    stamped: z.boolean(),
    publishers: whole,
  }),
  z.strictObject({ kind: z.literal('request'), ...sending, timeoutMs: z.number() }),
  z.strictObject({
    kind: z.literal('reply'),
    ...connected,
    queue: z.string().exactOptional(),
    payload: payload.exactOptional(),
  }),
  z.strictObject({ kind: z.literal('echo'), listen: target }),
  z.strictObject({ kind: z.literal('ping'), to: target, bytes: whole, durationMs: z.number() }),
  z.strictObject({ kind: z.literal('probe'), servers: list(z.strictObject({ node: z.string(), target })) }),
])

const phases = z.strictObject({ warmupMs: z.number(), measureMs: z.number(), cooldownMs: z.number() })

const variant = z.strictObject({
  name: z.string(),
  set: dictionary(z.union([z.string(), z.number(), z.boolean()])),
  phases,
  nodes: list(z.string()),
  services: list(z.strictObject({ node: z.string(), server, config: z.string(), endpoint })),
  assignments: list(z.strictObject({ id: z.string(), workload: z.string(), node: z.string(), job })),
  flows: list(z.strictObject({ from: z.string(), to: z.string(), delivery: z.enum(['all', 'one']) })),
})

const node = z.strictObject({
  name: z.string(),
  group: z.string(),
  role: z.enum(['server', 'load']),
  index: whole,
  endpoint,
  cpus: list(whole).exactOptional(),
  memoryBytes: z.number().exactOptional(),
  network: z.enum(['shared', 'vnet']).exactOptional(),
})

export const planSchema = z.strictObject({
  schema: z.literal(1),
  digest: z.string(),
  scenario: scenarioSchema,
  substrate: z.enum(['process', 'container', 'bastille', 'memory']),
  why: z.string(),
  command: z.string(),
  harness: z.string(),
  host: z.string(),
  network: z.enum(['shared', 'vnet']).exactOptional(),
  nodes: list(node),
  variants: list(variant),
  blocks: list(z.strictObject({ index: whole, variant: z.string(), repeat: whole })),
  faults: list(faultSchema),
  expectedMs: z.number(),
})

/** The zod schema of a Plan, for `bench schema`. A type test holds it equal to the type in plan.ts. */
import { z } from 'zod'
import { jobSchema } from './kinds/kinds.ts'
import { dictionary, list, whole } from './kinds/parts.ts'
import { faultSchema, scenarioSchema } from './scenario.ts'
import { substrateNames } from './substrates.ts'

const endpoint = z.strictObject({
  address: z.string(),
  ports: z.strictObject({ client: whole, monitor: whole, cluster: whole, floor: whole }),
})
const server = z.strictObject({ version: z.string().exactOptional(), path: z.string().exactOptional() })
const phases = z.strictObject({ warmupMs: z.number(), measureMs: z.number(), cooldownMs: z.number() })

const variant = z.strictObject({
  name: z.string(),
  set: dictionary(z.union([z.string(), z.number(), z.boolean()])),
  phases,
  nodes: list(z.string()),
  services: list(z.strictObject({ node: z.string(), server, config: z.string(), endpoint })),
  assignments: list(z.strictObject({ id: z.string(), workload: z.string(), node: z.string(), job: jobSchema })),
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
  substrate: z.enum(substrateNames),
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

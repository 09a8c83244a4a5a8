/** The zod schema of a line of recording.ndjson, for `bench schema recording`. A type test holds it equal to recording.ts. */
import { z } from 'zod'
import { dictionary, list } from './kinds/parts.ts'
import { planSchema } from './plan-schema.ts'

const number = z.number()
const text = z.string()

export const histogramSchema = z.strictObject({
  significantBits: number,
  min: number,
  max: number,
  total: number,
  buckets: list(number),
})

const counts = z.strictObject({
  sent: number,
  received: number,
  bytes: number,
  lost: number,
  duplicated: number,
  reordered: number,
  late: number,
  negative: number,
  undecodable: number,
})

const meter = z.strictObject({
  cpuUserMicros: number,
  cpuSystemMicros: number,
  memoryBytes: number,
  switchesVoluntary: number,
  switchesInvoluntary: number,
  loopLagMaxNs: number,
  gcCount: number,
  gcNs: number,
})

const usage = z.strictObject({
  cpuUserMicros: number,
  cpuSystemMicros: number,
  memoryBytes: number,
  switchesVoluntary: number.exactOptional(),
  switchesInvoluntary: number.exactOptional(),
  resolutionMicros: number,
})

export const thermalsShape = {
  cpuMHz: number.exactOptional(),
  temperatureC: number.exactOptional(),
  throttled: number.exactOptional(),
}

const clock = z.strictObject({ now: text, tickNs: number, readCostNs: number, offsets: text.exactOptional() })

const histogram = histogramSchema.exactOptional()
const histograms = z.strictObject({
  latency: histogram,
  service: histogram,
  rtt: histogram,
  rttService: histogram,
  lag: histogram,
  floor: histogram,
})

const frame = z.discriminatedUnion('t', [
  z.strictObject({ t: z.literal('hello'), protocol: number, agent: text, node: text, runtime: text, clock }),
  z.strictObject({ t: z.literal('ready'), now: text }),
  z.strictObject({
    t: z.literal('sample'),
    from: number,
    to: number,
    phase: z.enum(['warmup', 'measure', 'cooldown']),
    counts,
    histograms,
    meter,
  }),
  z.strictObject({ t: z.literal('done'), counts, perPublisher: dictionary(number) }),
  z.strictObject({ t: z.literal('failed'), code: text, message: text }),
  z.strictObject({ t: z.literal('usage'), at: number, usage }),
  z.strictObject({ t: z.literal('server'), at: number, node: text, counters: dictionary(number) }),
  z.strictObject({ t: z.literal('thermals'), at: number, thermals: z.strictObject(thermalsShape) }),
  z.strictObject({ t: z.literal('fault'), at: number, kind: text, on: z.boolean() }),
])

const host = z.strictObject({
  name: text,
  os: text,
  kernel: text,
  arch: text,
  hostname: text.exactOptional(),
  cpuModel: text.exactOptional(),
  cores: number.exactOptional(),
  cpuMHz: number.exactOptional(),
  memoryBytes: number.exactOptional(),
  clockSource: text.exactOptional(),
  governor: text.exactOptional(),
  temperatureC: number.exactOptional(),
  virtualization: text.exactOptional(),
  filesystem: text.exactOptional(),
  loadAverage: number.exactOptional(),
  settings: dictionary(text),
})

const server = z.strictObject({
  node: text,
  variant: text,
  version: text,
  origin: text,
  goVersion: text.exactOptional(),
  sha256: text.exactOptional(),
})

export const factsSchema = z.strictObject({ host, servers: list(server), node: text, substrate: dictionary(text) })

const because = text.exactOptional()
export const lineSchema = z.discriminatedUnion('t', [
  z.strictObject({ t: z.literal('plan'), schema: z.literal(1), run: text, at: text, plan: planSchema }),
  z.strictObject({ t: z.literal('facts'), facts: factsSchema }),
  z.strictObject({ t: z.literal('block'), block: number, variant: text, startedAt: text }),
  z.strictObject({ t: z.literal('frame'), block: number, from: text, frame }),
  z.strictObject({ t: z.literal('blockEnd'), block: number, outcome: z.enum(['ok', 'failed']), because }),
  z.strictObject({ t: z.literal('end'), outcome: z.enum(['complete', 'interrupted', 'failed']), because }),
])

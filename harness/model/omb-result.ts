/** What is read of an OpenMessaging Benchmark result; its other fields are ignored. */
import { z } from 'zod'

const wrong = 'must be a number from 0 to 1e15'
const amount = z.number(wrong).min(0, wrong).max(1e15, wrong)
const rates = z.array(amount).min(1).max(1_000_000)
const some = amount.optional()
export const ombResultSchema = z.object({
  workload: z.string().max(500),
  driver: z.string().max(500),
  messageSize: z.number().int().min(0).optional(),
  publishRate: rates,
  consumeRate: rates,
  publishErrorRate: z.array(amount).max(1_000_000).optional(),
  backlog: z.array(z.number().max(1e15, wrong)).max(1_000_000).optional(),
  aggregatedPublishLatency50pct: some,
  aggregatedPublishLatency99pct: some,
  aggregatedPublishLatency999pct: some,
  aggregatedPublishLatency9999pct: some,
  aggregatedPublishLatencyMax: some,
  aggregatedPublishDelayLatency50pct: some,
  aggregatedPublishDelayLatency99pct: some,
  aggregatedPublishDelayLatency999pct: some,
  aggregatedPublishDelayLatencyMax: some,
  aggregatedEndToEndLatency50pct: some,
  aggregatedEndToEndLatency99pct: some,
  aggregatedEndToEndLatency999pct: some,
  aggregatedEndToEndLatency9999pct: some,
  aggregatedEndToEndLatencyMax: some,
})
export type OmbResult = z.output<typeof ombResultSchema>

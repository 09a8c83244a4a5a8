/** The parts that fields of a scenario are made of. Messages say what a value must be. */
import { z } from 'zod'
import { byteCount, durationMs } from './units.ts'

export const label = z
  .string('must be a name')
  .regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be 1 to 32 lower-case letters, digits or dashes and begin with a letter')
const whole = 'must be a whole number of at least 1'
export const count = (most: number) => z.int(whole).min(1, whole).max(most, `must be a whole number of at most ${most}`)
export const several = 'must be a whole number from 2 to 1000000'
const durationMessage = 'must be a duration such as "500ms", "2s" or "1m"'
export const duration = z
  .string(durationMessage)
  .max(20, durationMessage)
  .refine((text) => durationMs(text) !== undefined, durationMessage)
const sizeMessage = 'must be a size such as 65536 or "64KiB"'
export const size = z.union(
  [
    z.int(sizeMessage).min(1, sizeMessage),
    z
      .string()
      .max(20, sizeMessage)
      .refine((text) => (byteCount(text) ?? 0) >= 1, sizeMessage),
  ],
  sizeMessage,
)
const rateMessage = 'must be a number of messages a second above 0'
const rate = z.number(rateMessage).positive(rateMessage).max(1e8, 'must be at most 100000000 messages a second')
const subjectMessage = 'must be a NATS subject: tokens without blanks, joined by dots'
export const subject = z
  .string(subjectMessage)
  .min(1, subjectMessage)
  .max(200, 'must be a NATS subject of at most 200 characters')
  .regex(/^[^\s.\p{Cc}\p{Bidi_Control}]+(\.[^\s.\p{Cc}\p{Bidi_Control}]+)*$/u, subjectMessage)
const cpuMessage = 'must be the number of a CPU, 0 to 1023'
export const cpus = z.array(z.int(cpuMessage).min(0, cpuMessage).max(1023, cpuMessage)).min(1).max(1024)
export const line = (most: number) =>
  z
    .string('must be a line of text')
    .max(most, `must be a line of text of at most ${most} characters`)
    .regex(/^[^\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}]*$/u, 'must be text without control characters')

export const arrivalsSchema = z.discriminatedUnion('kind', [
  /** Open loop: messages fall due at equal distances. Rates are totals of the workload, shared by its agents. */
  z.strictObject({ kind: z.literal('constant'), perSecond: rate }),
  /** Open loop: exponential distances, seeded. */
  z.strictObject({ kind: z.literal('poisson'), perSecond: rate }),
  /** Open loop: `size` messages of each agent fall due at once; `perSecond` is the workload's mean rate of messages. */
  z.strictObject({ kind: z.literal('burst'), perSecond: rate, size: count(1_000_000) }),
  /** Open loop: the rate climbs from `from` to `to` in `steps` equal steps over the measured time. */
  z.strictObject({ kind: z.literal('staircase'), from: rate, to: rate, steps: count(100) }),
  /** Closed loop, requests only: `inFlight` requests of each connection are unanswered at any time. */
  z.strictObject({ kind: z.literal('closed'), inFlight: count(10_000) }),
  /** Publishers only: as fast as it goes; latency then is the depth of queues. */
  z.strictObject({ kind: z.literal('flood') }),
])

const bytesMessage = 'must be a whole number of bytes from 0 to 67108864'
const shareMessage = 'must be a share from 0 to 1'
export const payloadSchema = z.strictObject({
  /** 0 up to the server's max_payload. From 16 bytes on every message is stamped; below, messages are counted only. */
  bytes: z
    .int(bytesMessage)
    .min(0, bytesMessage)
    .max(64 * 1024 * 1024, bytesMessage),
  /** Share of the payload that compresses well, 0 to 1. The rest is seeded random. */
  compressible: z.number(shareMessage).min(0, shareMessage).max(1, shareMessage).default(0),
})

export const engine = z.enum(['wire', 'nats.js']).default('wire')
/** A connection that is lost is made again, with another server of the group where there is one. */
export const reconnect = z
  .strictObject({
    /** Time between two tries. */
    every: duration.default('100ms'),
  })
  .optional()
/** What every workload has. */
export const base = {
  name: label,
  /** The group of load nodes that runs it. */
  on: label,
  /** The group of server nodes it connects to; several servers are taken in turn. */
  to: label,
  subject,
  /** Connections of each agent. */
  connections: count(1000).default(1),
  engine,
  /** Live through a lost connection; left out, a lost connection ends the run. */
  reconnect,
}
export const headers = z
  .record(
    z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,60}$/, 'must be letters, digits and dashes such as "Trace-Id"'),
    z
      .string('must be a line of ASCII text')
      .max(200, 'must be at most 200 characters')
      .regex(/^[\x20-\x7e]*$/, 'must be a line of ASCII text'),
  )
  .optional()

/** The parts that fields of a scenario are made of. Messages say what a value must be. */
import { z } from 'zod'
import { byteCount, durationMs, durationPattern, sizePattern, someTimePattern } from './units.ts'

/**
 * Patterns go into the JSON Schema, which editors and other languages read: plain ranges only, no `\p{...}`, which needs
 * ECMAScript's flag u, and no `\w` or `\d`, which mean more elsewhere. Controls of text, and of writing direction (Unicode's
 * Bidi_Control).
 */
const controls = String.raw`\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069`
const token = String.raw`[^\s\ufeff.${controls}]+`
const subjectPattern = new RegExp(String.raw`^${token}(\.${token})*$`)
const linePattern = new RegExp(String.raw`^[^${controls}\u2028\u2029]*$`)

export const label = z
  .string('must be a name')
  .regex(/^[a-z][a-z0-9-]{0,31}$/, 'must be 1 to 32 lower-case letters, digits or dashes and begin with a letter')
const whole = 'must be a whole number of at least 1'
export const count = (most: number) => z.int(whole).min(1, whole).max(most, `must be a whole number of at most ${most}`)
export const between = (least: number, most: number) => {
  const message = `must be a whole number from ${least} to ${most}`
  return z.int(message).min(least, message).max(most, message)
}
const mostShare = 'must be a share from 0 to 0.9'
/** Not all: something must get through. */
export const share = z.number(mostShare).min(0, mostShare).max(0.9, mostShare).default(0)
const durationMessage = 'must be a duration such as "500ms", "2s" or "1m"'
export const durationSaying = (message: string, fits = (_ms: number) => true) =>
  z
    .string(message)
    .max(20, message)
    .refine((text) => {
      const ms = durationMs(text)
      return ms !== undefined && fits(ms)
    }, message)
    .meta({ pattern: durationPattern, examples: ['500ms', '2s', '1m'] })
export const duration = durationSaying(durationMessage)
/** A server takes 0 for a default of its own, and an answer that may take no time is always late. */
export const someTime = durationSaying(`${durationMessage} and above 0`, (ms) => ms > 0).meta({
  pattern: someTimePattern,
})
const sizeMessage = 'must be a size such as 65536 or "64KiB"'
export const size = z.union(
  [
    z.int(sizeMessage).min(1, sizeMessage),
    z
      .string()
      .max(20, sizeMessage)
      .refine((text) => (byteCount(text) ?? 0) >= 1, sizeMessage)
      .meta({ pattern: sizePattern, examples: ['64KiB', '1MB'] }),
  ],
  sizeMessage,
)
const rateMessage = 'must be a number of messages a second above 0'
const rate = z.number(rateMessage).positive(rateMessage).max(1e8, 'must be at most 100000000 messages a second')
const perSecond = rate.describe('Messages a second of the whole workload, shared by its agents.')
const subjectMessage = 'must be a NATS subject: tokens without blanks, joined by dots'
const longestSubject = 200
const longMessage = `must be a NATS subject of at most ${longestSubject} bytes of UTF-8`
export const subject = z
  .string(subjectMessage)
  .min(1, subjectMessage)
  .max(longestSubject, longMessage)
  .regex(subjectPattern, subjectMessage)
  // Half of a surrogate pair is no character: it cannot be sent as UTF-8.
  .refine((text) => text.isWellFormed(), subjectMessage)
  .refine((text) => Buffer.byteLength(text) <= longestSubject, longMessage)
const cpuMessage = 'must be the number of a CPU, 0 to 1023'
export const cpus = z.array(z.int(cpuMessage).min(0, cpuMessage).max(1023, cpuMessage)).min(1).max(1024)
export const line = (most: number) =>
  z
    .string('must be a line of text')
    .max(most, `must be a line of text of at most ${most} characters`)
    .regex(linePattern, 'must be text without control characters')

export const arrivalsSchema = z
  .discriminatedUnion('kind', [
    z
      .strictObject({ kind: z.literal('constant').describe('Messages evenly spaced in time.'), perSecond })
      .describe('Open loop: messages fall due evenly spaced in time.'),
    z
      .strictObject({ kind: z.literal('poisson').describe('Messages at random times.'), perSecond })
      .describe('Open loop: messages fall due at random, with exponential times between them (drawn by the seed).'),
    z
      .strictObject({
        kind: z.literal('burst').describe('Many messages at once.'),
        perSecond: rate.describe('Mean rate of messages of the whole workload, shared by its agents.'),
        size: count(1_000_000).describe('Messages of each agent that fall due at once.'),
      })
      .describe('Open loop: `size` messages of each agent fall due at once.'),
    z
      .strictObject({
        kind: z.literal('staircase').describe('A rate that climbs in steps.'),
        from: rate.describe('Messages a second of the whole workload in the first step, and in the warm-up.'),
        to: rate.describe('Messages a second of the whole workload in the last step.'),
        steps: count(100).describe('Steps of equal length.'),
      })
      .describe('Open loop: the rate climbs from `from` to `to` in `steps` equal steps over the measured time.'),
    z
      .strictObject({
        kind: z.literal('closed').describe('The next request when one is answered.'),
        inFlight: count(10_000).describe('Requests that each connection keeps unanswered.'),
      })
      .describe('Closed loop, not for `publish`: each connection keeps `inFlight` requests unanswered.'),
    z
      .strictObject({ kind: z.literal('flood').describe('As fast as possible.') })
      .describe('Not for `request`: as fast as possible. Latency then is the depth of queues.'),
  ])
  .describe('When messages are sent.')

const mostBytes = 64 * 1024 * 1024
const partMessage = 'must be a share above 0, up to 1'
const shareMessage = 'must be a share from 0 to 1'
const bytes = (least: number) => {
  const message = `must be a whole number of bytes from ${least} to ${mostBytes}`
  return z.int(message).min(least, message).max(mostBytes, message)
}
/** A payload of one size. */
export const evenPayload = z
  .strictObject({
    bytes: bytes(0).describe(
      "0 up to the server's max_payload. Every message of 16 bytes or more carries a stamp; smaller ones are only counted.",
    ),
    compressible: z
      .number(shareMessage)
      .min(0, shareMessage)
      .max(1, shareMessage)
      .default(0)
      .describe('Share of the payload that compresses well, 0 to 1. The rest is random, drawn by the seed.'),
  })
  .describe('What a message carries.')
const smaller = z
  .array(
    z.strictObject({
      bytes: bytes(16).describe('Their size; the smallest size where `to` is given.'),
      to: bytes(16).optional().describe('Their largest size: sizes are then spread evenly from `bytes` to `to`.'),
      share: z
        .number(partMessage)
        .positive(partMessage)
        .max(1, partMessage)
        .describe('Their share of all messages, above 0 up to 1. Shares together are at most 1.'),
    }),
  )
  .min(1)
  .max(20)
  .optional()
  .describe('Messages of smaller sizes, drawn by the seed; the others have `bytes`, which is the largest size.')
export const payloadSchema = evenPayload
  .extend({ smaller })
  .superRefine(({ bytes, smaller = [] }, problems) => {
    const add = (path: readonly (string | number)[], message: string) =>
      problems.addIssue({ code: 'custom', path: ['smaller', ...path], message })
    smaller.forEach((part, i) => {
      const { bytes: least, to = least } = part
      if (least >= bytes) add([i, 'bytes'], `must be below the payload's bytes (${bytes})`)
      else if (to >= bytes) add([i, 'to'], `must be below the payload's bytes (${bytes})`)
      if (to < least) add([i, 'to'], `must be at least the part's own bytes (${least})`)
    })
    const shares = smaller.reduce((total, { share }) => total + share, 0)
    if (shares > 1 + 1e-9) add([], `must have shares of at most 1 together, not ${Number(shares.toFixed(6))}`)
  })
  .describe('What a message carries.')

export const engine = z
  .enum(['wire', 'nats.js'])
  .default('wire')
  .describe("The client: the harness's own, or the official one for JavaScript.")
/** A connection that is lost is made again, with another server of the group where there is one. */
const reconnect = z
  .strictObject({ every: someTime.default('100ms').describe('Time between two attempts.') })
  .optional()
  .describe('Connect again after a lost connection; left out, a lost connection ends the run.')
/** What every workload has. */
export const base = {
  name: label.describe('Names the workload in results, limits and variants.'),
  on: label.describe('The group of load nodes that runs it.'),
  to: label.describe('The group of server nodes it connects to; connections take several servers in turn.'),
  subject: subject.describe(
    'Subject to send to or to subscribe to; `*` and `>` for receivers only. At most 200 bytes of UTF-8.',
  ),
  connections: count(1000).default(1).describe('Connections of each agent.'),
  engine,
  /** Live through a lost connection; left out, a lost connection ends the run. */
  reconnect,
}
export const queue = label.optional().describe('Queue group: each message goes to one of its members.')
export const headers = z
  .record(
    z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,60}$/, 'must be letters, digits and dashes such as "Trace-Id"'),
    z
      .string('must be a line of ASCII text')
      .max(200, 'must be at most 200 characters')
      .regex(/^[\x20-\x7e]*$/, 'must be a line of ASCII text'),
  )
  .optional()
  .describe('Headers of every message.')

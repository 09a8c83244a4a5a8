/** What `bench exec`, `down` and `up` say to the keeper of a topology, as JSON lines over a Unix socket only its user can open. */
import { join } from 'node:path'
import { z } from 'zod'
import { BenchError, errorCodes } from '../model/error.ts'
import { impairmentSchema } from '../model/impairment.ts'
import { list } from '../model/json.ts'

const text = z.string()

export const requestSchema = z.discriminatedUnion('t', [
  z.object({ t: z.literal('info') }),
  z.object({ t: z.literal('exec'), node: text, command: list(text) }),
  /** One line for the program of this `exec`; without text its input ends. */
  z.object({ t: z.literal('input'), text: text.exactOptional() }),
  z.object({ t: z.literal('down') }),
  z.object({ t: z.literal('impair'), node: text, how: impairmentSchema }),
  z.object({ t: z.literal('cut'), node: text, from: text.exactOptional() }),
  z.object({ t: z.literal('heal') }),
])

const seen = z.object({
  sent: z.number(),
  returned: z.number(),
  rttNs: z.object({ p50: z.number(), p99: z.number() }).exactOptional(),
  /** Of a burst. */
  bitsPerSecond: z.number().exactOptional(),
})
const kept = z.object({
  run: text,
  scenario: text,
  substrate: text,
  nodes: list(z.object({ name: text, role: text, address: text })),
  servers: list(z.object({ node: text, url: text, token: text, version: text })),
})

export const answerSchema = z.discriminatedUnion('t', [
  /** `pid`: of the process that keeps it up. */
  z.object({ t: z.literal('info'), kept, pid: z.int() }),
  z.object({ t: z.literal('out'), line: text }),
  z.object({ t: z.literal('exit'), status: z.number(), stderr: list(text) }),
  z.object({ t: z.literal('down') }),
  /** An impairment is on; what packets met before it and meet now. */
  z.object({ t: z.literal('impaired'), before: seen, now: seen }),
  z.object({ t: z.literal('done') }),
  /** The error as it was thrown beside the topology. */
  z.object({
    t: z.literal('failed'),
    code: z.enum(errorCodes),
    message: text,
    lines: list(text),
    hint: text.exactOptional(),
  }),
])

export type Request = z.output<typeof requestSchema>
export type Kept = z.output<typeof kept>
export type Answer = z.output<typeof answerSchema>

/** Longest path of a Unix socket in bytes: `sun_path` has 104 on FreeBSD and macOS, 108 on Linux, the last one is 0. */
const mostPathBytes = 103

/** The one kept topology of this user. Throws `usage` where the system could not take the path. */
export function socketOf(stateFolder: string): string {
  const path = join(stateFolder, 'keep.sock')
  const bytes = Buffer.byteLength(path)
  if (bytes <= mostPathBytes) return path
  throw new BenchError(
    'usage',
    `path of the socket must be at most ${mostPathBytes} bytes long, got ${bytes}: ${path}`,
    { hint: 'set XDG_STATE_HOME to a folder with a shorter path' },
  )
}

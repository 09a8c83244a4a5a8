/** What `bench exec`, `down` and `up` say to the keeper of a topology, as JSON lines over a Unix socket only its user can open. */
import { join } from 'node:path'
import { z } from 'zod'
import { list } from '../model/json.ts'

const text = z.string()

export const requestSchema = z.discriminatedUnion('t', [
  z.object({ t: z.literal('info') }),
  z.object({ t: z.literal('exec'), node: text, command: list(text) }),
  /** One line for the program of this `exec`; without text its input ends. */
  z.object({ t: z.literal('input'), text: text.exactOptional() }),
  z.object({ t: z.literal('down') }),
])

const kept = z.object({
  run: text,
  scenario: text,
  substrate: text,
  nodes: list(z.object({ name: text, role: text, address: text })),
  servers: list(z.object({ node: text, url: text, token: text, version: text })),
})

export const answerSchema = z.discriminatedUnion('t', [
  z.object({ t: z.literal('info'), kept }),
  z.object({ t: z.literal('out'), line: text }),
  z.object({ t: z.literal('exit'), status: z.number(), stderr: list(text) }),
  z.object({ t: z.literal('down') }),
  z.object({ t: z.literal('failed'), message: text }),
])

export type Request = z.output<typeof requestSchema>
export type Kept = z.output<typeof kept>
export type Answer = z.output<typeof answerSchema>

/** The one kept topology of this user. */
export function socketOf(stateFolder: string): string {
  return join(stateFolder, 'keep.sock')
}

/** Answers recorded from real commands (fixtures/transcripts), and a Host that replays them. */
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { Finished, Host } from '../../host/host.ts'
import { BenchError } from '../../model/error.ts'

const recordedSchema = z.array(
  z.object({ command: z.array(z.string()), stdout: z.string(), stderr: z.string(), status: z.number() }),
)
export type Recorded = z.output<typeof recordedSchema>[number]

/** `freebsd-15.1` is from a real kernel; the others are the scripts of that version in the lab. */
export type Transcript = 'freebsd-15.1' | '1.0.1' | '1.1.2' | '1.3.2' | '1.4.4' | 'head'

export function transcript(name: Transcript): readonly Recorded[] {
  const file = new URL(`../../../fixtures/transcripts/${name}.json`, import.meta.url)
  return recordedSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
}

/** The first, or the last, answer to exactly this command. */
export function answer(name: Transcript, command: string, which: 'first' | 'last' = 'first'): Recorded {
  const all = transcript(name).filter((each) => each.command.join(' ') === command)
  const found = which === 'first' ? all[0] : all.at(-1)
  if (found === undefined) throw new Error(`transcript ${name} has no answer to ${command}`)
  return found
}

/** The questions for keys of bastille.conf and of rc.conf (config-file.ts); their group has the keys. */
export const configAsked = /^sh -c \. "\$0" .* \/usr\/local\/etc\/bastille\/bastille\.conf ([\w ]+)$/
export const rcAsked = /^sh -c \. \/etc\/defaults\/rc\.conf .* sh ([\w ]+)$/

/** The answer where these are the values; a key that is not set gives none. */
export function configAnswer(values: Readonly<Record<string, string>>, keys: string): Partial<Finished> {
  const set = keys.split(' ').filter((key) => values[key] !== undefined)
  return { stdout: set.map((key) => `${key}=${values[key]}\0`).join('') }
}

/** Runs nothing: `answers` gives the answer for a command. A command that it does not know ends with status 127, as in a shell. */
export function recordedHost(answers: (command: string) => Partial<Finished> | undefined): Host {
  const nothing = () =>
    Promise.reject(new BenchError('bug', 'a recorded host must only be asked, it was told to do something'))
  return {
    name: 'recorded',
    facts: nothing,
    run: (command, options = {}) => {
      // The doctor asks through `sh -c 'exec "$@"' sh ...` so that a missing program is a status.
      const words = command[0] === 'sh' && command[2] === 'exec "$@"' ? command.slice(4) : command
      const found = answers(words.join(' '))
      const finished = { stdout: '', stderr: '', status: found === undefined ? 127 : 0, ...found }
      const fine = options.accept === 'any' || (options.accept ?? [0]).includes(finished.status)
      return fine
        ? Promise.resolve(finished)
        : Promise.reject(new BenchError('os', `command ${words.join(' ')} must succeed, got status ${finished.status}`))
    },
    spawn: nothing,
    put: nothing,
    close: () => Promise.resolve(),
  }
}

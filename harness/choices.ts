/** What was chosen: by the command line, by the environment, by a test. */
import { statSync, type Stats } from 'node:fs'
import { resolve } from 'node:path'
import { BenchError } from './model/error.ts'
import type { ServerChoice, SubstrateName } from './model/plan.ts'
import { versionMessage, versionPattern } from './model/scenario.ts'
import { oneOf, substrateChoices } from './model/substrates.ts'
import type { Overrides } from './model/expanded.ts'

export interface Choices {
  readonly on: SubstrateName | 'auto'
  /** `ssh://user@host[:port]`; this machine where absent. */
  readonly host?: string
  /** Folder of run folders. */
  readonly out: string
  readonly settings: Readonly<Record<string, string>>
  readonly overrides: Overrides
  /** How long to wait for a host that another run has; not at all where nothing is said. */
  readonly waitMs?: number
  /** The command that repeats it, for the report. */
  readonly command: string
}

/**
 * A release or a git ref, or the path of a program: what has a slash, and the name of a file in `cwd`. Programs are always on this
 * machine; they are copied to another host. `from`: the option or variable that said it. Throws `usage` for what is neither, so that
 * it is said before anything is built.
 */
export function serverChoice(text: string, cwd: string, from = '--server'): ServerChoice {
  if (text.trim() === '')
    throw new BenchError('usage', `${from} ${versionMessage}, or the path of a program, got an empty word`)
  const version = text.replace(/^v(?=\d)/i, '')
  const release = /^\d+\.\d+\.\d/.test(version)
  const path = resolve(cwd, text)
  const there = release ? undefined : statSync(path, { throwIfNoEntry: false })
  if (there !== undefined) return { path: program(path, text, there, from) }
  // A ref in full has slashes too.
  if (text.includes('/') && !/^refs\/(heads|tags)\/./.test(text))
    throw new BenchError('usage', `${from} must be a program that is there, got ${JSON.stringify(text)}`, {
      hint: /^[A-Za-z0-9][\w./-]*$/.test(text)
        ? refHint(text)
        : `a path is read in ${cwd}; "~" and addresses are not known here`,
    })
  if (/^nats-server/.test(text))
    throw new BenchError('usage', `${from} must be a program that is there, got ${JSON.stringify(text)} in ${cwd}`, {
      hint: 'give its path: $(command -v nats-server)',
    })
  if (!versionPattern.test(version))
    throw new BenchError('usage', `${from} ${versionMessage}, or the path of a program, got ${JSON.stringify(text)}`)
  return { version }
}

/** A branch or tag in full, from the ways in which git writes it; of a pull request Go knows neither. */
function refHint(text: string): string {
  const [, place = 'heads', name = text] =
    /^(?:refs\/)?(?:remotes\/)?(?:(origin|upstream|heads|tags|pull)\/)(.+)$/.exec(text) ?? []
  if (place === 'pull') return 'of a pull request give the program, built from it'
  return `for a git ref of that name: refs/${place === 'tags' ? 'tags' : 'heads'}/${name}`
}

function program(path: string, text: string, there: Stats, from: string): string {
  if (there.isFile()) {
    if ((there.mode & 0o111) !== 0) return path
    throw new BenchError('usage', `${from} must be a program, got ${JSON.stringify(text)}, which may not be executed`, {
      hint: `chmod +x ${path}`,
    })
  }
  const ref = /^[A-Za-z0-9][\w.-]*$/.test(text) ? `; for the git ref of that name: refs/heads/${text}` : ''
  const what = `${from} must be a program, got ${JSON.stringify(text)}, which is`
  if (!there.isDirectory()) throw new BenchError('usage', `${what} a device, a pipe or a socket`)
  throw new BenchError('usage', `${what} a folder here`, {
    hint: `give the program in it, such as ${JSON.stringify(`${path}/nats-server`)}${ref}`,
  })
}

/** From BENCH_ON; nothing said means `auto`. */
export function substrateNamed(text: string | undefined): SubstrateName | 'auto' {
  if (text === undefined || text === '') return 'auto'
  return oneOf('BENCH_ON', substrateChoices, text)
}

/** What is known of a machine, from commands run on it, so that it is the same here and over ssh. Never guesses. */
import { known } from '../model/known.ts'
import { BenchError } from '../model/error.ts'
import type { HostFacts } from '../model/facts.ts'
import { freebsdFacts } from './facts-freebsd.ts'
import { linuxFacts } from './facts-linux.ts'
import type { Host } from './host.ts'

export type Asked = Pick<Host, 'run'>
export type Found = Partial<Omit<HostFacts, 'name' | 'os' | 'kernel' | 'arch' | 'settings'>> & {
  readonly settings?: HostFacts['settings']
}

const surveys: Readonly<Record<string, (host: Asked) => Promise<Found>>> = {
  FreeBSD: freebsdFacts,
  Linux: linuxFacts,
}

/** Throws only when the machine cannot be asked at all. */
export async function surveyHost(host: Asked & Pick<Host, 'name'>): Promise<HostFacts> {
  const uname = async (flag: string) => (await host.run(['uname', flag], { timeoutMs: 20_000 })).stdout.trim()
  const [os, kernel, arch, hostname, filesystem] = await Promise.all([
    uname('-s'),
    uname('-r'),
    uname('-m'),
    answer(host, ['uname', '-n']),
    filesystemOf(host, '.'),
  ])
  const found = await surveys[os]?.(host)
  return {
    name: host.name,
    os,
    kernel,
    arch,
    ...known({ hostname, filesystem }),
    ...found,
    settings: found?.settings ?? {},
  }
}

/** Type of the file system that holds a path, as `df -T` names it: `ufs`, `zfs`, `ext4`, `overlay`. */
export async function filesystemOf(host: Asked, path: string): Promise<string | undefined> {
  return parseDf((await answer(host, ['df', '-T', path])) ?? '')
}

/** Last line, second word: both `df -T` of Linux and of FreeBSD print the type there. */
export function parseDf(text: string): string | undefined {
  return /^\S+\s+([a-z][\w.]*)\s/.exec(text.trim().split('\n').slice(1).at(-1) ?? '')?.[1]
}

/**
 * Trimmed stdout, in words and decimal points that no locale changes; undefined when the command is not there, ends with another
 * status than `accept` has, or says nothing.
 */
export async function answer(
  host: Asked,
  command: readonly string[],
  accept: 'any' | readonly number[] = [0],
): Promise<string | undefined> {
  const text = await host.run(command, { timeoutMs: 20_000, accept, env: { LC_ALL: 'C' } }).then(
    (finished) => finished.stdout.trim(),
    // A fact that cannot be had is left out of the report: that is the contract of the survey. Who was told to stop asks no more.
    (error: unknown) => {
      if (error instanceof BenchError && error.code === 'interrupted') throw error
      return ''
    },
  )
  return text === '' ? undefined : text
}

/** A finite number, or nothing. */
export function numberOf(text: string | undefined): number | undefined {
  if (text === undefined || text.trim() === '') return undefined
  const value = Number(text)
  return Number.isFinite(value) ? value : undefined
}

/** One question of the doctor: how it is asked and how it is answered. */
import type { Finished, Host } from '../../host/host.ts'
import type { DoctorLine } from '../../model/doctor.ts'
import type { RcKey } from './config-file.ts'
import type { Remedy } from './remedy.ts'

/** The fix: commands that `bench setup` can run, or advice for a person to decide on. */
export type Fix = string | Remedy

export interface Answer extends Omit<DoctorLine, 'about' | 'fix'> {
  readonly fix?: Fix
}

export interface Ask {
  readonly host: Host
  readonly network: 'shared' | 'vnet'
  readonly impair: boolean
  /** Never throws: status 127 where there is no such program. */
  run(...command: readonly string[]): Promise<Finished>
  /** First line of stdout; empty where the command failed. */
  line(...command: readonly string[]): Promise<string>
  /** A key of Bastille's configuration, empty where it is not set. */
  config(key: ConfigKey): Promise<string>
  /** The same of rc.conf. */
  rc(key: RcKey): Promise<string>
}

export interface Check {
  readonly about: string
  /** Without it nothing runs; asked before every run. */
  readonly essential?: true
  /** Undefined: the question does not apply to this host. */
  readonly answer: (ask: Ask) => Promise<Answer | undefined>
}

export const ok = (because: string): Answer => ({ state: 'ok', because })
export const warn = (because: string, fix?: Fix): Answer => ({
  state: 'warn',
  because,
  ...(fix === undefined ? {} : { fix }),
})
export const fail = (because: string, fix?: Fix): Answer => ({
  state: 'fail',
  because,
  ...(fix === undefined ? {} : { fix }),
})

/** Folders that Bastille's own commands make. */
export const configFolders = [
  'bastille_prefix',
  'bastille_jailsdir',
  'bastille_releasesdir',
  'bastille_templatesdir',
  'bastille_logsdir',
] as const

/** All keys of bastille.conf that a check asks for. */
export const configKeys = [
  ...configFolders,
  'bastille_zfs_enable',
  'bastille_zfs_zpool',
  'bastille_network_loopback',
  'bastille_network_shared',
] as const
export type ConfigKey = (typeof configKeys)[number]

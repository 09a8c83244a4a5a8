/** A machine commands run on. Arguments are always arrays; nothing is ever pasted into a shell by us. */
import type { BenchError } from '../model/error.ts'
import type { HostFacts } from '../model/facts.ts'

export interface RunOptions {
  /** Added to the environment of the command. */
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string | Uint8Array
  /** Milliseconds until it is ended and the call fails; 60,000 where nothing is said. */
  readonly timeoutMs?: number
  readonly signal?: AbortSignal
  /** Exit statuses that are answers, not failures; `'any'` for all. Default [0]. */
  readonly accept?: readonly number[] | 'any'
  readonly cwd?: string
}

export interface Finished {
  readonly stdout: string
  readonly stderr: string
  readonly status: number
}

export interface SpawnOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

export interface Exit {
  /** Absent when a signal ended it. */
  readonly status?: number
  readonly signal?: string
  /** The connection to the host broke first: how the program ended, or whether it has, is not known. */
  readonly lost?: BenchError
}

/** A running program. */
export interface Child {
  /** On the host, where that is known. */
  readonly pid?: number
  write(text: string): void
  closeInput(): void
  /** Complete lines of stdout, each at most 4 MiB; ends when the program does. One reader. */
  readonly lines: AsyncIterable<string>
  /** The last 40 lines it wrote on stderr (and on stdout, when nobody reads `lines`). */
  tail(): readonly string[]
  /** Never rejects. */
  readonly exit: Promise<Exit>
  signal(name: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' | 'SIGINT' | 'SIGHUP'): void
  /** Asks (SIGTERM), waits, forces (SIGKILL); resolves when it has ended. */
  stop(graceMs?: number): Promise<Exit>
}

export interface Host {
  /** `local` or `root@rock64`. */
  readonly name: string
  /** The signal cuts the questions short. */
  facts(signal?: AbortSignal): Promise<HostFacts>
  /** Throws BenchError `os` with command, status and last lines. */
  run(command: readonly string[], options?: RunOptions): Promise<Finished>
  spawn(command: readonly string[], options?: SpawnOptions): Promise<Child>
  /** Writes files below an absolute directory, made where missing, private to the user. Names are relative, without `..`. */
  put(files: Readonly<Record<string, string | Uint8Array>>, directory: string): Promise<void>
  /** Ends shared connections. */
  close(): Promise<void>
}

/** Which host a name means, where its work files go, and whether a process of this machine still lives. */
import { BenchError } from '../model/error.ts'
import type { Host } from './host.ts'
import { localHost, runLocally } from './local.ts'
import { processTable } from './processes.ts'
import { sshHost } from './ssh.ts'

/** `undefined` or `local`: this machine; else `ssh://user@host[:port]`. */
export function hostOf(url: string | undefined, env: Readonly<Record<string, string | undefined>>): Host {
  return url === undefined || url === 'local' ? localHost() : sshHost(url, env)
}

/** A folder of the run on the host, not yet made. /var/tmp is on a disk everywhere; the run's tag cannot be guessed. */
export function workDirectory(run: string): string {
  if (!/^[a-z0-9-]+$/.test(run)) throw new BenchError('bug', `run id must be plain, got ${JSON.stringify(run)}`)
  return `/var/tmp/nats-bench-${run}`
}

/** When a process of this machine began, see `sameStart`; undefined when there is none. */
export async function processStart(pid: number): Promise<string | undefined> {
  const os = (await runLocally(['uname', '-s'])).stdout.trim()
  return (await processTable({ run: runLocally }, os).starts([pid])).get(pid)
}

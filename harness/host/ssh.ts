/** A machine reached by the system's ssh. */
import { BenchError } from '../model/error.ts'
import type { Host } from './host.ts'

export function sshHost(url: string, _env: Readonly<Record<string, string | undefined>>): Host {
  throw new BenchError('unavailable', `host ${JSON.stringify(url)} must be local for now, got ssh`)
}

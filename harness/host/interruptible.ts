/** A host whose commands end when a signal does: for looking and fetching, never for taking down. */
import type { Host } from './host.ts'

/** `run` gives each command the signal, unless it has one of its own. */
export function interruptible(host: Host, signal: AbortSignal | undefined): Host {
  if (signal === undefined) return host
  return { ...host, run: (command, options = {}) => host.run(command, { signal, ...options }) }
}

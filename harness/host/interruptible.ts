/** A host whose commands end when a signal does: for looking and fetching, never for taking down. */
import type { Host } from './host.ts'

/** `run` gives each command the signal, unless it has one of its own. */
export function interruptible(host: Host, signal: AbortSignal | undefined): Host {
  return signal === undefined ? host : interruptibleAtFirst(host, signal).host
}

/** The same until `end` is called: for the look before a run, by what also takes down later. */
export function interruptibleAtFirst(
  host: Host,
  signal: AbortSignal,
): { readonly host: Host; readonly end: () => void } {
  let ended = false
  return {
    host: {
      ...host,
      facts: () => host.facts(ended ? undefined : signal),
      run: (command, options = {}) => host.run(command, ended ? options : { signal, ...options }),
    },
    end: () => {
      ended = true
    },
  }
}

/**
 * By how much the faults of a block end later than planned. Their own commands take time: a leader is looked for, a disk is filled, a
 * server starts anew. Whoever waits for what a fault held up waits that much longer.
 */
import { isForGood } from '../model/faults.ts'
import type { Fault } from '../model/scenario.ts'
import { durationMs } from '../model/units.ts'

export interface Overrun {
  /** Does the work of a fault that is to be over so many milliseconds after the start of the load. */
  of(plannedEndMs: number, work: () => Promise<void>): Promise<void>
  /** The longest so far; that of a fault which is still on grows. */
  ms(): number
}

/** A fault whose command hangs must not hold the run for ever. */
const mostMs = 600_000

export function overrun(sinceStartMs: () => number): Overrun {
  const on = new Map<symbol, number>()
  let longest = 0
  const ms = () => {
    const running = [...on.values()].map((plannedEndMs) => sinceStartMs() - plannedEndMs)
    return Math.min(mostMs, Math.max(longest, ...running))
  }
  return {
    ms,
    async of(plannedEndMs, work) {
      const fault = Symbol('fault')
      on.set(fault, plannedEndMs)
      try {
        await work()
      } finally {
        longest = ms()
        on.delete(fault)
      }
    },
  }
}

/** From the end of a server to its new start, where a fault does not say how long it lasts. */
const restartMs = 500

const msOf = (text: string | undefined): number => (text === undefined ? 0 : (durationMs(text) ?? 0))

/** How long a fault lasts that ends. */
export function lastsMs({ lasts }: Fault): number {
  return lasts === undefined ? restartMs : msOf(lasts)
}

/** Since the start of the load. `turns`: how many nodes it meets one after the other. */
export function plannedEndMs(fault: Fault, turns: number): number {
  return msOf(fault.at) + (isForGood(fault) ? 0 : lastsMs(fault)) + msOf(fault.every) * (turns - 1)
}

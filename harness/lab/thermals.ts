/** Reads the host's clock and heat at both ends of the measured window. */
import type { Thermals } from '../model/facts.ts'
import type { Phases } from '../model/plan.ts'
import type { Frame } from '../model/recording.ts'
import { pause } from './wait.ts'

export interface ThermalsRequest {
  readonly phases: Phases
  readonly read: () => Promise<Thermals>
  /** Nanoseconds since the block's start, by the lab's clock. */
  readonly sinceStart: () => number
  readonly emit: (from: string, frame: Frame) => void
  readonly signal: AbortSignal
}

/** Just outside the window: FreeBSD stops each Intel core for 1 ms to take its clock (hwpstate_intel.c, cpu_est_clockrate). */
const leadMs = 300

/** Nothing is written of a host that tells nothing. */
export async function sampleThermals({ phases, read, sinceStart, emit, signal }: ThermalsRequest): Promise<void> {
  const { warmupMs, measureMs } = phases
  for (const atMs of [Math.max(0, warmupMs - leadMs), warmupMs + measureMs]) {
    await pause(Math.max(0, atMs - sinceStart() / 1e6), signal)
    const thermals = await read()
    if (Object.keys(thermals).length > 0) emit('lab', { t: 'thermals', at: sinceStart(), thermals })
  }
}

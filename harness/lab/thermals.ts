/** Reads the host's clock and heat while load is on, right before and after the measured window. */
import type { Thermals } from '../model/facts.ts'
import type { Phases } from '../model/plan.ts'
import type { Frame } from '../model/recording.ts'
import { pause, unlessLate } from './wait.ts'

export interface ThermalsRequest {
  readonly phases: Phases
  readonly read: () => Promise<Thermals>
  /** Nanoseconds since the block's start, by the lab's clock. */
  readonly sinceStart: () => number
  readonly emit: (from: string, frame: Frame) => void
  /** Told of a reading that the host did not answer in its time. */
  readonly say: (why: string) => void
  readonly signal: AbortSignal
}

/** Just outside the window: FreeBSD stops each Intel core for 1 ms to take its clock (hwpstate_intel.c, cpu_est_clockrate). */
const leadMs = 300

/** Nothing is written of a host that tells nothing; nor before a window whose warm-up is too short to have woken the CPU. */
export async function sampleThermals({ phases, read, sinceStart, emit, say, signal }: ThermalsRequest): Promise<void> {
  const { warmupMs, measureMs } = phases
  const before = warmupMs >= 2 * leadMs ? [warmupMs - leadMs] : []
  for (const atMs of [...before, warmupMs + measureMs]) {
    await pause(Math.max(0, atMs - sinceStart() / 1e6), signal)
    const thermals = (await unlessLate(read(), say)) ?? {}
    if (Object.keys(thermals).length > 0) emit('lab', { t: 'thermals', at: sinceStart(), thermals })
  }
}

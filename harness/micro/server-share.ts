/** How busy the server was while something ran: the busiest half second, because a rate that it limits is its own. */
import type { Arena } from './duels.ts'
import type { Job, Phases } from '../model/plan.ts'
import { programMicros } from './child-cpu.ts'
import { runJobs } from './our-agent.ts'

const lookMs = 500

export const serverAtMost = 'server at most'
/** Per cent of a core: from here on the server is what limits (one connection is read by one thread of it). */
export const serverIsFull = 95

/** Runs the jobs of ours and watches the server meanwhile. */
export async function runWatched<K extends string>(arena: Arena, jobs: Readonly<Record<K, Job>>, times: Phases) {
  return watched(arena, () => runJobs(arena.host, jobs, times, arena.server.token))
}

/** `share`: per cent of a core; NaN where it cannot be read, as with a server that was not started here. */
async function watched<T>(
  { serverPid }: Arena,
  run: () => Promise<T>,
): Promise<{ readonly result: T; readonly share: number }> {
  const shares: number[] = []
  let before: readonly [number, number] | undefined
  const look = async (): Promise<void> => {
    const micros = serverPid === undefined ? undefined : await programMicros(serverPid)
    const now = performance.now()
    if (micros === undefined) return
    if (before !== undefined) shares.push((micros - before[1]) / ((now - before[0]) * 10))
    before = [now, micros]
  }
  const timer = setInterval(() => void look(), lookMs)
  try {
    const result = await run()
    return { result, share: shares.length === 0 ? NaN : Math.max(...shares) }
  } finally {
    clearInterval(timer)
  }
}

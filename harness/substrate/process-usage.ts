/** CPU, memory and context switches of nodes that are process groups: one look at the host serves all who ask at once. */
import { totalCost, type ProcessCost } from '../host/process-cost.ts'
import { oneTurn } from '../host/one-turn.ts'
import type { ProcessSample, ProcessTable } from '../host/processes.ts'
import type { Usage } from '../model/recording.ts'

/** One program that was started: its process group, and what each process of it was last seen to have used. */
export interface Account {
  readonly group: number
  readonly seen: Map<number, ProcessSample>
}

export interface UsageReader {
  /**
   * Reads what running programs use and sums over all programs, because what an ended one used still counts. A program may end
   * during the look: what was read goes into its own account, so that nothing is counted twice.
   */
  read(running: readonly Account[], all: readonly Account[]): Promise<Usage>
}

/** CPU time of all programs that ever ran, memory of those that run now. */
export function usageOf(ever: readonly ProcessCost[], now: readonly { readonly memoryBytes: number }[]): Usage {
  const memoryBytes = now.reduce((sum, sample) => sum + sample.memoryBytes, 0)
  return { ...totalCost(ever), memoryBytes }
}

export function usageReader(table: ProcessTable): UsageReader {
  const shared = oneTurn((groups: readonly (readonly number[])[]) => table.sample([...new Set(groups.flat())]))
  return {
    async read(running, all) {
      const look = running.length === 0 ? [] : await shared(running.map(({ group }) => group))
      const now = running.flatMap(({ group, seen }) => {
        const mine = look.filter((sample) => sample.group === group)
        for (const sample of mine) seen.set(sample.pid, sample)
        return mine
      })
      const ever = all.flatMap(({ seen }) => [...seen.values()])
      return usageOf(ever, now)
    },
  }
}

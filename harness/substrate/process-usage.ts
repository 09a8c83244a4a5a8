/** CPU, memory and context switches of nodes that are process groups: one look at the host serves all who ask at once. */
import type { ProcessSample, ProcessTable } from '../host/processes.ts'
import type { Usage } from '../model/recording.ts'

export interface UsageReader {
  /** Sum over the groups, with what ended processes were last seen to have used; `seen` is the caller's memory of them. */
  read(groups: readonly number[], seen: Map<number, ProcessSample>): Promise<Usage>
}

export function usageReader(table: ProcessTable): UsageReader {
  let asked = new Set<number>()
  let look: Promise<readonly ProcessSample[]> | undefined
  const shared = (groups: readonly number[]): Promise<readonly ProcessSample[]> => {
    for (const group of groups) asked.add(group)
    look ??= Promise.resolve().then(() => {
      const all = [...asked]
      asked = new Set()
      look = undefined
      return table.sample(all)
    })
    return look
  }
  return {
    async read(groups, seen) {
      const mine = new Set(groups)
      const now = groups.length === 0 ? [] : (await shared(groups)).filter(({ group }) => mine.has(group))
      for (const sample of now) seen.set(sample.pid, sample)
      return {
        ...sums([...seen.values()]),
        memoryBytes: now.reduce((sum, sample) => sum + sample.memoryBytes, 0),
        resolutionMicros: table.resolutionMicros,
      }
    },
  }
}

function sums(samples: readonly ProcessSample[]): Omit<Usage, 'memoryBytes' | 'resolutionMicros'> {
  const total = (key: 'cpuUserMicros' | 'cpuSystemMicros' | 'switchesVoluntary' | 'switchesInvoluntary'): number =>
    samples.reduce((sum, sample) => sum + sample[key], 0)
  return {
    cpuUserMicros: total('cpuUserMicros'),
    cpuSystemMicros: total('cpuSystemMicros'),
    switchesVoluntary: total('switchesVoluntary'),
    switchesInvoluntary: total('switchesInvoluntary'),
  }
}

/** What processes use, however a system tells it. */

/** Since the start of a process, or the sum of some. */
export interface ProcessCost {
  readonly cpuUserMicros: number
  readonly cpuSystemMicros: number
  readonly switchesVoluntary: number
  readonly switchesInvoluntary: number
}

export function totalCost(costs: readonly ProcessCost[]): ProcessCost {
  const total = (key: keyof ProcessCost): number => costs.reduce((sum, cost) => sum + cost[key], 0)
  return {
    cpuUserMicros: total('cpuUserMicros'),
    cpuSystemMicros: total('cpuSystemMicros'),
    switchesVoluntary: total('switchesVoluntary'),
    switchesInvoluntary: total('switchesInvoluntary'),
  }
}

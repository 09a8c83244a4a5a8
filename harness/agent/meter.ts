/** What this process itself uses: the generator must not be mistaken for the server. */
import { PerformanceObserver } from 'node:perf_hooks'
import type { Meter } from '../model/recording.ts'

export interface MeterReader {
  /** Use since the last call, or since the start. */
  read(): Meter
  stop(): void
}

export function startMeter(): MeterReader {
  let gcCount = 0
  let gcMs = 0
  const collections = new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      gcCount++
      gcMs += entry.duration
    }
  })
  collections.observe({ entryTypes: ['gc'] })

  let cpu = process.cpuUsage()
  let resources = process.resourceUsage()
  return {
    read() {
      const cpuNow = process.cpuUsage()
      const resourcesNow = process.resourceUsage()
      const meter = {
        cpuUserMicros: cpuNow.user - cpu.user,
        cpuSystemMicros: cpuNow.system - cpu.system,
        memoryBytes: residentBytes(resourcesNow.maxRSS),
        switchesVoluntary: resourcesNow.voluntaryContextSwitches - resources.voluntaryContextSwitches,
        switchesInvoluntary: resourcesNow.involuntaryContextSwitches - resources.involuntaryContextSwitches,
        gcCount,
        gcNs: Math.round(gcMs * 1e6),
      }
      cpu = cpuNow
      resources = resourcesNow
      gcCount = gcMs = 0
      return meter
    },
    stop() {
      collections.disconnect()
    },
  }
}

/** What is resident now; where the system cannot tell (Linux without /proc in the node), the most there ever was. */
function residentBytes(maxRssKiB: number): number {
  try {
    return process.memoryUsage.rss()
  } catch {
    return maxRssKiB * 1024
  }
}

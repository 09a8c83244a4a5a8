/** Figures of one run of ours. */
import type { Phases } from '../model/plan.ts'
import type { Arena } from './duels.ts'
import type { Measured } from './our-agent.ts'

export const phases = (arena: Arena): Phases => ({ warmupMs: 500, measureMs: arena.measureMs, cooldownMs: 100 })

export const perSecond = ({ messages, seconds }: Measured): number => messages / seconds
/** µs. */
export const cpuMessage = ({ cpuMicros, messages }: Measured): number => cpuMicros / messages
export const micros = (measured: Measured, name: 'rttService' | 'lag' | 'latency' | 'ackService', q: number): number =>
  (measured.histograms.get(name)?.quantile(q) ?? NaN) / 1000

/** Figures of one run of ours, and the goals that many duels have. */
import type { Phases } from '../model/plan.ts'
import type { Arena, Goal } from './duels.ts'
import type { Measured } from './our-agent.ts'
import { serverAtMost } from './server-share.ts'

/** What every job of a duel has. */
export const onServer = ({ server }: Arena, subject: string) =>
  ({ engine: 'wire', servers: [server], connections: 1, subject }) as const
export const payloadOf = (bytes: number) => ({ bytes, compressible: 0, seed: 1 })

/** V8 compiles what is hot in the first seconds. `nats bench` is compiled already, and what its start costs is not counted either. */
const warmupMs = 3000

export const phases = (arena: Arena): Phases => ({ warmupMs, measureMs: arena.measureMs, cooldownMs: 100 })

export const perSecond = ({ messages, seconds }: Measured): number => messages / seconds
/** µs. */
export const cpuMessage = ({ cpuMicros, messages }: Measured): number => cpuMicros / messages
export const micros = (measured: Measured, name: 'rttService' | 'lag' | 'latency' | 'ackService', q: number): number =>
  (measured.histograms.get(name)?.quantile(q) ?? NaN) / 1000

export const rateGoal = (atLeast: number): Goal => ({
  figure: 'msg/s',
  unit: 'msg/s',
  of: 'ratio',
  atLeast,
  boundByServer: true,
})
export const cpuGoal: Goal = { figure: 'CPU a message', unit: 'us', of: 'ratio', atMost: 0.5 }
export const serverGoal: Goal = { figure: serverAtMost, unit: '% of a core', of: 'value' }

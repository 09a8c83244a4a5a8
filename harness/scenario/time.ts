/** Relations in time: phases, faults, and how long everything takes. */
import { isScheduled } from '../model/kinds/kinds.ts'
import { blockMs, periodMs, type Timed } from '../model/timing.ts'
import { durationMs } from '../model/units.ts'
import { variantCount } from '../model/variants.ts'
import { valid, type Draft } from './draft.ts'
import { expectedProblems, faultProblems } from './faults.ts'
import { printed } from './print.ts'
import { problemAt, type Problem } from './problem.ts'

export const shortestMeasureMs = 100
const mostVariants = 200
const mostBlocks = 5000
const longestMs = 24 * 3600e3

export function timeProblems(draft: Draft): readonly Problem[] {
  return [...phaseProblems(draft), ...periodProblems(draft), ...faultProblems(draft), ...expectedProblems(draft)]
}

function phaseProblems({ phases }: Draft): readonly Problem[] {
  return phases === undefined || ms(phases.measure) >= shortestMeasureMs
    ? []
    : problemAt('phases.measure', `must be at least ${shortestMeasureMs}ms, got ${printed(phases.measure)}`)
}

/** A window shorter than the period of a schedule has one message or none, so its rate is not that of the schedule. */
function periodProblems({ topology, workloads, phases }: Draft): readonly Problem[] {
  if (phases === undefined || topology === undefined) return []
  const measureMs = ms(phases.measure)
  return valid(workloads).flatMap(({ path, value }): readonly Problem[] => {
    if (!isScheduled(value)) return []
    const members = topology.get(value.on)?.count ?? 1
    const period = periodMs(value, members)
    // A rate such as 0.0166667 (once a minute) is rounded, so a small difference is allowed.
    if (measureMs >= period * (1 - 1e-5)) return []
    const agents = `${batchWords(value)}${members === 1 ? '' : `, shared by ${members} agents`}`
    if (period > longestMs)
      return problemAt(
        `${path}.arrivals`,
        `must have messages that fall due at least once in 24 hours${agents}, the longest that a run may take: raise the rate`,
      )
    return problemAt(
      'phases.measure',
      `must be at least ${shortestText(period)}, the period of ${path}.arrivals${agents}: measure longer or raise the rate, got ${printed(phases.measure)}`,
    )
  })
}

/** Messages that are answered together, where they are. */
function batchWords({ connections, batch, flow }: Timed): string {
  const each = connections === 1 ? '' : ` on each of ${connections} connections`
  if (batch !== undefined) return ` in batches of ${batch}${each}`
  return flow === undefined ? '' : ` with an acknowledgement for ${flow}${each}`
}

/** Rounded up to a duration as people write it. */
function shortestText(period: number): string {
  return period < 1000 ? `${Math.ceil(period)}ms` : `${Math.ceil(period / 100 - 1e-3) / 10}s`
}

/** Problems of size: too many variants or blocks, or too much time for all of them together. */
export function amountProblems(
  { phases, repeats }: Draft,
  varied: Parameters<typeof variantCount>[0],
): readonly Problem[] {
  const variants = variantCount(varied)
  const path = varied.vary === undefined ? 'variants' : 'vary'
  if (variants > mostVariants) return problemAt(path, `must make at most ${mostVariants} variants, got ${variants}`)
  if (repeats === undefined || phases === undefined) return []
  const blocks = variants * repeats
  if (blocks > mostBlocks)
    return problemAt('repeats', `must make at most ${mostBlocks} blocks, got ${variants} variants × ${repeats}`)
  const phasesMs = { warmupMs: ms(phases.warmup), measureMs: ms(phases.measure), cooldownMs: ms(phases.cooldown) }
  const hours = (blocks * blockMs(phasesMs)) / 3600e3
  return hours * 3600e3 <= longestMs
    ? []
    : problemAt('phases', `must let all blocks end within 24 hours, got ${hours.toFixed(1)} hours`)
}

const ms = (text: string) => durationMs(text) ?? 0

/** Relations on the time line: phases, faults, and how long it all lasts. */
import { blockMs } from '../model/timing.ts'
import { durationMs } from '../model/units.ts'
import { variantCount } from '../model/variants.ts'
import type { Draft } from './draft.ts'
import { faultProblems } from './faults.ts'
import { printed } from './print.ts'
import type { Problem } from './problem.ts'

export const shortestMeasureMs = 100
export const mostVariants = 200
const mostBlocks = 5000
const longestMs = 24 * 3600e3

export function timeProblems(draft: Draft): readonly Problem[] {
  return [...phaseProblems(draft), ...faultProblems(draft)]
}

function phaseProblems({ phases }: Draft): readonly Problem[] {
  return phases === undefined || ms(phases.measure) >= shortestMeasureMs
    ? []
    : [{ path: 'phases.measure', message: `must be at least ${shortestMeasureMs}ms, got ${printed(phases.measure)}` }]
}

/** How much there is of it, all variants together. */
export function amountProblems(
  { phases, repeats }: Draft,
  varied: Parameters<typeof variantCount>[0],
): readonly Problem[] {
  const variants = variantCount(varied)
  const path = varied.vary === undefined ? 'variants' : 'vary'
  if (variants > mostVariants) return [{ path, message: `must make at most ${mostVariants} variants, got ${variants}` }]
  if (repeats === undefined || phases === undefined) return []
  const blocks = variants * repeats
  if (blocks > mostBlocks)
    return [
      { path: 'repeats', message: `must make at most ${mostBlocks} blocks, got ${variants} variants × ${repeats}` },
    ]
  const phasesMs = { warmupMs: ms(phases.warmup), measureMs: ms(phases.measure), cooldownMs: ms(phases.cooldown) }
  const hours = (blocks * blockMs(phasesMs)) / 3600e3
  return hours * 3600e3 <= longestMs
    ? []
    : [{ path: 'phases', message: `must let all blocks end within 24 hours, got ${hours.toFixed(1)} hours` }]
}

const ms = (text: string) => durationMs(text) ?? 0

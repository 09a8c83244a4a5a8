/** Relations on the time line: phases, faults, and how long it all lasts. */
import { blockMs } from '../model/timing.ts'
import { durationMs } from '../model/units.ts'
import { variantCount } from '../model/variants.ts'
import type { Draft } from './draft.ts'
import { suggestion } from './nearest.ts'
import { printed } from './print.ts'
import type { Problem } from './problem.ts'
import { valid } from './traffic.ts'

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

function faultProblems({ topology, faults, phases }: Draft): readonly Problem[] {
  const lengthMs = phases === undefined ? Infinity : ms(phases.warmup) + ms(phases.measure) + ms(phases.cooldown)
  const from = phases === undefined ? 0 : ms(phases.warmup)
  const measured = { from, to: phases === undefined ? Infinity : from + ms(phases.measure) }
  return valid(faults).flatMap(({ path, value }): readonly Problem[] => {
    const problems: Problem[] = []
    const groups = [...(topology?.keys() ?? [])]
    if (topology !== undefined && !groups.includes(value.node))
      problems.push({
        path: `${path}.node`,
        message: `must name a group of nodes, got ${printed(value.node)}${suggestion(value.node, groups)}`,
      })
    else if (value.kind !== 'pause' && topology?.get(value.node)?.role === 'load')
      problems.push({
        path: `${path}.node`,
        message: `must be a group of servers for a ${value.kind}, got ${printed(value.node)}`,
      })
    if (value.kind === 'pause' && value.lasts === undefined)
      problems.push({ path: `${path}.lasts`, message: 'must be given for a pause, got nothing' })
    if (value.kind === 'kill' && value.lasts !== undefined)
      problems.push({
        path: `${path}.lasts`,
        message: `must not be there for a kill, which is for good, got ${printed(value.lasts)}`,
      })
    const startMs = ms(value.at)
    const endMs = startMs + ms(value.lasts ?? '0s')
    if (endMs >= lengthMs)
      problems.push({
        path: `${path}.at`,
        message: `must end before the block does, at ${lengthMs} ms, got ${endMs} ms`,
      })
    else if (startMs >= measured.to || (value.kind !== 'kill' && endMs < measured.from))
      problems.push({
        path: `${path}.at`,
        message: `must meet the measured time, ${measured.from} to ${measured.to} ms, got ${startMs} to ${endMs} ms`,
      })
    return problems
  })
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

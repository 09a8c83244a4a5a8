/**
 * Simulates checks of pretend servers: is the rate of false alarms as promised, is a real change found, is it ever called "same"?
 * The noise is like that of real machines: each block is near its neighbours (AR(1)), tails are heavy, the machine drifts during the
 * session, and metrics move together. Noise that was recorded in real runs can be used instead of the model.
 */
import { mean } from '../stats/order.ts'
import { below, heavyTailed, seeded } from '../stats/random.ts'
import type { Random } from '../stats/random.ts'
import { headFirst } from './coin.ts'
import { check, usualSettings } from './check.ts'
import type { Answer, Check, CheckSettings, PairedMetric, Round } from './check.ts'

export interface Noise {
  /** Standard deviation of the logarithm of a block's value: 0.02 is 2 %. */
  readonly spread: number
  /** Correlation of a block with the one before it, 0 to 1. */
  readonly memory: number
  /** Degrees of freedom of the t distribution of the new noise in each block: 3 has heavy tails, 100 is nearly normal. */
  readonly tails: number
  /** Change over 20 blocks: 0.05 is 5 % slower. */
  readonly drift: number
  /** Share of the noise that all metrics have in common. */
  readonly shared: number
  /** Logarithms block by block, one list a metric, from real runs of one unchanged server. Used instead of the model, in stretches. */
  readonly recorded?: readonly (readonly number[])[]
}

export const calmNoise: Noise = { spread: 0.02, memory: 0, tails: 100, drift: 0, shared: 0 }
export const realNoise: Noise = { spread: 0.02, memory: 0.5, tails: 3, drift: 0.05, shared: 0.5 }

export interface Experiment {
  readonly seed: number
  readonly decisions: number
  readonly noise: Noise
  /** How many metrics a check judges. */
  readonly metrics: number
  /** How much worse head really is in the first metric: 0.05 is 5 %. With 0 it is an A/A experiment. */
  readonly shift: number
  readonly margin: number
  readonly settings: Partial<CheckSettings>
}

const usualExperiment: Experiment = {
  seed: 1,
  decisions: 2000,
  noise: realNoise,
  metrics: 6,
  shift: 0,
  margin: 0.03,
  settings: {},
}

export interface Outcomes {
  readonly decisions: number
  /** Checks that raised an alarm for any metric. */
  readonly alarms: number
  /** Number of checks by their answer for the first metric, the only one that is changed. */
  readonly answers: Readonly<Record<Answer, number>>
  /** Checks that called any metric better. */
  readonly better: number
  /** Checks with a decision for every metric. */
  readonly decided: number
  readonly meanPairs: number
}

/** Runs whole checks, with all their looks, as often as asked. The same seed gives the same outcomes. */
export function calibrate(wanted: Partial<Experiment> = {}): Outcomes {
  const experiment = { ...usualExperiment, ...wanted }
  const random = seeded(experiment.seed)
  const answers: Record<Answer, number> = { worse: 0, same: 0, better: 0, 'cannot tell': 0 }
  let [alarms, better, decided, pairs] = [0, 0, 0, 0]
  for (let i = 0; i < experiment.decisions; i++) {
    const { result, used } = decide(experiment, random)
    const all = result.answers.map(({ answer }) => answer)
    answers[all[0] ?? 'cannot tell']++
    if (all.includes('worse')) alarms++
    if (all.includes('better')) better++
    if (!all.includes('cannot tell')) decided++
    pairs += used
  }
  const { decisions } = experiment
  return { decisions, alarms, answers, better, decided, meanPairs: pairs / decisions }
}

function decide(experiment: Experiment, random: Random): { readonly result: Check; readonly used: number } {
  const session = sessionOf(experiment, random)
  const rounds: Round[] = []
  for (;;) {
    const used = rounds.reduce((sum, { pairs }) => sum + pairs, 0)
    const metrics = session.map((metric) => ({ ...metric, pairs: metric.pairs.slice(0, used) }))
    const result = check({ metrics, rounds, settings: experiment.settings })
    if (result.next === 0) return { result, used }
    rounds.push({ pairs: result.next })
  }
}

/** All pairs that a check could need, in the order of a check. */
function sessionOf({ noise, metrics, shift, margin, settings }: Experiment, random: Random): PairedMetric[] {
  const pairs = settings.mostPairs ?? usualSettings.mostPairs
  const common = walk(noise, 2 * pairs, random)
  return Array.from({ length: metrics }, (_, i) => {
    const own = walk(noise, 2 * pairs, random)
    const drift = noise.recorded === undefined ? noise.drift * (2 * random() - 1) : 0
    const level = (block: number) =>
      Math.sqrt(noise.shared) * (common[block] ?? 0) +
      Math.sqrt(1 - noise.shared) * (own[block] ?? 0) +
      (drift * block) / 20
    const better = i % 2 === 0 ? 'higher' : 'lower'
    const moved = i === 0 ? Math.log(1 - shift) : 0
    return {
      workload: 'sub',
      metric: `pretend-${i}`,
      unit: better === 'higher' ? 'msg/s' : 'ns',
      better,
      margin,
      pairs: Array.from({ length: pairs }, (_, pair) => {
        const [base, head] = headFirst(pair) ? [2 * pair + 1, 2 * pair] : [2 * pair, 2 * pair + 1]
        return { base: 1e5 * Math.exp(level(base)), head: 1e5 * Math.exp(level(head) + moved) }
      }),
    }
  })
}

function walk(noise: Noise, length: number, random: Random): number[] {
  if (noise.recorded !== undefined) return resampled(noise.recorded, length, random)
  const { spread, memory, tails } = noise
  const fresh = Math.sqrt(1 - memory * memory) * spread
  const steps: number[] = []
  let at = spread * heavyTailed(random, tails)
  for (let i = 0; i < length; i++) {
    steps.push(at)
    at = memory * at + fresh * heavyTailed(random, tails)
  }
  return steps
}

/** Moving block bootstrap (Künsch 1989): stretches of neighbouring blocks keep their correlation. */
const stretch = 6

function resampled(recorded: readonly (readonly number[])[], length: number, random: Random): number[] {
  // One metric as a whole: stretches of a calm one and of a noisy one in turn would be neither.
  const series = recorded[below(random, recorded.length)] ?? []
  if (series.length === 0) return new Array<number>(length).fill(0)
  const middle = mean(series)
  const steps: number[] = []
  while (steps.length < length) {
    const from = below(random, Math.max(1, series.length - stretch + 1))
    steps.push(...series.slice(from, from + stretch).map((value) => value - middle))
  }
  return steps.slice(0, length)
}

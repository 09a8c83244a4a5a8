/**
 * Fits the starter suite to the machine. The rates that it can keep are measured for a few seconds, and scenarios that ask for more run at
 * a lower rate. Where a look at the nodes takes long, as over ssh on a slow board, blocks are measured for longer.
 */
import type { Observe } from '../lab/events.ts'
import type { Expanded, Overrides } from '../model/expanded.ts'
import { known } from '../model/known.ts'
import type { Scenario } from '../model/scenario.ts'
import { longestRehearsalMs } from '../model/timing.ts'
import { durationMs } from '../model/units.ts'
import type { Demand } from '../model/demand.ts'
import { demandOf } from '../plan/demand.ts'
import { overridesOf } from '../run.ts'
import type { Session } from '../session.ts'
import { keptText, rungFor, usedShare, windowFor, type Machine, type Rung } from '../stats/rung.ts'
import { measureMachine, shapes, shapeNames, type Measured, type Shape } from './machine.ts'

/** What is laid over one scenario; nothing where it fits as it is written. */
export type Fit = Pick<Overrides, 'rate' | 'measureMs' | 'warmupMs' | 'rehearsalMs'>

/** For each scenario, in their order. Prints one line. */
export async function fitSuite(
  session: Session,
  scenarios: readonly Expanded[],
  observe: Observe,
): Promise<readonly Fit[]> {
  const demands = scenarios.map(largestDemand)
  const needed = demands.flatMap((demand) => demand ?? [])
  if (needed.length === 0) return demands.map(() => ({}))
  const top = (of: Shape) => Math.max(...needed.map((demand) => demand[of])) / usedShare / shapes[of].turns
  const machine = await measureMachine(session, { sender: top('sender'), server: top('server') }, observe)
  const rungs = scenarios.map(({ ownRate }, i) => {
    const demand = demands[i]
    return demand === undefined || ownRate === undefined ? undefined : rungFor(ownRate, demand, machine)
  })
  const given = overridesOf(session.choices).measureMs
  const longer = scenarios.map(({ scenario: { phases } }) => (given === undefined ? longerBlock(phases, machine) : {}))
  session.say(fitWords(scenarios, rungs, machine))
  const most = Math.max(...longer.map((block) => block.measureMs ?? 0))
  if (most > 0)
    session.say(
      `a look at the nodes takes ${(machine.lookMs / 1000).toFixed(2)} s here: blocks are measured for up to ${most / 1000} s, so that looks are a small part of them (--measure: as given)`,
    )
  const settledMs = Math.round(machine.settledMs) + settleMarginMs
  const rehearsal = settledMs > longestRehearsalMs ? { rehearsalMs: settledMs } : {}
  return rungs.map((rate, i) => known({ rate, ...longer[i], ...rehearsal }))
}

/** A rehearsal is longer than the load of fresh agents took to settle. */
const settleMarginMs = 1000

/** The warm-up grows with the measured time. */
function longerBlock(own: Scenario['phases'], { lookMs }: Measured): Fit {
  const [warmup = 0, measure = 0] = [durationMs(own.warmup), durationMs(own.measure)]
  const measureMs = windowFor(measure, lookMs)
  if (measureMs === undefined) return {}
  return { measureMs, warmupMs: Math.round((warmup * measureMs) / measure) }
}

function fitWords(scenarios: readonly Expanded[], rungs: readonly (Rung | undefined)[], machine: Machine): string {
  const number = (value: number) => value.toLocaleString('en-US')
  const lowered = scenarios.flatMap(({ scenario }, i) => {
    const rung = rungs[i]
    return rung === undefined ? [] : [`${scenario.name} at ${number(rung.perSecond)}`]
  })
  const so =
    lowered.length === 0
      ? 'every scenario runs at its own rate'
      : `so ${lowered.join(', ')} msg/s (--rate own: as written)`
  const kept = shapeNames.map((of) => keptText(machine, of))
  return `this machine keeps ${kept.join(' and ')}: ${so}`
}

function largestDemand({ variants }: Expanded): Demand | undefined {
  const demands = variants.flatMap(({ scenario }) => demandOf(scenario) ?? [])
  const most = (of: Shape) => Math.max(...demands.map((demand) => demand[of]))
  return demands.length === 0 ? undefined : { sender: most('sender'), server: most('server') }
}

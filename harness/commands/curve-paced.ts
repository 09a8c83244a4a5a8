/** The workloads whose rate a curve climbs: which they are, whether they have a latency at all, and at which rates. */
import { isReceiver, isScheduled, kinds, type Scheduled } from '../model/kinds/kinds.ts'
import { stampBytes } from '../model/kinds/parts.ts'
import { BenchError } from '../model/error.ts'
import type { Scenario } from '../model/scenario.ts'
import { periodMs } from '../model/timing.ts'
import { sendersTo } from '../plan/flows.ts'
import { ladder } from '../stats/knee.ts'

export type Paced = Scheduled & {
  readonly arrivals: { readonly kind: 'constant' | 'poisson'; readonly perSecond: number }
}

/** Rates of several workloads keep their proportion; the first one names the load. Throws `usage` where a curve cannot be. */
export function pacedOf(scenario: Scenario): readonly [Paced, ...Paced[]] {
  const [first, ...others] = scenario.workloads.filter((workload): workload is Paced => {
    const arrivals = isScheduled(workload) ? workload.arrivals : undefined
    return arrivals?.kind === 'constant' || arrivals?.kind === 'poisson'
  })
  if (first === undefined)
    throw new BenchError(
      'usage',
      `scenario ${scenario.name} must have a workload with constant or poisson arrivals for a curve`,
      { hint: 'pnpm bench curve latency' },
    )
  for (const workload of [first, ...others]) mustHaveLatency(scenario, workload)
  return [first, ...others]
}

/** A rate counts as sustained by its latency: a round trip, or a one-way latency read from stamps. */
function mustHaveLatency({ name, workloads }: Scenario, sender: Paced): void {
  if (kinds[sender.kind].mainTime !== undefined) return
  const { name: of } = sender
  const heard = workloads
    .filter(isReceiver)
    .filter((each) => kinds[each.kind].needsStamps)
    .map((each) => sendersTo(each, workloads))
    .filter((senders) => senders.some((each) => each === sender))
  if (heard.length === 0)
    throw new BenchError('usage', `workload ${of} of scenario ${name} must have a subscriber for a curve, got none`, {
      hint: 'a curve needs latency, which a subscriber measures',
    })
  if (heard.some((senders) => senders.every(({ payload }) => payload.bytes >= stampBytes))) return
  const small = heard.flat().find(({ payload }) => payload.bytes < stampBytes)
  throw new BenchError(
    'usage',
    `workloads.${small?.name ?? of}.payload.bytes must be at least ${stampBytes} for a curve, got ${small?.payload.bytes ?? 0}`,
    { hint: `messages below ${stampBytes} bytes carry no stamp, and a curve needs latency` },
  )
}

/** The lowest rate that every agent keeps in a window of this length: one message each, or one batch on each connection. */
export function leastRate({ topology }: Scenario, paced: Paced, measureMs: number): number {
  const atOne = { ...paced, arrivals: { ...paced.arrivals, perSecond: 1 } }
  return Math.max(1, Math.ceil(periodMs(atOne, topology[paced.on]?.count ?? 1) / measureMs))
}

/** `perSecond`: of the first workload. None goes below what a window of this length can show. */
export function rateChanges(
  scenario: Scenario,
  perSecond: number,
  measureMs: number,
): Readonly<Record<string, number>> {
  const paced = pacedOf(scenario)
  const first = paced[0].arrivals.perSecond
  return Object.fromEntries(
    paced.map((each) => [
      `workloads.${each.name}.arrivals.perSecond`,
      Math.max(leastRate(scenario, each, measureMs), Math.round((each.arrivals.perSecond / first) * perSecond)),
    ]),
  )
}

/** The shares that can be measured in a window of this length; the whole rate and more always. */
export function sharesOf(scenario: Scenario, sustainable: number, measureMs: number): readonly number[] {
  const least = leastRate(scenario, pacedOf(scenario)[0], measureMs)
  return ladder.filter((share) => share >= 1 || Math.round(sustainable * share) >= least)
}

/** The longest period of the senders whose rate a curve leaves alone: a trial must not be shorter. */
export function longestPeriodMs({ topology, workloads }: Scenario): number {
  const others = workloads.filter(
    (each): each is Scheduled => isScheduled(each) && !['constant', 'poisson'].includes(each.arrivals.kind),
  )
  return Math.max(0, ...others.map((each) => periodMs(each, topology[each.on]?.count ?? 1)))
}

/** Fits the starter suite to the machine: the rates that it can keep are measured for a few seconds, and scenarios that ask for more run at a lower rate. */
import type { Observe } from '../lab/events.ts'
import type { Lab } from '../lab/lab.ts'
import type { Expanded } from '../model/expanded.ts'
import type { Demand } from '../model/demand.ts'
import { demandOf } from '../plan/demand.ts'
import { overridesOf, planFor, prepare, withLab, type Prepared } from '../run.ts'
import { expandScenario } from '../scenario/expand.ts'
import type { Session } from '../session.ts'
import {
  keptOf,
  keptText,
  nextAttempt,
  rungFor,
  usedShare,
  type Attempt,
  type Machine,
  type Rung,
} from '../stats/rung.ts'
import { trialOn } from './trial.ts'

/** One sender and one receiver find the rate of a sender; four and four fill the cores, and each message counts five times. */
const shapes = { sender: { nodes: 1, turns: 1 }, server: { nodes: 4, turns: 5 } } as const
type Shape = keyof typeof shapes
const names = ['sender', 'server'] as const

const phases = { warmup: '200ms', measure: '400ms', cooldown: '100ms' }
const attemptMs = 700
/** Of load; building a lab and starting agents comes on top. */
const budgetMs = 5000

/** The rate of each scenario, in their order; undefined where its own rate fits or it has none. Prints one line. */
export async function fitRates(
  session: Session,
  scenarios: readonly Expanded[],
  observe: Observe,
): Promise<readonly (Rung | undefined)[]> {
  const demands = scenarios.map(largestDemand)
  const known = demands.flatMap((demand) => demand ?? [])
  if (known.length === 0) return demands.map(() => undefined)
  const top = (of: Shape) => Math.max(...known.map((demand) => demand[of])) / usedShare / shapes[of].turns
  const machine = await measureMachine(session, { sender: top('sender'), server: top('server') }, observe)
  const rungs = scenarios.map(({ ownRate }, i) => {
    const demand = demands[i]
    return demand === undefined || ownRate === undefined ? undefined : rungFor(ownRate, demand, machine)
  })
  session.say(fitWords(scenarios, rungs, machine))
  return rungs
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
  const kept = names.map((of) => keptText(machine, of))
  return `this machine keeps ${kept.join(' and ')}: ${so}`
}

function largestDemand({ variants }: Expanded): Demand | undefined {
  const demands = variants.flatMap(({ scenario }) => demandOf(scenario) ?? [])
  const most = (of: Shape) => Math.max(...demands.map((demand) => demand[of]))
  return demands.length === 0 ? undefined : { sender: most('sender'), server: most('server') }
}

async function measureMachine(
  session: Session,
  tops: Readonly<Record<Shape, number>>,
  observe: Observe,
): Promise<Machine> {
  const prepared = await prepare(session, trialAt(tops, session))
  const attempts: Record<Shape, Attempt[]> = { sender: [], server: [] }
  await withLab(prepared, observe, async (lab, { folder }) => {
    for (let spent = 0; ;) {
      const next = {
        sender: nextAttempt(attempts.sender, tops.sender),
        server: nextAttempt(attempts.server, tops.server),
      }
      const open = names.filter((of) => next[of] !== undefined)
      spent += open.length * attemptMs
      if (open.length === 0 || spent > budgetMs) return
      const rates = { sender: next.sender ?? tops.sender, server: next.server ?? tops.server }
      for (const of of open) attempts[of].push(await attempt(session, prepared, lab, rates, of))
      await folder.write('trials.json', `${JSON.stringify(attempts, null, 2)}\n`)
    }
  })
  const found = (of: Shape) => {
    const { perSecond, proven } = keptOf(attempts[of], tops[of])
    return { perSecond: perSecond * shapes[of].turns, proven }
  }
  return { sender: found('sender'), server: found('server') }
}

/** Load that a machine cannot bear shows in these findings; the others are about something else. */
const ofOverload = ['complete', 'block', 'measured', 'rate-kept', 'send-lag', 'late', 'loss', 'slow-consumers']

async function attempt(
  session: Session,
  prepared: Prepared,
  lab: Lab,
  rates: Readonly<Record<Shape, number>>,
  of: Shape,
): Promise<Attempt> {
  const all = planFor(prepared, trialAt(rates, session))
  const plan = {
    ...all,
    blocks: all.blocks.filter(({ variant }) => variant === of).map((block) => ({ ...block, index: 0 })),
    variants: all.variants
      .filter(({ name }) => name === of)
      .map((variant) => ({
        ...variant,
        assignments: variant.assignments.filter(({ workload }) => workload !== 'floor'),
      })),
  }
  const { report, error } = await trialOn(lab, prepared, plan)
  const broken = report.health.find(({ rule, outcome }) => outcome !== 'pass' && ofOverload.includes(rule))
  const row = report.measurements.find(({ workload, metric }) => workload === 'pub' && metric === 'throughput')
  return {
    perSecond: rates[of],
    reached: error === undefined ? (row?.values[0]?.value ?? 0) : 0,
    ...(broken === undefined ? {} : { broken: `${broken.rule}: ${broken.because}` }),
  }
}

function trialAt(rates: Readonly<Record<Shape, number>>, { choices }: Session): Expanded {
  const variants = names.map((of) => {
    const { nodes } = shapes[of]
    const set = {
      'topology.send.count': nodes,
      'topology.recv.count': nodes,
      'workloads.pub.arrivals.perSecond': rates[of],
    }
    return [of, set] as const
  })
  const { server } = choices.overrides
  const { network } = overridesOf(choices)
  return expandScenario(
    {
      name: 'machine',
      about: 'Which rates can this machine keep? Measured before the starter suite.',
      topology: { hub: { role: 'server' }, send: { role: 'load' }, recv: { role: 'load' } },
      workloads: [
        {
          kind: 'publish',
          name: 'pub',
          on: 'send',
          to: 'hub',
          subject: 'machine',
          payload: { bytes: 128 },
          arrivals: { kind: 'constant', perSecond: 1000 },
        },
        { kind: 'subscribe', name: 'sub', on: 'recv', to: 'hub', subject: 'machine' },
      ],
      variants: Object.fromEntries(variants),
      phases,
      repeats: 1,
    },
    { server, network },
  )
}

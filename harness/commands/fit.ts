/**
 * Fits the starter suite to the machine. The rates that it can keep are measured for a few seconds, and scenarios that ask for more run at
 * a lower rate. Where a look at the nodes takes long, as over ssh on a slow board, blocks are measured for longer.
 */
import type { Observe } from '../lab/events.ts'
import type { Lab } from '../lab/lab.ts'
import type { Expanded, Overrides } from '../model/expanded.ts'
import { known } from '../model/known.ts'
import type { Scenario } from '../model/scenario.ts'
import { durationMs } from '../model/units.ts'
import type { Demand } from '../model/demand.ts'
import { demandOf } from '../plan/demand.ts'
import { overridesOf, planFor, prepare, withLab, type Prepared } from '../run.ts'
import { expandScenario } from '../scenario/expand.ts'
import type { OpenRun, Session } from '../session.ts'
import {
  keptOf,
  keptText,
  nextAttempt,
  rungFor,
  settledAfter,
  usedShare,
  windowFor,
  type Attempt,
  type Machine,
  type Rung,
} from '../stats/rung.ts'
import { trialOn, type Trial } from './trial.ts'

/** One sender and one receiver find the rate of a sender; four and four fill the cores, and each message counts five times. */
const shapes = { sender: { nodes: 1, turns: 1 }, server: { nodes: 4, turns: 5 } } as const
type Shape = keyof typeof shapes
const names = ['sender', 'server'] as const

const measureMs = 400
/** Of load, 5 s where a look takes no time; building a lab and starting agents comes on top. */
const mostAttempts = 7

/** What is laid over one scenario; nothing where it fits as it is written. */
export type Fit = Pick<Overrides, 'rate' | 'measureMs' | 'warmupMs'>

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
  return rungs.map((rate, i) => known({ rate, ...longer[i] }))
}

/**
 * The warm-up grows with the measured time, for a machine that slow also takes longer to warm up, and it is as much longer as the load of the
 * trial took to settle.
 */
function longerBlock(own: Scenario['phases'], { lookMs, settledMs }: Measured): Fit {
  const [warmup = 0, measure = 0] = [durationMs(own.warmup), durationMs(own.measure)]
  const measureMs = windowFor(measure, lookMs)
  if (measureMs === undefined) return {}
  return { measureMs, warmupMs: Math.round((warmup * measureMs) / measure + settledMs) }
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
): Promise<Measured> {
  const prepared = await prepare(session, trialAt(tops, session))
  const attempts: Record<Shape, Looked[]> = { sender: [], server: [] }
  await withLab(prepared, observe, async (lab, run) => {
    for (let spent = 0; ;) {
      const next = {
        sender: nextAttempt(attempts.sender, tops.sender),
        server: nextAttempt(attempts.server, tops.server),
      }
      const open = names.filter((of) => next[of] !== undefined)
      spent += open.length
      if (open.length === 0 || spent > mostAttempts) return
      const rates = { sender: next.sender ?? tops.sender, server: next.server ?? tops.server }
      const measure = windowFor(measureMs, shortestLook(attempts)) ?? measureMs
      for (const of of open) attempts[of].push(await attempt(session, prepared, { lab, run }, { rates, of, measure }))
      await run.folder.write('trials.json', `${JSON.stringify(attempts, null, 2)}\n`)
    }
  })
  const found = (of: Shape) => {
    const { perSecond, proven } = keptOf(attempts[of], tops[of])
    return { perSecond: perSecond * shapes[of].turns, proven }
  }
  const settledMs = Math.max(...names.flatMap((of) => attempts[of].map((each) => each.settledMs)))
  return { sender: found('sender'), server: found('server'), lookMs: shortestLook(attempts), settledMs }
}

interface Settled {
  /** How long the load took to settle. */
  readonly settledMs: number
}
type Looked = Attempt & Pick<Trial, 'lookMs'> & Settled
type Measured = Machine & Settled & { readonly lookMs: number }

/** In milliseconds, 0 where there was none. The machine was at its limit in the longer ones. */
function shortestLook(attempts: Readonly<Record<Shape, readonly Looked[]>>): number {
  const looks = names.flatMap((of) => attempts[of].flatMap(({ lookMs }) => lookMs ?? []))
  return looks.length === 0 ? 0 : Math.min(...looks)
}

/** Load that a machine cannot bear shows in these findings; the others are about something else. */
const ofOverload = ['complete', 'block', 'measured', 'rate-kept', 'send-lag', 'late', 'loss', 'slow-consumers']

interface Try {
  readonly rates: Readonly<Record<Shape, number>>
  readonly of: Shape
  readonly measure: number
}

async function attempt(
  session: Session,
  prepared: Prepared,
  { lab, run }: { readonly lab: Lab; readonly run: OpenRun },
  { rates, of, measure }: Try,
): Promise<Looked> {
  const all = planFor(prepared, trialAt(rates, session, measure))
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
  const { report, error, lookMs } = await trialOn(lab, prepared, plan, run)
  const broken = report.health.find(({ rule, outcome }) => outcome !== 'pass' && ofOverload.includes(rule))
  const row = report.measurements.find(({ workload, metric }) => workload === 'pub' && metric === 'throughput')
  const latency = report.series.find((each) => each.of === 'sub' && each.metric === 'latency.p50')
  return {
    lookMs,
    settledMs: 1000 * settledAfter(latency?.points ?? []),
    perSecond: rates[of],
    reached: error === undefined ? (row?.values[0]?.value ?? 0) : 0,
    ...(broken === undefined ? {} : { broken: `${broken.rule}: ${broken.because}` }),
  }
}

/** Milliseconds. Where looks are slow, the agents of a trial are slow to start too. */
function trialWarmup(measure: number): number {
  return measure > measureMs ? measure / 2 : 200
}

function trialAt(rates: Readonly<Record<Shape, number>>, { choices }: Session, measure = measureMs): Expanded {
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
      phases: { warmup: `${trialWarmup(measure)}ms`, measure: `${measure}ms`, cooldown: '100ms' },
      repeats: 1,
    },
    { server, network },
  )
}

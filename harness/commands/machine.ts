/**
 * Which rates a machine keeps, in two shapes of load, measured for a few seconds on a lab of its own. What is looked for is the machine's
 * limit once it is warm: agents go on from attempt to attempt. After that fresh agents show how long their load takes to settle.
 */
import { Crew } from '../lab/crew.ts'
import type { Observe } from '../lab/events.ts'
import type { Lab } from '../lab/lab.ts'
import type { Expanded } from '../model/expanded.ts'
import { overridesOf, planFor, prepare, withLab, type Prepared } from '../run.ts'
import { expandScenario } from '../scenario/expand.ts'
import type { OpenRun, Session } from '../session.ts'
import {
  isLong,
  keptOf,
  nextAttempt,
  settledAfter,
  usedShare,
  windowFor,
  type Attempt,
  type Kept,
  type Machine,
} from '../stats/rung.ts'
import { trialOn } from './trial.ts'

/** One sender and one receiver find the rate of a sender; four and four fill the cores, and each message counts five times. */
export const shapes = { sender: { nodes: 1, turns: 1 }, server: { nodes: 4, turns: 5 } } as const
export type Shape = keyof typeof shapes
export const shapeNames = ['sender', 'server'] as const
/** Messages a second of each sender. */
type Rates = Readonly<Record<Shape, number>>

const warmupMs = 200
const measureMs = 400
/** Of a machine that did not keep the first rate, as long as the blocks of the suite: a pause of 4 ms is 1 % of the shorter time. */
const slowMeasureMs = 1000
/** Where a look takes long, the machine is so slow that its pauses are longer too. */
const slowestMeasureMs = 3000
/** Of each shape. The first starts agents; one that the machine keeps then takes a second where a look takes no time. */
const mostAttempts = 7
/** Fresh agents are watched for so long until their load has settled, or longer where looks are slow. */
const settlingMs = 5000
export interface Measured extends Machine {
  /** How long a look at the nodes takes while they idle. */
  readonly lookMs: number
  /** How long the load of fresh agents took to settle; 0 where the machine keeps every rate that is asked for. */
  readonly settledMs: number
}

type Settled = Attempt & Pick<Measured, 'settledMs'>

/** `tops`: enough for everything, and tried first. */
export async function measureMachine(session: Session, tops: Rates, observe: Observe): Promise<Measured> {
  const prepared = await prepare(session, trialAt(tops, session))
  const attempts: Record<Shape, Settled[]> = { sender: [], server: [] }
  let fresh: Settled | undefined
  const looksMs: number[] = []
  const lookMs = () => (looksMs.length === 0 ? 0 : Math.min(...looksMs))
  const longEnough = (ms: number) => windowFor(ms, lookMs()) ?? ms
  const looking: Observe = (event, plan) => {
    if (event.kind === 'look') looksMs.push(event.tookMs)
    observe(event, plan)
  }
  await withLab(prepared, looking, async (lab, run) => {
    const on = { session, prepared, lab, run }
    const write = () => run.folder.write('trials.json', `${JSON.stringify({ ...attempts, fresh }, null, 2)}\n`)
    for (const of of shapeNames) {
      const crew = new Crew()
      try {
        for (let tried = 0; tried < mostAttempts; tried++) {
          const rate = nextAttempt(attempts[of], tops[of])
          if (rate === undefined) break
          const measure = tried === 0 ? measureMs : isLong(lookMs()) ? slowestMeasureMs : slowMeasureMs
          attempts[of].push(await attempt(on, { rates: { ...tops, [of]: rate }, of, measure, crew }))
          await write()
        }
      } finally {
        await crew.close()
      }
    }
    if (shapeNames.every((of) => keptOf(attempts[of], tops[of]).perSecond === tops[of])) return
    const rate = Math.ceil(usedShare * keptOf(attempts.server, tops.server).perSecond)
    fresh = await attempt(on, { rates: { ...tops, server: rate }, of: 'server', measure: longEnough(settlingMs) })
    await write()
  })
  const found = (of: Shape): Kept => {
    const { perSecond, proven } = keptOf(attempts[of], tops[of])
    return { perSecond: perSecond * shapes[of].turns, proven }
  }
  return {
    sender: found('sender'),
    server: found('server'),
    lookMs: lookMs(),
    settledMs: fresh?.settledMs ?? 0,
  }
}

/** Load that a machine cannot bear shows in these findings; the others are about something else. */
const ofOverload = ['complete', 'block', 'measured', 'rate-kept', 'send-lag', 'late', 'loss', 'slow-consumers']

interface Try {
  readonly rates: Rates
  readonly of: Shape
  readonly measure: number
  /** Its agents are fresh where there is none. */
  readonly crew?: Crew
}

interface On {
  readonly session: Session
  readonly prepared: Prepared
  readonly lab: Lab
  readonly run: OpenRun
}

async function attempt({ session, prepared, lab, run }: On, { rates, of, measure, crew }: Try): Promise<Settled> {
  const { rehearsalMs: _, ...all } = planFor(prepared, trialAt(rates, session, measure))
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
  const { report, error } = await trialOn(lab, prepared, plan, { log: run.log, crew })
  const broken = report.health.find(({ rule, outcome }) => outcome !== 'pass' && ofOverload.includes(rule))
  const row = report.measurements.find(({ workload, metric }) => workload === 'pub' && metric === 'throughput')
  const latency = report.series.find((each) => each.of === 'sub' && each.metric === 'latency.p50')
  return {
    settledMs: 1000 * settledAfter(latency?.points ?? []),
    perSecond: rates[of],
    reached: error === undefined ? (row?.values[0]?.value ?? 0) : 0,
    ...(broken === undefined ? {} : { broken: `${broken.rule}: ${broken.because}` }),
  }
}

function trialAt(rates: Rates, { choices }: Session, measure = measureMs): Expanded {
  const variants = shapeNames.map((of) => {
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
      phases: { warmup: `${warmupMs}ms`, measure: `${measure}ms`, cooldown: '100ms' },
      repeats: 1,
    },
    { server, network },
  )
}

/** Latency against load: first the highest sustainable rate, found by trying, then a ladder of shares of it. */
import type { Choices } from '../choices.ts'
import { Crew } from '../lab/crew.ts'
import type { Lab } from '../lab/lab.ts'
import type { Asked } from '../model/asked.ts'
import { BenchError } from '../model/error.ts'
import { loadName } from '../model/curve.ts'
import type { Report } from '../model/report.ts'
import type { Scenario, Workload } from '../model/scenario.ts'
import { durationMs } from '../model/units.ts'
import type { World } from '../model/world.ts'
import { answerRun, overridesOf, planFor, prepare, recordRun, withLab, type Answered, type Prepared } from '../run.ts'
import { expandScenario } from '../scenario/expand.ts'
import { onHost, type OpenRun, type Session } from '../session.ts'
import { rounded } from '../stats/bottleneck.ts'
import { broken, ladder, nextStep, type SearchSettings, type Trial } from '../stats/knee.ts'
import { median } from '../stats/order.ts'
import { rateLines } from '../report/curve-page.ts'
import { latencyMetrics, ratesOf, trialMs, usualTrialMs } from '../verdict/curve.ts'
import { longestPeriodMs, pacedOf, rateChanges, sharesOf, type Paced } from './curve-paced.ts'
import { withoutOwn } from './own-variants.ts'
import type { Progress } from './progress.ts'
import { trialOn } from './trial.ts'

export interface CurveRequest {
  readonly scenario: Scenario
  readonly choices: Choices
  readonly search: SearchSettings
  readonly talk: Progress
}

export interface Curve extends Answered {
  readonly trials: readonly Trial[]
}

/** Throws `unavailable` when not even a small share of the first rate is sustained. */
export function measureCurve(request: CurveRequest, world: World): Promise<Curve> {
  const { choices, talk } = request
  const scenario = withoutOwn(request.scenario, ['variants', 'vary', 'faults'], 'a curve', talk.say)
  pacedOf(scenario)
  return onHost(world, choices, { say: talk.say, exclusive: true, keep: true }, (session) =>
    curveOn(session, { ...request, scenario }),
  )
}

async function curveOn(session: Session, request: CurveRequest): Promise<Curve> {
  const { scenario, choices, talk } = request
  const overrides = overridesOf(choices)
  const prepared = await prepare(session, expandScenario(scenario, overrides))
  const { sustainable, because, trials } = await search(request, prepared)
  talk.say(`${scenario.name}: ${rounded(sustainable)} msg/s is sustained; ${because}`)
  const measureMs = overrides.measureMs ?? durationMs(scenario.phases.measure) ?? 0
  const shares = sharesOf(scenario, sustainable, measureMs)
  if (shares.length < ladder.length)
    talk.say(`${scenario.name}: blocks of ${measureMs} ms are too short for the lowest rates, which are left out`)
  const variants = Object.fromEntries(
    shares.map((share) => [loadName(share), rateChanges(scenario, sustainable * share, measureMs)] as const),
  )
  const climb = await prepare(session, expandScenario(scenario, { ...overrides, variants }))
  const recorded = await recordRun(climb, { observe: talk.observe })
  const asked: Asked = { kind: 'curve', sustainable, because, trials: [...trials], search: request.search }
  return { ...(await answerRun(session, recorded, asked)), trials }
}

interface Found {
  readonly sustainable: number
  readonly because: string
  readonly trials: readonly Trial[]
}

/** One lab for all trials; each trial is one short block (see trialMs) on servers that keep running. */
function search(request: CurveRequest, prepared: Prepared): Promise<Found> {
  return withLab(prepared, request.talk.observe, async (lab, run) => {
    const crew = new Crew()
    try {
      return await climb(request, prepared, { lab, run, crew })
    } finally {
      await crew.close()
    }
  })
}

interface On {
  readonly lab: Lab
  readonly run: OpenRun
  readonly crew: Crew
}

async function climb(request: CurveRequest, prepared: Prepared, on: On): Promise<Found> {
  const trials: Trial[] = []
  for (;;) {
    const step = nextStep(trials, request.search)
    if (step.kind === 'done') {
      if (step.sustainable !== undefined) return { sustainable: step.sustainable, because: step.because, trials }
      throw new BenchError('unavailable', `some rate must be sustainable, none was: ${step.because}`, {
        lines: rateLines(ratesOf(trials, request.search)),
        hint: '--limit allows more latency, a quieter machine needs less',
      })
    }
    const trial = await tryRate(request, prepared, on, step.perSecond)
    const why = broken(trial, request.search) ?? 'kept'
    request.talk.say(
      `${request.scenario.name}: tried ${rounded(step.perSecond)} msg/s, reached ${rounded(trial.reached)}: ${why}`,
    )
    trials.push(trial)
    await on.run.folder.write('trials.json', `${JSON.stringify(trials, null, 2)}\n`)
  }
}

async function tryRate(
  { scenario }: CurveRequest,
  prepared: Prepared,
  { lab, run, crew }: On,
  perSecond: number,
): Promise<Trial> {
  const changes = rateChanges(scenario, perSecond, usualTrialMs)
  const measureMs = Math.ceil(Math.max(trialMs(Object.values(changes)), longestPeriodMs(scenario)))
  const workloads = scenario.workloads.map((workload) => {
    const rate = changes[`workloads.${workload.name}.arrivals.perSecond`]
    return rate === undefined
      ? workload
      : ({ ...workload, arrivals: { ...(workload as Paced).arrivals, perSecond: rate } } as Workload)
  })
  const trial: Scenario = {
    ...scenario,
    workloads,
    repeats: 1,
    limits: [],
    phases: { warmup: '300ms', measure: `${measureMs}ms`, cooldown: '100ms' },
  }
  const { network } = overridesOf(prepared.choices)
  const plan = planFor(prepared, expandScenario(trial, { network }))
  const { report, error } = await trialOn(lab, prepared, plan, { log: run.log, crew })
  return trialOf(report, perSecond, error !== undefined)
}

/** A block that failed, for example because a subscriber was cut off, is a rate that was not sustained. */
export function trialOf(report: Omit<Report, 'verdict'>, perSecond: number, failed: boolean): Trial {
  const sum = (metric: string) => medians(report, metric).reduce((total, value) => total + value, 0)
  const [lead] = pacedOf(report.plan.scenario)
  const reached = median(valuesOf(report, 'throughput', (workload) => workload === lead.name)) ?? 0
  const p99s = latencyMetrics('p99')
  const latency = Math.max(...p99s.flatMap((metric) => medians(report, metric)))
  const lagged = report.summaries.some((row) => row.lagged === true && p99s.includes(row.metric))
  return {
    perSecond,
    reached: failed ? 0 : reached,
    lost: sum('loss'),
    late: sum('late'),
    ...(Number.isFinite(latency) ? { latencyNs: latency } : {}),
    ...(lagged ? { lagged } : {}),
  }
}

function medians(report: Omit<Report, 'verdict'>, metric: string): readonly number[] {
  return report.measurements
    .filter((row) => row.metric === metric)
    .flatMap((row) => median(row.values.flatMap(({ value }) => value ?? [])) ?? [])
}

function valuesOf(
  report: Omit<Report, 'verdict'>,
  metric: string,
  of: (workload: string) => boolean,
): readonly number[] {
  return report.measurements
    .filter((row) => row.metric === metric && of(row.workload))
    .flatMap((row) => row.values.flatMap(({ value }) => value ?? []))
}

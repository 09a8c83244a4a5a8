/** One regression check: base and head interleaved until decided, or head against a baseline. */
import type { CheckReport } from '../model/check-report.ts'
import { known } from '../model/known.ts'
import type { ServerChoice } from '../model/plan.ts'
import type { Line } from '../model/recording.ts'
import type { Report } from '../model/report.ts'
import type { Scenario } from '../model/scenario.ts'
import type { Asked } from '../model/asked.ts'
import { BenchError } from '../model/error.ts'
import { warning } from '../model/warning.ts'
import { answerRun, overridesOf, prepare, recordRun, type Answered } from '../run.ts'
import { expandScenario } from '../scenario/expand.ts'
import { checkReportOf } from '../verdict/answer.ts'
import type { Session } from '../session.ts'
import { summarise } from '../stats/summarise.ts'
import { baselinePath, readBaseline } from '../store/baselines.ts'
import { refuseNoBaseline, tooFewBlocks, usualBlocks } from '../verdict/baseline.ts'
import { differences } from '../verdict/set-up.ts'
import type { CheckSettings, Round } from '../verdict/check.ts'
import { furtherBlocks, judgeInterleaved } from '../verdict/interleaved.ts'
import type { Margins } from '../verdict/margins.ts'
import { withoutOwn } from './own-variants.ts'
import type { Progress } from './progress.ts'
import { count } from '../model/count.ts'

export interface CheckRequest {
  readonly session: Session
  readonly scenario: Scenario
  readonly margins: Margins
  readonly talk: Progress
}

export interface InterleavedCheck extends CheckRequest {
  readonly base: ServerChoice
  readonly head: ServerChoice
  /** Pairs of the first look. */
  readonly pairs: number
  readonly settings: Pick<CheckSettings, 'mostPairs'>
  /** No further round begins after this time. */
  readonly budgetMs: number
}

/** Runs the first look, then what the verdict asks for, within the budget. */
export async function checkInterleaved(request: InterleavedCheck): Promise<Checked> {
  const { session, scenario, settings, margins, talk } = request
  const { choices } = session
  const plain = withoutOwn(scenario, ['variants'], 'a check', talk.say)
  const variants = { base: serverChanges(scenario, request.base), head: serverChanges(scenario, request.head) }
  const overrides = { ...overridesOf(choices), variants, repeats: request.pairs, server: undefined }
  const planned = await prepare(session, expandScenario(plain, overrides))
  const blocks = furtherBlocks(planned.plan, [], request.pairs)
  const prepared = { ...planned, plan: { ...planned.plan, blocks } }
  const rounds: Round[] = [{ pairs: request.pairs }]
  const lines: Line[] = []
  const endsAt = performance.now() + request.budgetMs
  const judged = (report: Omit<Report, 'verdict'>) => judgeInterleaved({ report, rounds, settings, margins })
  const recorded = await recordRun(prepared, {
    observe: talk.observe,
    onLine: (line) => lines.push(line),
    more: async (done) => {
      const { next } = judged(await summarise(lines))
      if (next === 0 || performance.now() > endsAt) return []
      talk.say(`${scenario.name}: ${count(next, 'more pair')} to decide`)
      rounds.push({ pairs: next })
      return furtherBlocks(prepared.plan, done, next)
    },
  })
  const { base, head } = request
  return told(session, recorded, { kind: 'interleaved', base, head, rounds, mostPairs: settings.mostPairs, margins })
}

/** What came of one check. */
export interface Checked extends Pick<Answered, 'error'> {
  readonly report: CheckReport
}

async function told(session: Session, recorded: Awaited<ReturnType<typeof recordRun>>, asked: Asked): Promise<Checked> {
  const { report, folder, error } = await answerRun(session, recorded, asked)
  const check = checkReportOf(report, folder)
  if (check === undefined) throw new BenchError('bug', 'the report of a check must hold the check')
  return { report: check, ...known({ error }) }
}

export interface BaselineCheck extends CheckRequest {
  /** A file; the stored one of this host and scenario where absent. */
  readonly file?: string
}

export async function checkBaseline(request: BaselineCheck): Promise<Checked> {
  const { session, scenario, margins, talk } = request
  const overrides = overridesOf(session.choices)
  const repeats = overrides.repeats ?? Math.max(scenario.repeats, usualBlocks)
  const prepared = await prepare(session, expandScenario(scenario, { ...overrides, repeats }))
  const host = prepared.context.facts
  const file = request.file ?? baselinePath(session.choices.out, host.hostname ?? host.name, scenario.name)
  const base = await readBaseline(file)
  const named = `baseline ${file}`
  refuseNoBaseline(base, named)
  const lines = differences(base, { plan: prepared.plan, facts: { host } })
  if (lines.length > 0) {
    throw new BenchError('recording-invalid', `${named} must be of this set-up, got another`, {
      lines,
      hint: `pnpm bench run ${scenario.name} --repeats ${usualBlocks}, then pnpm bench baseline save latest`,
    })
  }
  const few = tooFewBlocks(base, repeats, margins)
  if (few !== undefined) talk.say(warning(few))
  const recorded = await recordRun(prepared, { observe: talk.observe })
  return told(session, recorded, { kind: 'baseline', margins, baseline: base })
}

/** The same server for every server group. */
function serverChanges(scenario: Scenario, choice: ServerChoice): Readonly<Record<string, string>> {
  const groups = Object.entries(scenario.topology).filter(([, group]) => group.role === 'server')
  const changes = groups.flatMap(([name]) =>
    Object.entries(choice).map(([key, value]) => [`topology.${name}.server.${key}`, String(value)] as const),
  )
  return Object.fromEntries(changes)
}

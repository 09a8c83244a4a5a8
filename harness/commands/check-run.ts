/** One regression check: base and head interleaved until decided, or head against a baseline. */
import type { CheckReport } from '../model/check-report.ts'
import type { ServerChoice } from '../model/plan.ts'
import type { Line } from '../model/recording.ts'
import type { Report, Verdict } from '../model/report.ts'
import type { Scenario } from '../model/scenario.ts'
import { analyseRun, overridesOf, prepare, recordRun } from '../run.ts'
import { expandScenario } from '../scenario/expand.ts'
import type { Session } from '../session.ts'
import { summarise } from '../stats/summarise.ts'
import { baselinePath, readBaseline } from '../store/baselines.ts'
import { againstBaseline } from '../verdict/baseline.ts'
import type { CheckSettings, Round } from '../verdict/check.ts'
import { furtherBlocks, judgeInterleaved } from '../verdict/interleaved.ts'
import { verdictOf } from '../verdict/judge.ts'
import type { Margins } from '../verdict/margins.ts'
import type { Progress } from './progress.ts'

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
  readonly settings: Partial<CheckSettings>
  /** No further round begins after this time. */
  readonly budgetMs: number
}

/** Runs the first look, then what the verdict asks for, within the budget. */
export async function checkInterleaved(request: InterleavedCheck): Promise<CheckReport> {
  const { session, scenario, settings, margins, talk } = request
  const { choices } = session
  const { variants: _own, ...plain } = scenario
  const variants = { base: serverChanges(scenario, request.base), head: serverChanges(scenario, request.head) }
  const overrides = { ...overridesOf(choices), variants, repeats: request.pairs, server: undefined }
  const prepared = await prepare(session, expandScenario(plain, overrides))
  const rounds: Round[] = [{ purpose: 'look', pairs: request.pairs }]
  const lines: Line[] = []
  const endsAt = performance.now() + request.budgetMs
  const judged = (report: Omit<Report, 'verdict'>) => judgeInterleaved({ report, rounds, settings, margins })
  const recorded = await recordRun(prepared, {
    observe: talk.observe,
    onLine: (line) => lines.push(line),
    more: async (done) => {
      const { next } = judged(await summarise(lines))
      if (next.kind === 'done') return []
      // A suspicion is always confirmed; only further looks need time that is left.
      if (next.kind === 'look' && performance.now() > endsAt) return []
      talk.say(
        `${scenario.name}: ${next.pairs} more pairs to ${next.kind === 'confirm' ? 'confirm a suspicion' : 'decide'}`,
      )
      rounds.push({ purpose: next.kind, pairs: next.pairs })
      return furtherBlocks(prepared.plan, done, next.pairs)
    },
  })
  if (recorded.error !== undefined) throw recorded.error
  const report = await analyseRun(recorded.folder)
  const { rows, verdict } = judged(report)
  return {
    schema: 1,
    scenario: scenario.name,
    kind: 'interleaved',
    base: serverWords(report, 'base', request.base),
    head: serverWords(report, 'head', request.head),
    pairs: rounds.reduce((sum, round) => sum + round.pairs, 0),
    rows,
    verdict: together(verdict.findings, report.verdict),
    folder: recorded.folder,
  }
}

export interface BaselineCheck extends CheckRequest {
  /** A file; the stored one of this host and scenario where absent. */
  readonly file?: string
}

export async function checkBaseline(request: BaselineCheck): Promise<CheckReport> {
  const { session, scenario, margins, talk } = request
  const prepared = await prepare(session, expandScenario(scenario, overridesOf(session.choices)))
  const host = prepared.context.facts
  const file = request.file ?? baselinePath(session.choices.out, host.hostname ?? host.name, scenario.name)
  const base = await readBaseline(file)
  const recorded = await recordRun(prepared, { observe: talk.observe })
  if (recorded.error !== undefined) throw recorded.error
  const report = await analyseRun(recorded.folder)
  const { rows, findings } = againstBaseline(base, report, margins)
  return {
    schema: 1,
    scenario: scenario.name,
    kind: 'baseline',
    base: base.run,
    head: report.run,
    pairs: 0,
    rows,
    verdict: together(findings, report.verdict),
    folder: recorded.folder,
  }
}

/** The answers of the check, and of the run's own limits and health only what is not well. */
function together(findings: Verdict['findings'], own: Verdict): Verdict {
  return verdictOf([...findings, ...own.findings.filter(({ outcome }) => outcome !== 'pass')])
}

/** The same server for every server group. */
function serverChanges(scenario: Scenario, choice: ServerChoice): Readonly<Record<string, string>> {
  const groups = Object.entries(scenario.topology).filter(([, group]) => group.role === 'server')
  const changes = groups.flatMap(([name]) =>
    Object.entries(choice).map(([key, value]) => [`topology.${name}.server.${key}`, String(value)] as const),
  )
  return Object.fromEntries(changes)
}

function serverWords(report: Report, side: string, choice: ServerChoice): string {
  const facts = report.facts.servers.find(({ variant }) => variant === side || variant.startsWith(`${side} `))
  const asked = choice.path ?? choice.version
  if (facts === undefined) return asked ?? 'the pinned version'
  return `${facts.version} (${asked ?? facts.origin})`
}

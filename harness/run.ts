/**
 * The whole way of the data in one screen.
 *
 *   scenario file → Scenario → Plan → recording.ndjson │ → Report → Verdict → report.json, .md, .html
 *                  (machine half: prepare, recordRun)  │  (pure half: analyseRun)
 */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { interruptibleAtFirst } from './host/interruptible.ts'
import { readCpuTime } from './host/cpu-time.ts'
import { workDirectory } from './host/machine.ts'
import { patiently } from './host/patience.ts'
import { readThermals } from './host/thermals.ts'
import type { Observe } from './lab/events.ts'
import { openLab, type Lab } from './lab/lab.ts'
import { record, type Ended } from './lab/record.ts'
import type { Site, Take } from './lab/site.ts'
import { asBenchError, BenchError, interrupted } from './model/error.ts'
import { known } from './model/known.ts'
import type { Asked } from './model/asked.ts'
import type { Plan } from './model/plan.ts'
import type { Line } from './model/recording.ts'
import type { Report } from './model/report.ts'
import type { Scenario } from './model/scenario.ts'
import { networksOf, type Expanded, type Overrides } from './model/expanded.ts'
import { makePlan } from './plan/plan.ts'
import { summarise } from './stats/summarise.ts'
import { readHistory, saveHistory } from './store/history.ts'
import { readRecording } from './store/recording.ts'
import { readAsked } from './store/asked.ts'
import { fileNames } from './store/run-folder.ts'
import { runId, tagOf } from './store/run-id.ts'
import { obtainServer } from './server/obtain.ts'
import { chooseSubstrate, type Chosen } from './substrate/choose.ts'
import type { Substrate, SubstrateContext } from './substrate/substrate.ts'
import { answer } from './verdict/answer.ts'
import { judge } from './verdict/judge.ts'
import type { Choices } from './choices.ts'
import { withRun, type OpenRun, type Session } from './session.ts'
import { version } from './version.ts'
import { markdown } from './report/markdown.ts'
import { historyEntry } from './report/history-entry.ts'
import { html, htmlSuite } from './report/html.ts'
import { indexHtml } from './report/index-html.ts'
import { json } from './report/json.ts'
import { writePrivateFile } from './store/private-file.ts'

export interface Prepared {
  readonly session: Session
  readonly choices: Choices
  readonly context: SubstrateContext
  readonly scenario: Scenario
  readonly substrate: Substrate
  readonly plan: Plan
}

/** The folder of this package: scenarios/ and fixtures/ lie in it. */
export const root = fileURLToPath(new URL('..', import.meta.url))

/** Takes the host where the session has it alone, surveys it, chooses the substrate, plans. Builds nothing. */
export async function prepare(session: Session, expanded: Expanded): Promise<Prepared> {
  const { host, world, choices } = session
  const { scenario } = expanded
  const tag = tagOf(randomBytes(4))
  const run = runId(world.now(), scenario.name, tag)
  await session.hold(run)
  const networks = networksOf(expanded).filter((network) => network !== undefined)
  const network = networks.length === 0 ? {} : { network: networks.join(',') }
  const settings = { ...network, ...choices.settings }
  const { context, substrate, why } = await look(session, choices.on, { run, tag, settings })
  const { command } = choices
  const plan = makePlan({ expanded, substrate, why, command, harness: version, host: host.name })
  await lookAtServers(plan, context)
  return { session, choices, context, scenario, substrate, plan }
}

/** Asks the host what it is and what it can make. Nothing is changed, so an interrupt ends it at once. */
async function look(
  { host, world, say, ground }: Session,
  on: Choices['on'],
  made: Pick<SubstrateContext, 'run' | 'tag' | 'settings'>,
): Promise<Chosen & Pick<Prepared, 'context'>> {
  const { env, signal } = world
  const asked = interruptibleAtFirst(host, signal)
  try {
    const facts = await patiently(say, `looking at ${host.name}`, () => asked.host.facts())
    const directory = workDirectory(made.run)
    const context: SubstrateContext = { ...made, host: asked.host, facts, directory, env, signal, say }
    const chosen = await (ground?.choose ?? chooseSubstrate)(on, context)
    if (!signal.aborted) return { ...chosen, context }
  } catch (error) {
    // A question that was cut short may look like a host that cannot make nodes.
    if (!signal.aborted) throw error
  } finally {
    asked.end()
  }
  throw interrupted(signal)
}

/** A program that is on this machine and no nats-server is known before anything is built. Throws `not-found`. */
async function lookAtServers({ variants, substrate }: Plan, context: SubstrateContext): Promise<void> {
  if (context.host.name !== 'local' || substrate === 'memory') return
  const named = variants.flatMap(({ services }) => services.flatMap(({ server }) => server.path ?? []))
  for (const path of new Set(named)) await obtainServer({ path }, context)
}

/** The choices as overrides of a scenario, for loading or expanding one. */
export function overridesOf({ overrides, settings }: Choices): Overrides {
  return settings['network'] === undefined ? overrides : { ...overrides, network: settings['network'] }
}

/** Another plan on what is prepared already: the same topology with other workloads. */
export function planFor({ choices, context, substrate, plan }: Prepared, expanded: Expanded): Plan {
  const { command } = choices
  const host = context.host.name
  return makePlan({ expanded, substrate, why: plan.why, command, harness: version, host })
}

/** One run with its folder, and what its lab is built of. */
function inRun<T>(
  { session, context, substrate, plan }: Prepared,
  observe: Observe,
  body: (site: Site, run: OpenRun) => Promise<T>,
): Promise<T> {
  return withRun(session, context, substrate.name, (run) => {
    const { token, journal, signal } = run
    const { host, facts } = context
    const gauges = { thermals: () => readThermals(host, facts), cpuTime: () => readCpuTime(host, facts) }
    return body({ plan, substrate, host: facts, gauges, journal, token, signal, observe }, run)
  })
}

/** A lab with its servers up around `body`; nothing of it stays, whatever happens. */
export function withLab<T>(
  prepared: Prepared,
  observe: Observe,
  body: (lab: Lab, run: OpenRun) => Promise<T>,
): Promise<T> {
  return inRun(prepared, observe, async (site, run) => {
    const lab = await openLab(site)
    try {
      await lab.serve()
      return await body(lab, run)
    } finally {
      await lab.close()
    }
  })
}

export interface RecordOptions {
  readonly observe: Observe
  /** Sees every line of the recording as it is written. */
  readonly onLine?: (line: Line) => void
  /** See `Take`. */
  readonly more?: Take['more']
}

/** Builds, measures, takes down. The folder holds the recording, however the run ended. */
export function recordRun(
  prepared: Prepared,
  { observe, onLine, more }: RecordOptions,
): Promise<Ended & { readonly folder: string }> {
  const { plan, context, session } = prepared
  return inRun(prepared, observe, async (site, { folder, log, fail }) => {
    const append = (line: Line) => {
      folder.append(line).catch(fail)
      onLine?.(line)
    }
    await folder.write('plan.json', `${JSON.stringify(plan, null, 2)}\n`)
    const at = session.world.now().toISOString()
    const take = { run: context.run, at, plan, append, log, ...(more === undefined ? {} : { more }) }
    return { ...(await record(site, take)), folder: folder.path }
  })
}

/** What a check or a curve ran for; without it the folder is of a plain run. */
export function writeAsked(folder: string, asked: Asked): Promise<void> {
  return writePrivateFile(join(folder, fileNames.asked), `${JSON.stringify(asked)}\n`)
}

export interface Answered {
  /** Holds the answer to what was asked. */
  readonly report: Report
  readonly folder: string
  /** What ended the run early: the report is of what was measured until then. */
  readonly error?: BenchError
}

/** The report of a check or a curve, kept with its run and in the history. Throws what ended the run before anything was measured. */
export async function answerRun(
  { choices, say }: Session,
  { error, folder }: Awaited<ReturnType<typeof recordRun>>,
  asked: Asked,
): Promise<Answered> {
  await writeAsked(folder, asked)
  const report = await analyseRun(folder)
  if (error !== undefined && report.measurements.length === 0) throw error
  await enterHistory(choices.out, report, say)
  return { report, folder, ...known({ error }) }
}

/** Recording → Report with Verdict, written beside it. Pure but for the files: the same recording gives the same bytes. */
export async function analyseRun(folder: string): Promise<Report> {
  const report = await judgeRun(folder)
  await writeReport(folder, report)
  return report
}

/** Recording → Report with Verdict. */
export async function judgeRun(folder: string): Promise<Report> {
  const path = join(folder, fileNames.recording)
  const summary = await summarise(readRecording(path)).catch((error: unknown) => {
    throw placed(asBenchError(error), path)
  })
  const own: Report = { ...summary, verdict: judge(summary) }
  const asked = await readAsked(folder)
  return asked === undefined ? own : answer(own, asked)
}

/** What a line holds may be wrong beside others only: such an error does not know the file yet. */
function placed(error: BenchError, path: string): BenchError {
  const { code, message, hint, lines } = error
  if (code !== 'recording-invalid' || message.startsWith(path)) return error
  return new BenchError(code, `${path}: ${message}`, { ...(hint === undefined ? {} : { hint }), lines, cause: error })
}

export async function writeReport(folder: string, report: Report): Promise<void> {
  await writePrivateFile(join(folder, 'report.json'), json(report))
  await writePrivateFile(join(folder, 'report.md'), markdown(report))
  await writePrivateFile(join(folder, fileNames.page), await html(report))
}

/** Notes the run in reports/history and makes reports/index.html anew. */
export async function enterHistory(out: string, report: Report, warn: (sentence: string) => void): Promise<void> {
  await saveHistory(out, historyEntry(report, `${report.run}/${fileNames.page}`))
  const { entries, broken } = await readHistory(out)
  broken.forEach(warn)
  await writePrivateFile(join(out, 'index.html'), indexHtml(entries))
}

/** Several reports as one page beside their run folders; answers with its path. */
export async function writeSuite(out: string, reports: readonly Report[]): Promise<string> {
  const path = join(out, `suite-${reports[0]?.run ?? 'empty'}.html`)
  await writePrivateFile(path, await htmlSuite(reports))
  return path
}

/** `lab.run`: blocks on a running lab, recorded and judged like those of `bench run`. */
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import type { Lab } from '../lab/lab.ts'
import { recordOn } from '../lab/record.ts'
import type { Line } from '../model/recording.ts'
import type { Report } from '../model/report.ts'
import type { ScenarioInput } from '../model/scenario.ts'
import { analyseRun, overridesOf, planFor, type Prepared } from '../run.ts'
import { expandScenario } from '../scenario/expand.ts'
import { createRunFolder } from '../store/run-folder.ts'
import { runId, tagOf } from '../store/run-id.ts'
import { withWorkloads } from './setup.ts'

export interface MeasureOptions extends Pick<
  ScenarioInput,
  'streams' | 'consumers' | 'phases' | 'repeats' | 'limits' | 'faults' | 'variants' | 'vary' | 'seed'
> {
  /** Part of the name of the run folder; by default the name of the lab's scenario. */
  readonly name?: string
}

/** Short, for tests; a benchmark measures longer and more often. */
const shortRun = { phases: { warmup: '200ms', measure: '1s', cooldown: '100ms' }, repeats: 1 }

/** Its folder is below that of the lab; `bench analyse <folder>` can read it. Throws the error that ended it early. */
export async function measureIn(
  lab: Lab,
  prepared: Prepared,
  place: string,
  workloads: ScenarioInput['workloads'],
  { name = prepared.scenario.name, ...options }: MeasureOptions,
): Promise<Report> {
  const scenario = withWorkloads(prepared.scenario, { ...shortRun, ...options, name, workloads })
  const plan = planFor(prepared, expandScenario(scenario, overridesOf(prepared.choices)))
  const at = new Date()
  const run = runId(at, name, tagOf(randomBytes(4)))
  const folder = await createRunFolder(join(place, 'runs'), run)
  await folder.write('plan.json', `${JSON.stringify(plan, null, 2)}\n`)
  await lab.stage(plan)
  let full: unknown
  const kept = (written: Promise<void>) => {
    written.catch((error: unknown) => {
      full ??= error
    })
  }
  const ended = await recordOn(lab, {
    run,
    at: at.toISOString(),
    plan,
    append: (line: Line) => kept(folder.append(line)),
    log: (from, lines) => kept(folder.log({ from, lines })),
  })
  await folder.close()
  if (ended.error !== undefined) throw ended.error
  if (full instanceof Error) throw full
  return analyseRun(folder.path)
}

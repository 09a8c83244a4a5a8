/** A plan measured on a lab that is up, for its numbers alone: no recording of it is kept. */
import type { Crew } from '../lab/crew.ts'
import type { Lab } from '../lab/lab.ts'
import { recordOn } from '../lab/record.ts'
import { known } from '../model/known.ts'
import type { BenchError } from '../model/error.ts'
import type { Plan } from '../model/plan.ts'
import type { Line } from '../model/recording.ts'
import type { Report } from '../model/report.ts'
import type { Prepared } from '../run.ts'
import type { OpenRun } from '../session.ts'
import { summarise } from '../stats/summarise.ts'

export interface Trial {
  readonly report: Omit<Report, 'verdict'>
  /** What ended it early. */
  readonly error: BenchError | undefined
}

/** `log`: of the run that the lab is of. `crew`: its agents, where they go on from an earlier trial. Throws where it was interrupted. */
export async function trialOn(
  lab: Lab,
  { context, session }: Prepared,
  plan: Plan,
  { log, crew }: Pick<OpenRun, 'log'> & { readonly crew?: Crew | undefined },
): Promise<Trial> {
  const lines: Line[] = []
  const { error } = await recordOn(lab, {
    run: context.run,
    at: session.world.now().toISOString(),
    plan,
    append: (line) => lines.push(line),
    log,
    ...known({ crew }),
  })
  if (error?.code === 'interrupted') throw error
  return { report: await summarise(lines), error }
}

/** A plan measured on a lab that is up, for its numbers alone: no recording of it is kept. */
import type { Lab } from '../lab/lab.ts'
import { recordOn } from '../lab/record.ts'
import type { BenchError } from '../model/error.ts'
import type { Plan } from '../model/plan.ts'
import type { Line } from '../model/recording.ts'
import type { Report } from '../model/report.ts'
import type { Prepared } from '../run.ts'
import { summarise } from '../stats/summarise.ts'

/** `error`: what ended it early. Throws where that was an interrupt. */
export async function trialOn(
  lab: Lab,
  { context, session }: Prepared,
  plan: Plan,
): Promise<{ readonly report: Omit<Report, 'verdict'>; readonly error: BenchError | undefined }> {
  const lines: Line[] = []
  const { error } = await recordOn(lab, {
    run: context.run,
    at: session.world.now().toISOString(),
    plan,
    append: (line) => lines.push(line),
    log: () => undefined,
  })
  if (error?.code === 'interrupted') throw error
  return { report: await summarise(lines), error }
}

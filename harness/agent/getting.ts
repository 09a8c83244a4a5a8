/** The work of those who get, over whichever engine: gets by the arrivals of the job, then tells what was refused. */
import type { Arrivals } from '../model/scenario.ts'
import { errorsOf, sentBy } from './answering.ts'
import { ask, type Answered } from './asking.ts'
import type { Link } from './engine.ts'
import type { JobContext, Work } from './job.ts'
import { closeAll, flushAll } from './links.ts'

/** What gets over one connection. */
type Getting = Answered & { readonly sequence: number; readonly errors: Readonly<Record<string, number>> }

/** `flooding`: in flight on each connection in a flood. */
export async function gettingWork(
  links: readonly Link[],
  getters: readonly Getting[],
  job: { readonly arrivals: Arrivals; readonly publisher: number; readonly seed: number },
  flooding: number,
  context: JobContext,
): Promise<Work> {
  await flushAll(links)
  return {
    async run(clock) {
      await ask(getters, { ...job, payload: { seed: job.seed } }, flooding, clock, context)
      context.emit({ t: 'acked', publishers: {}, duplicates: 0, errors: errorsOf(getters) })
    },
    perPublisher: () => sentBy(getters, job.publisher),
    close: () => closeAll(links),
  }
}

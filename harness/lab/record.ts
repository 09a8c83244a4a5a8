/** A measurement with the first and last line of its recording: what ends it early is its last line, not an exception. */
import { asBenchError, BenchError, interrupted } from '../model/error.ts'
import type { Line } from '../model/recording.ts'
import { takeDown } from './build.ts'
import { openLab, type Lab } from './lab.ts'
import type { Site, Take } from './site.ts'

export type Recorded = Extract<Line, { t: 'end' }>
export type Ended = Recorded & { readonly error?: BenchError }

/**
 * The whole life of a lab for one measurement: open, measure, close. Never throws for what happens during it: a failure or
 * an interruption ends the recording and is its last line. Throws only when nodes could not be taken down again.
 */
export function record(site: Site, take: Take): Promise<Ended> {
  let lab: Lab | undefined
  const body = async () => {
    // Known already, whatever becomes of the build.
    take.append({ t: 'facts', facts: { host: site.host, servers: [], node: '', substrate: {} } })
    lab = await openLab(site)
    await lab.measure(take)
  }
  return recorded(site, take, body, async () => {
    site.observe({ kind: 'down', lent: site.substrate.lends === true }, take.plan)
    await (lab === undefined ? takeDown(new Map(), site) : lab.close())
  })
}

/** The same on a lab that is open and stays so. */
export function recordOn(lab: Lab, take: Take): Promise<Ended> {
  return recorded(
    lab.site,
    take,
    () => lab.measure(take),
    () => Promise.resolve(),
  )
}

async function recorded(
  site: Site,
  { append, run, at, plan }: Take,
  body: () => Promise<void>,
  down: () => Promise<void>,
): Promise<Ended> {
  append({ t: 'plan', schema: 2, run, at, plan })
  let error: BenchError | undefined
  try {
    await body()
  } catch (thrown) {
    // Whatever broke while everything was being stopped is no failure of its own.
    error = site.signal.aborted ? interrupted(site.signal) : asBenchError(thrown)
  }
  let left: unknown
  try {
    await down()
  } catch (thrown) {
    if (error === undefined) throw thrown
    left = thrown
  }
  const end: Recorded =
    error === undefined
      ? { t: 'end', outcome: 'complete' }
      : { t: 'end', outcome: error.code === 'interrupted' ? 'interrupted' : 'failed', because: error.message }
  append(end)
  if (error !== undefined && left !== undefined) throw alsoLeft(error, asBenchError(left))
  return error === undefined ? end : { ...end, error }
}

/** Why the run failed comes first; that something stays on the host because of it, second. */
function alsoLeft(error: BenchError, left: BenchError): BenchError {
  return new BenchError(error.code, error.message, {
    lines: [...error.lines, `taking down: ${left.message}`, ...left.lines],
    hint: 'what stays on the host goes with "pnpm bench sweep", or before the next run there',
    cause: left,
  })
}

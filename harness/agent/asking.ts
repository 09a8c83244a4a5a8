/** When messages that are answered are sent: in a closed loop, as fast as the answers let it, or by a schedule. */
import type { Arrivals } from '../model/scenario.ts'
import type { Asker } from './asker.ts'
import type { Clock } from './clock.ts'
import { endNs, type JobContext } from './job.ts'
import { Pacer } from './pacing.ts'
import { scheduleOffset } from './publish.ts'
import { mixSeed } from './random.ts'
import { countRemaining, makeSchedule, type OpenArrivals } from './schedule.ts'

const expiryMs = 20

interface AskJob {
  readonly arrivals: Arrivals
  readonly publisher: number
  readonly payload: { readonly seed: number }
}

/** Asks by the arrivals of the job, then waits for the last answers. `flooding`: in flight on each connection in a flood. */
export async function ask(
  askers: readonly Asker[],
  job: AskJob,
  flooding: number,
  clock: Clock,
  context: JobContext,
): Promise<void> {
  const { arrivals } = job
  for (const asker of askers) asker.clock = clock
  const expiry = setInterval(() => askers.forEach((asker) => asker.expire()), expiryMs)
  if (arrivals.kind === 'closed') await closed(askers, arrivals.inFlight, clock, context)
  else if (arrivals.kind === 'flood') await closed(askers, flooding, clock, context)
  else await open(askers, arrivals, job, clock, context)
  await Promise.all(askers.map((asker) => asker.settled()))
  clearInterval(expiry)
}

/** Answers are awaited all the time. */
const awake = { mayBlock: () => false, mayWatch: false }

/** Each answer, or message given up, makes room for the next one. Its due time is the moment the room came. */
function closed(askers: readonly Asker[], inFlight: number, clock: Clock, { phases }: JobContext): Promise<void> {
  const end = endNs(phases)
  return new Promise((resolve) => {
    const fill = (asker: Asker, due: number): void => {
      const now = clock.now()
      if (now >= end) return
      while (asker.outstanding.count < inFlight && asker.hasRoom) asker.send(due, now)
      asker.sender.push()
    }
    const starter = new Pacer(clock, awake, () => {
      for (const asker of askers) {
        asker.onFree = (now) => fill(asker, now)
        asker.sender.onRoom = () => fill(asker, clock.now())
        fill(asker, clock.now())
      }
      new Pacer(clock, awake, resolve).wakeAt(end)
    })
    starter.wakeAt(0)
  })
}

/** Messages at their due times, whatever the answers do, over the connections in turn; one without room is passed over. */
function open(
  askers: readonly Asker[],
  arrivals: OpenArrivals,
  job: AskJob,
  clock: Clock,
  { phases, recorder, mayWatch }: JobContext,
): Promise<void> {
  const end = endNs(phases)
  const seed = mixSeed(job.payload.seed, job.publisher)
  const schedule = makeSchedule(arrivals, { phases, seed, offset: scheduleOffset(job.publisher) })
  const lags = recorder.histogram('lag')
  let turn = 0
  let blocked = false
  let over = false
  const withRoom = (): Asker | undefined => {
    for (let tried = 0; tried < askers.length; tried++) {
      const asker = askers[turn]!
      if (++turn === askers.length) turn = 0
      if (asker.hasRoom) return asker
    }
    return undefined
  }
  return new Promise((resolve) => {
    const sendDue = (now: number): boolean => {
      while (schedule.due <= now) {
        const asker = withRoom()
        if (asker === undefined) return false
        lags.record(now - schedule.due)
        asker.send(schedule.due, now)
        schedule.next()
      }
      return true
    }
    const step = (): void => {
      if (over) return
      const now = clock.now()
      recorder.tick(now)
      blocked = !sendDue(now)
      for (const { sender } of askers) sender.push()
      if (now >= end) finish()
      else if (!blocked) pacer.wakeAt(Math.min(schedule.due, end))
    }
    const finish = (): void => {
      over = true
      clearTimeout(lastCall)
      recorder.tally.late += countRemaining(schedule, end)
      resolve()
    }
    /** An answer, or a socket that takes more, makes room; so does the pushed batch of the step itself. */
    const resume = (): void => {
      if (blocked) step()
    }
    for (const asker of askers) asker.onFree = asker.sender.onRoom = resume
    const lastCall = setTimeout(resume, Math.max(1, (end - clock.now()) / 1e6 + 1))
    const idle = (): boolean => askers.every(({ outstanding }) => outstanding.count === 0)
    const pacer = new Pacer(clock, { mayBlock: idle, mayWatch }, step)
    pacer.wakeAt(Math.min(schedule.due, end))
  })
}

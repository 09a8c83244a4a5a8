/** When messages that are answered are sent: in a closed loop, as fast as the answers let it, or by a schedule. */
import type { Arrivals } from '../model/scenario.ts'
import type { Clock } from './clock.ts'
import { endNs, type JobContext } from './job.ts'
import { Pacer } from './pacing.ts'
import { scheduleOffset } from './publish.ts'
import { mixSeed } from './random.ts'
import { countRemaining, makeSchedule, type OpenArrivals } from './schedule.ts'

const expiryMs = 20

/** What sends over one connection and waits for answers. */
export interface Answered {
  clock: Clock | undefined
  /** Messages that wait for their answer. */
  readonly waiting: number
  readonly hasRoom: boolean
  /** Called after answers were taken or given up, with the time and their number. */
  onFree: (now: number, count: number) => void
  /** Calls back when the socket takes more. */
  whenRoom(resume: () => void): void
  /** `now`: the real send. */
  send(due: number, now: number): void
  push(): void
  expire(): void
  /** Resolves when nothing is outstanding any more. No message may be sent after the call. */
  settled(): Promise<void>
}

interface AskJob {
  readonly arrivals: Arrivals
  readonly publisher: number
  readonly payload: { readonly seed: number }
}

/** Asks by the arrivals of the job, then waits for the last answers. `flooding`: in flight on each connection in a flood. */
export async function ask(
  askers: readonly Answered[],
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
function closed(askers: readonly Answered[], inFlight: number, clock: Clock, { phases }: JobContext): Promise<void> {
  const end = endNs(phases)
  return new Promise((resolve) => {
    const fill = (asker: Answered, due: number): void => {
      const now = clock.now()
      if (now >= end) return
      // The push may have made room at once; then no callback comes.
      while (asker.waiting < inFlight && asker.hasRoom) {
        while (asker.waiting < inFlight && asker.hasRoom) asker.send(due, now)
        asker.push()
      }
    }
    const starter = new Pacer(clock, awake, () => {
      for (const asker of askers) {
        asker.onFree = (now) => fill(asker, now)
        asker.whenRoom(() => fill(asker, clock.now()))
        fill(asker, clock.now())
      }
      new Pacer(clock, awake, resolve).wakeAt(end)
    })
    starter.wakeAt(0)
  })
}

/** Messages at their due times, whatever the answers do, over the connections in turn; one without room is passed over. */
function open(
  askers: readonly Answered[],
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
  const withRoom = (): Answered | undefined => {
    for (let tried = 0; tried < askers.length; tried++) {
      const asker = askers[turn]!
      if (++turn === askers.length) turn = 0
      if (asker.hasRoom) return asker
    }
    return undefined
  }
  const pushAll = (): void => {
    for (const asker of askers) asker.push()
  }
  /** The push may make room at once; then no callback comes. */
  const withRoomMade = (): Answered | undefined => {
    pushAll()
    return withRoom()
  }
  return new Promise((resolve) => {
    const sendDue = (now: number): boolean => {
      while (schedule.due <= now) {
        const asker = withRoom() ?? withRoomMade()
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
      pushAll()
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
    for (const asker of askers) {
      asker.onFree = resume
      asker.whenRoom(resume)
    }
    const lastCall = setTimeout(resume, Math.max(1, (end - clock.now()) / 1e6 + 1))
    const idle = (): boolean => askers.every(({ waiting }) => waiting === 0)
    const pacer = new Pacer(clock, { mayBlock: idle, mayWatch }, step)
    pacer.wakeAt(Math.min(schedule.due, end))
  })
}

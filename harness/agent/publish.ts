/** The publish job: connections, each a publisher of its own with its own sequence, fed by one schedule or flooding. */
import type { Job } from '../model/plan.ts'
import { sentBy } from './answering.ts'
import type { Clock } from './clock.ts'
import type { Link, Sender } from './engine.ts'
import { endNs, type JobContext, type Work } from './job.ts'
import { checkSize, closeAll, flushAll, openLinks } from './links.ts'
import { Pacer } from './pacing.ts'
import { mixSeed } from './random.ts'
import { countRemaining, makeSchedule, type OpenArrivals } from './schedule.ts'
import { Failure } from './failure.ts'

type PublishJob = Extract<Job, { kind: 'publish' }>

export interface Publisher {
  readonly sender: Sender
  /** Sequence number of the next message = messages sent so far. */
  sequence: number
}

export async function preparePublish(job: PublishJob, context: JobContext): Promise<Work> {
  const { arrivals } = job
  if (arrivals.kind === 'closed') throw new Failure('protocol', 'publish must have open or flood arrivals, got closed')
  const links = await openLinks(job, context)
  const publishers = links.map((link, i) => makePublisher(link, job, job.publisher + i))
  checkSize(publishers[0]!.sender.messageBytes, links)
  await flushAll(links)
  return {
    async run(clock) {
      if (arrivals.kind === 'flood') await flood(publishers, clock, context)
      else await paced(publishers, arrivals, job, clock, context)
      await flushAll(links)
    },
    perPublisher: () => sentBy(publishers, job.publisher),
    close: () => closeAll(links),
  }
}

function makePublisher(link: Link, job: PublishJob, publisher: number): Publisher {
  const { subject, subjects, headers, payload } = job
  return { sender: link.sender({ subject, subjects, headers, payload, publisher }), sequence: 0 }
}

/** Where in one distance an agent's schedule begins: the golden ratio spreads any number of agents evenly. */
export function scheduleOffset(publisher: number): number {
  return (publisher * 0.618033988749895) % 1
}

/**
 * Sends each message at its due time, over the connections in turn. What is behind is sent as fast as the socket takes it,
 * with its lag on record; what is still behind at the end is counted as late.
 */
function paced(
  publishers: readonly Publisher[],
  arrivals: OpenArrivals,
  job: { readonly payload: { readonly seed: number }; readonly publisher: number },
  clock: Clock,
  { phases, recorder, mayWatch }: JobContext,
): Promise<void> {
  const end = endNs(phases)
  const seed = mixSeed(job.payload.seed, job.publisher)
  const schedule = makeSchedule(arrivals, { phases, seed, offset: scheduleOffset(job.publisher) })
  const lags = recorder.histogram('lag')
  const { tally } = recorder
  let turn = 0
  let blocked = false

  return new Promise((resolve) => {
    /** Sends what is due, a burst at most, so that the end of the block is seen; false when a socket is behind. */
    const sendDue = (now: number): boolean => {
      for (let left = mostInBurst; left > 0 && schedule.due <= now; left--) {
        const publisher = publishers[turn]!
        const { sender } = publisher
        if (sender.room() === 0) {
          sender.push()
          if (sender.room() === 0) return false
        }
        const lag = now - schedule.due
        tally.bytes += sender.put(publisher.sequence++, 1, schedule.due, lag)
        lags.record(lag)
        tally.sent++
        schedule.next()
        if (++turn === publishers.length) turn = 0
      }
      return true
    }
    const step = (): void => {
      const now = clock.now()
      recorder.tick(now)
      blocked = !sendDue(now)
      for (const { sender } of publishers) sender.push()
      if (now >= end) finish()
      else if (!blocked) pacer.wakeAt(Math.min(schedule.due, end))
    }
    const pacer = new Pacer(clock, { mayBlock: always, mayWatch }, step)
    const finish = (): void => {
      clearTimeout(lastCall)
      blocked = false
      tally.late += countRemaining(schedule, end)
      schedule.due = Infinity
      resolve()
    }
    const resume = (): void => {
      if (blocked) step()
    }
    for (const { sender } of publishers) sender.onRoom = resume
    const lastCall = setTimeout(resume, Math.max(1, (end - clock.now()) / 1e6 + 1))
    pacer.wakeAt(Math.min(schedule.due, end))
  })
}

/** Messages sent on one look at the clock; a schedule further behind than that gets a new look first. */
const mostInBurst = 4096

/** A publisher awaits nothing, so its event loop may sleep. */
const always = (): boolean => true

/** Batches before the event loop gets its turn. */
const floodBatches = 8

/** As fast as the sockets take it. Here the due time is the real send, and one clock read serves a batch. */
function flood(
  publishers: readonly Publisher[],
  clock: Clock,
  { phases, recorder, mayWatch }: JobContext,
): Promise<void> {
  const end = endNs(phases)
  const { tally } = recorder
  let over = false

  return new Promise((resolve) => {
    const finish = (): void => {
      over = true
      clearTimeout(lastCall)
      resolve()
    }
    const pump = (publisher: Publisher): void => {
      const { sender } = publisher
      for (let batch = 0; batch < floodBatches && !over; batch++) {
        const room = sender.room()
        if (room === 0) return
        const now = clock.now()
        recorder.tick(now)
        if (now >= end) return finish()
        tally.bytes += sender.put(publisher.sequence, room, now, 0)
        sender.push()
        publisher.sequence += room
        tally.sent += room
      }
      if (!over) setImmediate(pump, publisher)
    }
    // A server that takes nothing any more must not keep the job from its end.
    const lastCall = setTimeout(finish, Math.max(1, (end - clock.now()) / 1e6 + 1))
    const starter = new Pacer(clock, { mayBlock: always, mayWatch }, () => {
      for (const publisher of publishers) {
        publisher.sender.onRoom = () => pump(publisher)
        pump(publisher)
      }
    })
    starter.wakeAt(0)
  })
}

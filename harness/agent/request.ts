/**
 * The request job. Replies are matched to requests by sequence number. `rtt` counts from the due time, `rttService` from the real send.
 */
import type { Job } from '../model/plan.ts'
import type { Arrivals } from '../model/scenario.ts'
import type { Clock } from './clock.ts'
import type { Delivery, Link, Receiver, Sender } from './engine.ts'
import { endNs, type JobContext, type Work } from './job.ts'
import { checkSize, closeAll, flushAll, openLinks } from './links.ts'
import { Outstanding } from './outstanding.ts'
import { Pacer } from './pacing.ts'
import { scheduleOffset } from './publish.ts'
import { mixSeed } from './random.ts'
import type { Recorder } from './recorder.ts'
import { countRemaining, makeSchedule, type OpenArrivals } from './schedule.ts'

type RequestJob = Extract<Job, { kind: 'request' }>

/** A flood of requests is a closed loop with this many in flight on each connection; without a bound all would time out. */
const floodInFlight = 1000
const mostOutstanding = 2 ** 20
const expiryMs = 20

export async function prepareRequest(job: RequestJob, context: JobContext): Promise<Work> {
  const links = await openLinks(job, context)
  const requesters = links.map((link, i) => new Requester(link, job, i, context.recorder))
  checkSize(requesters[0]!.sender.messageBytes, links)
  await flushAll(links)
  return {
    async run(clock) {
      const { arrivals } = job
      for (const requester of requesters) requester.clock = clock
      const expiry = setInterval(() => requesters.forEach((requester) => requester.expire()), expiryMs)
      if (arrivals.kind === 'closed') await closed(requesters, arrivals.inFlight, clock, context)
      else if (arrivals.kind === 'flood') await closed(requesters, floodInFlight, clock, context)
      else await open(requesters, arrivals, job, clock, context)
      await Promise.all(requesters.map((requester) => requester.settled()))
      clearInterval(expiry)
    },
    perPublisher: () => Object.fromEntries(requesters.map(({ sequence }, i) => [String(job.publisher + i), sequence])),
    close: () => closeAll(links),
  }
}

class Requester implements Receiver {
  clock: Clock | undefined
  readonly sender: Sender
  readonly outstanding: Outstanding
  sequence = 0
  /** Called after replies were taken or given up, with the time and their number. */
  onFree: (now: number, count: number) => void = () => undefined

  readonly #recorder: Recorder
  readonly #timeoutNs: number
  readonly #rtt
  readonly #rttService
  readonly #settled = Promise.withResolvers<void>()
  #stopped = false
  #now = 0
  #freed = 0

  constructor(link: Link, job: RequestJob, index: number, recorder: Recorder) {
    this.#recorder = recorder
    this.#timeoutNs = job.timeoutMs * 1e6
    this.#rtt = recorder.histogram('rtt')
    this.#rttService = recorder.histogram('rttService')
    this.outstanding = new Outstanding(roomFor(job))
    const { subject, headers, payload, timeoutMs } = job
    const request = { receiver: this, timeoutMs }
    this.sender = link.sender({ subject, subjects: 1, headers, payload, publisher: job.publisher + index, request })
  }

  get hasRoom(): boolean {
    return this.sender.room() > 0 && !this.outstanding.full
  }

  /** `now`: the real send. */
  send(due: number, now: number): void {
    const { tally } = this.#recorder
    this.outstanding.add(due, now)
    this.sender.put(this.sequence++, 1, due, now - due)
    tally.sent++
    tally.bytes += this.sender.messageBytes
  }

  arrived(): void {
    if (this.clock === undefined) return
    this.#now = this.clock.now()
    this.#recorder.tick(this.#now)
  }

  message(delivery: Delivery): void {
    const { tally } = this.#recorder
    const { outstanding } = this
    const taken = outstanding.take(delivery.token())
    if (taken === 'taken') {
      tally.received++
      tally.bytes += delivery.end - delivery.start + delivery.headerBytes
      this.#rtt.record(this.#now - outstanding.due)
      this.#rttService.record(this.#now - outstanding.sent)
      this.#freed++
    } else if (taken === 'again') {
      tally.duplicated++
    }
    // An expired one has been counted as late already.
  }

  handled(): void {
    const freed = this.#freed
    if (freed === 0) return
    this.#freed = 0
    this.onFree(this.#now, freed)
    this.#look()
  }

  expire(): void {
    if (this.clock === undefined) return
    const now = this.clock.now()
    this.#recorder.tick(now)
    const expired = this.outstanding.expire(now - this.#timeoutNs)
    if (expired > 0) {
      this.#recorder.tally.late += expired
      this.onFree(now, expired)
    }
    this.#look()
  }

  /** Resolves when nothing is outstanding any more. No request may be sent after the call. */
  settled(): Promise<void> {
    this.#stopped = true
    this.#look()
    return this.#settled.promise
  }

  #look(): void {
    if (this.#stopped && this.outstanding.count === 0) this.#settled.resolve()
  }
}

/** Answers are awaited all the time. */
const awake = { mayBlock: () => false, mayWatch: false }

/** Each reply, or request given up, makes room for the next request. Its due time is the moment the room came. */
function closed(
  requesters: readonly Requester[],
  inFlight: number,
  clock: Clock,
  { phases }: JobContext,
): Promise<void> {
  const end = endNs(phases)
  return new Promise((resolve) => {
    const fill = (requester: Requester, due: number): void => {
      const now = clock.now()
      if (now >= end) return
      while (requester.outstanding.count < inFlight && requester.hasRoom) requester.send(due, now)
      requester.sender.push()
    }
    const starter = new Pacer(clock, awake, () => {
      for (const requester of requesters) {
        requester.onFree = (now) => fill(requester, now)
        requester.sender.onRoom = () => fill(requester, clock.now())
        fill(requester, clock.now())
      }
      new Pacer(clock, awake, resolve).wakeAt(end)
    })
    starter.wakeAt(0)
  })
}

/** Requests at their due times, whatever the replies do, over the connections in turn. */
function open(
  requesters: readonly Requester[],
  arrivals: OpenArrivals,
  job: RequestJob,
  clock: Clock,
  { phases, recorder, mayWatch }: JobContext,
): Promise<void> {
  const end = endNs(phases)
  const seed = mixSeed(job.payload.seed, job.publisher)
  const schedule = makeSchedule(arrivals, { phases, seed, offset: scheduleOffset(job.publisher) })
  const lags = recorder.histogram('lag')
  let turn = 0
  let blocked = false
  return new Promise((resolve) => {
    const sendDue = (now: number): boolean => {
      while (schedule.due <= now) {
        const requester = requesters[turn]!
        if (!requester.hasRoom) return false
        lags.record(now - schedule.due)
        requester.send(schedule.due, now)
        schedule.next()
        if (++turn === requesters.length) turn = 0
      }
      return true
    }
    const step = (): void => {
      const now = clock.now()
      recorder.tick(now)
      blocked = !sendDue(now)
      for (const { sender } of requesters) sender.push()
      if (now >= end) finish()
      else pacer.wakeAt(blocked ? now : Math.min(schedule.due, end))
    }
    const finish = (): void => {
      recorder.tally.late += countRemaining(schedule, end)
      resolve()
    }
    const idle = (): boolean => requesters.every(({ outstanding }) => outstanding.count === 0)
    const pacer = new Pacer(clock, { mayBlock: idle, mayWatch }, step)
    pacer.wakeAt(Math.min(schedule.due, end))
  })
}

/** Twice what can be waiting at the mean rate until it times out. */
function roomFor({ arrivals, timeoutMs, connections }: RequestJob): number {
  const rate: { readonly [K in Arrivals['kind']]: (arrivals: Extract<Arrivals, { kind: K }>) => number } = {
    constant: ({ perSecond }) => perSecond,
    poisson: ({ perSecond }) => perSecond,
    burst: ({ perSecond, size }) => perSecond + size,
    staircase: ({ from, to }) => Math.max(from, to),
    closed: ({ inFlight }) => inFlight * connections * 8,
    flood: () => floodInFlight * connections * 8,
  }
  const of = rate[arrivals.kind] as (arrivals: Arrivals) => number
  const waiting = (of(arrivals) * Math.max(1, timeoutMs / 1000) * 2) / connections
  return Math.min(mostOutstanding, Math.max(1024, Math.ceil(waiting)))
}

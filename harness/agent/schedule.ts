/**
 * When messages fall due: absolute times, so lateness of one never moves the next. Pure; all times are whole nanoseconds
 * since the block's start. Rates are this agent's share.
 */
import type { Arrivals } from '../model/scenario.ts'
import type { Phases } from '../model/plan.ts'
import { seededRandom } from './random.ts'

export interface Schedule {
  /** When the next message is due; Infinity after the last one. */
  due: number
  /** Goes on to the message after it. */
  next(): void
}

export type OpenArrivals = Exclude<Arrivals, { kind: 'closed' | 'flood' }>

export interface ScheduleRequest {
  readonly phases: Phases
  readonly seed: number
  /**
   * Moves the whole schedule by this share (0 to 1) of one distance, so that the agents of one workload do not all send
   * in the same instant.
   */
  readonly offset: number
}

type Makers = {
  readonly [K in OpenArrivals['kind']]: (
    arrivals: Extract<OpenArrivals, { kind: K }>,
    request: ScheduleRequest,
    endNs: number,
  ) => Schedule
}

const makers: Makers = {
  constant: ({ perSecond }, { offset }, endNs) => regular(perSecond, 1, offset, endNs),
  burst: ({ perSecond, size }, { offset }, endNs) => regular(perSecond, size, offset, endNs),
  poisson: ({ perSecond }, { seed }, endNs) => poisson(perSecond, seed, endNs),
  staircase: ({ from, to, steps }, { phases, offset }, endNs) => staircase(from, to, steps, phases, offset, endNs),
}

/** Messages fall due from 0 until the end of the cool-down, exclusive. */
export function makeSchedule(arrivals: OpenArrivals, request: ScheduleRequest): Schedule {
  const { warmupMs, measureMs, cooldownMs } = request.phases
  const endNs = Math.round((warmupMs + measureMs + cooldownMs) * 1e6)
  const make = makers[arrivals.kind] as (a: OpenArrivals, r: ScheduleRequest, end: number) => Schedule
  return make(arrivals, request, endNs)
}

/** Messages left that are due before the end. Walks at most 10 million of them, then assumes the rate seen so far. */
export function countRemaining(schedule: Schedule, endNs: number): number {
  const most = 10_000_000
  const from = schedule.due
  let count = 0
  while (schedule.due < endNs) {
    if (count === most) return Math.round((count * (endNs - from)) / (schedule.due - from))
    count++
    schedule.next()
  }
  return count
}

/** `size` messages at once, at equal distances; each time comes from the message's number, so no error adds up. */
function regular(perSecond: number, size: number, offset: number, endNs: number): Schedule {
  const distance = (size * 1e9) / perSecond
  let burst = 0
  let left = size
  const dueOf = (number: number) => bounded(Math.floor((number + offset) * distance), endNs)
  const schedule = {
    due: dueOf(0),
    next() {
      if (--left > 0) return
      left = size
      schedule.due = dueOf(++burst)
    },
  }
  return schedule
}

function poisson(perSecond: number, seed: number, endNs: number): Schedule {
  const random = seededRandom(seed)
  const mean = 1e9 / perSecond
  let exact = -Math.log(1 - random()) * mean
  const schedule = {
    due: bounded(Math.floor(exact), endNs),
    next() {
      exact -= Math.log(1 - random()) * mean
      schedule.due = bounded(Math.floor(exact), endNs)
    },
  }
  return schedule
}

/** Warm-up at the first rate, cool-down at the last, and the measured time cut into equal steps. */
function staircase(from: number, to: number, steps: number, phases: Phases, offset: number, endNs: number): Schedule {
  const warmupNs = phases.warmupMs * 1e6
  const stepNs = (phases.measureMs * 1e6) / steps
  const rateOf = (step: number) => (steps === 1 ? from : from + ((to - from) * step) / (steps - 1))
  let step = 0
  let stepStart = 0
  let number = 0
  const stepEnd = () => (step === steps - 1 ? endNs : warmupNs + (step + 1) * stepNs)
  const place = (): number => {
    for (;;) {
      const due = stepStart + ((number + offset) * 1e9) / rateOf(step)
      if (due < stepEnd() || step === steps - 1) return bounded(Math.floor(due), endNs)
      stepStart = stepEnd()
      step++
      number = 0
    }
  }
  const schedule = {
    due: place(),
    next() {
      number++
      schedule.due = place()
    },
  }
  return schedule
}

function bounded(due: number, endNs: number): number {
  return due < endNs ? due : Infinity
}

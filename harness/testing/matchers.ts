/** vitest matchers for reports, with the evidence in their messages. */
import { expect } from 'vitest'
import { BenchError } from '../model/error.ts'
import type { QuantileName } from '../model/metric.ts'
import type { Outcome, Report } from '../model/report.ts'
import { acknowledged, delivery, lagBelow, order } from './account.ts'
import type { Judged } from './judged.ts'
import { latencyBelow, type LatencyOptions } from './latency.ts'
import { faster, throughput, type FasterOptions, type ThroughputOptions } from './pace.ts'

/** A matcher passes, fails, or fails with "cannot tell", also with `.not`. */
export interface LabMatchers<R = unknown> {
  /** Every published message arrived at all its subscribers, and every request was answered. For one workload, or for all. */
  toDeliverEverything(workload?: string): R
  /** No message was received after a later one of the same publisher. Needs payloads of 16 bytes or more. */
  toKeepOrder(workload?: string): R
  /**
   * The quantile of the latency from the due time (one way for subscribers, the round trip for requesters) is below a
   * duration, judged by its 95 % interval: `toHaveLatencyBelow('p99', '5ms')`. Where the limit lies inside the interval, or there are
   * too few samples, it fails with "cannot tell" and what is needed. It also cannot tell where messages were lost or never sent.
   */
  toHaveLatencyBelow(quantile: QuantileName, limit: string, options?: LatencyOptions): R
  /** Every message that a stream acknowledged is in it at the end, and was delivered by its consumers. */
  toLoseNothingAcked(workload?: string): R
  /** The lag of a consumer (last sequence minus ack floor, asked of its leader each second) stayed below this number of messages. */
  toKeepConsumerLagBelow(messages: number, workload?: string): R
  /** At least this many messages a second in the measured window, judged by the interval over blocks where there are three or more. */
  toReachThroughput(perSecond: number, options?: ThroughputOptions): R
  /**
   * Throughput, or another metric, is better than in the other report by more than chance explains. Needs 3 blocks in each report.
   * (`toBeFasterThan` is vitest's own, for its micro-benchmarks.)
   */
  toRunFasterThan(other: Report, options?: FasterOptions): R
}

declare module 'vitest' {
  // eslint-disable-next-line @typescript-eslint/no-empty-object-type, @typescript-eslint/no-unused-vars
  interface Matchers<R extends void | Promise<void> = void | Promise<void>, T = unknown> extends LabMatchers<R> {}
}

const titles: Readonly<Record<Outcome, string>> = {
  pass: 'it did',
  fail: 'it did not',
  unknown: 'cannot tell',
}

interface Said {
  readonly pass: boolean
  readonly message: () => string
}

/** "Cannot tell" always fails, also with `.not`, because neither was proved. */
function said(isNot: boolean, wanted: string, { outcome, lines }: Judged): Said {
  return {
    pass: outcome === 'unknown' ? isNot : outcome === 'pass',
    message: () =>
      `expected the report ${isNot ? 'not ' : ''}${wanted}: ${titles[outcome]}\n${lines.map((line) => `  ${line}`).join('\n')}`,
  }
}

/** Adds the matchers to `expect`, also to the one of the test context. Safe to repeat. */
export function addMatchers(): void {
  expect.extend({
    toDeliverEverything(received: unknown, workload?: string) {
      return said(this.isNot, 'to deliver everything', delivery(reportOf(received), workload))
    },
    toKeepOrder(received: unknown, workload?: string) {
      return said(this.isNot, 'to keep order', order(reportOf(received), workload))
    },
    toHaveLatencyBelow(received: unknown, quantile: QuantileName, limit: string, options: LatencyOptions = {}) {
      const judged = latencyBelow(reportOf(received), quantile, limit, options)
      return said(this.isNot, `to have latency ${quantile} below ${limit}`, judged)
    },
    toLoseNothingAcked(received: unknown, workload?: string) {
      return said(this.isNot, 'to lose nothing acknowledged', acknowledged(reportOf(received), workload))
    },
    toKeepConsumerLagBelow(received: unknown, messages: number, workload?: string) {
      const judged = lagBelow(reportOf(received), messages, workload)
      return said(this.isNot, `to keep consumer lag below ${messages}`, judged)
    },
    toReachThroughput(received: unknown, perSecond: number, options: ThroughputOptions = {}) {
      return said(this.isNot, `to reach ${perSecond} msg/s`, throughput(reportOf(received), perSecond, options))
    },
    toRunFasterThan(received: unknown, other: unknown, options: FasterOptions = {}) {
      const wanted = `to be faster than the other in ${options.metric ?? 'throughput'}`
      return said(this.isNot, wanted, faster(reportOf(received), reportOf(other), options))
    },
  })
}

/** Checks that it is a report; where `await` was forgotten it is a promise. */
function reportOf(received: unknown): Report {
  if (typeof received === 'object' && received !== null && 'measurements' in received) return received as Report
  const got = received instanceof Promise ? 'a promise: put `await` before lab.run' : typeof received
  throw new BenchError('usage', `matcher must be given a report of lab.run, got ${got}`)
}

import { expect, it } from 'vitest'
import type { Clock } from './clock.ts'
import { lagOf, watchConsumers } from './consumer-watch.ts'
import { Failure } from './failure.ts'
import type { JobContext } from './job.ts'
import { ApiError, type JsApi } from './js-api.ts'

const info = {
  config: {},
  delivered: { consumer_seq: 60, stream_seq: 110 },
  ack_floor: { consumer_seq: 50, stream_seq: 100 },
  num_pending: 5,
  num_ack_pending: 10,
}

it('is as far as the stream is acknowledged', () => {
  expect(lagOf(info)).toEqual({ lag: 15, pending: 5, ackPending: 10, ackFloor: 100 })
})

it('with a filter does not count the messages that the consumer never gets', () => {
  const filtered = { ...info, config: { filter_subject: 'o.new' } }
  expect(lagOf(filtered)).toEqual({ lag: 15, pending: 5, ackPending: 10, ackFloor: 50 })
})

it('leaves a gap where a server has no leader, has lost the consumer or says nothing, and fails where the connection ends', async () => {
  const said = (code: number, errorCode: number) => new ApiError('CONSUMER.INFO', { code, err_code: errorCode })
  const answers = [said(503, 10_008), said(404, 10_059), new Failure('timeout', 'late'), new Failure('malformed', 'x')]
  const failed: Failure[] = []
  const api = { ask: () => Promise.reject(answers.shift()!) } as Partial<JsApi> as JsApi
  const context = {
    emit: () => undefined,
    fail: (failure: Failure) => void failed.push(failure),
  } as Partial<JobContext>
  const all = [{ stream: { name: 's', consumers: [{ name: 'c' }] }, api }]
  const watch = watchConsumers(all, { now: () => 0 } as Clock, context as JobContext)
  for (const count of [0, 0, 0, 1]) {
    watch.look()
    await watch.settled()
    expect(failed).toHaveLength(count)
  }
})

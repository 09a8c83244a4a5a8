import { expect, it } from 'vitest'
import { lagOf } from './consumer-watch.ts'

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

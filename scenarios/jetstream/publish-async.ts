/**
 * Up to N messages in flight: what a window buys in rate, and costs in time. Every message has its own acknowledgement time,
 * counted from the moment the window had room for it, never from the end of a batch.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'publish-async',
  about:
    'A window of 1, 10, 100 or 500 messages of 128 bytes on their way to a stream on file: how do rate and acknowledgement time grow?',
  topology: {
    hub: { role: 'server', server: { jetstream: true } },
    send: { role: 'load' },
  },
  streams: { orders: { on: 'hub', subjects: ['o.>'] } },
  workloads: [
    {
      kind: 'js-publish',
      name: 'pub',
      on: 'send',
      to: 'hub',
      subject: 'o.new',
      payload: { bytes: 128 },
      arrivals: { kind: 'flood' },
      window: 1,
    },
  ],
  vary: { 'workloads.pub.window': [1, 10, 100, 500] },
  phases: { warmup: '300ms', measure: '1s', cooldown: '100ms' },
  repeats: 2,
  limits: [{ workload: 'pub', metric: 'lostAcked', atMost: 0 }],
})

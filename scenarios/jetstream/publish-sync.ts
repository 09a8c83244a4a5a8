/**
 * One message in flight: the next one goes when the stream has acknowledged the last. What most people call the latency of
 * JetStream, and the floor of everything that waits for acknowledgements.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'publish-sync',
  about:
    'One message of 128 bytes in flight to a stream on one server: how long until it is acknowledged, from file and from memory?',
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
  vary: { 'streams.orders.storage': ['file', 'memory'] },
  phases: { warmup: '300ms', measure: '1s', cooldown: '100ms' },
  repeats: 3,
  limits: [{ workload: 'pub', metric: 'lostAcked', atMost: 0 }],
})

/**
 * One publisher at a steady 10,000 messages a second, one subscriber: one-way latency, honestly.
 *
 * An open loop: every message has an instant at which it falls due, whatever became of those before it, and `latency` counts
 * from there. A server that stops for a moment is charged for every message that should have been sent meanwhile (no
 * coordinated omission). `service` counts from the real send, `sendLag` is the difference: what our own sender was late.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'latency',
  about: 'One publisher at 10,000 messages a second, one subscriber, 128 bytes: how long is a message on its way?',
  topology: {
    hub: { role: 'server' },
    send: { role: 'load' },
    recv: { role: 'load' },
  },
  workloads: [
    {
      kind: 'publish',
      name: 'pub',
      on: 'send',
      to: 'hub',
      subject: 'road',
      payload: { bytes: 128 },
      arrivals: { kind: 'constant', perSecond: 10_000 },
    },
    { kind: 'subscribe', name: 'sub', on: 'recv', to: 'hub', subject: 'road' },
  ],
  phases: { warmup: '300ms', measure: '1s', cooldown: '100ms' },
  repeats: 3,
})

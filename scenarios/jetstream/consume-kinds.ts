/**
 * One publisher at a steady rate, one reader, read in each of the ways there are: a pull consumer that asks ahead, one that fetches
 * batch by batch, a push consumer, and an ordered one without acknowledgements. Every message is followed from the instant at which
 * it was due to the reader's callback.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'consume-kinds',
  about: 'At 2,000 messages a second, how long until each reaches the reader, by kind of consumer?',
  topology: {
    hub: { role: 'server', server: { jetstream: true } },
    send: { role: 'load' },
    recv: { role: 'load' },
  },
  streams: { orders: { on: 'hub', subjects: ['o.>'] } },
  consumers: { work: { stream: 'orders' } },
  workloads: [
    {
      kind: 'js-publish',
      name: 'pub',
      on: 'send',
      to: 'hub',
      subject: 'o.new',
      payload: { bytes: 128 },
      arrivals: { kind: 'constant', perSecond: 2000 },
      window: 500,
    },
    { kind: 'js-consume', name: 'read', on: 'recv', to: 'hub', consumer: 'work' },
  ],
  variants: {
    pull: {},
    fetch: { 'workloads.read.take': 'fetch', 'workloads.read.batch': 10 },
    push: { 'consumers.work.kind': 'push' },
    ordered: { 'consumers.work.kind': 'ordered' },
  },
  phases: { warmup: '300ms', measure: '1s', cooldown: '100ms' },
  repeats: 2,
  limits: [
    { workload: 'pub', metric: 'lostAcked', atMost: 0 },
    { workload: 'read', metric: 'undelivered', atMost: 0 },
  ],
})

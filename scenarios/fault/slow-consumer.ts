/**
 * A subscriber stops reading while the publisher goes on: the server must cut it off to protect itself.
 *
 * 20,000 messages of 1 KiB a second fill the 4 MiB that the server may hold for one client (`max_pending`), and the sockets on
 * the way, long before the pause of two seconds ends. nats-server then closes the connection of the slow consumer: that is what is
 * expected, and the run passes when it happens. The other subscriber's numbers tell what it cost the others.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'slow-consumer',
  about:
    'One of two subscribers stops reading for two seconds under load: is it cut off, and what does it cost the other one?',
  topology: {
    hub: { role: 'server', server: { settings: { max_pending: 4_194_304 } } },
    send: { role: 'load' },
    recv: { role: 'load' },
    slow: { role: 'load' },
  },
  workloads: [
    {
      kind: 'publish',
      name: 'pub',
      on: 'send',
      to: 'hub',
      subject: 'road',
      payload: { bytes: 1024 },
      arrivals: { kind: 'constant', perSecond: 20_000 },
    },
    { kind: 'subscribe', name: 'sub', on: 'recv', to: 'hub', subject: 'road' },
    { kind: 'subscribe', name: 'slow-sub', on: 'slow', to: 'hub', subject: 'road' },
  ],
  phases: { warmup: '500ms', measure: '4s', cooldown: '500ms' },
  repeats: 1,
  faults: [{ at: '1s', kind: 'pause', node: 'slow', lasts: '2s' }],
  expect: { cutOff: ['slow-sub'] },
})

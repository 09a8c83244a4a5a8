/**
 * A subscriber stops reading while the publisher goes on: the server must cut it off to protect itself.
 *
 * 20,000 messages of 1 KiB a second fill the 4 MiB that the server may hold for one client (`max_pending`), and the sockets on
 * the way, long before the pause of two seconds ends. nats-server then closes the connection of the slow consumer. The run must
 * say so by that name and end as failed or unknown; a hang, or a clean number, would be a fault of the harness.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'slow-consumer',
  about: 'A subscriber stops reading for two seconds under load: is the slow consumer cut off, and called by its name?',
  topology: {
    hub: { role: 'server', server: { settings: { max_pending: 4_194_304 } } },
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
      payload: { bytes: 1024 },
      arrivals: { kind: 'constant', perSecond: 20_000 },
    },
    { kind: 'subscribe', name: 'sub', on: 'recv', to: 'hub', subject: 'road' },
  ],
  phases: { warmup: '500ms', measure: '4s', cooldown: '500ms' },
  repeats: 1,
  faults: [{ at: '1s', kind: 'pause', node: 'recv', lasts: '2s' }],
})

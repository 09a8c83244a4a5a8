/**
 * One publisher floods one subscriber, with messages from 16 bytes to 64 KiB: a grid of four variants.
 *
 * The cost of small messages is per message, that of large ones per byte: `throughput` falls along the grid while `bytes` climbs, and where
 * they cross is the size from which on this machine moves bytes rather than messages. One block of each, to keep the starter
 * suite short; give `--repeats 5` for intervals.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'payload-sizes',
  about: 'One to one as fast as possible, 16 bytes to 64 KiB: from which size on do bytes cost more than messages?',
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
      payload: { bytes: 16 },
      arrivals: { kind: 'flood' },
    },
    { kind: 'subscribe', name: 'sub', on: 'recv', to: 'hub', subject: 'road' },
  ],
  vary: { 'workloads.pub.payload.bytes': [16, 256, 4096, 65_536] },
  phases: { warmup: '400ms', measure: '1s', cooldown: '100ms' },
  repeats: 1,
})

/**
 * What a jail, a container or a bare process costs: the same small traffic, wherever the nodes are.
 *
 * A paced stream (one-way latency, CPU a message) and one request in flight (round trip, round trips a second) between the same
 * two load nodes. Run it once on each substrate of one host and put the runs side by side:
 *
 *     pnpm bench run where --on process
 *     pnpm bench run where --on container
 *
 * The harness floor under each latency is measured on the same substrate, so the difference of the floors is the network's part
 * and the rest is the server's. For the capacity of the whole path run one-to-one in the same way.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'where',
  about: 'A paced stream and one request in flight: what do processes, containers and jails add to the same traffic?',
  topology: {
    hub: { role: 'server' },
    near: { role: 'load' },
    far: { role: 'load' },
  },
  workloads: [
    {
      kind: 'publish',
      name: 'pub',
      on: 'near',
      to: 'hub',
      subject: 'road',
      payload: { bytes: 128 },
      arrivals: { kind: 'constant', perSecond: 2_000 },
    },
    { kind: 'subscribe', name: 'sub', on: 'far', to: 'hub', subject: 'road' },
    {
      kind: 'request',
      name: 'req',
      on: 'near',
      to: 'hub',
      subject: 'echo',
      payload: { bytes: 128 },
      arrivals: { kind: 'closed', inFlight: 1 },
    },
    { kind: 'reply', name: 'rep', on: 'far', to: 'hub', subject: 'echo' },
  ],
  phases: { warmup: '500ms', measure: '3s', cooldown: '200ms' },
  repeats: 6,
})

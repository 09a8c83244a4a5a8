/**
 * Addresses on one interface of the host, or a network stack of its own for each jail?
 *
 * A shared jail is a chroot with an address of its own on the host's loopback clone: its packets never leave the host's stack. A
 * VNET jail has a whole stack, and its packets cross a pair of virtual interfaces and a bridge. The grid builds the topology twice,
 * once in each network, and runs the blocks in turn (shared, VNET, VNET, shared ...), so that whatever drifts drifts for both.
 * Jails only: processes and containers have one kind of network.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'network',
  about: 'What does a network stack of its own for each jail add to one-way latency, and to a round trip?',
  topology: { hub: { role: 'server' }, near: { role: 'load' }, far: { role: 'load' } },
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
  vary: { network: ['shared', 'vnet'] },
  repeats: 6,
})

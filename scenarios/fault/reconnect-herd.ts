/**
 * One of three servers with a third of a thousand subscribers is killed: all its clients come to the two others at once.
 *
 * Each agent has 500 connections, spread over the servers in turn, so about a third is lost. `half reconnected`, `99 % reconnected`
 * and `all reconnected` count from the kill to the moment at which so many are connected and have sent their subscriptions. What
 * it did to the connections that were not lost is in the latency during the fault, beside the latency before it.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'reconnect-herd',
  about:
    'One of three servers is killed with some 330 of 1000 connections: how long until half, 99 % and all of them are open again at the others?',
  topology: {
    hub: { role: 'server', count: 3 },
    send: { role: 'load' },
    recv: { role: 'load', count: 2 },
  },
  workloads: [
    {
      kind: 'publish',
      name: 'pub',
      on: 'send',
      to: 'hub',
      subject: 'news',
      payload: { bytes: 128 },
      arrivals: { kind: 'constant', perSecond: 10 },
      reconnect: {},
    },
    {
      kind: 'subscribe',
      name: 'sub',
      on: 'recv',
      to: 'hub',
      subject: 'news',
      connections: 500,
      reconnect: { every: '250ms' },
    },
  ],
  phases: { warmup: '2s', measure: '15s', cooldown: '500ms' },
  repeats: 3,
  faults: [{ at: '5s', kind: 'kill', node: 'hub-2' }],
  expect: { gapBelow: '10s' },
})

/**
 * One requester, one responder, one request in flight: the shortest conversation.
 *
 * A closed loop: the next request waits for the answer to the last, so the rate is one over the round trip. Each round trip
 * crosses the server twice; the harness floor printed under it (a raw TCP echo between the same two nodes) crosses nothing and
 * says how much of the time is the machine's.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'request-reply',
  about: 'One request of 128 bytes in flight, echoed: how long is a round trip through the server?',
  topology: {
    hub: { role: 'server' },
    ask: { role: 'load' },
    answer: { role: 'load' },
  },
  workloads: [
    {
      kind: 'request',
      name: 'req',
      on: 'ask',
      to: 'hub',
      subject: 'echo',
      payload: { bytes: 128 },
      arrivals: { kind: 'closed', inFlight: 1 },
    },
    { kind: 'reply', name: 'rep', on: 'answer', to: 'hub', subject: 'echo' },
  ],
  phases: { warmup: '300ms', measure: '1s', cooldown: '100ms' },
  repeats: 3,
})

/**
 * A request and its reply over a network that is slow, or loses packets, or both, on the way to the server.
 *
 * What comes to the server is delayed or lost (tc netem on the host's end of its link); a probe measures before and during it what was
 * truly added. TCP hides a loss and makes it time: a packet that is lost is sent again after some round trips, or after 200 ms where
 * nothing follows it (Linux, minimum retransmission time-out), which is what the tail shows.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'bad-network',
  about:
    'A network that delays what comes to the server by 5 and 50 ms, loses 1 % of it, or both: how long are round trips?',
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
      subject: 'time',
      payload: { bytes: 128 },
      arrivals: { kind: 'constant', perSecond: 200 },
      timeout: '5s',
    },
    { kind: 'reply', name: 'rep', on: 'answer', to: 'hub', subject: 'time', payload: { bytes: 128 } },
  ],
  phases: { warmup: '2s', measure: '40s', cooldown: '1s' },
  repeats: 2,
  faults: [
    { at: '7s', kind: 'impair', node: 'hub', with: { delay: '5ms' }, lasts: '5s' },
    { at: '16s', kind: 'impair', node: 'hub', with: { delay: '50ms', jitter: '5ms' }, lasts: '5s' },
    { at: '25s', kind: 'impair', node: 'hub', with: { loss: 0.01 }, lasts: '5s' },
    { at: '34s', kind: 'impair', node: 'hub', with: { delay: '50ms', loss: 0.01 }, lasts: '5s' },
  ],
})

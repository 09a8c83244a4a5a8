/**
 * The same server twice, under two names: A and A.
 *
 * Whatever a comparison finds between them is noise, for there is no difference. Their intervals must overlap and a
 * regression check must answer "same" or "cannot tell"; how often it answers otherwise is its false-alarm rate on this machine.
 * Blocks run a b b a a b b a, so that a machine that slowly warms up favours neither.
 */
import { defineScenario } from 'nats-jail-harness'

export default defineScenario({
  name: 'aa',
  about: 'The same server twice, interleaved: how much do two equal things differ on this machine?',
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
  variants: { a: {}, b: {} },
  phases: { warmup: '500ms', measure: '2s', cooldown: '200ms' },
  repeats: 6,
})

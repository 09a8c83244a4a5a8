/** The fixture itself, on real processes: what `lab` gives, and how long it takes to be there. */
import { describe } from 'vitest'
import { testWith } from '../testing.ts'

const test = testWith({ topology: { hub: { role: 'server' }, a: { role: 'load' }, b: { role: 'load' } } })

describe('a lab of one server and two load nodes', () => {
  test('carries a message from one node to another', async ({ lab, expect }) => {
    const from = await lab.connect('a')
    const to = await lab.connect('b')
    const inbox = to.subscribe('greeting', { max: 1 })
    await to.flush()
    from.publish('greeting', 'hello')
    for await (const message of inbox) expect(message.string()).toBe('hello')
  })

  test('measures workloads on the servers as they run', async ({ lab, expect }) => {
    const before = await lab.server().varz()
    const report = await lab.run([
      {
        kind: 'publish',
        name: 'pub',
        on: 'a',
        to: 'hub',
        subject: 's',
        payload: { bytes: 64 },
        arrivals: { kind: 'constant', perSecond: 2000 },
      },
      { kind: 'subscribe', name: 'sub', on: 'b', to: 'hub', subject: 's' },
    ])
    expect(report).toDeliverEverything()
    expect(report).toKeepOrder()
    expect(report).toHaveLatencyBelow('p50', '1s')
    expect(report).toReachThroughput(1000)
    expect((await lab.server().varz())['start']).toBe(before['start'])
  })
})

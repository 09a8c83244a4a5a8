/**
 * "Running NATS on a FreeBSD jail" as a test: a server jail, a publisher jail, a subscriber jail, and the five messages that
 * `nats pub hello "message {{.Count}} - {{.TimeStamp}}" --count=5` sends in the article, on every substrate at hand.
 */
import { testWith } from 'nats-jail-harness/testing'
import article from './running-nats-on-a-freebsd-jail.ts'

const { topology } = article

for (const on of ['process', 'container', 'bastille'] as const) {
  const test = testWith({ topology, on })

  test(
    `five messages cross from the publisher to the subscriber (${on})`,
    { timeout: 300_000 },
    async ({ lab, expect }) => {
      const subscriber = await lab.connect('sub-jail')
      const publisher = await lab.connect('pub-jail')
      const inbox = subscriber.subscribe('hello', { max: 5 })
      await subscriber.flush()

      const sent = Array.from({ length: 5 }, (_, index) => `message ${index + 1} - ${new Date().toISOString()}`)
      for (const text of sent) publisher.publish('hello', text)
      await publisher.flush()

      const received: string[] = []
      for await (const message of inbox) received.push(message.string())
      expect(received).toEqual(sent)
      expect(await lab.server().varz()).toMatchObject({ in_msgs: 5, out_msgs: 5, slow_consumers: 0 })
    },
  )
}

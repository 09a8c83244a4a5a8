/**
 * "Running NATS on a FreeBSD jail" as a test: a server jail, a publisher jail, a subscriber jail, and the five messages that
 * `nats pub hello "message {{.Count}} - {{.TimeStamp}}" --count=5` sends in the article, on every substrate at hand. By natscli
 * itself where the nodes have it, as our jails do; elsewhere by the `nats` package.
 */
import { expect } from 'vitest'
import { testWith, type Lab } from 'nats-jail-harness/testing'
import article from './running-nats-on-a-freebsd-jail.ts'

const { topology } = article

for (const on of ['process', 'container', 'bastille'] as const) {
  const test = testWith({ topology, on })

  test(`five messages cross from the publisher to the subscriber (${on})`, { timeout: 300_000 }, async ({ lab }) => {
    const send = (await hasNatscli(lab)) ? sendByNatscli : sendByPackage
    const received = await send(lab)
    expect(received.map((text) => text.replace(/\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/, 'TIME'))).toEqual(
      [1, 2, 3, 4, 5].map((count) => `message ${count} - TIME`),
    )
    expect(await lab.server().varz()).toMatchObject({ in_msgs: 5, out_msgs: 5, slow_consumers: 0 })
  })
}

async function hasNatscli(lab: Lab): Promise<boolean> {
  const { status } = await lab.node('pub-jail').exec(['sh', '-c', 'command -v nats'], { accept: [0, 1, 127] })
  return status === 0
}

/** The article's two commands, each in its jail. */
async function sendByNatscli(lab: Lab): Promise<readonly string[]> {
  const server = lab.server()
  const [publisher, subscriber] = [lab.node('pub-jail'), lab.node('sub-jail')]
  // The token by environment, for arguments are seen by everybody; and no context of whoever runs this.
  const env = {
    NATS_URL: server.url.replace('nats://', `nats://${server.token}@`),
    XDG_CONFIG_HOME: publisher.directory,
  }
  const subscriptions = async () => Number((await server.varz())['subscriptions'])
  const before = await subscriptions()
  const heard = subscriber.exec(['nats', 'sub', 'hello', '--count=5', '--raw'], { env })
  const publish = async () => {
    await expect.poll(subscriptions, { timeout: 120_000 }).toBeGreaterThan(before)
    await publisher.exec(['nats', 'pub', 'hello', 'message {{.Count}} - {{.TimeStamp}}', '--count=5'], { env })
  }
  const [{ stdout }] = await Promise.all([heard, publish()])
  return stdout.trimEnd().split('\n')
}

async function sendByPackage(lab: Lab): Promise<readonly string[]> {
  const subscriber = await lab.connect('sub-jail')
  const publisher = await lab.connect('pub-jail')
  const inbox = subscriber.subscribe('hello', { max: 5 })
  await subscriber.flush()
  for (let count = 1; count <= 5; count++) publisher.publish('hello', `message ${count} - ${new Date().toISOString()}`)
  await publisher.flush()
  const received: string[] = []
  for await (const message of inbox) received.push(message.string())
  return received
}

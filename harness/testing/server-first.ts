/**
 * Before the live tests: nats-server is found or obtained once, with time to build it, and NATS_SERVER names it to every worker.
 * Without one the tests that need it skip and say so.
 */
import { localHost } from '../host/local.ts'
import { asBenchError } from '../model/error.ts'
import { obtainServer } from '../server/obtain.ts'

export async function setup(): Promise<void> {
  if ((process.env['NATS_SERVER'] ?? '') !== '') return
  const host = localHost()
  const say = (line: string) => console.error(line)
  try {
    const { path, version, origin } = await obtainServer({}, { host, facts: await host.facts(), env: process.env, say })
    process.env['NATS_SERVER'] = path
    say(`live tests use nats-server ${version} (${origin})`)
  } catch (thrown) {
    const { message, lines } = asBenchError(thrown)
    say([`live tests that need nats-server are skipped: ${message}`, ...lines].join('\n  '))
  }
}

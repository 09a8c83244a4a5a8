/**
 * Before the live tests: finds nats-server, or builds it once, and names it to every worker in NATS_SERVER. Where there is none, the
 * tests that need it are skipped and say why.
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

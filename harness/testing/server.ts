/** One nats-server of a lab, as a test sees it. */
import { z } from 'zod'
import type { KeptServer } from '../lab/kept-server.ts'
import type { Lab } from '../lab/lab.ts'
import { BenchError } from '../model/error.ts'
import { execIn } from './exec.ts'
import { told } from './told.ts'

export interface LabServer extends Omit<KeptServer, 'service'> {
  readonly name: string
  /** Asks the server to end, waits for its end, and starts it again with the same ports and files. */
  restart(): Promise<void>
  /** Pauses it (SIGSTOP); its connections stay open. Throws `unavailable` where the substrate cannot do that. */
  pause(): Promise<void>
  resume(): Promise<void>
  /** The server's own counters (`in_msgs`, `slow_consumers`, `connections` ...), read from its monitoring port by a load node. */
  varz(): Promise<Readonly<Record<string, unknown>>>
}

/** Throws `usage` for a name that is no server of the topology, naming those that are. */
export function serverOf(lab: Lab, name: string): LabServer {
  const server = lab.servers.get(name)
  if (server === undefined) {
    const known = [...lab.servers.keys()].join(', ')
    throw new BenchError('usage', `server must be one of ${known}, got ${JSON.stringify(name)}`)
  }
  return {
    name,
    url: server.url,
    token: server.token,
    monitor: server.monitor,
    version: server.version,
    running: () => server.running(),
    start: () => told(() => server.start()),
    stop: () => told(() => server.stop()),
    kill: () => told(() => server.kill()),
    logs: () => server.logs(),
    restart: () =>
      told(async () => {
        await server.stop()
        await server.start()
      }),
    pause: () => told(() => lab.pause(name)),
    resume: () => told(() => lab.resume(name)),
    varz: () => told(() => varz(lab, server)),
  }
}

/** A program that prints the JSON of a URL on one line, because the output of a node is read by lines. */
const ask = 'fetch(process.argv[1]).then((said) => said.json()).then((json) => console.log(JSON.stringify(json)))'

/** The test itself may not reach the monitoring port. A load node does, and it has Node.js. */
async function varz(lab: Lab, server: KeptServer): Promise<Readonly<Record<string, unknown>>> {
  const near = [...lab.plans.values()].find((plan) => plan.role === 'load')
  const node = near === undefined ? undefined : lab.nodes.get(near.name)
  if (node === undefined) throw new BenchError('usage', 'varz must be asked from a load node, the topology has none')
  const { stdout } = await execIn(node, [node.node, '-e', ask, `${server.monitor}/varz`], {})
  return z.record(z.string(), z.unknown()).parse(JSON.parse(stdout))
}

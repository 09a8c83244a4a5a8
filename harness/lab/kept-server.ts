/** A server that stays up between measurements, and that a test may stop and start. */
import { BenchError } from '../model/error.ts'
import { startService, type Service } from './service.ts'
import type { Nodes } from './build.ts'
import type { Site } from './site.ts'

export interface KeptServer {
  /** `nats://127.0.0.1:4222`, as load nodes reach it. */
  readonly url: string
  /** What it asks every client for. */
  readonly token: string
  /** Address of the monitoring port, `http://127.0.0.1:8222`. */
  readonly monitor: string
  readonly version: string
  running(): boolean
  start(): Promise<void>
  /** Asks the server to end and waits until it has. */
  stop(): Promise<void>
  /** SIGKILL. */
  kill(): Promise<void>
  logs(): readonly string[]
  /** While it runs. */
  service(): Service | undefined
}

/** Of the plan's first variant; not yet started. */
export function keptServer(site: Site, name: string, nodes: Nodes): KeptServer {
  const plan = site.plan.variants[0]?.services.find((service) => service.node === name)
  const node = nodes.get(name)
  if (plan === undefined || node === undefined) throw new BenchError('bug', `node ${name} must have a service`)
  let service: Service | undefined
  let live = false
  const { address, ports } = plan.endpoint
  return {
    url: `nats://${address}:${ports.client}`,
    token: site.token,
    monitor: `http://${address}:${ports.monitor}`,
    get version() {
      return service?.facts.version ?? ''
    },
    running: () => live,
    start: async () => {
      if (live) return
      const started = await startService(plan, node, site.token, site.signal)
      service = started
      live = true
      void started.ended.then(() => {
        if (service === started) live = false
      })
    },
    stop: async () => {
      await service?.stop()
      await service?.ended
    },
    kill: async () => {
      service?.child.signal('SIGKILL')
      await service?.ended
    },
    logs: () => service?.log() ?? [],
    service: () => (live ? service : undefined),
  }
}

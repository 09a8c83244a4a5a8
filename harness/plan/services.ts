/** Server nodes → nats-server configurations. Format: https://docs.nats.io/running-a-nats-service/configuration */
import type { Scenario, ServerSpec } from '../model/scenario.ts'
import { storeName } from '../model/node-names.ts'
import { serverLimits } from '../model/server-limits.ts'
import { jetStreamSettings } from '../model/streams.ts'
import type { NodePlan, ServerChoice, ServicePlan } from '../model/plan.ts'

export function servicesOf(
  scenario: Scenario,
  used: readonly NodePlan[],
  serverOf: (group: string) => ServerChoice,
): readonly ServicePlan[] {
  return used
    .filter((node) => node.role === 'server')
    .map((node) => ({
      node: node.name,
      server: serverOf(node.group),
      config: configOf(
        node,
        scenario.topology[node.group]?.server,
        used.filter((other) => other.group === node.group),
      ),
      endpoint: node.endpoint,
    }))
}

/** Listens on the node's own address only and asks everyone for the run's token, which the lab puts in. */
function configOf(node: NodePlan, server: ServerSpec | undefined, group: readonly NodePlan[]): string {
  const { address, ports } = node.endpoint
  const all = Object.entries({ max_connections: serverLimits.max_connections.standard, ...server?.settings })
  const settings = all.filter(([name]) => !jetStreamSettings.has(name))
  const stores = all.filter(([name]) => jetStreamSettings.has(name))
  return [
    `server_name: ${JSON.stringify(node.name)}`,
    `listen: ${JSON.stringify(`${address}:${ports.client}`)}`,
    `http: ${JSON.stringify(`${address}:${ports.monitor}`)}`,
    'authorization { token: "{{token}}" }',
    ...settings.map(([name, value]) => `${name}: ${setting(value)}`),
    ...(server?.jetstream === true ? jetStream(stores) : []),
    ...(group.length > 1 ? cluster(node, group) : []),
    '',
  ].join('\n')
}

/** A full mesh. Routes too need the run's token, as a password. */
function cluster(node: NodePlan, group: readonly NodePlan[]): readonly string[] {
  const { address, ports } = node.endpoint
  const others = group.filter((other) => other !== node)
  return [
    'cluster {',
    `  name: ${JSON.stringify(node.group)}`,
    `  listen: ${JSON.stringify(`${address}:${ports.cluster}`)}`,
    '  authorization { user: "route", password: "{{token}}" }',
    '  routes: [',
    ...others.map(
      ({ endpoint }) => `    ${JSON.stringify(`nats://route:{{token}}@${endpoint.address}:${endpoint.ports.cluster}`)}`,
    ),
    '  ]',
    '}',
  ]
}

/** Durations there are always quoted: bare, `2m` is two million seconds to nats-server. */
function jetStream(settings: readonly (readonly [string, string | number | boolean])[]): readonly string[] {
  if (settings.length === 0) return [`jetstream { store_dir: "{{directory}}/${storeName}" }`]
  return [
    'jetstream {',
    `  store_dir: "{{directory}}/${storeName}"`,
    ...settings.map(
      ([name, value]) => `  ${name}: ${name === 'sync_interval' ? JSON.stringify(value) : setting(value)}`,
    ),
    '}',
  ]
}

/** Sizes such as 8MB are numbers to nats-server and must stand bare; every other text is quoted. */
function setting(value: string | number | boolean): string {
  return typeof value === 'string' && !/^\d+(k|kb|ki|kib|m|mb|mi|mib|g|gb|gi|gib)$/i.test(value)
    ? JSON.stringify(value)
    : String(value)
}

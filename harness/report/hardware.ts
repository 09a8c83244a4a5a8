/** The circumstances behind the numbers, as pairs of what and value, for every writer alike. */
import type { Report } from '../model/report.ts'
import { grouped, quantity } from './format.ts'
import { streamRows } from './streams.ts'

export function hardware(report: Report): readonly (readonly [string, string])[] {
  const { plan, facts, thermals, clock, shared = [] } = report
  const { host, servers } = facts
  const known: readonly (readonly [string, string | undefined])[] = [
    ['substrate', `${plan.substrate}: ${plan.why}`],
    ['network', plan.network],
    ['host', [host.name, host.hostname].filter((part) => part !== undefined).join(', ')],
    ['system', `${host.os} ${host.kernel} ${host.arch}`],
    ['CPU', host.cpuModel],
    ['cores', host.cores?.toString()],
    ['CPU clock', host.cpuMHz === undefined ? undefined : `${grouped(host.cpuMHz)} MHz`],
    ['governor', host.governor],
    ['memory', host.memoryBytes === undefined ? undefined : quantity(host.memoryBytes, 'B')],
    ['clock source', host.clockSource],
    ['clock of the agents', clock && `steps of ${clock.tickNs} ns, a read costs ${clock.readCostNs} ns`],
    ['virtualization', host.virtualization],
    ['file system', host.filesystem],
    ['temperature', host.temperatureC === undefined ? undefined : `${host.temperatureC} °C`],
    ['CPU clock while measured', spanOf(thermals, 'cpuMHz', 'MHz')],
    ['temperature while measured', spanOf(thermals, 'temperatureC', '°C')],
    ['throttling', unseen(thermals)],
    ['load average before', host.loadAverage?.toString()],
    ...servers.map(
      (s) =>
        [
          `nats-server on ${s.node}${s.variant === '*' ? '' : `, ${s.variant}`}`,
          [s.version, s.origin, s.goVersion, s.sha256 === undefined ? undefined : `sha256 ${s.sha256}`]
            .filter((part) => part !== undefined)
            .join(', '),
        ] as const,
    ),
    ...streamRows(report.facts),
    ['Node.js in load nodes', facts.node],
    ...shared.map(({ node, agents }) => ['in one process', `agents of ${node} and ${agents.join(', ')}`] as const),
    ['harness', plan.harness],
    ['plan digest', plan.digest],
    ...Object.entries(facts.substrate),
    ...Object.entries(host.settings),
  ]
  return known.flatMap(([what, value]) => (value === undefined || value === '' ? [] : [[what, value] as const]))
}

/** Most cpufreq drivers give the clock that they set, not the one that the CPU runs at; heat and its own count do not lie. */
function unseen(readings: Report['thermals']): string | undefined {
  if (readings === undefined) return 'would go unseen: neither CPU clock nor temperature can be read'
  const seen = readings.some(({ temperatureC, throttled }) => temperatureC !== undefined || throttled !== undefined)
  return seen ? undefined : 'may go unseen: the CPU clock alone can be read'
}

/** Lowest and highest reading; one figure where they look alike. */
function spanOf(readings: Report['thermals'] = [], name: 'cpuMHz' | 'temperatureC', sign: string): string | undefined {
  const values = readings.flatMap((reading) => reading[name] ?? [])
  if (values.length === 0) return undefined
  const [low, high] = [Math.min(...values), Math.max(...values)].map((value) => grouped(Math.round(value)))
  return low === high ? `${low} ${sign}` : `${low} … ${high} ${sign}`
}

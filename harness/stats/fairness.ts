/** What is not the same between runs, and which of it makes their comparison unfair. */
import { outcomeWords } from '../model/check-report.ts'
import type { Difference } from '../model/comparison.ts'
import type { Limiter, Report } from '../model/report.ts'
import { isImported } from './imported.ts'

type Look = (report: Report) => string | undefined

const looks: Readonly<Record<string, Look>> = {
  scenario: (r) => r.plan.scenario.name,
  'plan digest': (r) => r.plan.digest.slice(0, 12),
  substrate: (r) => r.plan.substrate,
  network: (r) => r.plan.network,
  'nats-server': (r) => [...new Set(r.facts.servers.map((s) => s.version))].join(', '),
  'origin of nats-server': (r) => [...new Set(r.facts.servers.map((s) => s.origin))].join(', '),
  'Go of nats-server': (r) => [...new Set(r.facts.servers.flatMap((s) => s.goVersion ?? []))].join(', '),
  'Node.js of the load': (r) => r.facts.node,
  'agents in one process': (r) => r.shared?.map(({ node, agents }) => `${node}: ${agents.join(', ')}`).join('; '),
  harness: (r) => r.plan.harness,
  system: ({ facts: { host } }) => `${host.os} ${host.kernel}`,
  architecture: (r) => r.facts.host.arch,
  CPU: (r) => r.facts.host.cpuModel,
  cores: (r) => r.facts.host.cores?.toString(),
  MHz: (r) => r.facts.host.cpuMHz?.toFixed(0),
  governor: (r) => r.facts.host.governor,
  'clock source': (r) => r.facts.host.clockSource,
  virtualization: (r) => r.facts.host.virtualization,
  'file system': (r) => r.facts.host.filesystem,
  'length of a block': (r) => `${r.plan.variants[0]?.phases.measureMs ?? 0} ms`,
  blocks: (r) => String(r.plan.blocks.length),
  'load average': (r) => r.facts.host.loadAverage?.toFixed(1),
}

export function differencesOf(reports: readonly Report[]): readonly Difference[] {
  const settings = [...new Set(reports.flatMap((r) => Object.keys(r.facts.host.settings)))]
  const all: readonly (readonly [string, Look])[] = [
    ...Object.entries(looks),
    ...settings.map((name) => [name, (r: Report) => settingOf(r, name)] as const),
  ]
  return all
    .map(([what, look]) => ({ what, look, known: reports.filter((r) => !isImported(r) || what === 'blocks') }))
    .filter(({ look, known }) => new Set(known.map((r) => look(r) || undefined)).size > 1)
    .map(({ what, look, known }) => ({
      what,
      texts: reports.map((r) => (known.includes(r) ? look(r) || undefined : undefined)),
    }))
}

/** What another machine set may have any name, `constructor` too. */
function settingOf({ facts: { host } }: Report, name: string): string | undefined {
  return Object.hasOwn(host.settings, name) ? host.settings[name] : undefined
}

/** Sentences; `names` are the labels of the runs. */
export function unfairnessOf(reports: readonly Report[], names: readonly string[]): readonly string[] {
  const [first] = reports
  return reports.flatMap((report, i) => {
    const label = names[i] ?? `run ${i + 1}`
    if (isImported(report)) return report.health.map(({ because }) => `${label}: ${because}.`)
    const beside =
      i === 0 || first === undefined || isImported(first) ? [] : against(first, names[0] ?? '', report, label)
    return [...beside, ...alone(report, label), ...(i === 0 ? [] : paced(report, label))]
  })
}

function against(first: Report, firstLabel: string, report: Report, label: string): readonly string[] {
  const sameScenario = report.plan.scenario.name === first.plan.scenario.name
  const sameHost =
    report.facts.host.name === first.facts.host.name && report.facts.host.hostname === first.facts.host.hostname
  return [
    ...(sameScenario
      ? []
      : [`${label} ran another scenario than ${firstLabel}: only workloads of the same name are put side by side.`]),
    ...(sameScenario && report.plan.digest !== first.plan.digest
      ? [
          `${label} ran another plan of this scenario than ${firstLabel} (repeats, phases, payloads or rates differ): its numbers answer another question.`,
        ]
      : []),
    ...(report.plan.substrate === first.plan.substrate
      ? []
      : [
          `${label} ran on ${report.plan.substrate} and ${firstLabel} on ${first.plan.substrate}: that is not the same set-up, even on one machine; the difference includes the cost of the substrate.`,
        ]),
    ...otherLoad(report, first, label, firstLabel),
    ...(sameHost
      ? []
      : [
          `${label} and ${firstLabel} ran on different machines at different times: differences of a few per cent mean nothing.`,
        ]),
  ]
}

/** What set the throughput, where it was not the server. */
const notTheServer: Readonly<Partial<Record<Limiter, string>>> = {
  generator: 'the load program',
  receiver: 'the load program',
  machine: 'everything on that machine',
}

function alone(report: Report, label: string): readonly string[] {
  const { outcome } = report.verdict
  const { host } = report.facts
  const limited = report.bottlenecks.find(({ limiter }) => notTheServer[limiter] !== undefined)?.limiter
  return [
    ...(report.state === 'complete'
      ? []
      : [`${label} is ${report.state}: ${report.because ?? 'no reason is recorded'}.`]),
    ...(outcome === 'pass'
      ? []
      : [`${label} ended with ${outcomeWords[outcome]}: read its own report before its numbers are used.`]),
    ...guestWords(host).map((words) => `${label} ran ${words}.`),
    ...report.health
      .filter((finding) => finding.outcome === 'pass' && finding.rule !== 'health')
      .map(({ about, because }) => `${label}: ${about}: ${because}.`),
    ...(limited === undefined
      ? []
      : [
          `${label} was limited by its ${limited}, not by the server: its throughput is that of ${notTheServer[limited] ?? ''}.`,
        ]),
  ]
}

function paced(report: Report, label: string): readonly string[] {
  return report.bottlenecks[0]?.limiter === 'rate'
    ? [`${label} kept a set rate: its throughput is that of the schedule and tells nothing about speed.`]
    : []
}

/** Open loops of different rates answer different questions; which command measures both at one rate. */
function otherLoad(report: Report, first: Report, name: string, firstName: string): readonly string[] {
  const [own, other] = [ratesOf(report), ratesOf(first)]
  return [...own].flatMap(([workload, rate]) => {
    const beside = other.get(workload)
    if (beside === undefined || beside === rate) return []
    const lower = Math.min(rate, beside)
    return [
      `different load: ${workload} of ${name} was planned at ${rate} msg/s, of ${firstName} at ${beside} msg/s; pnpm bench run ${report.plan.scenario.name} --rate ${lower} on both measures them alike, pnpm bench curve ${report.plan.scenario.name} on both shows latency against load.`,
    ]
  })
}

function ratesOf({ plan }: Report): ReadonlyMap<string, number> {
  return new Map(
    plan.scenario.workloads.flatMap((workload) =>
      'arrivals' in workload && 'perSecond' in workload.arrivals
        ? [[workload.name, workload.arrivals.perSecond] as const]
        : [],
    ),
  )
}

/** Where the machine was not a real one: what it was, and whose its times are. */
function guestWords(host: Report['facts']['host']): readonly string[] {
  if (isEmulated(host)) return ['on an emulated CPU: its times are those of the emulator']
  if (host.virtualization === undefined) return []
  return [`in a virtual machine (${host.virtualization}): its times may be those of its host or of an emulator`]
}

/** QEMU with hardware virtualisation (`kvm`) may have its name in that of the CPU too. */
function isEmulated({ cpuModel = '', virtualization = '' }: Report['facts']['host']): boolean {
  return /qemu|emulat/i.test(virtualization) || (/qemu|emulat/i.test(cpuModel) && virtualization !== 'kvm')
}

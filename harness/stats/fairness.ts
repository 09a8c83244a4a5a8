/** What is not the same between runs, and which of it makes their comparison unfair. */
import type { Difference } from '../model/comparison.ts'
import type { Report } from '../model/report.ts'

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
    ...settings.map((name) => [name, (r: Report) => r.facts.host.settings[name]] as const),
  ]
  return all
    .map(([what, look]) => ({ what, texts: reports.map((r) => look(r) || undefined) }))
    .filter(({ texts }) => new Set(texts).size > 1)
}

/** Sentences; `names` are the labels of the runs. */
export function unfairnessOf(reports: readonly Report[], names: readonly string[]): readonly string[] {
  const label = (i: number): string => names[i] ?? `run ${i + 1}`
  const [first] = reports
  return reports.flatMap((report, i) => [
    ...(report.plan.scenario.name === first?.plan.scenario.name
      ? []
      : [`${label(i)} ran another scenario than ${label(0)}: only workloads of the same name are put side by side.`]),
    ...(i > 0 && report.plan.scenario.name === first?.plan.scenario.name && report.plan.digest !== first.plan.digest
      ? [
          `${label(i)} ran another plan of this scenario than ${label(0)} (repeats, phases, payloads or rates differ): its numbers answer another question.`,
        ]
      : []),
    ...(report.plan.substrate === first?.plan.substrate
      ? []
      : [
          `${label(i)} ran on ${report.plan.substrate} and ${label(0)} on ${first?.plan.substrate ?? 'nothing'}: that is not the same set-up, even on one machine; the difference includes the cost of the substrate.`,
        ]),
    ...(report.state === 'complete'
      ? []
      : [`${label(i)} is ${report.state}: ${report.because ?? 'no reason is recorded'}.`]),
    ...(report.verdict.outcome === 'pass'
      ? []
      : [`${label(i)} ended as ${report.verdict.outcome}: read its own report before its numbers are used.`]),
    ...otherLoad(report, first, label(i), label(0)),
    ...(/qemu|emulat/i.test(`${report.facts.host.cpuModel ?? ''} ${report.facts.host.virtualization ?? ''}`)
      ? [`${label(i)} ran on an emulated CPU: its times are those of the emulator.`]
      : []),
    ...report.health
      .filter(({ outcome, rule }) => (outcome === 'pass' && rule !== 'health') || rule === 'imported')
      .map(({ about, because }) => `${label(i)}: ${about}: ${because}.`),
    ...report.bottlenecks
      .filter((b) => b.limiter === 'generator' || b.limiter === 'receiver')
      .slice(0, 1)
      .map(
        (b) =>
          `${label(i)} was limited by its ${b.limiter}, not by the server: its throughput is that of the load program.`,
      ),
    ...(i > 0 && report.bottlenecks[0]?.limiter === 'rate'
      ? [`${label(i)} kept a set rate: its throughput is that of the schedule and tells nothing about speed.`]
      : []),
    ...(i > 0 &&
    report.facts.host.name === first?.facts.host.name &&
    report.facts.host.hostname === first.facts.host.hostname
      ? []
      : i > 0
        ? [
            `${label(i)} and ${label(0)} ran on different machines at different times: differences of a few per cent mean nothing.`,
          ]
        : []),
  ])
}

/** Open loops of different rates answer different questions; which command measures both at one rate. */
function otherLoad(report: Report, first: Report | undefined, name: string, firstName: string): readonly string[] {
  if (first === undefined || first === report) return []
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

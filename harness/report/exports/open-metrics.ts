/**
 * OpenMetrics 1.0 text, also read as Prometheus text: for a Pushgateway, a textfile collector or `promtool tsdb create-blocks-from openmetrics`.
 * Base units as the standard asks: seconds, bytes, ratios. https://prometheus.io/docs/specs/om/open_metrics_spec/
 */
import type { Report, Unit } from '../../model/report.ts'
import { beganAt } from './place.ts'
import { distributions } from './open-metrics-histogram.ts'
import { family, sample, snake } from './open-metrics-text.ts'
import type { Labels } from './open-metrics-text.ts'
import { metrics } from '../../model/metric.ts'
import { made } from '../../stats/made.ts'

const units: Readonly<Record<Unit, readonly [string, number]>> = {
  ns: ['seconds', 1e-9],
  'msg/s': ['messages_per_second', 1],
  'B/s': ['bytes_per_second', 1],
  B: ['bytes', 1],
  'us/msg': ['seconds_per_message', 1e-6],
  share: ['ratio', 1],
  count: ['messages', 1],
  '1/msg': ['per_message', 1],
}

interface Family {
  readonly unit: string
  readonly about: string
  readonly lines: string[]
}

/**
 * A gauge for each metric with the median over blocks and, as `stat`, the ends of its interval; a histogram for each
 * distribution; `nats_bench_run_info` with what was run where.
 */
export function openMetrics(report: Report): string {
  const families = new Map<string, Family>()
  for (const { workload, variant, metric, unit, median, interval, lagged } of report.summaries) {
    // a percentile that is the generator's lag would be taken for the server's
    if (lagged === true) continue
    const [unitName, factor] = units[unit]
    // its unit says the rest of `cpu.perMessage`
    const name = `nats_bench_${snake(metric.replace(/\.perMessage$/, ''))}_${unitName}`
    const entry = made(families, name, () => ({
      unit: unitName,
      about: metrics[metric]?.about ?? metric,
      lines: [],
    }))
    const stats = { median, low: interval?.[0], high: interval?.[1] }
    for (const [stat, value] of Object.entries(stats)) {
      if (value === undefined || !Number.isFinite(value)) continue
      entry.lines.push(sample(name, { ...shared(report), workload, variant, metric, stat }, scaled(value, factor)))
    }
  }
  return [
    ...about(report),
    ...[...families]
      .filter(([, { lines }]) => lines.length > 0)
      .map(([name, { unit, about, lines }]) => `${family(name, 'gauge', about, unit)}${lines.join('')}`),
    ...distributions(report, shared(report)),
    '# EOF\n',
  ].join('')
}

function shared({ plan, facts }: Report): Labels {
  return {
    scenario: plan.scenario.name,
    substrate: plan.substrate,
    host: facts.host.hostname ?? facts.host.name,
  }
}

function about(report: Report): string[] {
  const { run, state, verdict, plan, facts } = report
  const { host } = facts
  const words: Labels = {
    ...shared(report),
    run,
    state,
    verdict: verdict.outcome,
    digest: plan.digest,
    harness: plan.harness,
    server: [...new Set(facts.servers.map(({ version }) => version))].join(', '),
    os: host.os,
    kernel: host.kernel,
    arch: host.arch,
    cpu: host.cpuModel ?? '',
  }
  const seconds = Date.parse(beganAt(report) ?? '') / 1000
  const time = 'nats_bench_run_time_seconds'
  return [
    // a gauge, for the parser of the textfile collector and the Pushgateway knows no type `info`
    `${family('nats_bench_run_info', 'gauge', 'what was run and where')}${sample('nats_bench_run_info', words, 1)}`,
    ...(Number.isFinite(seconds)
      ? [`${family(time, 'gauge', 'when the run began, Unix time', 'seconds')}${sample(time, shared(report), seconds)}`]
      : []),
  ]
}

/** 61300 ns is 6.13e-5 s, not 0.00006130000000000001. */
function scaled(value: number, factor: number): number {
  return factor === 1 ? value : Number((value * factor).toPrecision(12))
}

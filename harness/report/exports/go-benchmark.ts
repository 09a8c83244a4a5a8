/**
 * The text that `go test -bench` prints, for benchstat: one line a block, so that benchstat sees each block as a sample.
 * Format: https://go.dev/design/14313-benchmark-format, lines `Unit`: https://go.dev/issue/43744.
 */
import type { Measurement, Report, Unit } from '../../model/report.ts'
import { beganAt, oneLine, places, serversLine } from './place.ts'

/** Ending of the unit and what a value is multiplied with. benchstat turns `ns` into seconds and scales them. */
const endings: Readonly<Record<Unit, readonly [string, number]>> = {
  ns: ['-ns', 1],
  'msg/s': ['-msg/s', 1],
  'B/s': ['-B/s', 1],
  B: ['-B', 1],
  'us/msg': ['-ns/msg', 1000],
  share: ['-share', 1],
  count: ['-count', 1],
  '1/msg': ['/msg', 1],
}

const goArch: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64' }
const archOf = (arch: string) => (Object.hasOwn(goArch, arch) ? goArch[arch] : undefined) ?? arch

/**
 * What differs between two runs that one wants to compare (run id, version of the server) stands in comments: as
 * configuration it would make benchstat put them into separate tables.
 */
export function goBenchmark(report: Report): string {
  const { facts, plan } = report
  const { host } = facts
  const placeOf = places(report, nameWord, partsOf)
  const rows = report.measurements.filter(({ values }) => values.some(isSample))
  const units = new Map(rows.map((row) => [unitOf(row), row.better]))
  return `${[
    ...comments(report),
    ...config('goos', host.os.toLowerCase()),
    ...config('goarch', archOf(host.arch)),
    ...config('pkg', `nats-jail-harness/${plan.substrate}`),
    ...config('cpu', host.cpuModel),
    ...[...units].map(([unit, better]) => `Unit ${unit} better=${better}`),
    ...lines(report, rows, placeOf),
  ].join('\n')}\n`
}

function comments(report: Report): string[] {
  const { run, state, verdict } = report
  const at = beganAt(report)
  return [
    `# run ${oneLine(run)}${at === undefined ? '' : ` of ${oneLine(at)}`}, ${state}, verdict ${verdict.outcome}`,
    `# ${serversLine(report)}`,
  ]
}

function config(key: string, value: string | undefined): string[] {
  return value === undefined || value === '' ? [] : [`${key}: ${oneLine(value)}`]
}

function lines(report: Report, rows: readonly Measurement[], placeOf: (w: string, v: string) => string): string[] {
  const workloads = [...new Set(rows.map(({ workload }) => workload))]
  return report.plan.blocks.flatMap(({ index, variant }) =>
    workloads.flatMap((workload) => {
      const values = rows.flatMap((row) => {
        const found = row.workload === workload ? row.values.find((value) => value.block === index) : undefined
        return found !== undefined && isSample(found) ? [`${found.value * endings[row.unit][1]} ${unitOf(row)}`] : []
      })
      if (values.length === 0) return []
      // the ending is how Go says GOMAXPROCS; without one, a variant `x-8` would be read as that
      const name = `Benchmark${capital(placeOf(workload, variant))}-${report.facts.host.cores ?? 1}`
      return [`${name} 1 ${values.join(' ')}`]
    }),
  )
}

/** `latency.p99.9` → `latency-p99.9-ns`, `switches.perMessage` → `switches/msg`. */
function unitOf({ metric, unit }: Measurement): string {
  const stem = nameWord(metric)
    .replace(/\.perMessage$/, '')
    .replace('.', '-')
  return `${stem}${endings[unit][0]}`
}

/** Without spaces, which end a name, and without slashes, which part it. */
function nameWord(text: string): string {
  return oneLine(text).replace(/[\s/]+/gu, '_')
}

/** `head bytes=16,count=4` → `head`, `bytes=16`, `count=4`: each `/key=value` is a key of benchstat. */
function partsOf(variant: string): readonly string[] {
  return variant.split(/[ ,](?=[^ ,=]+=)/)
}

/** Names of Go benchmarks go on with a capital letter. */
function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
}

/** A percentile that is the generator's lag would be taken for the server's. */
function isSample<T extends { readonly value?: number | undefined; readonly lagged?: boolean | undefined }>(
  sample: T,
): sample is T & { readonly value: number } {
  return sample.lagged !== true && sample.value !== undefined && Number.isFinite(sample.value)
}

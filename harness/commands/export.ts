/** `bench export`: a stored run in the formats of other people's tools. */
import { Argument } from 'commander'
import { resolve } from 'node:path'
import { endedText } from '../model/ending.ts'
import { BenchError } from '../model/error.ts'
import type { Report } from '../model/report.ts'
import { bencher } from '../report/exports/bencher.ts'
import { csv } from '../report/exports/csv.ts'
import { customBiggerIsBetter, customSmallerIsBetter } from '../report/exports/custom-benchmark.ts'
import { goBenchmark } from '../report/exports/go-benchmark.ts'
import { hgrm, hgrmOf, histogramName } from '../report/exports/hgrm.ts'
import { openMetrics } from '../report/exports/open-metrics.ts'
import { readReport } from './readable.ts'
import { reportsOption } from './options.ts'
import type { Register } from './register.ts'

const formats = {
  customSmallerIsBetter,
  customBiggerIsBetter,
  bencher,
  gobench: goBenchmark,
  hgrm,
  openmetrics: openMetrics,
  csv,
} as const satisfies Readonly<Record<string, (report: Report) => string>>

type Format = keyof typeof formats

export const exportCommand: Register = (program, run, world) => {
  program
    .command('export')
    .description('write a stored run to stdout in the format of another tool')
    .addArgument(new Argument('<format>', 'the format').choices(Object.keys(formats)))
    .argument('[run]', 'run id, run folder or report.json', 'latest')
    .addOption(reportsOption(world))
    .option('--only <distribution>', 'for hgrm: only this distribution, such as sub.latency')
    .addHelpText(
      'after',
      [
        '',
        'customSmallerIsBetter, customBiggerIsBetter: github-action-benchmark. bencher:',
        'Bencher Metric Format. gobench: Go benchmark text for benchstat, one sample per',
        'block. hgrm: HdrHistogram percentiles in microseconds. openmetrics: Prometheus.',
        'csv: one line per value.',
        'Example: pnpm bench export gobench latest > head.txt && benchstat base.txt head.txt',
      ].join('\n'),
    )
    .action((format: Format, reference: string, words: { out: string; only?: string }) =>
      run(async () => {
        const report = await readReport(reference, resolve(world.cwd, words.out), world.cwd)
        world.out(words.only === undefined ? whole(report, format) : alone(report, format, words.only))
        return 0
      }),
    )
}

/** The same rule for every format: what has no number is refused. Throws `not-found`. */
function whole(report: Report, format: Format): string {
  if (!hasNumbers(report)) throw nothingFor(format, 'number at all', whyNone(report))
  const text = formats[format](report)
  if (text !== formats[format](withoutNumbers(report))) return text
  throw nothingFor(format, 'number of that format', 'the format csv has all numbers of a run')
}

function nothingFor(format: Format, what: string, hint: string): BenchError {
  return new BenchError('not-found', `${format} must have something to write, the run has no ${what}`, { hint })
}

function hasNumbers({ measurements, summaries, histograms }: Report): boolean {
  return (
    measurements.some(({ values }) => values.some(({ value }) => Number.isFinite(value))) ||
    summaries.some(({ median }) => Number.isFinite(median)) ||
    histograms.some(({ data }) => data.total > 0)
  )
}

function withoutNumbers(report: Report): Report {
  return { ...report, measurements: [], summaries: [], histograms: [] }
}

function whyNone({ state, because }: Report): string {
  return `its report says why${state === 'complete' ? '' : `: ${endedText(state, because)}`}`
}

function alone({ histograms }: Report, format: Format, wanted: string): string {
  if (format !== 'hgrm') throw new BenchError('usage', `--only must go with the format hgrm, got ${format}`)
  const found = histograms.find((histogram) => histogramName(histogram) === wanted && histogram.data.total > 0)
  if (found !== undefined) return hgrmOf(found.data)
  throw new BenchError('not-found', `--only must be a distribution of the run, got ${JSON.stringify(wanted)}`, {
    lines: histograms.map(histogramName),
  })
}

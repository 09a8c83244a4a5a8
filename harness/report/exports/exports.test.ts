import { build as buildHdr } from 'hdr-histogram-js'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { sampleReport } from '../../../fixtures/reports/build.ts'
import { attacks, hostileReport } from '../../../fixtures/reports/hostile.ts'
import { humps } from '../../../fixtures/reports/humps.ts'
import { recordedNames, recordedReport } from '../../../fixtures/reports/recorded.ts'
import { Histogram } from '../../agent/histogram.ts'
import type { Report } from '../../model/report.ts'
import { bencher } from './bencher.ts'
import { csv } from './csv.ts'
import { customBiggerIsBetter, customSmallerIsBetter } from './custom-benchmark.ts'
import { goBenchmark } from './go-benchmark.ts'
import { hgrm, hgrmOf } from './hgrm.ts'
import { openMetrics } from './open-metrics.ts'

const grid = { variants: { a: {}, 'b-8': {} }, histogram: humps }
const all: readonly { readonly name: string; readonly report: Report }[] = [
  { name: 'a plain report', report: sampleReport({ histogram: humps }) },
  { name: 'a report of two variants', report: sampleReport(grid) },
  { name: 'hostile names', report: hostileReport(grid) },
  ...recordedNames.map((name) => ({ name: `the recording ${name}`, report: recordedReport(name) })),
]

/** Each control character but the line end; in one line of text, that too. */
// eslint-disable-next-line no-control-regex -- control characters are what must not be there
const control = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/

const writers = { customSmallerIsBetter, customBiggerIsBetter, bencher, goBenchmark, hgrm, openMetrics }

describe('every export', () => {
  it.each(
    all.flatMap(({ name, report }) =>
      Object.entries(writers).map(([format, write]) => ({ name, report, format, write })),
    ),
  )('$format of $name has no control character and ends with a line end', ({ report, write }) => {
    const text = write(report)
    expect(text.length).toBeGreaterThan(2)
    expect(text).not.toMatch(control)
    expect(text.endsWith('\n')).toBe(true)
    expect(text).not.toMatch(/NaN|undefined|\[object/)
  })

  it('keeps variants apart in labels of Prometheus, however long they are', () => {
    const long = 'x'.repeat(300)
    const text = openMetrics(sampleReport({ variants: { [`${long}a`]: {}, [`${long}b`]: {} } }))
    const series = [...text.matchAll(/^(nats_bench_throughput_\S+\{[^}]*\}) /gm)].map(([, name]) => name)
    expect(series.length).toBeGreaterThan(2)
    expect(new Set(series).size).toBe(series.length)
  })

  it('keeps two series apart whose names become the same', () => {
    const report = sampleReport({ variants: { 'x\u0007': {}, 'x\u0008': {} } })
    const names = Object.keys(JSON.parse(bencher(report)) as object)
    expect(names).toContain('fan-out/sub/x�')
    expect(names).toContain('fan-out/sub/x�_2')
  })
})

describe('custom benchmarks', () => {
  it('puts every metric into one of the two files, with its interval and the run', () => {
    const report = sampleReport()
    const small = JSON.parse(customSmallerIsBetter(report)) as {
      name: string
      unit: string
      value: number
      range: string
      extra: string
    }[]
    const big = JSON.parse(customBiggerIsBetter(report)) as typeof small
    expect(small.length + big.length).toBe(report.summaries.filter(({ median }) => median !== undefined).length)
    expect(big.map(({ name }) => name)).toContain('fan-out/sub throughput')
    const p99 = small.find(({ name }) => name === 'fan-out/sub latency.p99')
    const summary = report.summaries.find(({ workload, metric }) => workload === 'sub' && metric === 'latency.p99')
    expect(p99).toMatchObject({ unit: 'ns', value: summary?.median })
    expect(p99?.range).toMatch(/^2\d\d … 2\d\d µs$/)
    expect(p99?.extra).toContain('run 20261124-060000-sample, verdict unknown')
  })
})

describe('Bencher Metric Format', () => {
  it.each(all)('gives benchmarks, measures and bounds of the published schema with $name', ({ report }) => {
    const table = JSON.parse(bencher(report)) as Record<string, Record<string, Record<string, unknown>>>
    let count = 0
    for (const [name, measures] of Object.entries(table)) {
      expect(name.length).toBeLessThanOrEqual(1024)
      for (const [measure, metric] of Object.entries(measures)) {
        count++
        expect(measure).toMatch(/^[a-z0-9]+(-[a-z0-9]+)*$/)
        expect(measure.length).toBeLessThanOrEqual(64)
        expect(metric['value']).toBeTypeOf('number')
        expect(Object.keys(metric).filter((key) => !['value', 'lower_value', 'upper_value'].includes(key))).toEqual([])
      }
    }
    expect(count).toBe(report.summaries.filter(({ median }) => median !== undefined).length)
  })
})

describe('Go benchmark text', () => {
  it.each(all)('has nothing but comments, configuration, units and results with $name', ({ report }) => {
    for (const line of goBenchmark(report).trimEnd().split('\n')) {
      expect(line).toMatch(
        /^(# .*|[a-z]+: \S.*|Unit \S+ better=(lower|higher)|Benchmark[^a-z\s]\S*-\d+ 1( -?[\d.e+-]+ [^\s\d]\S*)+)$/u,
      )
    }
  })

  it('has one line a block and workload, so that each block is a sample', () => {
    const lines = goBenchmark(sampleReport(grid))
      .split('\n')
      .filter((line) => line.startsWith('Benchmark'))
    expect(lines.length).toBe(2 * 2 * 5)
    expect(lines.filter((line) => line.startsWith('BenchmarkFan-out/sub/b-8-4 1 ')).length).toBe(5)
  })

  it('parts the name of a point of a grid, so that benchstat has each of its values as a key', () => {
    const report = sampleReport(grid)
    const renamed = (name: string) => (name === 'a' ? 'head bytes=16,perSecond=500' : name)
    const text = goBenchmark({
      ...report,
      plan: { ...report.plan, blocks: report.plan.blocks.map((b) => ({ ...b, variant: renamed(b.variant) })) },
    })
    expect(text).toContain('BenchmarkFan-out/sub/head/bytes=16/perSecond=500-4 1 ')
  })

  it.each(['x86_64', 'constructor', '__proto__'])('names the architecture %s as Go does, or as it is', (arch) => {
    const report = sampleReport()
    const text = goBenchmark({ ...report, facts: { ...report.facts, host: { ...report.facts.host, arch } } })
    expect(text).toContain(`goarch: ${arch === 'x86_64' ? 'amd64' : arch}\n`)
  })

  it('says costs in nanoseconds, which benchstat knows', () => {
    const report = sampleReport()
    const [cost] = report.measurements.filter(({ workload, metric }) => workload === 'sub' && metric === 'cpu.server')
    const value = (cost?.values[0]?.value ?? 0) * 1000
    expect(goBenchmark(report)).toContain(` ${value} cpu-server-ns/msg`)
  })
})

describe('.hgrm', () => {
  const oracle = (values: readonly number[]) => {
    const hdr = buildHdr({
      bitBucketSize: 64,
      lowestDiscernibleValue: 1,
      highestTrackableValue: 2 ** 47 - 1,
      numberOfSignificantValueDigits: 3,
      autoResize: false,
    })
    for (const value of values) hdr.recordValue(value)
    return hdr.outputPercentileDistribution(5, 1000)
  }
  const ours = (values: readonly number[]) => {
    const histogram = new Histogram()
    for (const value of values) histogram.record(value)
    return hgrmOf(histogram.data())
  }

  it('is byte for byte what HdrHistogram prints for the same values', () => {
    const value = fc.oneof(
      fc.integer({ min: 0, max: 3000 }),
      fc.integer({ min: 0, max: 2 ** 31 - 1 }),
      fc.maxSafeInteger().map((n) => Math.abs(n) % 2 ** 46),
    )
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 300 }), (values) => {
        expect(rounded(ours(values))).toEqual(rounded(oracle(values)))
      }),
      { numRuns: 25 },
    )
  })

  it('comes to an end for more values than steps to 100 % can tell', () => {
    const total = Number.MAX_SAFE_INTEGER
    const text = hgrmOf({ significantBits: 11, min: 0, max: 5, total, buckets: [0, total - 1, 5, 1] })
    expect(text).toMatch(/^ +0\.005 1\.0{12} 9007199254740991$/m)
  })

  it('names each distribution of the report and leaves out empty ones', () => {
    const report = sampleReport(grid)
    const text = hgrm(report)
    expect(text.match(/^#\[Histogram = .*$/gm)).toEqual(
      ['a', 'b-8'].flatMap((variant) =>
        ['sub.latency', 'sub.service', 'sub.floor', 'pub.lag'].map(
          (name) => `#[Histogram = ${name}.${variant}, unit = microseconds]`,
        ),
      ),
    )
    const empty = { significantBits: 11, min: 0, max: 0, total: 0, buckets: [] }
    expect(hgrm({ ...report, histograms: report.histograms.map((each) => ({ ...each, data: empty })) })).toBe('')
  })
})

/** Sums of floats differ in their last digit: the two lines of the footer that hold mean and deviation are compared as numbers. */
function rounded(text: string): readonly (string | number)[] {
  return text.split('\n').flatMap((line): (string | number)[] => {
    const found = /^#\[Mean {4}= +([\d.]+), StdDeviation {3}= +([\d.]+)\]$/.exec(line)
    return found === null ? [line] : [Number(Number(found[1]).toPrecision(9)), Number(Number(found[2]).toPrecision(9))]
  })
}

describe('OpenMetrics', () => {
  const label = '[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\\\\n]|\\\\["\\\\n])*"'
  const line = new RegExp(`^([a-zA-Z_:][a-zA-Z0-9_:]*)\\{(${label}(?:,${label})*)\\} (-?[0-9.]+(?:e[+-]?[0-9]+)?)$`)

  it.each(all)('is whole families of valid samples, each once, up to the EOF with $name', ({ report }) => {
    const lines = openMetrics(report).split('\n')
    expect(lines.slice(-2)).toEqual(['# EOF', ''])
    const seen = new Set<string>()
    const opened = new Set<string>()
    let [family, type, unit] = ['', '', '']
    for (const each of lines.slice(0, -2)) {
      const head = /^# (TYPE|UNIT|HELP) (\S+) (.+)$/.exec(each)
      if (head !== null) {
        const [, word, name = '', rest = ''] = head
        if (word === 'TYPE') {
          expect(opened.has(name)).toBe(false)
          opened.add(name)
          ;[family, type, unit] = [name, rest, '']
        }
        expect(name).toBe(family)
        if (word === 'UNIT') unit = rest
        continue
      }
      const [, name, labels] = line.exec(each) ?? expect.fail(`not a sample: ${each}`)
      expect(name).toBe(family + ({ gauge: '', histogram: '_bucket' }[type] ?? '?'))
      expect(family.endsWith(unit)).toBe(true)
      expect(seen.has(`${name}{${labels}`)).toBe(false)
      seen.add(`${name}{${labels}`)
    }
    expect(seen.size).toBeGreaterThan(20)
  })

  it('gives seconds for nanoseconds and counts of a histogram that grow up to the total', () => {
    const report = sampleReport({ histogram: humps })
    const text = openMetrics(report)
    const p50 =
      report.summaries.find(({ workload, metric }) => workload === 'sub' && metric === 'latency.p50')?.median ?? 0
    const shown = /^nats_bench_latency_p50_seconds\{.*stat="median"\} (.*)$/m.exec(text)?.[1]
    expect(Number(shown)).toBeCloseTo(p50 / 1e9, 12)
    const counts = [...text.matchAll(/^nats_bench_latency_distribution_seconds_bucket\{.*le="([^"]+)"\} (\d+)$/gm)]
    expect(counts.at(-1)?.[1]).toBe('+Inf')
    const total = report.histograms.find(({ name }) => name === 'latency')?.data.total
    expect(Number(counts.at(-1)?.[2])).toBe(total)
    const numbers = counts.map((count) => Number(count[2]))
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b))
    expect(new Set(numbers).size).toBeGreaterThan(3)
  })

  it('escapes quotes and backslashes of names', () => {
    const report = sampleReport({ name: 'a"b\\c\nd' })
    expect(openMetrics(report)).toContain('scenario="a\\"b\\\\c�d"')
  })
})

describe('CSV', () => {
  /** RFC 4180, as a reader would do it. */
  function parsed(text: string): readonly (readonly string[])[] {
    const rows: string[][] = []
    const row: string[] = []
    const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy
    while (field.lastIndex < text.length) {
      const [, quoted, plain = '', end] = field.exec(text) ?? expect.fail('not CSV')
      row.push(quoted === undefined ? plain : quoted.replaceAll('""', '"'))
      if (end === '\r\n') rows.push(row.splice(0))
    }
    return rows
  }

  it.each(all)('has as many fields on every line and one line a value with $name', ({ report }) => {
    const rows = parsed(csv(report))
    expect(new Set(rows.map((row) => row.length))).toEqual(new Set([15]))
    expect(rows.length - 1).toBe(report.measurements.reduce((sum, { values }) => sum + values.length, 0))
  })

  it.each([...attacks, '=HYPERLINK("x")', '@SUM(A1)', '+1', '-1', '\t=1', 'a,b', 'a"b', ' a '])(
    'keeps %j a text of one field',
    (name) => {
      const rows = parsed(csv(sampleReport({ name })))
      const field = rows[1]?.[2] ?? ''
      expect(field).not.toMatch(/^[=+\-@\t\r\n]/)
      // eslint-disable-next-line no-control-regex -- control characters are what must not be there
      expect(field.replace(/^'(?=[=+\-@\t])/, '')).toBe(name.replace(/[\u0007\u001b]/g, '�'))
    },
  )

  it('leaves a value that cannot be told empty', () => {
    const rows = parsed(csv(sampleReport()))
    const thin = rows.filter((row) => row[6] === 'latency.p99.99')
    expect(thin.map((row) => row.slice(11))).toEqual(new Array(5).fill(['', '', '', '']))
  })
})

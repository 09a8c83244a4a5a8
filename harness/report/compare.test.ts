import { describe, expect, it } from 'vitest'
import { sampleReport } from '../../fixtures/reports/build.ts'
import { attacks, hostileReport } from '../../fixtures/reports/hostile.ts'
import { reportOfRecording } from '../../fixtures/recordings/read.ts'
import { humps } from '../../fixtures/reports/humps.ts'
import { recordedNames, recordedReport } from '../../fixtures/reports/recorded.ts'
import { compareRuns } from '../stats/compare-runs.ts'
import { compareHtml, compareTerminal } from './compare-page.ts'
import { historyEntry } from './history-entry.ts'
import { html } from './html.ts'
import { indexHtml } from './index-html.ts'

const fast = sampleReport({ histogram: humps, factor: () => 1 })
const slow = {
  ...sampleReport({ histogram: (f) => humps(f * 2), factor: () => 2 }),
  run: 'other',
  facts: { ...fast.facts, host: { ...fast.facts.host, hostname: 'amd', arch: 'x86_64', cores: 8, cpuMHz: 3900 } },
}
/** Neither kept a set rate: what is divided by cores and clocks says something. */
const free = [fast, slow].map((report) => ({
  ...report,
  bottlenecks: report.bottlenecks.map((each) => ({ ...each, limiter: 'server' as const })),
}))
const comparison = compareRuns(free)

describe('compareTerminal', () => {
  it('puts the runs side by side, raw and normalised, after what makes them unlike', () => {
    const text = compareTerminal(comparison, { color: false, columns: 120 })
    expect(text).toMatch(/sub throughput +8\d\.\d k msg\/s +4\d\.\d k msg\/s +×0\.\d+ \[/)
    expect(text).toMatch(/sub throughput per core +\d/)
    expect(text).toContain('cores: rock64 4 | amd 8')
    expect(text).toContain('amd and rock64 ran on different machines at different times')
  })

  it('says that a ratio need not follow from the medians beside it, on lines that fit', () => {
    const text = compareTerminal(comparison, { color: false, columns: 60 })
    expect(text.replaceAll(/\s+/g, ' ')).toContain(
      'ratio: a median (Hodges–Lehmann) over pairs of a block of each run; it need not',
    )
    expect(text).toMatch(/^ {2}ratio: .{1,52}\n( {2}.{1,58}\n)+$/m)
  })

  it('calls runs by letters where their names are long, and says which is which', () => {
    const far = {
      ...slow,
      facts: { ...slow.facts, host: { ...slow.facts.host, hostname: 'a-machine-with-a-long-name' } },
    }
    const text = compareTerminal(compareRuns([fast, far]), { color: false, columns: 120 })
    expect(text).toMatch(/^ {2}B {2}a-machine-with-a-long-name: fan-out on bastille, run other$/m)
    expect(text).toMatch(/measured +A +B +ratio/)
  })

  it('writes no escape sequence that came with a name', () => {
    const text = compareTerminal(compareRuns([hostileReport(), slow]), { color: false, columns: 100 })
    expect(text).not.toContain('\u001b')
  })
})

describe('what makes a comparison unfair', () => {
  it('names remarks, an emulated CPU, load averages and unequal rates above the table', async () => {
    const [base, other] = await Promise.all([
      reportOfRecording('freebsd-jails-article'),
      reportOfRecording('slow-board-latency'),
    ])
    const text = compareTerminal(compareRuns([base, other], ['A', 'B']), { color: false, columns: 200 })
    const head = text.slice(0, text.indexOf('  measured')).replaceAll(/\s+/g, ' ')
    expect(head).toContain('different load: pub of B was planned at 10000 msg/s, of A at 1000 msg/s')
    expect(head).toContain('--rate 1000 on both')
    expect(head).toContain('A ran on an emulated CPU')
    expect(head).toContain('A: sub: latency.p99 is 86.44 ms, the send lag alone is 69.93 ms')
    expect(head).toContain('load average: A 2.1 | B 1.1')
  })

  it('says of a virtual machine that it was one, where the CPU of its emulator has the name of a real one', async () => {
    const texts = await Promise.all(['freebsd-arm64-article', 'freebsd-jails-article'].map(reportOfRecording))
    const text = compareTerminal(compareRuns(texts, ['A', 'B']), { color: false, columns: 200 })
    expect(text).toContain('A ran in a virtual machine (generic)')
    expect(text).not.toContain('B ran in a virtual machine')
  })

  it('judges no percentile that is the lag of a generator', async () => {
    const report = await reportOfRecording('slow-board-latency')
    const far = {
      ...report,
      measurements: report.measurements.map((row) => ({
        ...row,
        values: row.values.map((v) => ({ ...v, value: (v.value ?? 0) * 9 })),
      })),
    }
    const text = compareTerminal(compareRuns([report, far], ['A', 'B']), { color: false, columns: 200 })
    expect(text).toMatch(/sub latency\.p50 .* worse$/m)
    expect(text).toMatch(/sub latency\.p99 .*† .*†.* cannot tell$/m)
  })
})

describe('the lag of a consumer', () => {
  it('is drawn over time, with its table', async () => {
    const point = { of: 'sub', metric: 'consumerLag', unit: 'count', variant: 'default', block: 0 } as const
    const points = [0, 1, 2].map((at) => [at, at * 1000] as const)
    const text = await html({ ...fast, series: [...fast.series, { ...point, points }] })
    expect(text).toContain('sub: consumer lag over time</a>')
    expect(text).toMatch(/<th scope="row">2 s<td>2,000/)
  })
})

describe('compareHtml', () => {
  it('draws the curves over each other and the ratios as a forest, each with its table', async () => {
    const text = await compareHtml(comparison)
    expect(text.match(/<figure/g)?.length).toBe(3)
    expect(text).toContain('Ratios, normalised')
    expect(text).toContain('sub latency by percentile')
    expect(text).toContain('>worse')
    expect(text).toContain('<p class="note">ratio: a median (Hodges–Lehmann) over pairs')
  })

  it('lets no text become markup', async () => {
    const text = await compareHtml(
      compareRuns([hostileReport({ histogram: humps }), hostileReport({ histogram: humps })], [attacks[0], attacks[1]]),
    )
    expect(text).not.toMatch(/<img|<svg onload/)
    expect(text.match(/<script>/g)).toHaveLength(1)
  })
})

describe('indexHtml', () => {
  const recorded = recordedNames.map((name) => historyEntry(recordedReport(name), `${name}/report.html`))
  const history = Array.from({ length: 1000 }, (_, i) => {
    const entry = recorded[i % recorded.length] ?? historyEntry(fast, 'x/report.html')
    const drift = (i > 800 ? 1.2 : 1) * (1 + 0.02 * Math.sin(i * 7.3))
    return {
      ...entry,
      run: `run-${i}`,
      at: new Date(1.7e12 + i * 36e5).toISOString(),
      metrics: entry.metrics.map((m) => ({ ...m, median: m.median * drift })),
    }
  })

  it('lists a thousand runs, newest first, with the filters that they need', () => {
    const text = indexHtml(history)
    expect(text.match(/<tr data-verdict/g)).toHaveLength(1000)
    expect(text.indexOf('title="run-999"')).toBeLessThan(text.indexOf('title="run-0"'))
    for (const name of recordedNames) expect(text).toContain(`<option>${name}</option>`)
  })

  it('marks the run at which a trend changed', () => {
    expect(indexHtml(history)).toMatch(/changed at run \d+ \(2023-12-1\d\)/)
  })

  it('links only to reports below itself', () => {
    for (const link of [
      'javascript:alert(1)',
      '../../etc/passwd',
      'https://example.org',
      '//example.org',
      '" onclick="x',
    ]) {
      const text = indexHtml([historyEntry(hostileReport(), link)])
      expect(text).toContain('<a href="#" ')
      expect(text).not.toMatch(/<img|<svg onload/)
    }
    expect(indexHtml([historyEntry(fast, 'run-1/report.html')])).toContain('<a href="run-1/report.html" ')
  })
})

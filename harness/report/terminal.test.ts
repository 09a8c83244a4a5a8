import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { sampleReport } from '../../fixtures/reports/build.ts'
import { hostileReport } from '../../fixtures/reports/hostile.ts'
import { humps } from '../../fixtures/reports/humps.ts'
import { recordedNames, recordedReport } from '../../fixtures/reports/recorded.ts'
import { html } from './html.ts'
import { json, jsonList } from './json.ts'
import { markdown } from './markdown.ts'
import { terminal } from './terminal.ts'

const grid = { variants: { 'bytes=16': {}, 'bytes=1024': {}, 'bytes=65536': {} } }
const widthOf = (line: string): number => [...stripVTControlCharacters(line)].length
/** Sequences that only change the look: ESC [ number m. */
const look = new RegExp(`${String.fromCharCode(27)}\\[\\d+m`, 'g')
const controls = (text: string): readonly string[] =>
  [...text].filter((c) => c !== '\n' && (c < ' ' || (c >= '\u007f' && c <= '\u009f') || c === '\u202e'))
const plain = { color: false, columns: 80 }

/** As of a consumer, which counts most. */
function withManyCounts() {
  const report = sampleReport()
  const counts = report.summaries.filter(({ unit, workload }) => unit === 'count' && workload === 'sub')
  const more = ['undelivered', 'consumerLag', 'redelivered', 'lostAcked', 'refused'].flatMap((metric) =>
    counts.slice(0, 1).map((each) => ({ ...each, metric })),
  )
  return { ...report, summaries: [...report.summaries, ...more] }
}

describe('terminal', () => {
  it('says from how many blocks a percentile is where fewer had samples enough for it', () => {
    const report = sampleReport({ histogram: humps })
    const summaries = report.summaries.map((s) => (s.metric === 'latency.p99.9' ? { ...s, blocks: 1 } : s))
    const most = report.plan.blocks.length
    expect(terminal({ ...report, summaries }, plain)).toMatch(`latency p99.9 (1 of ${most} blocks)`)
    expect(terminal(report, plain)).not.toContain(` of ${most} blocks)`)
  })

  it.each([40, 60, 80, 100, 132, 160])('fits %d columns, with and without variants', (columns) => {
    const reports = [
      sampleReport({ histogram: humps }),
      sampleReport(grid),
      hostileReport(),
      hostileReport(grid),
      ...recordedNames.map(recordedReport),
      withManyCounts(),
    ]
    for (const report of reports) {
      const widest = Math.max(...terminal(report, { color: true, columns }).split('\n').map(widthOf))
      expect(widest).toBeLessThanOrEqual(columns)
    }
  })

  it('says scenario, circumstances, medians with units and intervals, limit, health and verdict', () => {
    const text = terminal(sampleReport(), plain)
    expect(text).toMatch(/^fan-out: One publisher/)
    expect(text).toContain('bastille on local · FreeBSD 15.1-RELEASE arm64 · 4 cores')
    expect(text).toMatch(/latency p99 +2\d\d µs +\d+ … \d+ µs/)
    expect(text).toMatch(/floor p50 +2\d\.\d µs/)
    expect(text).toContain('0 lost, 0 duplicates, 0 reordered')
    expect(text).toMatch(/Bottleneck +rate: nothing was at its limit/)
    const [verdict = ''] = /^(PASS|FAIL|CANNOT TELL) [^]*/m.exec(text) ?? []
    expect(verdict.replace(/\s+/g, ' ')).toMatch(
      /^CANNOT TELL sub: \d[^ ]* k msg\/s, p50 .*, p99 .*\. 1 of 1 limit holds\. Not healthy: 1 finding, 2 remarks\. $/,
    )
  })

  it('says what is not held against the run, in every form of the report', async () => {
    const because = 'load average 8.3 on 2 cores when the run began'
    const report = {
      ...sampleReport(),
      health: [
        { about: 'host', rule: 'busy-host', outcome: 'pass', because },
        { about: 'run', rule: 'health', outcome: 'pass', because: '3 blocks examined' },
      ],
    } as const
    expect(terminal(report, plain)).toContain(`\n    ! host (busy-host): ${because}`)
    expect(terminal(report, plain)).not.toContain('3 blocks examined')
    expect(markdown(report)).toContain(`Healthy, 1 remark.\n\n- ! **host** (busy-host): ${because}`)
    expect(await html(report)).toMatch(/<li class="remark"><strong>! host<\/strong>[^\n]*load average 8\.3/)
  })

  it.each(['generator', 'receiver', 'machine', 'server', 'rate'] as const)(
    'says in the verdict that the %s limited the numbers where it was not the server',
    async (limiter) => {
      const report = { ...sampleReport(), bottlenecks: [{ variant: 'default', limiter, because: 'of its CPU' }] }
      const said = `Limited by the ${limiter}.`
      const expected = limiter !== 'server' && limiter !== 'rate'
      for (const text of [terminal(report, plain), markdown(report), await html(report)]) {
        expect(text.replace(/\s+/g, ' ').includes(said)).toBe(expected)
      }
    },
  )

  it('gives the reason below for every percentile that is missing', () => {
    expect(terminal(sampleReport({ histogram: humps }), plain)).toContain(
      'p99.99 needs 100,000 samples a block: sub latency has 4,000',
    )
  })

  it('puts one row a variant beside each other', () => {
    const text = terminal(sampleReport(grid), plain)
    for (const name of Object.keys(grid.variants)) expect(text).toMatch(new RegExp(`^ {4}${name} +\\d`, 'm'))
  })

  it('draws percentiles over the floor where there is a histogram', () => {
    const text = terminal(sampleReport({ histogram: humps }), plain)
    expect(text).toMatch(/[\u2800-\u28ff]{5}/)
    expect(text).toMatch(/└─*p50─+p90─+p99/)
  })

  it('writes no escape sequence without colour, whatever the names contain', () => {
    expect(controls(terminal(hostileReport(), plain))).toEqual([])
  })

  it('with colour writes only sequences that change the look', () => {
    const text = terminal(hostileReport(), { color: true, columns: 80 })
    expect(text).toContain('\u001b[31m')
    expect(controls(text.replaceAll(look, ''))).toEqual([])
  })

  it('tells a loss in one block, which a median would hide', () => {
    const report = sampleReport()
    const summaries = report.summaries.map((s) => (s.metric === 'loss' ? { ...s, median: 0, min: 0, max: 7 } : s))
    expect(terminal({ ...report, summaries }, plain)).toMatch(/^ {4}0 … 7 lost, 0 duplicates/m)
  })

  it('counts the samples of a block over the blocks that have any', () => {
    const report = sampleReport({ histogram: humps })
    const fewer = report.measurements.map((m) => ({ ...m, values: m.values.slice(0, 1) }))
    const has = (of: typeof report) => /sub latency has ([\d,]+)/.exec(terminal(of, { ...plain, columns: 200 }))?.[1]
    const number = (text = '') => Number(text.replaceAll(',', ''))
    const blocks = report.plan.blocks.length
    expect(blocks).toBeGreaterThan(1)
    expect(number(has({ ...report, measurements: fewer })) / number(has(report))).toBeCloseTo(blocks, 1)
  })

  it('says that a run was interrupted, and why', () => {
    const text = terminal({ ...sampleReport(), state: 'interrupted', because: 'Ctrl-C in block 2' }, plain)
    expect(text.replace(/\s+/g, ' ')).toContain('Interrupted: Ctrl-C in block 2. ')
  })

  it('survives a report in which nothing was measured', () => {
    const empty = {
      ...sampleReport(),
      measurements: [],
      summaries: [],
      series: [],
      nodes: [],
      bottlenecks: [],
      health: [],
    }
    expect(terminal(empty, plain)).toContain('No numbers were measured')
    const failed = terminal({ ...empty, state: 'failed', because: 'the server ended' }, { ...plain, columns: 200 })
    expect(failed).toContain('Failed: the server ended. No numbers were measured.')
  })
})

describe('json', () => {
  it('is the report itself, and a list of several', () => {
    const report = sampleReport()
    expect(JSON.parse(json(report))).toEqual(report)
    expect(JSON.parse(jsonList([report, report]))).toEqual([report, report])
  })
})

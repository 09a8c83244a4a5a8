import { describe, expect, it } from 'vitest'
import { checkReportSchema, type CheckReport } from '../model/check-report.ts'
import { checkMarkdown, checkTerminal } from './check-page.ts'

const report: CheckReport = {
  schema: 1,
  scenario: 'one-to-one',
  kind: 'interleaved',
  base: '2.15.1',
  head: '2.15.2',
  pairs: 4,
  rows: [
    {
      workload: 'sub',
      metric: 'throughput',
      point: '',
      unit: 'msg/s',
      better: 'higher',
      answer: 'cannot tell',
      base: 100_000,
      head: 110_000,
      change: 0.98,
      interval: [0.9, 1.1],
      because: 'cannot tell: too few pairs',
    },
  ],
  verdict: { outcome: 'unknown', findings: [] },
  remarks: [],
  folder: '/tmp/x',
}
const note = 'it need not follow from the two medians beside it.'
const terminal = (of: CheckReport, columns = 120) => checkTerminal(of, { color: false, columns })

it('has the shape that its JSON Schema says', () => {
  expect(checkReportSchema.parse(JSON.parse(JSON.stringify(report)))).toEqual(report)
})

describe('a check for people', () => {
  it('says what its change is a median of, right below the table', () => {
    expect(terminal(report)).toMatch(
      /110 k msg\/s +−2\.0 % .*\n {2}change: a median \(Hodges–Lehmann\) over pairs, each head against the base run beside it; it need/,
    )
    expect(checkMarkdown([report])).toContain(note)
  })

  it('says it of two sessions in their own words', () => {
    expect(terminal({ ...report, kind: 'baseline' })).toContain('pairs of a block of each session; it need not')
  })

  it('writes no change as the sentence below the table does', () => {
    const rows = report.rows.map((row) => ({ ...row, change: 0.9998, interval: [0.9, 1.0002] as [number, number] }))
    expect(terminal({ ...report, rows })).toMatch(/ ±0\.0 % {2}−10\.0 % … ±0\.0 % /)
  })

  it('says nothing of a change where there is none', () => {
    expect(terminal({ ...report, rows: [] })).not.toContain('change: ')
    expect(checkMarkdown([{ ...report, rows: [] }])).not.toContain(note)
  })

  it('says what leans, and the remarks of the run', () => {
    const remark = { about: 'host', rule: 'busy', outcome: 'pass', because: 'others used 30 %' } as const
    const rows = report.rows.map((row) => ({ ...row, leans: 'worse' as const }))
    const told = { ...report, rows, remarks: [remark] }
    expect(terminal(told)).toMatch(/−2\.0 % .* {2}probably worse, not yet sure\n/)
    expect(terminal(told)).toContain('! host (busy): others used 30 %')
    expect(checkMarkdown([told])).toContain('! **host** (busy): others used 30 %')
  })

  it('folds the line', () => {
    for (const line of terminal({ ...report, rows: report.rows.slice(0, 1) }, 60).split('\n'))
      if (line.includes('change: ')) expect(line.length).toBeLessThanOrEqual(60)
  })
})

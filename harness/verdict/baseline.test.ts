import { describe, expect, it } from 'vitest'
import { sampleReport } from '../../fixtures/reports/build.ts'
import { recording } from '../../fixtures/statistics/synthetic.ts'
import type { Report } from '../model/report.ts'
import { summarise } from '../stats/summarise.ts'
import { againstBaseline, refuseNoBaseline, tooFewBlocks } from './baseline.ts'
import { judge } from './judge.ts'
import { differences } from './set-up.ts'

async function measured(blocks: number): Promise<Report> {
  const summary = await summarise(recording({ blocks, seconds: 2 }))
  return { ...summary, verdict: judge(summary) }
}

/** Multiplies every latency p50 by `factor`, with small differences between the blocks. */
function slower(report: Report, factor: number, lagged = false): Report {
  const measurements = report.measurements.map((row) =>
    row.metric === 'latency.p50'
      ? {
          ...row,
          values: row.values.map((each) => ({
            ...each,
            ...(lagged ? { lagged: true as const } : {}),
            value: (each.value ?? 0) * factor * (1 + each.block / 100),
          })),
        }
      : row,
  )
  return { ...report, measurements }
}

const p50 = (base: Report, head: Report) =>
  againstBaseline(base, head).rows.find(({ metric }) => metric === 'latency.p50')

describe('a run against a baseline', () => {
  it('is worse where the change is sure', async () => {
    const base = await measured(8)
    expect(p50(slower(base, 1), slower(base, 1.5))?.answer).toBe('worse')
    expect(p50(base, base)).toMatchObject({ answer: 'same' })
  })

  it('is probably worse where the interval lies on one side and the change is not sure', async () => {
    const base = await measured(8)
    const row = p50(slower(base, 1), slower(base, 1.08))
    expect(row).toMatchObject({ answer: 'cannot tell', leans: 'worse' })
    expect(row?.because).toMatch(/^probably worse, not yet sure: 8 and 8 blocks .* Next: an interleaved check$/)
  })

  it('finds a change among very many metrics, with so many blocks that their splits are drawn', async () => {
    const one = (await measured(12)).measurements.find(({ metric }) => metric === 'latency.p50')!
    const report = (head: Report, factor: number): Report => {
      const values = one.values.map((each) => ({ ...each, value: 1e5 * factor * (1 + each.block / 100) }))
      return { ...head, measurements: Array.from({ length: 110 }, (_, i) => ({ ...one, workload: `w${i}`, values })) }
    }
    const base = await measured(12)
    const { rows } = againstBaseline(report(base, 1), report(base, 2))
    expect(new Set(rows.map(({ answer }) => answer))).toEqual(new Set(['worse']))
  })

  it('does not leave out blocks in which nothing came', async () => {
    const base = await measured(8)
    const rate = (head: Report) => againstBaseline(base, head).rows.find(({ metric }) => metric === 'throughput')
    const dead = (blocks: number): Report => ({
      ...base,
      measurements: base.measurements.map((row) =>
        row.metric === 'throughput'
          ? { ...row, values: row.values.map((each) => (each.block < blocks ? { ...each, value: 0 } : each)) }
          : row,
      ),
    })
    expect(rate(base)?.answer).toBe('same')
    expect(rate(dead(4))?.answer).not.toBe('same')
    expect(rate(dead(8))?.answer).toBe('worse')
  })

  it('cannot tell of a percentile that is the lag of the generator', async () => {
    const base = await measured(8)
    const row = p50(slower(base, 1), slower(base, 1.5, true))
    expect(row?.answer).toBe('cannot tell')
    expect(row).not.toHaveProperty('leans')
    expect(row?.because).toContain("the generator's own send lag")
  })

  it('says beforehand where no change can be called worse', async () => {
    const three = await measured(3)
    expect(tooFewBlocks(three, 3)).toMatch(/^3 blocks in the baseline and 3 in a check are too few .*--repeats 8$/)
    expect(tooFewBlocks(await measured(1), 3)).toMatch(/^1 block in the baseline and 3 in a check /)
    expect(p50(slower(three, 1), slower(three, 9))?.answer).toBe('cannot tell')
    expect(tooFewBlocks(await measured(8), 8)).toBeUndefined()
  })
})

describe('a baseline', () => {
  const report = sampleReport()

  it('is no check and no curve', () => {
    const check = { kind: 'interleaved', base: 'a', head: 'b', pairs: 1, rows: [] } as const
    expect(() => refuseNoBaseline({ ...report, check }, 'run x')).toThrow('run x must be a run of one scenario')
    const curve = { sustainable: 1, because: '', rates: [], rungs: [], measureMs: 1 }
    expect(() => refuseNoBaseline({ ...report, curve }, 'run x')).toThrow('got a curve of')
    expect(() => {
      refuseNoBaseline(report, 'run x')
    }).not.toThrow()
  })

  it('of another set-up is told by names and values, without a digest', () => {
    const { plan, facts } = report
    const [first, ...rest] = plan.scenario.workloads
    if (first === undefined) throw new Error('the sample must have a workload')
    const other: Report = {
      ...report,
      facts: { ...facts, host: { ...facts.host, kernel: '99.1' } },
      plan: {
        ...plan,
        digest: 'f'.repeat(64),
        scenario: { ...plan.scenario, workloads: [{ ...first, connections: 7 }, ...rest] },
        variants: plan.variants.map((variant) => ({ ...variant, phases: { ...variant.phases, measureMs: 77 } })),
      },
    }
    expect(differences(report, report)).toEqual([])
    const all = differences(report, other)
    expect(all).toContain(`kernel: ${facts.host.kernel} in the baseline, 99.1 now`)
    expect(all).toContain(`workloads.${first.name}.connections: ${first.connections} in the baseline, 7 now`)
    expect(all.join('\n')).toMatch(/variants\.\S+\.measureMs: \d+ in the baseline, 77 now/)
    expect(all.join('\n')).not.toMatch(/[0-9a-f]{12}/)
  })

  it('whose scenario is the same and whose plan is not names the harness', () => {
    const plan = { ...report.plan, digest: 'f'.repeat(64), harness: '9.9.9' }
    expect(differences(report, { ...report, plan })).toEqual([
      `what the harness plans of the same scenario: ${report.plan.harness} in the baseline, 9.9.9 now`,
    ])
  })

  it('of many differences names some and counts the others', () => {
    const workloads = report.plan.scenario.workloads.map((each) => ({ ...each, name: `${each.name}x` }))
    const plan = { ...report.plan, digest: 'f'.repeat(64), scenario: { ...report.plan.scenario, workloads } }
    expect(differences(report, { ...report, plan }).at(-1)).toMatch(/^and \d+ more$/)
  })
})

import { describe, expect, it } from 'vitest'
import { recording } from '../../fixtures/statistics/synthetic.ts'
import type { Made } from '../../fixtures/statistics/synthetic.ts'
import type { Summary, Verdict } from '../model/report.ts'
import { summarise } from '../stats/summarise.ts'
import { judge, verdictOf } from './judge.ts'

async function verdict(wanted: Partial<Made>): Promise<Verdict> {
  return judge(await summarise(recording(wanted)))
}

/** Makes the blocks differ: each receives a little more than the one before. */
const growing: Made['edit'] = (line) =>
  line.t === 'frame' && line.frame.t === 'sample' && line.from.startsWith('sub@')
    ? {
        ...line,
        frame: { ...line.frame, counts: { ...line.frame.counts, received: 10_000 + line.block * 100 } },
      }
    : line

describe('judge', () => {
  it('passes a healthy run without limits', async () => {
    expect((await verdict({})).outcome).toBe('pass')
  })

  it('passes a limit that the whole interval keeps', async () => {
    const { outcome, findings } = await verdict({ limits: [{ workload: 'sub', metric: 'latency.p99', atMost: '5ms' }] })
    expect(outcome).toBe('pass')
    expect(findings.at(-1)?.because).toMatch(/median 199 µs over 3 blocks, 75 % interval .*; wanted at most 5.00 ms/)
  })

  it('fails a limit that the whole interval breaks, with what was seen and wanted', async () => {
    const { outcome, findings } = await verdict({
      limits: [{ workload: 'sub', metric: 'throughput', atLeast: 20_000 }],
    })
    expect(outcome).toBe('fail')
    expect(findings.at(-1)?.because).toMatch(/median 10,000 msg\/s over 3 blocks.*wanted at least 20,000 msg\/s/)
  })

  it('cannot tell where the limit lies inside the interval, and says what to do', async () => {
    const limits = [{ workload: 'sub', metric: 'throughput', atLeast: 10_100 }]
    const { outcome, findings } = await verdict({ limits, edit: growing })
    expect(outcome).toBe('unknown')
    expect(findings.at(-1)?.because).toMatch(/^cannot tell: median 10,100 msg\/s over 3 blocks.*--repeats 6/)
  })

  it('writes in digits enough to see why a limit that was missed by little does not hold', async () => {
    const limits = [{ workload: 'sub', metric: 'throughput', atLeast: 10_000.4 }]
    const because = (await verdict({ limits })).findings.at(-1)?.because
    expect(because).toMatch(/median 10,000\.0 msg\/s .* 10,000\.0 msg\/s to .*; wanted at least 10,000\.4 msg\/s/)
  })

  it('says a limit in its unit where nothing was measured', async () => {
    const report = await summarise(recording({ limits: [{ workload: 'sub', metric: 'latency.p99', atMost: '5ms' }] }))
    expect(judge({ ...report, summaries: [] }).findings.at(-1)?.because).toContain('wanted at most 5.00 ms;')
  })

  it('cannot tell from a single run', async () => {
    const limits = [{ workload: 'sub', metric: 'throughput', atLeast: 1 }]
    const { outcome, findings } = await verdict({ limits, blocks: 1 })
    expect(outcome).toBe('unknown')
    expect(findings.at(-1)?.because).toContain('at least 3 blocks')
  })

  it('fails nobody for a percentile that is the lag of the generator, and passes what holds in spite of it', async () => {
    const report = await summarise(recording({ limits: [{ workload: 'sub', metric: 'latency.p99', atMost: '1us' }] }))
    expect(judge(report).outcome).toBe('fail')
    const marked = (row: Summary): Summary => (row.metric === 'latency.p99' ? { ...row, lagged: true } : row)
    const lagged = { ...report, summaries: report.summaries.map(marked) }
    expect(judge(lagged).outcome).toBe('unknown')
    expect(judge(lagged).findings.at(-1)?.because).toMatch(/^cannot tell: median .*the generator's own send lag/)
    const scenario = { ...report.plan.scenario, limits: [{ workload: 'sub', metric: 'latency.p99', atMost: '1s' }] }
    expect(judge({ ...lagged, plan: { ...report.plan, scenario } }).outcome).toBe('pass')
  })

  it('cannot tell a percentile that has no samples', async () => {
    const limits = [{ workload: 'sub', metric: 'latency.p99.99', atMost: '1s' }]
    expect((await verdict({ limits, perSecond: 1000 })).outcome).toBe('unknown')
  })

  it('holds exact counts in every run', async () => {
    const limits = [{ workload: 'sub', metric: 'loss', atMost: 0 }]
    expect((await verdict({ limits, blocks: 1 })).outcome).toBe('pass')
    const lossy: Made['edit'] = (line) =>
      line.t === 'frame' && line.frame.t === 'done' && line.from === 'sub@recv' && line.block === 2
        ? { ...line, frame: { ...line.frame, perPublisher: { '0': 59_999 } } }
        : line
    expect((await verdict({ limits, edit: lossy })).outcome).toBe('fail')
  })

  it('cannot tell whether a count is kept where a block has none', async () => {
    const report = await summarise(recording({ limits: [{ workload: 'sub', metric: 'loss', atMost: 0 }] }))
    const fewer = report.summaries.map((row) => (row.metric === 'loss' ? { ...row, blocks: row.blocks - 1 } : row))
    expect(judge(report).outcome).toBe('pass')
    expect(judge({ ...report, summaries: fewer })).toMatchObject({ outcome: 'unknown' })
    expect(judge({ ...report, summaries: fewer }).findings.at(-1)?.because).toBe(
      'cannot tell: 0 in the worst of 2 blocks; wanted at most 0, but 1 block has no value',
    )
  })

  it('judges each variant by itself', async () => {
    const limits = [{ workload: 'sub', metric: 'throughput', atLeast: 1 }]
    const { findings } = await verdict({ limits, variants: ['a', 'b'] })
    expect(findings.filter(({ rule }) => rule === 'limit').map(({ about }) => about)).toEqual([
      'sub throughput [a]',
      'sub throughput [b]',
    ])
  })

  it('never passes where there is nothing to look at', () => {
    expect(verdictOf([]).outcome).toBe('unknown')
  })

  it('lets the worst outcome win', () => {
    const finding = (outcome: 'pass' | 'unknown' | 'fail') => ({ about: 'x', rule: 'x', outcome, because: 'x' })
    expect(verdictOf([finding('pass'), finding('fail'), finding('unknown')]).outcome).toBe('fail')
    expect(verdictOf([finding('pass'), finding('unknown')]).outcome).toBe('unknown')
  })
})

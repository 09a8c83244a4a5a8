import { describe, expect, it } from 'vitest'
import { recording } from '../../fixtures/statistics/synthetic.ts'
import { Histogram } from '../agent/histogram.ts'
import type { SampleHistogram, Line } from '../model/recording.ts'
import type { Finding } from '../model/report.ts'
import { summarise } from './summarise.ts'

/** `usual` values and one in twenty of `tail`, so that p50 is the first and p99 the second. */
function spread(usualNs: number, tailNs: number): SampleHistogram {
  const histogram = new Histogram()
  for (let at = 0; at < 10_000; at++) histogram.record(at % 20 === 0 ? tailNs : usualNs)
  return histogram.gaps()
}

/** What the rule says of a run whose blocks have these lags, one for each; latencies are 2 ms, one in twenty 30 ms. */
async function said(lags: readonly SampleHistogram[]): Promise<Finding | undefined> {
  const edit = (line: Line): Line => {
    if (line.t !== 'frame' || line.frame.t !== 'sample' || !line.from.startsWith('pub@')) return line
    const lag = lags[line.block]
    const histograms = { ...line.frame.histograms, ...(lag === undefined ? {} : { lag }) }
    return { ...line, frame: { ...line.frame, histograms } }
  }
  const { health } = await summarise(recording({ blocks: lags.length, latency: spread(2e6, 30e6), edit }))
  return health.find(({ rule }) => rule === 'send-lag')
}

describe('the lag of the senders', () => {
  it('is not worth a word up to half of the latency', async () => {
    expect(await said([spread(50e3, 900e3)])).toBeUndefined()
    expect(await said([spread(50e3, 14e6)])).toBeUndefined()
  })

  it('in the tail alone is said, and not held against the run', async () => {
    const found = await said([spread(50e3, 20e6)])
    expect(found?.outcome).toBe('pass')
    expect(found?.because).toMatch(
      /^latency\.p99 is 30\.00 ms, the send lag alone is 20\.\d\d ms, .* more than half of it is the generator's/,
    )
  })

  it('in the median makes the run unknown: it measured the generator', async () => {
    const found = await said([spread(1.5e6, 20e6)])
    expect(found?.outcome).toBe('unknown')
    expect(found?.because).toMatch(
      /^latency\.p50 is 2\.00 ms, the send lag alone is 1\.5\d ms.* latencies are the generator's own/,
    )
  })

  it('is judged by the worst block, in whatever order they come', async () => {
    const [tail, middle] = [spread(50e3, 20e6), spread(1.5e6, 20e6)]
    for (const order of [
      [tail, middle],
      [middle, tail],
    ]) {
      const found = await said(order)
      expect(found?.outcome).toBe('unknown')
      expect(found?.because).toMatch(/^latency\.p50 /)
      expect(found?.because).toContain('(2 of 2 blocks)')
    }
  })
})

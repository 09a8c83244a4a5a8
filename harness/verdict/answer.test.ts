import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { recording } from '../../fixtures/statistics/synthetic.ts'
import type { Asked } from '../model/asked.ts'
import { analyseRun, judgeRun, writeAsked } from '../run.ts'
import { readAsked } from '../store/asked.ts'
import { fileNames } from '../store/run-folder.ts'
import { checkReportOf } from './answer.ts'

let root = ''
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'answer-'))
})
afterAll(() => rm(root, { recursive: true, force: true }))

async function folderOf(variants: readonly string[], blocks = 10): Promise<string> {
  const folder = await mkdtemp(join(root, 'run-'))
  const lines = [...recording({ blocks, variants, seconds: 2 })].map((line) => `${JSON.stringify(line)}\n`)
  await writeFile(join(folder, fileNames.recording), lines.join(''))
  return folder
}

const interleaved: Asked = {
  kind: 'interleaved',
  base: { version: '2.15.1' },
  head: { path: '/tmp/nats-server' },
  rounds: [{ pairs: 10 }],
  mostPairs: 30,
  margins: { '*': 0.05 },
}

describe('the answer of a run folder', () => {
  it('is absent without a question, as in folders of before', async () => {
    const folder = await folderOf(['default'], 3)
    expect(await readAsked(folder)).toBeUndefined()
    const report = await judgeRun(folder)
    expect(report).not.toHaveProperty('check')
    expect(report).not.toHaveProperty('curve')
    expect(checkReportOf(report, folder)).toBeUndefined()
  })

  it('of an interleaved check is the same each time it is analysed', async () => {
    const folder = await folderOf(['base', 'head'])
    await writeAsked(folder, interleaved)
    expect(await readAsked(folder)).toEqual(interleaved)
    const report = await analyseRun(folder)
    expect(report.check).toMatchObject({ kind: 'interleaved', pairs: 10 })
    expect(report.check?.head).toContain('/tmp/nats-server')
    expect(report.check?.rows.map(({ answer }) => answer)).toContain('same')
    expect(await judgeRun(folder)).toEqual(report)
    expect(checkReportOf(report, folder)).toMatchObject({ scenario: report.plan.scenario.name, folder })
  })

  it('of a check against a baseline judges against the run that was kept with the question', async () => {
    const folder = await folderOf(['default'])
    const baseline = await judgeRun(await folderOf(['default']))
    await writeAsked(folder, { kind: 'baseline', margins: {}, baseline })
    const { check, verdict } = await judgeRun(folder)
    expect(check).toMatchObject({ kind: 'baseline', base: baseline.run })
    expect(new Set(check?.rows.map(({ answer }) => answer))).toEqual(new Set(['same']))
    expect(verdict.findings.some(({ rule }) => rule === 'baseline')).toBe(true)
  })

  it('of a curve says the sustainable rate and the trials', async () => {
    const folder = await folderOf(['load=50', 'load=90'], 3)
    const trial = { perSecond: 10_000, reached: 10_000, latencyNs: 1e6, lost: 0, late: 0 }
    const search = { from: 10_000, most: 1e6, latencyLimitNs: 1e7, tolerance: 0.05, repeats: 3 }
    await writeAsked(folder, { kind: 'curve', sustainable: 10_000, because: 'enough', trials: [trial], search })
    const { curve } = await judgeRun(folder)
    expect(curve).toMatchObject({ sustainable: 10_000, because: 'enough', rates: [{ perSecond: 10_000, kept: 1 }] })
    expect(curve?.rungs.find(({ share }) => share === 0.5)?.p50Ns).toBeGreaterThan(0)
  })

  it('is refused where the question is none of ours', async () => {
    const folder = await folderOf(['default'], 3)
    await writeFile(join(folder, fileNames.asked), '{"kind":"interleaved","rounds":7}')
    await expect(judgeRun(folder)).rejects.toMatchObject({ code: 'recording-invalid' })
  })
})

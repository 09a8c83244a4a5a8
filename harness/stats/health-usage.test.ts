import { expect, test } from 'vitest'
import { recording } from '../../fixtures/statistics/synthetic.ts'
import type { Line } from '../model/recording.ts'
import { summarise } from './summarise.ts'

/** As a board over ssh did it (FreeBSD arm64, 2026-11-27): both readings of its server lie after most of the window. */
function readAt(block: number, seconds: readonly number[]): (line: Line) => Line | undefined {
  let count = 0
  return (line) => {
    if (line.t !== 'frame' || line.block !== block || line.frame.t !== 'usage' || line.from !== 'hub') return line
    const at = seconds[count++]
    return at === undefined ? undefined : { ...line, frame: { ...line.frame, at: at * 1e9 } }
  }
}

test('CPU time of a server that is not known says why, and changes no verdict', async () => {
  const whole = await summarise(recording())
  expect(whole.health.map(({ rule }) => rule)).toEqual(['health'])
  expect(whole.summaries.find(({ metric }) => metric === 'cpu.server')?.blocks).toBe(3)
  // A real floor measures in a phase of that name too, on a time axis of its own before the load: it is not of the window.
  const edit = readAt(1, [4.06, 8.08])
  const late = await summarise(
    recording({
      edit: (line) =>
        line.t === 'frame' && line.from === 'floor-ping@send' && line.frame.t === 'sample'
          ? { ...line, frame: { ...line.frame, phase: 'measure' } }
          : edit(line),
    }),
  )
  expect(late.summaries.find(({ metric }) => metric === 'cpu.server')?.blocks).toBe(2)
  expect(late.health.find(({ rule }) => rule === 'usage')).toMatchObject({
    outcome: 'pass',
    because:
      'the CPU time of servers is not known in 1 of 3 blocks: in block 2 hub was read at 4.06 s, 8.08 s, which covers less than half of the measured window from 1.00 s to 6.00 s. Measure longer',
  })
})

test('of a block that was cut off before anything was measured, the window is not told', async () => {
  const lines = [...recording()]
  const measuring = lines.findIndex((line) => line.t === 'frame' && line.frame.t === 'sample')
  const used = lines.find((line) => line.t === 'frame' && line.frame.t === 'usage' && line.from === 'hub')!
  const report = await summarise([...lines.slice(0, measuring), used])
  expect(report.health.find(({ rule }) => rule === 'usage')?.because).toBe(
    'the CPU time of servers is not known in 1 of 1 block: in block 1 nothing was measured',
  )
})

test('a server that the host told nothing of in one block says so', async () => {
  const report = await summarise(
    recording({
      edit: (line) =>
        line.t === 'frame' && line.block === 1 && line.frame.t === 'usage' && line.from === 'hub' ? undefined : line,
    }),
  )
  expect(report.summaries.find(({ metric }) => metric === 'cpu.server')?.blocks).toBe(2)
  expect(report.health.find(({ rule }) => rule === 'usage')?.because).toBe(
    'the CPU time of servers is not known in 1 of 3 blocks: in block 2 the host did not answer in its time what hub uses',
  )
})

test('a server whose counter stood still used some time all the same', async () => {
  const report = await summarise(
    recording({
      edit: (line) =>
        line.t === 'frame' && line.block === 1 && line.frame.t === 'usage' && line.from === 'hub'
          ? { ...line, frame: { ...line.frame, usage: { ...line.frame.usage, cpuUserMicros: 0, cpuSystemMicros: 0 } } }
          : line,
    }),
  )
  expect(report.summaries.find(({ metric }) => metric === 'cpu.server')?.blocks).toBe(2)
  expect(report.health.find(({ rule }) => rule === 'usage')?.because).toBe(
    'the CPU time of servers is not known in 1 of 3 blocks: they used less in the measured window than one step of its counter. Measure longer',
  )
})

test('a finding that is not of every block names the block that its figures are of', async () => {
  const report = await summarise(
    recording({
      edit: (line) =>
        line.t === 'frame' && line.block === 2 && line.frame.t === 'sample' && line.from === 'pub@send'
          ? { ...line, frame: { ...line.frame, counts: { ...line.frame.counts, sent: 0 } } }
          : line,
    }),
  )
  const said = report.health.find(({ rule }) => rule === 'rate-kept')?.because
  expect(said).toMatch(/ sent 0 of 50,000 planned messages .*\(1 of 3 blocks; this is block 3\)$/)
})

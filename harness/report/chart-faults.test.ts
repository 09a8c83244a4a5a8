import { describe, expect, it } from 'vitest'
import { sampleReport } from '../../fixtures/reports/build.ts'
import type { FaultRow, LostConnection } from '../model/report.ts'
import { connectionChart, gapChart } from './chart-faults.ts'

const row = (block: number, seconds: number | undefined, fault = 'kill leader of orders'): FaultRow => ({
  variant: 'default',
  block,
  workload: 'pub',
  fault,
  nodes: ['hub-1'],
  from: 5,
  to: 6,
  ...(seconds === undefined ? {} : { gap: [5, 5 + seconds] as const, over: seconds < 20 }),
})

describe('the chart of gaps', () => {
  const chart = (...faults: readonly FaultRow[]) => gapChart({ ...sampleReport(), faults: [...faults] }, 'c0')

  it('has a dot a fault, the median of each kind, and counts what made none', () => {
    const found = chart(
      row(0, 5),
      row(1, 9),
      row(2, 6),
      row(3, undefined),
      row(0, 1, 'pause hub'),
      row(1, 30, 'pause hub'),
    )
    expect(found?.shapes[0]).toMatchObject({
      kind: 'dots',
      points: [
        [5e9, 0],
        [9e9, 0],
        [6e9, 0],
        [1e9, 1],
        [30e9, 1],
      ],
    })
    expect(found?.shapes[1]?.points).toEqual([
      [6e9, -0.3],
      [6e9, 0.3],
    ])
    expect(found?.table.rows.map(({ cells }) => cells)).toEqual([
      ['pub: kill leader of orders', '4', '3', '5.00 s', '6.00 s', '9.00 s', '0'],
      ['pub: pause hub', '2', '2', '1.00 s', '15.5 s', '30.0 s', '1'],
    ])
  })

  it('takes the steps of a rolling restart for one kind, and is none of one gap alone', () => {
    expect(chart(row(0, 5))).toBeUndefined()
    const steps = chart(row(0, 1, 'restart hub (1 of 2)'), row(0, 2, 'restart hub (2 of 2)'))
    expect(steps?.table.rows).toHaveLength(1)
  })
})

describe('the chart of connections', () => {
  const loss = (connection: number, to: number | undefined, block = 0): LostConnection => ({
    variant: 'default',
    block,
    workload: 'sub',
    agent: 'sub@recv',
    connection,
    from: 5,
    ...(to === undefined ? {} : { to }),
  })
  const chart = (...lostConnections: readonly LostConnection[]) =>
    connectionChart({ ...sampleReport(), lostConnections: [...lostConnections] }, 'c0')

  it('is none where nothing was lost', () => {
    expect(connectionChart(sampleReport(), 'c0')).toBeUndefined()
  })

  it('draws the block with the most, in the order in which they came back, those that did not last', () => {
    const found = chart(loss(0, undefined), loss(1, 7), loss(2, 6), loss(0, 6, 1))
    expect(found?.title).toBe('Lost connections (block 1)')
    expect(found?.y.ticks.map(({ text }) => text)).toEqual(['sub@recv 3', 'sub@recv 2', 'sub@recv 1'])
    expect(found?.table.rows.map(({ cells }) => cells[0])).toEqual(['6 s', '7 s', 'never'])
    expect(found?.legend.map(({ name }) => name)).toEqual(['away', 'did not reconnect'])
  })

  it('draws some of a thousand, and says so', () => {
    const found = chart(...Array.from({ length: 1000 }, (_, i) => loss(i, 5.5 + i / 1000)))
    expect(found?.shapes.length).toBe(120)
    expect(found?.shapes.at(-1)?.points[0]).toEqual([5, 1000])
    expect(found?.notes?.join(' ')).toContain('Drawn are 120 of them')
  })
})

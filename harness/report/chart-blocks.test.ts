import { expect, test } from 'vitest'
import { sampleReport } from '../../fixtures/reports/build.ts'
import { cpuChart, steadinessChart } from './chart-blocks.ts'
import { cutMiddle } from './style-text.ts'

const variants = { 'kv-get-of-the-leader-64KiB-by-direct': {}, 'kv-get-of-the-leader-64KiB-by-leader': {} }

test('variants whose long names differ at their ends stay apart beside the chart', () => {
  const report = sampleReport({ variants })
  for (const chart of [steadinessChart(report, 'c'), cpuChart(report, 'c')]) {
    const names = chart?.y.ticks.map(({ text }) => text) ?? []
    expect(names.length).toBeGreaterThan(1)
    expect(new Set(names).size).toBe(names.length)
    for (const name of names) expect(name).toMatch(/^.{1,11}…(.*direct|.*leader)$/)
  }
})

test('a text is cut in its middle to a width, and letters of two columns count as two', () => {
  expect(cutMiddle('abcdefgh', 8)).toBe('abcdefgh')
  expect(cutMiddle('abcdefghi', 8)).toBe('abc…fghi')
  expect(cutMiddle('😀😀😀😀😀', 7)).toBe('😀…😀😀')
})

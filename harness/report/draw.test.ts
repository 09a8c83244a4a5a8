import { describe, expect, it } from 'vitest'
import { chartWidth } from './chart.ts'
import type { Chart } from './chart.ts'
import { makeDraw } from './draw.ts'

const chart: Chart = {
  id: 'c0',
  title: 'x',
  method: 'time',
  x: { min: 0, max: 1, ticks: [{ at: 0.25, text: '0.25 s' }] },
  y: { min: 0, max: 10, ticks: [{ at: 5, text: '<b>5</b>' }] },
  shapes: [
    {
      kind: 'line',
      slot: 3,
      points: [
        [0, 0],
        [0.5, 5],
        [1, 10],
      ],
    },
  ],
  legend: [],
  table: { head: [], along: 'x', rows: [] },
}

describe('makeDraw', () => {
  it('leaves the words of ticks as they are, and escapes them', async () => {
    const { svg } = (await makeDraw())(chart)
    expect(svg).toContain('>0.25 s<')
    expect(svg).toContain('&lt;b&gt;5&lt;/b&gt;')
  })

  it('puts values where the figure looks for them', async () => {
    const { svg, plot } = (await makeDraw())(chart)
    const line = /<path d="([^"]*)"[^>]*class="k3"/.exec(svg)?.[1] ?? ''
    expect(line).toMatch(new RegExp(`^M${plot.left} ${plot.top + plot.height}`))
    expect(line).toMatch(new RegExp(`${plot.left + plot.width} ${plot.top}$`))
    expect(plot.left + plot.width).toBeLessThan(chartWidth)
  })

  it('carries no style of its own and no colour but by class', async () => {
    const { svg } = (await makeDraw())(chart)
    expect(svg).not.toMatch(/style=|<style|#0[ab]00/)
  })

  it('writes the name of a shade above the highest tick, whose letters it would touch', async () => {
    const y = { ...chart.y, ticks: [{ at: 10, text: '10' }] }
    const { svg, plot } = (await makeDraw())({ ...chart, y, shades: [{ from: 0, to: 0.01, name: 'warm-up' }] })
    // Letters are 12 units high: those of the tick have their middle at the top of the plot, those of the name their foot at its place.
    const at = Number(/translate\([\d.]+ ([\d.]+)\)"[^>]*>warm-up</.exec(svg)?.[1])
    expect(at).toBeLessThan(plot.top - 8)
    expect(at).toBeGreaterThanOrEqual(12)
  })
})

/** Charts → SVG with ECharts, on our side: the page holds pictures and tables, not a chart library. Loaded only here. */
import type { EChartsOption, SeriesOption } from 'echarts'
import type { Axis } from './axis.ts'
import { chartHeight, chartWidth } from './chart.ts'
import type { Chart, Shape } from './chart.ts'
import { width } from './style-text.ts'

export interface Plot {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

export type Draw = (chart: Chart) => { readonly svg: string; readonly plot: Plot }

/** Colours are stand-ins that become classes, so that one drawing serves light, dark and print. */
const ink = '#0b0001'
const line = '#0b0002'
const shade = '#0b0003'
const color = (slot: number): string => `#0a000${slot}`

/** Loads ECharts once and gives the function that draws. */
export async function makeDraw(): Promise<Draw> {
  const { init } = await import('echarts/dist/echarts.esm.min')
  return (chart) => {
    const size = { width: chartWidth, height: chart.height ?? chartHeight }
    const plot = plotOf(chart)
    const echarts = init(null, null, { renderer: 'svg', ssr: true, ...size })
    try {
      echarts.setOption(optionOf(chart, plot))
      return { svg: slim(echarts.renderToSVGString(), chart.id), plot }
    } finally {
      echarts.dispose()
    }
  }
}

/** Room for the longest of the texts, in chart units: letters of a wide font at the size that narrow pages have. */
function widest(texts: readonly string[]): number {
  return Math.ceil(Math.max(4, ...texts.map(width)) * 8.1)
}

function plotOf(chart: Chart): Plot {
  const left = 12 + widest(chart.y.ticks.map(({ text }) => text))
  const right = 6 + widest(chart.x.ticks.slice(-1).map(({ text }) => text)) / 2
  const top = (chart.shades ?? []).length > 0 ? 28 : 12
  return {
    left,
    top,
    width: chartWidth - left - Math.max(26, right),
    height: (chart.height ?? chartHeight) - top - (chart.x.name === undefined ? 28 : 44),
  }
}

function optionOf(chart: Chart, plot: Plot): EChartsOption {
  const shades = (chart.shades ?? []).map(
    ({ from, to, name }): [{ xAxis: number; name: string }, { xAxis: number }] => [
      { xAxis: from, name },
      { xAxis: to },
    ],
  )
  const frame: SeriesOption = {
    type: 'line',
    data: [],
    silent: true,
    markArea: {
      silent: true,
      itemStyle: { color: shade },
      label: { color: ink, fontSize: 12, distance: 10 },
      data: shades,
    },
    markLine: {
      silent: true,
      symbol: 'none',
      label: { show: false },
      lineStyle: { color: ink, type: 'dashed', width: 1 },
      data: chart.rule === undefined ? [] : [{ xAxis: chart.rule }],
    },
  }
  return {
    animation: false,
    textStyle: { fontFamily: 'x', fontSize: 12 },
    grid: { ...plot, outerBoundsMode: 'none' },
    xAxis: { ...axisOf(chart.x), nameLocation: 'middle', nameGap: 28 },
    yAxis: chart.shapes.some((shape) => shape.kind === 'bars')
      ? { ...namesOf(chart.y), inverse: true }
      : { ...axisOf(chart.y), inverse: chart.table.along === 'y' },
    series: [frame, ...chart.shapes.flatMap((shape, i) => drawn(shape, i))],
  }
}

function axisOf(axis: Axis) {
  const customValues = axis.ticks.map((t) => t.at)
  const text = new Map(axis.ticks.map((t) => [t.at, t.text]))
  return {
    type: 'value' as const,
    min: axis.min,
    max: axis.max,
    ...(axis.name === undefined ? {} : { name: axis.name, nameTextStyle: { color: ink, fontSize: 12 } }),
    axisLine: { show: false },
    axisTick: { show: false, customValues },
    splitLine: { show: true, customValues, lineStyle: { color: line } },
    axisLabel: { color: ink, fontSize: 12, customValues, formatter: (value: number) => text.get(value) ?? '' },
  }
}

/** Bars stand on a category axis; its places are those of a value axis from −0.5 to n − 0.5. */
function namesOf(axis: Axis) {
  return {
    type: 'category' as const,
    data: axis.ticks.map((t) => t.text),
    axisLine: { show: false },
    axisTick: { show: false },
    axisLabel: { color: ink, fontSize: 12, interval: 0 },
  }
}

type ShapeOf<K extends Shape['kind']> = Extract<Shape, { readonly kind: K }>

const seriesOf: { readonly [K in Shape['kind']]: (shape: ShapeOf<K>, index: number) => SeriesOption[] } = {
  line: (s) => [
    {
      ...bare,
      lineStyle: {
        color: color(s.slot),
        width: s.thin === true ? 1.2 : s.thick === true ? 5 : 2,
        type: s.dash ?? 'solid',
      },
      data: mutable(s.points),
    },
  ],
  band: (s, i) => [
    { ...bare, stack: `band${i}`, lineStyle: { width: 0 }, data: s.points.map(([x, low]) => [x, low]) },
    {
      ...bare,
      stack: `band${i}`,
      lineStyle: { width: 0 },
      areaStyle: { color: color(s.slot), opacity: 0.25 },
      data: s.points.map(([x, low, high]) => [x, high - low]),
    },
  ],
  area: (s) => [
    {
      ...bare,
      ...(s.stack ? { stack: 'area' } : {}),
      lineStyle: { color: color(s.slot), width: 1.2 },
      areaStyle: { color: color(s.slot), opacity: s.stack ? 0.55 : 0.2 },
      data: mutable(s.points),
    },
  ],
  dots: (s) => [
    {
      type: 'scatter',
      silent: true,
      symbolSize: s.size ?? 7,
      itemStyle: { color: color(s.slot), opacity: 0.75 },
      data: mutable(s.points),
    },
  ],
  bars: (s) => [
    {
      type: 'bar',
      silent: true,
      stack: 'bars',
      barWidth: 14,
      itemStyle: { color: color(s.slot) },
      data: mutable(s.points),
      encode: { x: 0, y: 1 },
    },
  ],
}

/** The entry of a kind takes shapes of that kind; TypeScript cannot see the pairing. */
const drawn = (shape: Shape, index: number): SeriesOption[] =>
  (seriesOf[shape.kind] as (shape: Shape, index: number) => SeriesOption[])(shape, index)

const bare = { type: 'line' as const, silent: true, symbol: 'none', clip: true, emphasis: { disabled: true } }

function mutable(points: readonly (readonly [number, number])[]): [number, number][] {
  return points.map(([x, y]) => [x, y])
}

/** Takes out what the page says once for all charts, and turns the stand-in colours into classes. */
function slim(svg: string, id: string): string {
  return (
    svg
      .replace(/<style[\s\S]*?<\/style>/g, '')
      .replace(/^<svg[^>]*viewBox="([^"]*)"[^>]*>/, '<svg viewBox="$1">')
      .replace(/<rect [^>]*fill="none"[^>]*><\/rect>/, '')
      .replace(/<(path|polyline)[^>]*stroke-width="0"[^>]*><\/\1>/g, (tag) => (tag.includes('fill="none"') ? '' : tag))
      .replace(
        / (class="zr[^"]*"|ecmeta_[a-z_]+="[^"]*"|pointer-events="visible"|style="font-[^"]*"|stroke-linejoin="bevel")/g,
        '',
      )
      .replace(/zr\d+-c(\d+)/g, `${id}-c$1`)
      .replace(/<g clip-path="[^"]*">\s*<\/g>/g, '')
      .replace(
        /(fill|stroke)="#0a000(\d)"/g,
        (_, what: string, slot: string) => `class="${what === 'fill' ? 'f' : 'k'}${slot}"`,
      )
      .replace(
        /(fill|stroke)="#0b000(\d)"/g,
        (_, what: string, slot: string) => `class="${what === 'fill' ? 'F' : 'K'}${slot}"`,
      )
      .replace(/class="(\w+)"([^>]*) class="(\w+)"/g, 'class="$1 $3"$2')
      .replace(/<[^>]*>/g, (tag) => tag.replace(/(\d\.\d)\d+/g, '$1'))
      .replace(/ xml:space="preserve"/g, '')
      .replace(/<path d=""[^>]*><\/path>/g, '')
      // every line is clipped by the same rectangle: one is enough
      .replace(/(url\(#|<clipPath id=")([\w-]+)-c\d+/g, '$1$2-c')
      .replace(/(<clipPath[\s\S]*?<\/clipPath>)[\s\S]*<\/clipPath>/, '$1')
      .replace(/<g clip-path="[^"]*">\s*<\/g>/g, '')
      .replace(/ dominant-baseline="central"| stroke-linecap="round"| stroke-width="1"(?= |>)/g, '')
      .replace(/<path[^>]*class="[kK]\d"[^>]*>/g, (tag) => tag.replace(' fill="none"', ''))
      .replace(/><\/(path|polyline|polygon|rect)>/g, '/>')
      .replace(/\n\s*/g, '')
  )
}

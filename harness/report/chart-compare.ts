/** Charts of a comparison: percentile curves over each other, and the ratios as a forest. */
import { timeFacts } from '../model/kinds/kind.ts'
import type { ComparedCurve, ComparedRow, Comparison } from '../model/comparison.ts'
import { percentileCurve } from '../stats/curve.ts'
import { Merge } from '../stats/merge.ts'
import { logAxis, percentileAxis, placesAxis } from './axis.ts'
import { slotOf } from './chart.ts'
import type { Chart, Point, Shape, Slot } from './chart.ts'
import { percentileRows } from './chart-percentiles.ts'
import { judged, judgedWords, ratioText, rowName } from './comparing.ts'
import { quantity, ratio, tick } from './format.ts'
import { cutMiddle } from './style-text.ts'

const mostRuns = 6
const mostRows = 30
const tableQuantiles = [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.995, 0.999, 0.9999, 0.99999]

export function curvesChart(comparison: Comparison, curve: ComparedCurve, id: string): Chart | undefined {
  const runs = curve.runs.slice(0, mostRuns).flatMap((data, i) => {
    if (data === undefined) return []
    const merge = new Merge()
    merge.add(data)
    const floor = curve.floors[i]
    const label = comparison.runs[i]?.label ?? ''
    return [
      {
        label,
        slot: slotOf(i),
        merge,
        points: percentileCurve(data, 72),
        floor: floor === undefined ? [] : percentileCurve(floor, 72),
      },
    ]
  })
  const reach = Math.max(...runs.map((r) => r.points.at(-1)?.nines ?? 0))
  const cutFloor = runs.map((r) => r.floor.filter((p) => p.nines <= reach))
  const ends = [...runs.flatMap((r) => r.points), ...cutFloor.flat()].map((p) => Math.max(1, p.value))
  if (runs.length < 2 || !(reach > 0)) return undefined
  const points = (list: readonly { readonly nines: number; readonly value: number }[]): readonly Point[] =>
    list.map((p) => [p.nines, Math.log10(Math.max(1, p.value))])
  return {
    id,
    title: `${curve.workload} ${curve.variant === 'default' ? '' : `[${curve.variant}] `}${timeFacts[curve.name].one} by percentile`,
    method: 'percentile',
    x: percentileAxis(reach),
    y: logAxis(Math.min(...ends), Math.max(...ends), (ns) => tick(ns, 'ns')),
    shapes: runs.flatMap((r, i): Shape[] => [
      {
        kind: 'band',
        slot: r.slot,
        points: r.points.map((p) => [
          p.nines,
          Math.log10(Math.max(1, p.interval[0])),
          Math.log10(Math.max(1, p.interval[1])),
        ]),
      },
      { kind: 'line', slot: r.slot, points: points(r.points) },
      ...((cutFloor[i] ?? []).length > 1
        ? [{ kind: 'line' as const, slot: r.slot, dash: 'dashed' as const, points: points(cutFloor[i] ?? []) }]
        : []),
    ]),
    legend: runs.flatMap((r, i): { slot: Slot; name: string; dash?: 'dashed' }[] => [
      { slot: r.slot, name: r.label },
      ...((cutFloor[i] ?? []).length > 1
        ? [{ slot: r.slot, name: `floor of ${r.label}`, dash: 'dashed' as const }]
        : []),
    ]),
    table: {
      along: 'x',
      head: ['percentile', ...runs.map((r) => r.label)],
      rows: percentileRows(tableQuantiles, reach, (q) => runs.map((r) => quantity(r.merge.quantile(q)?.value, 'ns'))),
    },
    notes: ['Cut where fewer than 10 samples lie beyond; the floor is a raw TCP echo on the same nodes.'],
  }
}

/** A line from end to end of each interval, a dot at the ratio; the rule stands at one. */
export function forestChart(
  comparison: Comparison,
  rows: readonly ComparedRow[],
  title: string,
  id: string,
): Chart | undefined {
  const all = rows.flatMap((row) =>
    row.ratios.flatMap((found, i) =>
      found === undefined || !(found.value > 0)
        ? []
        : [
            {
              row,
              found,
              run: i,
              name:
                comparison.runs.length > 2
                  ? `${rowName(comparison, row)}, ${comparison.runs[i]?.label ?? ''}`
                  : rowName(comparison, row),
            },
          ],
    ),
  )
  const shown = all.slice(0, mostRows)
  if (shown.length === 0) return undefined
  const ends = shown.flatMap(({ found }) => [found.value, ...(found.interval ?? [])]).filter((v) => v > 0)
  const low = Math.min(0.8, ...ends)
  const high = Math.max(1.25, ...ends)
  const log = (v: number): number => Math.log10(Math.min(high, Math.max(low, v)))
  return {
    id,
    title,
    method: 'ratio',
    height: 60 + shown.length * 22,
    x: logAxis(low, high, (v) =>
      ratio(v)
        .replace(/(\.\d*?)0+$/, '$1')
        .replace(/\.$/, ''),
    ),
    y: placesAxis(shown.map(({ name }) => cutMiddle(name, 27))),
    rule: 0,
    shapes: [
      ...shown.flatMap(({ row, found }, i): Shape[] =>
        found.interval === undefined
          ? []
          : [{ kind: 'line', slot: slots[judged(row, found)], points: found.interval.map((v): Point => [log(v), i]) }],
      ),
      ...(['better', 'worse', 'unclear'] as const).map((said): Shape => ({
        kind: 'dots',
        slot: slots[said],
        size: 9,
        points: shown.flatMap(({ row, found }, i) =>
          judged(row, found) === said ? [[log(found.value), i] as const] : [],
        ),
      })),
    ],
    legend: [
      { slot: slots.better, name: 'better' },
      { slot: slots.worse, name: 'worse' },
      { slot: slots.unclear, name: judgedWords.unclear },
    ],
    table: {
      along: 'y',
      head: ['what', 'ratio [interval]', 'meaning'],
      rows: shown.map(({ name, row, found }, at) => ({
        at,
        cells: [name, ratioText(found), judgedWords[judged(row, found)]],
      })),
    },
    notes: [
      `Against ${comparison.runs[0]?.label ?? 'the first run'}; the dashed line is “the same”.`,
      ...(all.length > shown.length ? [`${shown.length} of ${all.length} ratios; all are in the table.`] : []),
    ],
  }
}

const slots = { better: 1, worse: 2, unclear: 0 } as const

/** What faults did: how long nothing came, fault by fault, and which connections were away when. */
import { byNumber, count } from '../model/count.ts'
import { methods } from '../model/methods.ts'
import type { FaultRow, LostConnection, Report } from '../model/report.ts'
import { median } from '../stats/order.ts'
import { placesAxis, timeAxis, unitAxis, fromZero } from './axis.ts'
import type { Chart, Point, Shape } from './chart.ts'
import { shadesOf } from './shades.ts'
import { absent, quantity, secondsText } from './format.ts'
import { spread } from './reading.ts'
import { cutMiddle } from './style-text.ts'

const mostRows = 12
const mostConnections = 120
const mostNamed = 20

/** `restart hub (2 of 3)` of a rolling restart is one more time of the same. */
const sameFault = (fault: string): string => fault.replace(/ \(\d+ of \d+\)$/, '')

/** One row a workload and fault: dots are the gaps of all blocks, the line is their median. Undefined with fewer than two gaps. */
export function gapChart(report: Report, id: string): Chart | undefined {
  const several = report.plan.variants.length > 1
  const nameOf = ({ workload, fault, variant }: FaultRow) =>
    `${workload}: ${sameFault(fault)}${several ? ` [${variant}]` : ''}`
  const all = [...Map.groupBy(report.faults ?? [], nameOf)].map(([name, rows]) => ({ name, rows, gaps: gapsOf(rows) }))
  const told = all.filter(({ gaps }) => gaps.length > 0)
  const drawn = told.slice(0, mostRows)
  const longest = Math.max(...drawn.flatMap(({ gaps }) => gaps))
  if (drawn.reduce((sum, { gaps }) => sum + gaps.length, 0) < 2) return undefined
  const half = 0.3
  return {
    id,
    title: 'Gaps by fault',
    method: methods.fault.id,
    height: 60 + drawn.length * 34,
    x: unitAxis(longest, 'ns'),
    y: placesAxis(drawn.map(({ name }) => cutMiddle(name, 30))),
    shapes: [
      { kind: 'dots', slot: 2, points: drawn.flatMap(({ gaps }, row) => gaps.map((gap): Point => [gap, row])) },
      ...drawn.flatMap(({ gaps }, row): Shape[] => {
        const middle = median(gaps)
        if (middle === undefined || gaps.length < 2) return []
        return [
          {
            kind: 'line',
            slot: 1,
            points: [
              [middle, row - half],
              [middle, row + half],
            ],
          },
        ]
      }),
    ],
    legend: [
      { slot: 2, name: 'one fault' },
      { slot: 1, name: 'median' },
    ],
    table: {
      along: 'y',
      head: ['what', 'faults', 'gaps', 'shortest', 'median', 'longest', 'not over'],
      rows: drawn.map(({ name, rows, gaps }, at) => ({
        at,
        cells: [
          name,
          String(rows.length),
          String(gaps.length),
          quantity(Math.min(...gaps), 'ns'),
          quantity(median(gaps), 'ns'),
          quantity(Math.max(...gaps), 'ns'),
          String(rows.filter(({ gap, over }) => gap !== undefined && over !== true).length),
        ],
      })),
    },
    notes: [
      'Faults that caused no gap longer than three times the usual one are not drawn; the table counts them.',
      ...(told.length > drawn.length
        ? [`${drawn.length} of ${told.length} rows; the others are in the table of faults.`]
        : []),
    ],
  }
}

/** Lengths in nanoseconds. */
function gapsOf(rows: readonly FaultRow[]): readonly number[] {
  return rows.flatMap(({ gap }) => (gap === undefined ? [] : [(gap[1] - gap[0]) * 1e9]))
}

/** One line a connection, from its loss until it was open again, in the order of that; of the block with the most of them. */
export function connectionChart(report: Report, id: string): Chart | undefined {
  const blocks = [...Map.groupBy(report.lostConnections ?? [], ({ block }) => block)]
  const [most] = blocks.toSorted(([, a], [, b]) => b.length - a.length)
  if (most === undefined) return undefined
  const [block, losses] = most
  const variant = losses[0]?.variant
  const { warmupMs, measureMs } = report.plan.variants.find(({ name }) => name === variant)?.phases ?? noPhases
  const end = Math.max((warmupMs + measureMs) / 1000, ...losses.map(({ from, to = from }) => to))
  const ordered = losses.toSorted((a, b) => (a.to ?? Infinity) - (b.to ?? Infinity) || a.from - b.from)
  // Few have names at their places, many are counted.
  const few = losses.length <= mostNamed
  const ranked = ordered.map((loss, i) => ({ loss, rank: few ? i : i + 1 }))
  const drawn = spread(ranked, mostConnections)
  const away = ({ from, to = end }: LostConnection, rank: number): Shape['points'] & readonly Point[] => [
    [from, rank],
    [to, rank],
  ]
  return {
    id,
    title: `Lost connections (block ${block + 1})`,
    method: methods.fault.id,
    x: timeAxis(end),
    ...(few ? { height: 70 + losses.length * 14 } : {}),
    y: few
      ? placesAxis(ordered.map(({ agent, connection }) => cutMiddle(`${agent} ${connection + 1}`, 22)))
      : fromZero(losses.length, String),
    shapes: drawn.map(({ loss, rank }): Shape => ({
      kind: 'line',
      slot: loss.to === undefined ? 5 : 2,
      ...(few ? { thick: true } : { thin: true }),
      points: away(loss, rank),
    })),
    shades: shadesOf({ ...report, marks: report.marks.filter((mark) => mark.block === block) }, end),
    legend: [
      { slot: 2, name: 'away' },
      ...(losses.some(({ to }) => to === undefined) ? [{ slot: 5, name: 'did not reconnect' } as const] : []),
    ],
    table: {
      along: few ? 'y' : 'x',
      head: ['reconnected', 'agent', 'connection', 'lost at', 'lost for'],
      rows: drawn.map(({ loss, rank }) => ({
        at: few ? rank : (loss.to ?? end),
        cells: [
          loss.to === undefined ? 'never' : secondsText(loss.to),
          loss.agent,
          String(loss.connection + 1),
          secondsText(loss.from),
          loss.to === undefined ? absent : quantity((loss.to - loss.from) * 1e9, 'ns'),
        ],
      })),
    },
    notes: [
      `${count(losses.length, 'connection')} ${byNumber(losses.length, 'was lost', 'were lost, in the order in which they reconnected')}.`,
      ...(drawn.length < losses.length ? [`Drawn are ${drawn.length} of them; report.json has all.`] : []),
    ],
  }
}

const noPhases = { warmupMs: 0, measureMs: 0 }

/** What each fault did to each workload, block by block. */
import { isMainTime, timeFacts } from '../model/kinds/kind.ts'
import type { FaultRow, Report } from '../model/report.ts'
import { absent, quantity, secondsText } from './format.ts'
import { columnsOf, type Table } from './rows.ts'

const mostRows = 400

/** Undefined where no fault was planned, or none began. */
export function faultTable({ faults = [], plan }: Report): Table | undefined {
  if (faults.length === 0) return undefined
  const several = plan.variants.length > 1
  const connected = faults.some(({ connections }) => connections !== undefined)
  const head = [
    'block',
    ...(several ? ['variant'] : []),
    'workload',
    'fault',
    'at',
    'nothing for',
    'resumed',
    ...(connected ? ['lost', 'half, 99 %, all reconnected'] : []),
    'settled',
    'p50 before → during → after',
    'max before → during → after',
  ]
  const rows = faults
    .slice(0, mostRows)
    .map((row) => [
      String(row.block + 1),
      ...(several ? [row.variant] : []),
      row.time !== undefined && isMainTime(row.time) ? `${row.workload} (${timeFacts[row.time].one})` : row.workload,
      `${row.fault}${row.nodes.length === 0 || row.nodes.join(', ') === row.fault.split(' ').at(-1) ? '' : ` (${row.nodes.join(', ')})`}`,
      secondsText(row.from),
      gapText(row),
      quantity(row.resumed, 'ns'),
      ...(connected ? connectionTexts(row) : []),
      quantity(row.settled, 'ns'),
      nearText(row, 'p50'),
      nearText(row, 'max'),
    ])
  return { kind: 'table', label: 'Faults', look: 'plain', columns: columnsOf(head, rows) }
}

function gapText({ gap, over }: FaultRow): string {
  if (gap === undefined) return 'no gap'
  const [from, to] = gap
  return `${quantity((to - from) * 1e9, 'ns')}${over === true ? '' : ' and on'}`
}

function connectionTexts({ connections }: FaultRow): readonly string[] {
  if (connections === undefined) return ['0', absent]
  const { lost, half, most, all } = connections
  return [String(lost), [half, most, all].map((each) => quantity(each, 'ns')).join(', ')]
}

function nearText({ time, before, during, after }: FaultRow, of: 'p50' | 'max'): string {
  if (time === undefined) return absent
  return [before, during, after].map((part) => quantity(part?.[of], 'ns')).join(' → ')
}

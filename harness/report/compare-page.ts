/** The page of a comparison: what differs and what is unfair before any number, then a row a metric and a column a run. */
import type { ComparedRow, Comparison } from '../model/comparison.ts'
import { curvesChart, forestChart } from './chart-compare.ts'
import {
  comparedRange,
  comparedText,
  judged,
  judgedMarks,
  judgedWords,
  ratioText,
  rowName,
  runText,
} from './comparing.ts'
import { makeDraw } from './draw.ts'
import { absent } from './format.ts'
import { h } from './markup.ts'
import { methodOf, methodsSection } from './methods.ts'
import { page } from './page.ts'
import {
  columnsOf,
  heading,
  item,
  note,
  only,
  outcomeCell,
  type Column,
  type Page,
  type Row,
  type Table,
} from './rows.ts'
import { rowsHtml } from './rows-html.ts'
import { terminalText, type TerminalOptions } from './rows-terminal.ts'

const mostCurves = 8

/** Why a ratio is not what the two medians beside it give. */
const ratioNote =
  'ratio: a median (Hodges–Lehmann) over pairs of a block of each run; it need not follow from the two medians beside it.'

export function compareTerminal(comparison: Comparison, options: TerminalOptions): string {
  return terminalText(comparePage(comparison), options)
}

/** `compare.html`. */
export async function compareHtml(comparison: Comparison): Promise<string> {
  const draw = await makeDraw()
  const labels = comparison.runs.map((r) => r.label)
  return page(
    `${labels.join(' and ')} · NATS benchmark comparison`,
    h`<h1 class="small">NATS benchmark comparison</h1>${rowsHtml(comparePage(comparison).flat(), draw)}${methodsSection()}`,
  )
}

function comparePage(comparison: Comparison): Page {
  const { runs, unfair } = comparison
  const raw = comparison.rows.filter((r) => r.per === undefined)
  const normalised = comparison.rows.filter((r) => r.per !== undefined)
  const labels = runs.map((r) => r.label)
  return [
    [
      ...only(['markdown', 'html'], heading(1, labels.join(' beside ')), counts(comparison)),
      ...only(['terminal'], ...runs.map((r) => heading(2, r.label, runText(r)))),
      ...only(['markdown', 'html'], runsTable(comparison)),
    ],
    unfair.length === 0
      ? []
      : [
          ...only(['markdown', 'html'], heading(2, 'Read this first')),
          ...unfair.map((text): Row => ({ kind: 'item', text, mark: '!', warns: true })),
        ],
    differences(comparison),
    only(['html'], heading(2, 'Charts'), ...chartRows(comparison, raw, normalised)),
    [...only(['markdown', 'html'], heading(2, 'As measured')), table(comparison, raw, 'measured')],
    normalised.length === 0
      ? []
      : [
          ...only(['markdown', 'html'], heading(2, 'Normalised')),
          note(
            'Per core and per GHz divide by what the machine has, per CPU-second by what the servers used, over floor by the raw TCP echo of the same machine.',
          ),
          table(comparison, normalised, 'normalised'),
        ],
    [
      note(
        `Ratios are against ${labels[0] ?? 'the first run'}; better (✓), worse (✗) or cannot tell (?) by the whole interval; † is the generator's own send lag and is not judged.`,
      ),
      note(ratioNote),
    ],
  ]
}

function chartRows(
  comparison: Comparison,
  raw: readonly ComparedRow[],
  normalised: readonly ComparedRow[],
): readonly Row[] {
  return [
    forestChart(comparison, raw, 'Ratios, as measured', 'forest-raw'),
    forestChart(comparison, normalised, 'Ratios, normalised', 'forest-normalised'),
    ...comparison.curves.slice(0, mostCurves).map((curve, i) => curvesChart(comparison, curve, `curve-${i}`)),
  ].flatMap((chart) => (chart === undefined ? [] : [{ kind: 'chart', chart }]))
}

/** `Against A: 2 better, 3 worse, 12 cannot tell.` Without colours where the circumstances were not equal. */
function counts({ rows, runs, unfair }: Comparison): Row {
  const raw = rows.filter((row) => row.per === undefined)
  const said = raw.flatMap((row) => row.ratios.flatMap((found) => (found === undefined ? [] : [judged(row, found)])))
  const warning =
    unfair.length === 0
      ? ''
      : ` The circumstances were not equal: read the ${unfair.length === 1 ? 'remark' : `${unfair.length} remarks`} below first.`
  const words = (['better', 'worse', 'unclear'] as const).map((word) => ({
    tone: unfair.length === 0 ? word : 'unclear',
    text: `${said.filter((each) => each === word).length} ${judgedWords[word]}`,
  }))
  const against = `Against ${runs[0]?.label ?? 'the first run'}: `
  return {
    kind: 'drawn',
    markdown: `${against}${words.map(({ text }) => text).join(', ')}.${warning}`,
    html: h`<div class="verdict"><p>${against}${words.map(({ tone, text }, i) => h`${i === 0 ? '' : ', '}<span class="${tone}">${text}</span>`)}.${warning}</p></div>`,
  }
}

function runsTable({ runs }: Comparison): Table {
  const rows = runs.map(({ label, scenario, substrate, host, outcome, at }) => {
    const machine = substrate === 'imported' ? absent : `${host.os} ${host.kernel} ${host.arch}`
    return [label, scenario, substrate, machine, outcomeCell(outcome), at.slice(0, 16).replace('T', ' ')]
  })
  const heads = ['run', 'scenario', 'substrate', 'machine', 'verdict', 'when (UTC)']
  const columns = columnsOf(heads, rows, heads)
  return { kind: 'table', label: 'Runs', columns }
}

function differences({ differences: all, runs }: Comparison): readonly Row[] {
  if (all.length === 0) return only(['markdown', 'html'], note('No difference between the set-ups was recorded.'))
  const heads = ['what', ...runs.map((r) => r.label)]
  const rows = all.map(({ what, texts }) => [what, ...texts.map((text) => text ?? absent)])
  return [
    ...only(
      ['terminal'],
      heading(2, 'differs', ''),
      ...all.map(({ what, texts }) =>
        item(`${what}: ${texts.map((text, i) => `${runs[i]?.label ?? ''} ${text ?? absent}`).join(' | ')}`),
      ),
    ),
    ...only(['markdown', 'html'], {
      kind: 'group',
      look: 'part',
      title: `What differs (${all.length})`,
      more: all.map(({ what }) => what).join(', '),
      rows: [{ kind: 'table', label: 'What differs', columns: columnsOf(heads, rows) }],
    }),
  ]
}

function table(comparison: Comparison, rows: readonly ComparedRow[], head: string): Table {
  const names = rows.map((row) => ({ text: rowName(comparison, row), href: `#m-${methodOf(row.metric)}` }))
  const runs = comparison.runs.flatMap(({ label }, i): readonly Column[] => {
    const values = [
      { head: label, cells: rows.map((row) => comparedText(row, row.runs[i])) },
      {
        head: 'interval',
        cells: rows.map((row) => comparedRange(row, row.runs[i])),
        on: ['markdown', 'html'] as const,
      },
    ]
    if (i === 0) return values
    const ratios = rows.map((row) => {
      const found = row.ratios[i]
      if (found === undefined) return absent
      const tone = judged(row, found)
      const text = ratioText(found)
      return { text: `${text} ${judgedWords[tone]}`, short: `${text} ${judgedMarks[tone]}`, tone }
    })
    return [...values, { head: 'ratio', href: '#m-ratio', cells: ratios }]
  })
  return { kind: 'table', label: `As ${head}`, columns: [{ head, cells: names }, ...runs] }
}

/** One page of rows: what a report says, before it becomes text of a terminal, Markdown or HTML. Each writer knows each kind of row. */
import type { Finding, Outcome } from '../model/report.ts'
import type { Chart } from './chart.ts'
import type { Markup } from './markup.ts'
import { outcomeWords } from './reading.ts'
import { outcomeMarks } from './style-text.ts'

export type Medium = 'terminal' | 'markdown' | 'html'

/** Everywhere where absent. */
interface Placed {
  readonly on?: readonly Medium[]
}

/** What a number is worth; shades of a heat table are only on pages. */
export type Tone = Outcome | 'better' | 'worse' | 'unclear' | `heat-${number}`

export interface Cell {
  readonly text: string
  /** Before the text; a terminal colours it alone. */
  readonly mark?: string
  readonly tone?: Tone
  /** Smaller, below the text; a terminal leaves it out. */
  readonly below?: readonly string[]
  /** In place of the text on a narrow terminal. */
  readonly short?: string
  /** Where the page explains it. */
  readonly href?: string
  readonly title?: string
}

export interface Column extends Placed {
  readonly head: string
  readonly href?: string
  readonly cells: readonly (string | Cell)[]
  /** Aligned to the left; numbers are not, the first column always is. */
  readonly left?: boolean
  /** In a terminal columns go in this order while there is room; those without are always shown. */
  readonly weight?: number
  readonly look?: 'bold' | 'dim' | 'cyan'
  /** Drawn with characters, as wide as there is room; `cells` are then not read. */
  readonly grows?: {
    readonly least: number
    readonly most: number
    readonly draw: (row: number, room: number) => string
  }
}

export interface Table extends Placed {
  readonly kind: 'table'
  /** Label for screen readers. */
  readonly label: string
  readonly caption?: Cell
  readonly columns: readonly Column[]
  /** Of the terminal. */
  readonly indent?: number
  /** `plain`: as wide as it must be. `words`: of sentences, which wrap; numbers do not. */
  readonly look?: 'plain' | 'words' | 'heat'
  readonly id?: string
  /** Attributes of each row, for scripts: `data-…`. */
  readonly data?: readonly Readonly<Record<string, string>>[]
}

/** A page leaves out what is undefined. */
interface Rows {
  heading: { text: string; level: 1 | 2 | 3; more?: string | undefined; id?: string | undefined }
  /** `quiet`: said beside what matters. */
  sentence: { text: string; label?: string; quiet?: boolean }
  verdict: { outcome: Outcome; text: string }
  /** One of a list; `warns` and `quiet` colour it. */
  item: { text: string; mark?: string; warns?: boolean; quiet?: boolean }
  finding: { finding: Finding }
  note: { text: string }
  code: { language: string; text: string }
  chart: { chart: Chart }
  /** What each medium draws in its own way, or not at all. */
  drawn: { terminal?: (columns: number) => readonly string[]; markdown?: string; html?: Markup }
  /** A part is folded on a page; the others are rows that belong together. */
  group: {
    look: 'part' | 'answer' | 'beside' | 'heats'
    title?: string
    more?: string | undefined
    open?: boolean
    rows: readonly Row[]
  }
  table: Omit<Table, 'kind'>
}

export type RowOf<K extends keyof Rows> = Placed & Readonly<Rows[K]> & { readonly kind: K }
export type Row = { [K in keyof Rows]: RowOf<K> }[keyof Rows]

/** One writer a kind of row. */
export type Writers<More extends readonly unknown[], Made> = {
  readonly [K in Row['kind']]: (row: RowOf<K>, ...more: More) => Made
}

/** A writer takes rows of its kind; TypeScript cannot see the pairing. */
export function written<More extends readonly unknown[], Made>(writers: Writers<More, Made>, row: Row, ...more: More) {
  return (writers[row.kind] as (row: Row, ...more: More) => Made)(row, ...more)
}

/** Paragraphs: an empty line stands between two of them in a terminal. */
export type Page = readonly (readonly Row[])[]

export const shownOn =
  (medium: Medium) =>
  ({ on }: Placed): boolean =>
    on === undefined || on.includes(medium)

export const heading = (level: 1 | 2 | 3, text: string, more?: string, id?: string): Row => ({
  kind: 'heading',
  level,
  text,
  more,
  id,
})
export const item = (text: string): Row => ({ kind: 'item', text })
export const note = (text: string): Row => ({ kind: 'note', text })
export const sentence = (text: string): Row => ({ kind: 'sentence', text })
/** Folded on a page, under a heading of its own elsewhere. */
export const part = (title: string, rows: readonly Row[], more?: string) =>
  ({ kind: 'group', look: 'part', title, more, rows }) as const
export const findingRows = (list: readonly Finding[]): readonly Row[] =>
  list.map((finding) => ({ kind: 'finding', finding }))
export const only = (on: readonly Medium[], ...rows: readonly Row[]): readonly Row[] =>
  rows.map((row) => ({ ...row, on }))

export const cellOf = (cell: string | Cell | undefined): Cell =>
  typeof cell === 'object' ? cell : { text: cell ?? '' }

/** Columns of rows that are lists of cells already. */
/** `words`: heads of columns of words, which stand at the left as the first one does. */
export function columnsOf(
  heads: readonly string[],
  rows: readonly (readonly (string | Cell)[])[],
  words: readonly string[] = [],
): readonly Column[] {
  return heads.map((head, c) => ({
    head,
    cells: rows.map((row) => row[c] ?? ''),
    ...(words.includes(head) ? { left: true } : {}),
  }))
}

export function outcomeCell(outcome: Outcome): Cell {
  return { text: `${outcomeMarks[outcome]} ${outcomeWords[outcome]}`, tone: outcome }
}

/** The one table of the terminal: aligned columns where they fit, the less important ones left out, and a block a row where nothing fits. */
import { cut, noPaint, padEnd, padStart, width, type Paint } from './style-text.ts'

export interface TableColumn {
  readonly head: string
  /** Of each row; they may be coloured by `style`. */
  readonly cells: readonly string[]
  /** Aligned to the left; numbers are not. */
  readonly left?: boolean
  /** Columns go in this order while there is room; those without are always shown. */
  readonly weight?: number
  /** Colours a cell after it was aligned. */
  readonly style?: (text: string, row: number) => string
  /** Drawn as wide as there is room: `cells` are not read. */
  readonly grows?: {
    readonly least: number
    readonly most: number
    readonly draw: (row: number, room: number) => string
  }
}

export interface TableRoom {
  readonly indent: number
  /** Of the whole line. */
  readonly columns: number
  readonly say?: Paint
}

/** Heads and rows, one line each; nothing is wider than the room. */
export function textTable(given: readonly TableColumn[], room: TableRoom): readonly string[] {
  const { indent, columns, say = noPaint } = room
  const most = Math.max(24, Math.floor(columns * 0.4))
  const all = given.map((column, c) =>
    c > 0 ? column : { ...column, left: true, cells: column.cells.map((cell) => cut(cell, most)) },
  )
  const shown = fitting(all, columns - indent)
  if (shown === undefined) return stacked(given, room)
  const widths = shown.map(roomOf)
  const line = (text: (column: TableColumn, index: number) => string): string =>
    `${' '.repeat(indent)}${shown.map(text).join('  ')}`.trimEnd()
  const aligned = (column: TableColumn, i: number, text: string): string =>
    (column.left === true ? padEnd : padStart)(text, widths[i] ?? 0)
  const heads = shown.some(({ head }) => head !== '')
    ? [
        say(
          'dim',
          line((column, i) => aligned(column, i, column.head)),
        ),
      ]
    : []
  const rows = (shown[0]?.cells ?? []).map((_, row) =>
    line((column, i) => {
      const text = aligned(column, i, column.cells[row] ?? '')
      return column.style?.(text, row) ?? text
    }),
  )
  return [...heads, ...rows]
}

/** The columns that must be shown and those with the smallest weights that fit, in their own order; undefined where too many must be. */
function fitting(all: readonly TableColumn[], room: number): readonly TableColumn[] | undefined {
  const kept = new Set<TableColumn>()
  const rows = all[0]?.cells.length ?? 0
  let used = -2
  for (const column of all.toSorted((a, b) => (a.weight ?? 0) - (b.weight ?? 0))) {
    const wide = used + 2 + roomOf(column)
    if (wide > room && column.weight === undefined) return undefined
    if (wide > room) continue
    kept.add(column)
    used = wide
  }
  return all.flatMap((column) => {
    const { grows } = column
    if (!kept.has(column)) return []
    if (grows === undefined) return [column]
    const wide = Math.min(grows.most, grows.least + room - used)
    const cells = Array.from({ length: rows }, (_, row) => grows.draw(row, wide))
    return cells.every((cell) => cell === '') ? [] : [{ ...column, cells }]
  })
}

/** The first cell of a row, and below it each other one with its head. */
function stacked([first, ...others]: readonly TableColumn[], { indent, columns, say = noPaint }: TableRoom) {
  const pad = ' '.repeat(indent)
  const heads = Math.min(Math.max(0, ...others.map(({ head }) => width(head))), Math.floor(columns / 3))
  const line = (column: TableColumn, row: number): string => {
    const head = padEnd(cut(column.head, heads), heads)
    const text = cut(column.cells[row] ?? '', columns - indent - 4 - heads)
    return `${pad}  ${say('dim', head)}  ${column.style?.(text, row) ?? text}`.trimEnd()
  }
  return (first?.cells ?? []).flatMap((name, row) => [
    `${pad}${first?.style?.(cut(name, columns - indent), row) ?? cut(name, columns - indent)}`,
    ...others.filter(({ cells }) => (cells[row] ?? '') !== '').map((column) => line(column, row)),
  ])
}

function roomOf({ head, cells, grows }: TableColumn): number {
  return Math.max(width(head), grows?.least ?? 0, ...cells.map(width))
}

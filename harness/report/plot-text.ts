/** Small pictures made of characters: a sparkline, and a percentile plot in braille dots. */
import { padStart } from './style-text.ts'

const bars = '▁▂▃▄▅▆▇█'

/** One character a value, at most `most` (neighbours are averaged); the scale starts at zero, so that noise looks like noise. */
export function sparkline(values: readonly number[], most: number): string {
  const shown = thinned(values, most)
  const top = Math.max(...shown)
  if (shown.length === 0 || !(top > 0)) return ''
  return shown.map((v) => bars[Math.min(7, Math.max(0, Math.round((v / top) * 8) - 1))]).join('')
}

/** Averages of neighbours, at most `most` of them. */
function thinned(values: readonly number[], most: number): readonly number[] {
  if (values.length <= most) return values
  return Array.from({ length: most }, (_, i) => {
    const part = values.slice(Math.floor((i * values.length) / most), Math.floor(((i + 1) * values.length) / most))
    return part.reduce((sum, v) => sum + v, 0) / Math.max(1, part.length)
  })
}

/** `room` characters long at 1, drawn in eighths of one. */
export function bar(share: number, room: number): string {
  const eighths = Math.round(share * room * 8)
  return '█'.repeat(eighths >> 3) + (eighths % 8 === 0 ? '' : (' ▏▎▍▌▋▊▉'[eighths % 8] ?? ''))
}

export interface PlotLine {
  /** x and y in 0 … 1, x ascending. */
  readonly points: readonly (readonly [number, number])[]
}

/** Braille dots, two a column and four a row; all lines in one field. Rows from the top. */
export function braille(lines: readonly PlotLine[], columns: number, rows: number): readonly string[] {
  const cells = Array.from({ length: rows }, () => new Uint8Array(columns))
  // bit of the dot at column 0/1 and row 0…3 within its character (Unicode braille patterns, U+2800)
  const bits = [
    [0x01, 0x02, 0x04, 0x40],
    [0x08, 0x10, 0x20, 0x80],
  ]
  const dot = (x: number, y: number): void => {
    const px = Math.min(columns * 2 - 1, Math.max(0, Math.round(x * (columns * 2 - 1))))
    const py = Math.min(rows * 4 - 1, Math.max(0, Math.round((1 - y) * (rows * 4 - 1))))
    const row = cells[py >> 2]
    if (row !== undefined) row[px >> 1] = (row[px >> 1] ?? 0) | (bits[px & 1]?.[py & 3] ?? 0)
  }
  for (const { points } of lines) {
    points.slice(1).forEach(([x, y], i) => {
      const [fromX, fromY] = points[i] ?? [x, y]
      const steps = Math.max(1, Math.ceil(Math.max(Math.abs(x - fromX) * columns * 2, Math.abs(y - fromY) * rows * 4)))
      for (let s = 0; s <= steps; s++) dot(fromX + ((x - fromX) * s) / steps, fromY + ((y - fromY) * s) / steps)
    })
  }
  return cells.map((row) => [...row].map((cell) => (cell === 0 ? ' ' : String.fromCodePoint(0x2800 + cell))).join(''))
}

/** A field of braille with labels on its left and under it. `marks` are positions 0 … 1 with their text. */
export function framed(
  field: readonly string[],
  left: Readonly<Record<number, string>>,
  marks: readonly (readonly [number, string])[],
): readonly string[] {
  const room = Math.max(0, ...Object.values(left).map((text) => text.length))
  const columns = field[0]?.length ?? 0
  const foot = Array.from({ length: columns }, () => '─')
  let free = 0
  for (const [at, text] of marks) {
    const from = Math.max(0, Math.min(columns - text.length, Math.round(at * (columns - 1)) - (text.length >> 1)))
    if (from < free) continue
    ;[...text].forEach((letter, i) => (foot[from + i] = letter))
    free = from + text.length + 1
  }
  return [
    ...field.map((row, i) => `${padStart(left[i] ?? '', room)} ${left[i] === undefined ? '│' : '┤'}${row}`.trimEnd()),
    `${padStart('', room)} └${foot.join('')}`,
  ]
}

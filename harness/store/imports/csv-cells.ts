/** Lines of CSV as tools and spreadsheets write them: with commas, semicolons or tabs, quoted cells, spaces around a cell. */

export type Delimiter = ',' | ';' | '\t'

/** The delimiter that is in the line most often. */
export function delimiterOf(line: string): Delimiter {
  const count = (delimiter: string) => line.split(delimiter).length
  return ([',', ';', '\t'] as const).reduce((best, each) => (count(each) > count(best) ? each : best))
}

export function cellsOf(line: string, delimiter: Delimiter): string[] {
  const cells: string[] = ['']
  let quoted = false
  for (let at = 0; at < line.length; at++) {
    const character = line[at] ?? ''
    const doubled = quoted && character === '"' && line[at + 1] === '"'
    if (character === '"' && !doubled) quoted = !quoted
    else if (character === delimiter && !quoted) cells.push('')
    else cells.push((cells.pop() ?? '') + character)
    if (doubled) at += 1
  }
  return cells.map((cell) => cell.trim())
}

/** NaN for anything but a number of at least 0. Where the delimiter is not a comma, a comma is a decimal point. */
export function numberOf(cell: string, delimiter: Delimiter): number {
  const text = delimiter === ',' ? cell : cell.replace(',', '.')
  return /^\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN
}

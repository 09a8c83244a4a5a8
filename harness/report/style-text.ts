/** Text in a terminal: colours that obey `color`, widths, and the removal of what could take the terminal over. */
import { styleText } from 'node:util'
import stringWidth from 'string-width'
import type { Outcome } from '../model/report.ts'

type Style = Parameters<typeof styleText>[0]
export type Paint = (style: Style, text: string) => string

export const paint: Paint = (style, text) => styleText(style, text, { validateStream: false })
export const noPaint: Paint = (_style, text) => text

export const outcomeStyles: Readonly<Record<Outcome, 'green' | 'yellow' | 'red'>> = {
  pass: 'green',
  unknown: 'yellow',
  fail: 'red',
}
/** Of a remark: see `remarks`. */
export const remarkMark = '!'
export const outcomeMarks: Readonly<Record<Outcome, string>> = { pass: '✓', unknown: '?', fail: '✗' }

/** Foreign text without control characters, escape sequences and direction marks: each becomes `�`. */
export function tame(text: string): string {
  // eslint-disable-next-line no-control-regex -- control characters are what this removes
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g, '�')
}

/** In columns of a terminal: letters of Chinese, Japanese and Korean and most emoji take two, marks on a letter none. */
export function width(text: string): number {
  return stringWidth(text)
}

const segmenter = new Intl.Segmenter()

/** As a reader sees them: a letter and its marks are one. */
function lettersOf(text: string): readonly string[] {
  return Array.from(segmenter.segment(text), ({ segment }) => segment)
}

/** As many of the first letters as fit into `columns`. */
function fitting(letters: readonly string[], columns: number): readonly string[] {
  let left = columns
  const beyond = letters.findIndex((letter) => (left -= width(letter)) < 0)
  return beyond < 0 ? letters : letters.slice(0, beyond)
}

export function padStart(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - width(text))) + text
}

export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - width(text)))
}

/** Cut to a width with an ellipsis. */
export function cut(text: string, columns: number): string {
  return width(text) <= columns ? text : `${fitting(lettersOf(text), columns - 1).join('')}…`
}

/** Cut in the middle: names that begin alike stay apart by their ends. */
export function cutMiddle(text: string, columns: number): string {
  if (width(text) <= columns) return text
  const letters = lettersOf(text)
  const head = fitting(letters, Math.floor((columns - 1) / 2)).join('')
  const tail = fitting(letters.toReversed(), columns - 1 - width(head))
  return `${head}…${tail.toReversed().join('')}`
}

/** One line as it is where it fits; else what does not is folded below it, four columns further in than it begins. */
export function hang(line: string, columns: number): readonly string[] {
  if (width(line) <= columns) return [line]
  const indent = ' '.repeat(line.length - line.trimStart().length + 4)
  const words = line.match(/ *[^ ]+/g) ?? []
  let first = words[0] ?? ''
  let at = 1
  while (at < words.length && width(first) + width(words[at]!) <= columns) first += words[at++]!
  const rest = fold(words.slice(at).join(''), Math.max(10, columns - indent.length))
  return [cut(first, columns), ...rest.map((text) => indent + text)]
}

/** Words folded to lines of at most `columns`; a longer word stands alone and is cut. */
export function fold(text: string, columns: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/).filter((w) => w !== '')) {
    const shown = cut(word, columns)
    if (line === '') line = shown
    else if (width(line) + 1 + width(shown) <= columns) line += ` ${shown}`
    else {
      lines.push(line)
      line = shown
    }
  }
  return line === '' ? lines : [...lines, line]
}

/** Text in a terminal: colours that obey `color`, widths, and the removal of what could take the terminal over. */
import { styleText } from 'node:util'
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

export function width(text: string): number {
  return [...text].length
}

export function padStart(text: string, columns: number): string {
  return ' '.repeat(Math.max(0, columns - width(text))) + text
}

export function padEnd(text: string, columns: number): string {
  return text + ' '.repeat(Math.max(0, columns - width(text)))
}

/** Cut to a width with an ellipsis. */
export function cut(text: string, columns: number): string {
  return width(text) <= columns ? text : `${[...text].slice(0, Math.max(0, columns - 1)).join('')}…`
}

/** Cut in the middle: names that begin alike stay apart by their ends. */
export function cutMiddle(text: string, columns: number): string {
  const letters = [...text]
  if (letters.length <= columns) return text
  const head = Math.floor((columns - 1) / 2)
  return [...letters.slice(0, head), '…', ...letters.slice(letters.length - (columns - 1 - head))].join('')
}

/** Words folded to lines of at most `columns`; a longer word stands alone and is cut. */
export function fold(text: string, columns: number): readonly string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/).filter((w) => w !== '')) {
    const fitting = cut(word, columns)
    if (line === '') line = fitting
    else if (width(line) + 1 + width(fitting) <= columns) line += ` ${fitting}`
    else {
      lines.push(line)
      line = fitting
    }
  }
  return line === '' ? lines : [...lines, line]
}

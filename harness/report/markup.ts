/** HTML that cannot be broken by what is put into it: the tag escapes every string; only its own results pass unescaped. */
import { tame } from './style-text.ts'

export interface Markup {
  readonly markup: string
}
export type Part = Markup | string | number | undefined | readonly Part[]

/** h`<td>${name}</td>`: strings and numbers are escaped, Markup is not, lists are joined, undefined is nothing. */
export function h(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { markup: strings.reduce((all, text, i) => all + (i === 0 ? '' : flat(parts[i - 1])) + text, '') }
}

/** Markup made by ourselves or by the chart library from escaped text. */
export function trusted(markup: string): Markup {
  return { markup }
}

export const nothing = trusted('')

/** Text for an element or a double-quoted attribute. */
export function esc(text: string): string {
  return text
    .split('\n')
    .map(tame)
    .join('\n')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;')
}

function flat(part: Part): string {
  if (part === undefined) return ''
  if (typeof part === 'string') return esc(part)
  if (typeof part === 'number') return String(part)
  if ('markup' in part) return part.markup
  return part.map(flat).join('')
}

/** Foreign text inside Markdown and Mermaid: it can be read, and can be nothing else. */
import { tame } from './style-text.ts'

/** One line of plain text: no markup, no HTML, no table border, no automatic link, no mention. */
export function md(text: string): string {
  return tame(text)
    .replace(/[\\`*_{}[\]#|~>$]/g, '\\$&')
    .replace(/^(\s*\d*)([-+=.)])(?=\s|[-=]|$)/, '$1\\$2')
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/@/g, '&#64;')
    .replace(/:\/\//g, '&#58;//')
    .replace(/\bwww\./gi, 'www&#46;')
}

/** A code span that the text cannot leave: a longer fence than any run of backticks in it. */
export function code(text: string): string {
  const safe = tame(text).replace(/\|/g, '\\|')
  const fence = '`'.repeat(longest(safe) + 1)
  const gap = /^`|`$|^ /.test(safe) ? ' ' : ''
  return `${fence}${gap}${safe}${gap}${fence}`
}

/** A fenced block that the text cannot leave; line ends stay. */
export function codeBlock(language: string, text: string): string {
  const safe = text.split('\n').map(tame).join('\n')
  const fence = '`'.repeat(Math.max(3, longest(safe) + 1))
  return `${fence}${language}\n${safe}\n${fence}`
}

/** A quoted Mermaid label: entities for all that Mermaid, or the HTML it makes, could read as more than text. */
export function label(...lines: readonly string[]): string {
  const safe = lines.map((line) =>
    [...tame(line)].map((c) => (/[\p{L}\p{N} .,/…–·×:%+=-]/u.test(c) ? c : `#${c.codePointAt(0) ?? 0xfffd};`)).join(''),
  )
  return `"${safe.join('<br/>')}"`
}

/** A table; cells are Markdown already. */
export function table(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  right: readonly boolean[] = [],
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(head), line(head.map((_, i) => (right[i] === true ? '--:' : ':--'))), ...rows.map(line)].join('\n')
}

function longest(text: string): number {
  return Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
}

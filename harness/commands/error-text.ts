import type { BenchError } from '../model/error.ts'
import type { World } from '../model/world.ts'
import { visible } from '../scenario/print.ts'

/** Message, evidence, remedy; each on lines of its own. What they quote of files and programs can be anything. */
export function describeError(error: BenchError, color: boolean): string {
  const head = color ? `\x1b[31merror\x1b[39m` : 'error'
  const evidence = error.lines.map((line) => `  ${safe(line)}\n`).join('')
  return `${head}: ${safe(error.message)}\n${evidence}${error.hint === undefined ? '' : `hint: ${safe(error.hint)}\n`}`
}

/** What ended a run early, told beside what it measured; an interruption was told when it came. */
export function tellEarlyEnd({ err, color }: Pick<World, 'err' | 'color'>, error: BenchError | undefined): void {
  if (error !== undefined && error.code !== 'interrupted') err(describeError(error, color))
}

/** One line of talk, whose words may be of a host, a file or a program. */
export function sayTo({ err }: Pick<World, 'err'>): (line: string) => void {
  return (line) => err(`${safe(line)}\n`)
}

/** What was said by others, such as a host, for a terminal. Breaks of lines and tabs stay. */
export function safe(text: string): string {
  return text
    .split(/(\r?\n|\t)/)
    .map((part, i) => (i % 2 === 1 ? part : visible(part)))
    .join('')
}

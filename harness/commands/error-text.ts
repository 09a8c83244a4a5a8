import type { BenchError } from '../model/error.ts'

/** Message, evidence, remedy; each on lines of its own. */
export function describeError(error: BenchError, color: boolean): string {
  const head = color ? `\x1b[31merror\x1b[39m` : 'error'
  const evidence = error.lines.map((line) => `  ${line}\n`).join('')
  return `${head}: ${error.message}\n${evidence}${error.hint === undefined ? '' : `hint: ${error.hint}\n`}`
}

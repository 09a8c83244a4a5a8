/** One thing that is wrong with a scenario. */
import { relative } from 'node:path'
import { BenchError } from '../model/error.ts'
import { visible } from './print.ts'

export interface Problem {
  /** `workloads.pub.payload.bytes`; `file` for the file as a whole. Workloads by name where they have a usable one. */
  readonly path: string
  /** `must ..., got ...`, safe to print. */
  readonly message: string
  /** Line in the file, from 1; only where the value is found there. */
  readonly line?: number
}

/** One, in the list that it is told in. */
export function problemAt(path: string, message: string): Problem[] {
  return [{ path, message }]
}

const longest = 300
const mostProblems = 100

/** `topology.hub.count must be a whole number of at least 1, got "two"`, one line, safe to print. */
export function problemText({ path, message }: Pick<Problem, 'path' | 'message'>): string {
  const safePath = visible(path)
  const shortPath = safePath.length > 120 ? `${safePath.slice(0, 117)}...` : safePath
  return `${shortPath} ${shortened(visible(message))}`
}

/** Cuts a long list of known names but keeps the `got ...` at the end. */
function shortened(message: string): string {
  if (message.length <= longest) return message
  const got = message.lastIndexOf(', got ')
  const tail = got < 0 ? '' : message.slice(got, got + 120)
  return `${message.slice(0, longest - 3 - tail.length)}...${tail}`
}

/** All problems in the order of their lines. Those of a file begin with `file:line`, which editors and terminals can open. */
export function refusal(
  code: 'scenario-invalid' | 'usage',
  what: string,
  problems: readonly Problem[],
  file?: string,
): BenchError {
  const sorted = problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)).slice(0, mostProblems)
  const place = ({ line }: Problem) =>
    file === undefined ? '' : `${shownFile(file)}:${line === undefined ? '' : `${line}:`} `
  const lines = sorted.map((problem) => `${place(problem)}${problemText(problem)}`)
  const rest = problems.length - lines.length
  const amount = problems.length === 1 ? '1 problem' : `${problems.length} problems`
  return new BenchError(code, `${what}, got ${amount}`, {
    lines: rest > 0 ? [...lines, `and ${rest} more`] : lines,
    ...(code === 'usage' ? {} : { hint: 'see the scenarios in `scenarios/first`, or `bench schema` for every word' }),
  })
}

/** A relative path where the file is below the working directory. */
function shownFile(file: string): string {
  const short = relative('', file)
  return visible(short === '' || short.startsWith('..') ? file : short)
}

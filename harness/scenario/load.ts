/** A scenario file → a Scenario, or all its problems at once. */
import { readFile, stat } from 'node:fs/promises'
import { extname, resolve } from 'node:path'
import { BenchError } from '../model/error.ts'
import type { Expanded, Overrides } from '../model/expanded.ts'
import { fileFormatOf } from '../model/file-format.ts'
import { checkScenario } from './check.ts'
import { readJson } from './json.ts'
import { linesIn } from './lines.ts'
import { moduleReader, type ModuleReader } from './module.ts'
import type { Plain } from './plain.ts'
import { printed, visible } from './print.ts'
import { problemAt, type Problem } from './problem.ts'
import { refusal } from './problem.ts'

const mostBytes = 1024 * 1024

export interface LoadOptions {
  /** How many milliseconds a TypeScript file may take to export its scenario; default 10,000. */
  readonly deadlineMs?: number
  /** Overrides of the command line; checked together with the scenario. */
  readonly overrides?: Overrides
  /** A reader to share when many files are loaded one after the other; without it one is made for this file. */
  readonly modules?: ModuleReader
  /** Ends the reading of a file whose code does not end. */
  readonly signal?: AbortSignal
}

/**
 * Reads `.ts`, `.mts`, `.js`, `.mjs` (whose code is run) and `.json`. Throws BenchError `scenario-invalid` with every problem in
 * `lines`, `usage` when only the overrides do not fit, `not-found` when there is no such file, `interrupted` at the signal.
 */
export async function loadScenario(path: string, options: LoadOptions = {}): Promise<Expanded> {
  const file = resolve(path)
  const source = await sourceOf(file)
  if ('problems' in source) throw invalid(file, source.problems)
  const read = await readers[extname(file)]?.(file, source.text, options)
  if (read === undefined)
    throw invalid(file, problemAt('file', `must end in ${endings}, got ${printed(extname(file))}`))
  const { overrides } = options
  const checked =
    'problems' in read ? { ok: false as const, problems: read.problems } : checkScenario(read.value, overrides)
  if (checked.ok) return checked.expanded
  const lineOf = linesIn(source.text)
  const problems = checked.problems.map((problem) => located(problem, lineOf(problem.path)))
  const wellWithout = overrides !== undefined && 'value' in read && checkScenario(read.value).ok
  throw wellWithout
    ? refusal('usage', `the options must fit the scenario ${visible(path)}`, problems, file)
    : invalid(file, problems)
}

type Reader = (file: string, text: string, options: LoadOptions) => Promise<Plain>

const asModule: Reader = async (file, _text, { deadlineMs = 60_000, modules, signal }) => {
  if (modules !== undefined) return modules.read(file, deadlineMs)
  const own = moduleReader(signal)
  try {
    return await own.read(file, deadlineMs)
  } finally {
    await own.close()
  }
}
const readers: Readonly<Record<string, Reader>> = {
  '.ts': asModule,
  '.mts': asModule,
  '.js': asModule,
  '.mjs': asModule,
  '.json': (_file, text) => Promise.resolve(readJson(text)),
}
const endings = Object.keys(readers).join(', ')

/** May the file hold a scenario, by its name? */
function isScenarioFile(path: string): boolean {
  return Object.hasOwn(readers, extname(path)) && !isTestFile(path) && !/\.d\.m?ts$/.test(path)
}

/** `x.test.ts` and the like, which may be beside scenarios. */
export function isTestFile(path: string): boolean {
  return /\.(test|spec)\.m?[jt]s$/.test(path)
}

const mayExport = /\bdefault\b/

/** Of a file found in a folder, which nobody named: is it one to run? A helper beside scenarios has no default export. */
export async function looksLikeScenario(path: string): Promise<boolean> {
  if (!isScenarioFile(path)) return false
  return extname(path) === '.json' || mayExport.test(await readFile(path, 'utf8').catch(() => 'default'))
}

type Source = { readonly text: string } | { readonly problems: readonly Problem[] }

async function sourceOf(file: string): Promise<Source> {
  try {
    // Check first that it is a plain file: opening a pipe would wait until somebody writes to it.
    const facts = await stat(file)
    if (!facts.isFile()) return { problems: problemAt('file', 'must be a plain file, got something else') }
    if (facts.size > mostBytes)
      return { problems: problemAt('file', `must be at most ${mostBytes} bytes, got ${facts.size}`) }
    return textOf(await readFile(file))
  } catch (cause) {
    throw new BenchError('not-found', `scenario file must be there and readable, got ${printed(file)}`, {
      hint: '`bench list` shows the scenarios that come with the harness',
      cause,
    })
  }
}

/** Zero bytes are UTF-8, but no text of ours: UTF-16 without a byte order mark has them, and archives. */
function textOf(bytes: Buffer): Source {
  const text = decoded(bytes)
  if (text !== undefined && !text.includes('\u0000')) return { text }
  const wrong = text === undefined ? firstWrong(bytes) : bytes.indexOf(0)
  const line = bytes.subarray(0, wrong).toString('latin1').split('\n').length
  const format = fileFormatOf(bytes)
  const is = format === undefined || format.encoding === 'utf-8' ? 'another encoding' : format.is
  return { problems: [{ path: 'file', message: `must be UTF-8, it is ${is}`, line }] }
}

function decoded(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    return undefined
  }
}

/** Index of the first byte that is not UTF-8: before it, decoding and encoding again changes nothing. */
function firstWrong(bytes: Buffer): number {
  const again = Buffer.from(bytes.toString('utf8'), 'utf8')
  return bytes.findIndex((byte, index) => again[index] !== byte)
}

function located(problem: Problem, found: number | undefined): Problem {
  const line = problem.line ?? found
  return line === undefined ? problem : { ...problem, line }
}

function invalid(file: string, problems: readonly Problem[]): BenchError {
  return refusal('scenario-invalid', `${visible(file)} must be a valid scenario`, problems, file)
}

#!/usr/bin/env node
/** The only file that touches the process: makes a World, calls the command line, sets the exit status. */
import { resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { cli } from './cli.ts'
import { BenchError } from './model/error.ts'
import type { World } from './model/world.ts'

const interrupt = new AbortController()
let asked = 0
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(name, () => {
    asked += 1
    if (asked === 1)
      process.stderr.write(
        `\n${name}: stopping and cleaning up; once more ends at once and leaves the rest to "pnpm bench sweep"\n`,
      )
    const by = name === 'SIGINT' ? 'Ctrl-C' : name
    interrupt.abort(new DOMException(`interrupted by ${by}`, 'AbortError'))
    if (asked > 1) process.exit(130)
  })
}
const unread = new AbortController()
let unwritten: number | undefined
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // A reader such as `head` that goes away has seen enough: a command that ends by itself goes on to its end without it.
    if (error.code === 'EPIPE') {
      if (stream === process.stdout) unread.abort()
      return
    }
    if (unwritten === undefined && stream === process.stdout) {
      process.stderr.write(`error: stdout must be writable, got ${error.code ?? error.message}\n`)
    }
    unwritten = new BenchError('io', error.message).exitStatus
    process.exitCode = unwritten
  })
}

/** pnpm runs a script of ours in the folder of the package, and keeps where it was called. */
function typedIn(env: NodeJS.ProcessEnv): string | undefined {
  return env['npm_package_name'] === 'nats-jail-harness' && env['npm_lifecycle_event'] === 'bench'
    ? env['INIT_CWD']
    : undefined
}

/** A terminal of 100 columns where `COLUMNS` gives no width. */
function wholeColumns(said = ''): number {
  return /^[1-9]\d{0,5}$/.test(said) ? Number(said) : 100
}

const noColor = (process.env['NO_COLOR'] ?? '') !== ''
const world: World = {
  argv: process.argv.slice(2),
  env: process.env,
  cwd: typedIn(process.env) ?? process.cwd(),
  reports: resolve('reports'),
  out: (text) => void process.stdout.write(text),
  input: (signal) => createInterface({ input: process.stdin, signal }),
  err: (text) => void process.stderr.write(text),
  live: process.stderr.isTTY === true && process.env['TERM'] !== 'dumb',
  color: !noColor && (process.stdout.isTTY === true || !['', '0', 'false'].includes(process.env['FORCE_COLOR'] ?? '')),
  columns: process.stdout.columns ?? wholeColumns(process.env['COLUMNS']),
  now: () => new Date(),
  signal: interrupt.signal,
  unread: unread.signal,
  pid: process.pid,
  node: process.execPath,
}

const status = await cli(world)
process.exitCode = unwritten ?? status

/** A program in a container as a Child: exec streams, and signals through the node's control shell. */
import type { Child, Exit, SpawnOptions } from '../../host/host.ts'
import { describeCommand, stopChild, within } from '../../host/child.ts'
import { LineCutter, LineFeed } from '../../host/lines.ts'
import { BenchError } from '../../model/error.ts'
import type { Control, ProgramId } from './control.ts'
import type { Container } from './engine.ts'
import { openExec, type ExecStream } from './stream.ts'

const tailLines = 40
const tailLineBytes = 4096
const startMs = 15_000

/** Prints its pid and start time on the first line of stderr, then becomes the program by exec: both stay the same. */
const introduction = `
command -v "$1" >/dev/null 2>&1 || { echo "$1: no such program in this node" >&2; exit 127; }
say() { echo "bench-program $$ \${20}" >&2; }
read -r stat </proc/$$/stat
say \${stat##*) }
exec "$@"
`

/** Signals by number. After a signal a program's status is 128 plus this number. The same on every Linux that we support. */
const signals: Readonly<Record<number, string>> = {
  1: 'SIGHUP',
  2: 'SIGINT',
  3: 'SIGQUIT',
  4: 'SIGILL',
  6: 'SIGABRT',
  7: 'SIGBUS',
  8: 'SIGFPE',
  9: 'SIGKILL',
  11: 'SIGSEGV',
  13: 'SIGPIPE',
  14: 'SIGALRM',
  15: 'SIGTERM',
}

export interface ProgramContext {
  readonly container: Container
  readonly control: Control
  readonly node: string
  /** Why the program was killed, where that is known; added to the program's last lines. */
  readonly whyKilled: () => Promise<string | undefined>
}

/** Resolves when the program runs. Throws BenchError `os` when it does not start. */
export async function startProgram(
  context: ProgramContext,
  command: readonly string[],
  options: SpawnOptions,
): Promise<Child> {
  if (command.length === 0) throw new BenchError('bug', 'command must name a program, got an empty list')
  const what = `${describeCommand(command)} in ${context.node}`
  const stream = await openExec(context.container, {
    command: ['/bin/sh', '-c', introduction, 'sh', ...command],
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  })
  const last: string[] = []
  const remember = (line: string): void => {
    last.push(line)
    if (last.length > tailLines) last.shift()
  }
  const introduced = watchStderr(stream, remember)
  const lines = new LineFeed(stream.stdout, what, remember)
  const program = await within(introduced, startMs)
  if (program === undefined) throw notStarted(what, 'no answer', last)
  if (program === 'ended') throw notStarted(what, describeEnd(await stream.ended), last)

  let over = false
  const exit = stream.ended.then(async (end): Promise<Exit> => {
    over = true
    if (!('lost' in end)) await context.control.ended(program).catch((error: unknown) => remember(`(${String(error)})`))
    return explain(end, context, remember)
  })
  const signal: Child['signal'] = (name) => {
    if (over) return
    context.control
      .signal(program, name)
      .catch((error: unknown) => remember(`(${name} was not sent: ${String(error)})`))
  }
  return {
    write: (text) => stream.write(text),
    closeInput: () => stream.closeInput(),
    lines,
    tail: () => [...last],
    exit,
    signal,
    stop: (graceMs = 3000) => stopChild(what, exit, signal, graceMs),
  }
}

/** Reads the first line (see `introduction`) and passes on the rest of stderr. Resolves `ended` when that line never came. */
function watchStderr(stream: ExecStream, remember: (line: string) => void): Promise<ProgramId | 'ended'> {
  const introduced = Promise.withResolvers<ProgramId | 'ended'>()
  const cutter = new LineCutter(tailLineBytes, (text, cut) => {
    const match = /^bench-program (\d+) (\d+)$/.exec(text)
    if (match !== null) introduced.resolve({ pid: Number(match[1]), started: match[2] ?? '' })
    else remember(cut ? `${text} ...` : text)
  })
  stream.stderr.on('data', (chunk: Buffer) => cutter.push(chunk))
  stream.stderr.once('close', () => {
    cutter.end()
    introduced.resolve('ended')
  })
  return introduced.promise
}

async function explain(
  end: Awaited<ExecStream['ended']>,
  context: ProgramContext,
  remember: (line: string) => void,
): Promise<Exit> {
  if ('lost' in end) {
    remember(`(the engine lost this program: ${end.lost})`)
    return {}
  }
  const name = signals[end.status - 128]
  if (name === undefined) return { status: end.status }
  if (name === 'SIGKILL') {
    const because = await context
      .whyKilled()
      .catch((error: unknown) => `why it was killed cannot be told: ${String(error)}`)
    if (because !== undefined) remember(`(${because})`)
  }
  return { signal: name }
}

function describeEnd(end: Awaited<ExecStream['ended']>): string {
  return 'lost' in end ? end.lost : `status ${end.status}`
}

function notStarted(what: string, because: string, lines: readonly string[]): BenchError {
  return new BenchError('os', `program ${what} must start, got ${because}`, { lines })
}

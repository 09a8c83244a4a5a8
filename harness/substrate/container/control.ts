/**
 * A small shell that waits inside each node and does what an engine cannot do by exec: signal one program with its children, and
 * read at once what the node has used. It starts no process, so a reading costs the node about a millisecond of CPU.
 */
import { LineFeed } from '../../host/lines.ts'
import { within } from '../../host/child.ts'
import { BenchError } from '../../model/error.ts'
import type { Container } from './engine.ts'
import { openExec } from './stream.ts'

/** A program of the node: its process id there and its start time, so that no later process with the same id is signalled. */
export interface ProgramId {
  readonly pid: number
  readonly started: string
}

export interface Reading {
  readonly cpuUserMicros: number
  readonly cpuSystemMicros: number
  readonly memoryBytes: number
  /** Processes the kernel has killed in this node because of its memory limit. */
  readonly outOfMemoryKills: number
  /** `/proc/self/timens_offsets`: `monotonic 0 0`; empty where the kernel has no time namespaces. */
  readonly clockOffset: string
}

export interface Control {
  /** Signals the program and its children: each exec has a process group of its own. False when the program had ended already. */
  signal(program: ProgramId, name: string): Promise<boolean>
  /** Kills children that an ended program has left. While they live, no other process group gets the same number. */
  ended(program: ProgramId): Promise<boolean>
  read(): Promise<Reading>
  close(): void
}

const answerMs = 10_000

/** POSIX sh with builtins only. Reads `/proc` and the cgroup, version 2 or 1, as the node sees them. */
export const controlScript = `
cg=\${BENCH_CGROUP:-/sys/fs/cgroup}
same() {
  { read -r stat <"/proc/$1/stat"; } 2>/dev/null || return 1
  now=\${stat##*) }
  set -- "$2" $now
  [ "$1" = "\${21}" ]
}
keys() {
  file=$1; shift
  while read -r key value; do
    for wanted; do [ "$key" = "$wanted" ] && answer="$answer $wanted=$value"; done
    [ "$key" = "$last" ] && return 0
  done <"$file"
}
one() { read -r value <"$2" && answer="$answer $1=$value"; }
usage() {
  answer=usage
  if [ -r $cg/cpu.stat ]; then
    last=system_usec keys $cg/cpu.stat user_usec system_usec
    if [ -r $cg/memory.stat ]; then last=file_mapped keys $cg/memory.stat anon file_mapped; fi
    if [ -r $cg/memory.events ]; then last=oom_kill keys $cg/memory.events oom_kill; fi
  else
    one total_ns $cg/cpuacct/cpuacct.usage
    one user_ns $cg/cpuacct/cpuacct.usage_user
    last=mapped_file keys $cg/memory/memory.stat rss mapped_file
    last=oom_kill keys $cg/memory/memory.oom_control oom_kill
  fi
  clock=
  if [ -r /proc/self/timens_offsets ]; then
    while read -r name seconds nanos; do [ "$name" = monotonic ] && clock="$seconds.$nanos"; done </proc/self/timens_offsets
  fi
  echo "$answer clock=$clock"
}
echo hello
while read -r what name pid began; do
  case $what in
    signal) if same "$pid" "$began" && kill -s "$name" -- "-$pid" 2>/dev/null; then echo sent; else echo gone; fi ;;
    ended) if kill -s KILL -- "-$pid" 2>/dev/null; then echo sent; else echo gone; fi ;;
    usage) usage ;;
  esac
done
`

/** Opens it in a running container. Throws BenchError `os` when the node has no working shell. */
export async function openControl(container: Container, node: string): Promise<Control> {
  const stream = await openExec(container, { command: ['/bin/sh', '-c', controlScript] })
  const problems: string[] = []
  stream.stderr.on('data', (chunk: Buffer) => problems.splice(0, problems.length - 9, chunk.toString('utf8').trim()))
  const lines = new LineFeed(stream.stdout, `control shell of ${node}`, () => undefined)[Symbol.asyncIterator]()
  let queue: Promise<unknown> = Promise.resolve()
  const next = async (what: string): Promise<string> => {
    const answer = await within(lines.next(), answerMs)
    if (answer !== undefined && answer.done !== true) return answer.value
    throw new BenchError('os', `node ${node} must ${what}, got ${answer === undefined ? 'no answer' : 'no shell'}`, {
      lines: problems,
      hint: 'its container may have been stopped from outside; run "docker ps -a"',
    })
  }
  const question = (text: string, what: string): Promise<string> => {
    const answer = queue.then(() => {
      stream.write(`${text}\n`)
      return next(what)
    })
    queue = answer.catch(() => undefined)
    return answer
  }
  if ((await next('have a POSIX shell')) !== 'hello') throw new BenchError('bug', `control shell of ${node} must greet`)
  return {
    signal: async ({ pid, started }, name) =>
      (await question(`signal ${name.replace(/^SIG/, '')} ${pid} ${started}`, 'take a signal')) === 'sent',
    ended: async ({ pid, started }) => (await question(`ended KILL ${pid} ${started}`, 'end a program')) === 'sent',
    read: async () => parseReading(await question('usage', 'say what it has used'), node),
    close: () => stream.closeInput(),
  }
}

/** `usage user_usec=1 system_usec=2 anon=3 file_mapped=4 oom_kill=0 clock=0.0`, or version 1's names. */
export function parseReading(line: string, node: string): Reading {
  const pairs = new Map(line.split(' ').map((word) => [word.split('=')[0] ?? '', word.split('=')[1] ?? ''] as const))
  const number = (name: string): number | undefined => {
    const text = pairs.get(name)
    return text === undefined || !/^\d+$/.test(text) ? undefined : Number(text)
  }
  const cpu = cpuMicros(number)
  if (!line.startsWith('usage ') || cpu === undefined) {
    throw new BenchError('os', `node ${node} must see its cgroup, got ${JSON.stringify(line.slice(0, 200))}`, {
      hint: 'the engine must mount /sys/fs/cgroup into its containers, as Docker and Podman do',
    })
  }
  return {
    ...cpu,
    memoryBytes: (number('anon') ?? number('rss') ?? 0) + (number('file_mapped') ?? number('mapped_file') ?? 0),
    outOfMemoryKills: number('oom_kill') ?? 0,
    clockOffset: pairs.get('clock') ?? '',
  }
}

/** In version 1 only the total is exact and user time is in clock ticks; version 2 has made both fit together already. */
function cpuMicros(
  number: (name: string) => number | undefined,
): Pick<Reading, 'cpuUserMicros' | 'cpuSystemMicros'> | undefined {
  const [user, system] = [number('user_usec'), number('system_usec')]
  if (user !== undefined && system !== undefined) return { cpuUserMicros: user, cpuSystemMicros: system }
  const [totalNs, userNs] = [number('total_ns'), number('user_ns')]
  if (totalNs === undefined || userNs === undefined) return undefined
  const total = Math.floor(totalNs / 1000)
  const share = Math.min(total, Math.floor(userNs / 1000))
  return { cpuUserMicros: share, cpuSystemMicros: total - share }
}

/** The later reading, changed so that neither user nor system time is below that of the earlier one; their sum stays. */
export function growing(earlier: Reading, later: Reading): Reading {
  const total = later.cpuUserMicros + later.cpuSystemMicros
  const most = Math.max(earlier.cpuUserMicros, total - earlier.cpuSystemMicros)
  const cpuUserMicros = Math.min(most, Math.max(earlier.cpuUserMicros, later.cpuUserMicros))
  return { ...later, cpuUserMicros, cpuSystemMicros: total - cpuUserMicros }
}

/**
 * The load agent: runs inside a node, generates or receives load, measures it.
 *
 * It is started as `node main.cjs` in a folder that holds these files and nothing else (`node:` modules and siblings only; the
 * engine `nats.js` also needs the package `nats`). It talks to the runner over its own pipes, one JSON object a line:
 *
 *   stdout  hello                                  at once: protocol version, clock facts
 *   stdin   assign {token, phases, assignment}     what to do; credentials come this way, never by argument or environment
 *   stdout  ready {now}                            connected and subscribed
 *   stdin   start {at}                             one common instant on CLOCK_MONOTONIC
 *   stdout  sample ...                             each second of a phase (of a long one less often) and exactly at its end
 *   stdin   finish                                 to receivers, when all senders are done
 *   stdout  done | failed                          the last line; exit status 0 | 1
 *
 * After `done` of an assignment that `stays` it all begins again with a hello, in the same process.
 *
 * `node main.cjs 4` holds four such conversations, for nodes that share one process: each line, both ways, begins with the number
 * of its conversation, from 0, and a space. A failure of one ends all.
 *
 * The end of stdin means that the runner is dead: the agent ends at once. Nothing reconnects: a lost connection is `failed`.
 */
import type { Frame } from '../model/recording.ts'
import { startSession, type Session } from './session.ts'

const mostLineBytes = 4 * 1024 * 1024

const count = Number(process.argv[2] ?? 1)
const prefixes = Array.from({ length: count }, (_, i) => (count === 1 ? '' : `${i} `))
let open = count

const begin = (prefix: string, place: number): Session =>
  startSession({
    node: process.env['BENCH_NODE'],
    emit: (frame: Frame) => {
      process.stdout.write(`${prefix}${JSON.stringify(frame)}\n`)
    },
    over: (status, stays) => {
      if (stays) {
        sessions[place] = begin(prefix, place)
        return
      }
      open--
      if (status === 0 && open > 0) return
      process.exitCode = status
      process.stdout.write('', () => process.exit())
    },
  })
const sessions = prefixes.map(begin)

/** What belongs to no conversation is a command like any other to the first one, which says what is wrong with it. */
const take = (line: string): void => {
  const found = prefixes.findIndex((prefix) => line.startsWith(prefix))
  sessions[Math.max(0, found)]?.command(found < 0 ? line : line.slice(prefixes[found]!.length))
}
const fail = (thrown: unknown): void => sessions.forEach((session) => session.fail(thrown))

let rest = ''
process.stdin.setEncoding('utf8')
process.stdin.on('data', (chunk: string) => {
  const lines = (rest + chunk).split('\n')
  rest = lines.pop() ?? ''
  for (const line of lines) take(line)
  if (rest.length > mostLineBytes) fail(new RangeError('command line too long'))
})
process.stdin.on('end', () => process.exit(1))
process.stdin.on('error', () => process.exit(1))
process.stdout.on('error', () => process.exit(1))
process.on('SIGTERM', () => process.exit(143))
// Ctrl-C reaches the whole process group; the runner decides what comes of it.
process.on('SIGINT', () => undefined)
process.on('uncaughtException', fail)

/**
 * The load agent: runs inside a node, generates or receives load, measures it.
 *
 * It is started as `node main.js` in a folder that holds these files and nothing else (`node:` modules and siblings only; the
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
 * The end of stdin means that the runner is dead: the agent ends at once. Nothing reconnects: a lost connection is `failed`.
 */
import type { Frame } from '../model/recording.ts'
import { startSession } from './session.ts'

const mostLineBytes = 4 * 1024 * 1024

const open = () =>
  startSession({
    node: process.env['BENCH_NODE'],
    emit: (frame: Frame) => {
      process.stdout.write(`${JSON.stringify(frame)}\n`)
    },
    over: (status, stays) => {
      if (stays) {
        session = open()
        return
      }
      process.exitCode = status
      process.stdout.write('', () => process.exit())
    },
  })
let session = open()

let rest = ''
process.stdin.setEncoding('utf8')
process.stdin.on('data', (chunk: string) => {
  const lines = (rest + chunk).split('\n')
  rest = lines.pop() ?? ''
  for (const line of lines) session.command(line)
  if (rest.length > mostLineBytes) session.fail(new RangeError('command line too long'))
})
process.stdin.on('end', () => process.exit(1))
process.stdin.on('error', () => process.exit(1))
process.stdout.on('error', () => process.exit(1))
process.on('SIGTERM', () => process.exit(143))
// Ctrl-C reaches the whole process group; the runner decides what comes of it.
process.on('SIGINT', () => undefined)
process.on('uncaughtException', (error) => session.fail(error))

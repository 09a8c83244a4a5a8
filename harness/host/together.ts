/**
 * Questions to a host that go there together: all that are asked in one turn of the event loop are one call. To start a program costs
 * some milliseconds here, and a session of half a second on a board over ssh. For short commands that change nothing: they run one
 * after the other, and what they say on stderr is dropped.
 */
import { randomBytes } from 'node:crypto'
import { BenchError } from '../model/error.ts'
import { describeCommand } from './child.ts'
import type { Finished, Host, RunOptions } from './host.ts'
import { oneTurn } from './one-turn.ts'

/**
 * First $1: a word that no answer holds. Then each command: how many words, the words. The subshell moves them to the end and drops
 * all before them, for that is how sh takes the first n of its arguments.
 */
const script = `
mark=$1; shift
while [ $# -gt 0 ]; do
  n=$1; shift
  ( i=0; others=$(($# - n)); while [ $i -lt $n ]; do set -- "$@" "$1"; shift; i=$((i + 1)); done
    shift $others; exec "$@" ) </dev/null 2>/dev/null
  printf '\\n%s %s\\n' "$mark" $?
  shift $n
done`

/** For each question beside the one that may take longest: a slow board in an emulator takes three seconds for one. */
const eachMs = 5000

interface Question {
  readonly command: readonly string[]
  readonly options: Pick<RunOptions, 'accept' | 'timeoutMs'>
}

/** Absent where the call was cut short before it. */
type Answers = ReadonlyMap<Question, Pick<Finished, 'stdout' | 'status'>>

/** The same questions, in the words of locale C. Each is answered or fails on its own; of the options `accept` and `timeoutMs` count. */
export function together(host: Pick<Host, 'run'>): Pick<Host, 'run'> {
  const asked = oneTurn((questions: readonly Question[]) => ask(host, questions))
  return {
    async run(command, options = {}) {
      const question = { command, options }
      return settled(question, (await asked(question)).get(question))
    },
  }
}

async function ask(host: Pick<Host, 'run'>, questions: readonly Question[]): Promise<Answers> {
  const mark = randomBytes(12).toString('hex')
  const words = questions.flatMap(({ command }) => [String(command.length), ...command])
  const longest = Math.max(...questions.map(({ options }) => options.timeoutMs ?? 60_000))
  const timeoutMs = longest + eachMs * (questions.length - 1)
  const { stdout } = await host.run(['sh', '-c', script, 'sh', mark, ...words], { timeoutMs, env: { LC_ALL: 'C' } })
  const answers = [...stdout.matchAll(new RegExp(`([^]*?)\\n${mark} (\\d+)\\n`, 'g'))]
  return new Map(
    answers.flatMap(([, said = '', status], i) => {
      const question = questions[i]
      return question === undefined ? [] : [[question, { stdout: said, status: Number(status) }] as const]
    }),
  )
}

function settled({ command, options }: Question, answer: ReturnType<Answers['get']>): Finished {
  const { accept = [0] } = options
  if (answer !== undefined && (accept === 'any' || accept.includes(answer.status))) return { ...answer, stderr: '' }
  const must = accept === 'any' ? 'have an answer' : `end with status ${accept.join(' or ')}`
  throw new BenchError('os', `command \`${describeCommand(command)}\` must ${must}, got ${answer?.status ?? 'none'}`)
}

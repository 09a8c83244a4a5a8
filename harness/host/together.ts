/**
 * Questions to a host that go there together: all that are asked in one turn of the event loop are one call. To start a program costs
 * some milliseconds here, and a session of half a second on a board over ssh. For short commands that change nothing: they run one
 * after the other, and what they say on stderr is dropped.
 */
import { randomBytes } from 'node:crypto'
import { BenchError } from '../model/error.ts'
import { describeCommand } from './child.ts'
import type { Finished, Host, RunOptions } from './host.ts'

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
  readonly answer: PromiseWithResolvers<Finished>
}

/** The same questions, in the words of locale C. Each is answered or fails on its own; of the options `accept` and `timeoutMs` count. */
export function together(host: Pick<Host, 'run'>): Pick<Host, 'run'> {
  let waiting: Question[] = []
  return {
    run(command, options = {}) {
      const answer = Promise.withResolvers<Finished>()
      if (waiting.length === 0)
        setImmediate(() => {
          const questions = waiting
          waiting = []
          void ask(host, questions)
        })
      waiting.push({ command, options, answer })
      return answer.promise
    },
  }
}

/** Settles each answer. */
async function ask(host: Pick<Host, 'run'>, questions: readonly Question[]): Promise<void> {
  const mark = randomBytes(12).toString('hex')
  const words = questions.flatMap(({ command }) => [String(command.length), ...command])
  const longest = Math.max(...questions.map(({ options }) => options.timeoutMs ?? 60_000))
  const timeoutMs = longest + eachMs * (questions.length - 1)
  try {
    const { stdout } = await host.run(['sh', '-c', script, 'sh', mark, ...words], { timeoutMs, env: { LC_ALL: 'C' } })
    const answers = [...stdout.matchAll(new RegExp(`([^]*?)\\n${mark} (\\d+)\\n`, 'g'))]
    questions.forEach((question, i) => settle(question, answers[i]?.[1], Number(answers[i]?.[2])))
  } catch (error) {
    for (const { answer } of questions) answer.reject(error)
  }
}

function settle({ command, options, answer }: Question, stdout: string | undefined, status: number): void {
  const { accept = [0] } = options
  const must = accept === 'any' ? 'have an answer' : `end with status ${accept.join(' or ')}`
  if (stdout !== undefined && (accept === 'any' || accept.includes(status)))
    answer.resolve({ stdout, stderr: '', status })
  else answer.reject(new BenchError('os', `command \`${describeCommand(command)}\` must ${must}, got ${status}`))
}

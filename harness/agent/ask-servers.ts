/**
 * Asks monitoring ports from inside a node: `node ask-servers.cjs HOST PORT PATH ...`, all at once, as soon as stdin ends.
 * It says `ready` when it can. One line of JSON for each that answers: `{"of":0,"body":{...}}`, counted from 0.
 */
import { httpGet } from './http.ts'

const answerMs = 2000
const words = process.argv.slice(2)

async function ask(of: number): Promise<void> {
  const [host = '', port = '', path = ''] = words.slice(of * 3, of * 3 + 3)
  const body: unknown = JSON.parse(await httpGet({ host, port: Number(port) }, path, answerMs))
  process.stdout.write(`${JSON.stringify({ of, body })}\n`)
}

process.stdin.resume().on('end', () => {
  // A server that does not answer, perhaps ended on purpose, is told on stderr and left out.
  for (let of = 0; of * 3 < words.length; of++)
    ask(of).catch((error: unknown) =>
      process.stderr.write(`${words.slice(of * 3, of * 3 + 2).join(':')}: ${String(error)}\n`),
    )
})
process.stdout.write('ready\n')

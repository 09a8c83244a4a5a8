/** The command line in this process, with a world of its own: for tests of commands that build nothing. */
import { Readable } from 'node:stream'
import { cli } from '../cli.ts'

export interface Said {
  readonly status: number
  readonly out: string
  readonly err: string
}

export async function benchHere(cwd: string, ...argv: readonly string[]): Promise<Said> {
  let [out, err] = ['', '']
  const status = await cli({
    argv,
    env: {},
    cwd,
    input: () => Readable.from([]),
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    live: false,
    color: false,
    columns: 100,
    now: () => new Date(0),
    signal: new AbortController().signal,
    pid: 1,
    node: process.execPath,
  })
  return { status, out, err }
}

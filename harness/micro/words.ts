/** The words after a command of this room: `parseArgs`, whose errors are mistakes of the user, not bugs of ours. */
import { parseArgs, type ParseArgsConfig } from 'node:util'
import { BenchError } from '../model/error.ts'

/** Throws BenchError `usage` for an option that is not there, one without its value, and a word that no option takes. */
export function wordsOf<T extends ParseArgsConfig>(config: T): ReturnType<typeof parseArgs<T>> {
  try {
    return parseArgs(config)
  } catch (cause) {
    if (!(cause instanceof TypeError) || !('code' in cause) || !String(cause.code).startsWith('ERR_PARSE_ARGS'))
      throw cause
    const known = Object.keys(config.options ?? {}).map((name) => `--${name}`)
    throw new BenchError('usage', `words must be ${known.join(', ')}, got ${cause.message.split('. ')[0] ?? ''}`, {
      cause,
    })
  }
}

/** A test runner shows only the message of an error, so evidence and remedy are put into it. */
import { BenchError } from '../model/error.ts'

/** Does the action. A BenchError is thrown again with its lines and hint in its message. */
export async function told<T>(action: () => Promise<T>): Promise<T> {
  try {
    return await action()
  } catch (error) {
    if (!(error instanceof BenchError) || (error.lines.length === 0 && error.hint === undefined)) throw error
    const evidence = error.lines.map((line) => `\n  ${line}`).join('')
    const hint = error.hint === undefined ? '' : `\nhint: ${error.hint}`
    throw new BenchError(error.code, `${error.message}${evidence}${hint}`, { cause: error.cause })
  }
}

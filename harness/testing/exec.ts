import type { Finished } from '../host/host.ts'
import { within } from '../lab/wait.ts'
import { BenchError } from '../model/error.ts'
import type { LiveNode } from '../substrate/substrate.ts'

export interface ExecOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly input?: string
  /** Default 30 s. */
  readonly timeoutMs?: number
  /** Exit statuses that are no error, default [0]. */
  readonly accept?: readonly number[]
}

/** Runs a program in a node to its end. `stderr` holds its last 40 lines. */
export async function execIn(node: LiveNode, command: readonly string[], options: ExecOptions): Promise<Finished> {
  const child = await node.spawn(command, options.env === undefined ? {} : { env: options.env })
  if (options.input !== undefined) child.write(options.input)
  child.closeInput()
  const ms = options.timeoutMs ?? 30_000
  const read = async () => {
    let stdout = ''
    for await (const line of child.lines) stdout += `${line}\n`
    return { stdout, exit: await child.exit }
  }
  const shown = command.join(' ').slice(0, 200)
  try {
    const late = () =>
      new BenchError('os', `${shown} in node ${node.name} must end within ${ms / 1000} s`, { lines: child.tail() })
    const { stdout, exit } = await within(read(), { ms, late })
    const status = exit.status ?? 128
    if (!(options.accept ?? [0]).includes(status)) {
      throw new BenchError('os', `${shown} in node ${node.name} must end with status 0, got ${exit.signal ?? status}`, {
        lines: child.tail(),
      })
    }
    return { stdout, stderr: child.tail().join('\n'), status }
  } finally {
    await child.stop(500)
  }
}

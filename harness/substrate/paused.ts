/** SIGSTOP reaches the threads of a program one by one: on a busy machine some run on for a while after kill(2) has returned. */
import { BenchError } from '../model/error.ts'
import type { Pausable } from './substrate.ts'

const stoppedWithinMs = 5000
const pollMs = 5

/**
 * Resolves when every state is that of something stopped or dead, in the letters of ps(1). Throws `os` after 5 s.
 * `states` lists threads, or processes where the system knows no more.
 */
export async function untilStopped(what: string, states: () => Promise<readonly string[]>): Promise<void> {
  const deadline = performance.now() + stoppedWithinMs
  for (;;) {
    const running = (await states()).filter((state) => !/^[TtZX]/.test(state))
    if (running.length === 0) return
    if (performance.now() > deadline) {
      const seen = running.join(', ')
      throw new BenchError('os', `${what} must be stopped within ${stoppedWithinMs} ms of SIGSTOP, got states ${seen}`)
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs))
  }
}

/** Of a node all of whose processes can be signalled: `signal` sends one → states of their threads, in the letters of ps(1). */
export function stopping(node: string, signal: (name: 'STOP' | 'CONT') => Promise<readonly string[]>): Pausable {
  return {
    // Again and again: what a program started before it was stopped itself was on no list.
    pause: () => untilStopped(`node ${node}`, () => signal('STOP')),
    resume: async () => void (await signal('CONT')),
  }
}

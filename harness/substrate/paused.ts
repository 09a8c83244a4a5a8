/** SIGSTOP stops the threads of a program one by one: on a busy machine some still run for a while after kill(2) has returned. */
import { BenchError } from '../model/error.ts'
import type { Pausable } from './substrate.ts'

const stoppedWithinMs = 5000
const pollMs = 5

/**
 * Resolves when all are stopped or dead, by their states in the letters of ps(1). Throws `os` after 5 s.
 * `states` lists threads, or processes where the system does not tell more.
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

/** `signal` sends a signal to all processes of the node → the states of their threads, in the letters of ps(1). */
export function stopping(node: string, signal: (name: 'STOP' | 'CONT') => Promise<readonly string[]>): Pausable {
  return {
    // Sent several times: a program may have started another one, which was on no list yet, just before it was stopped.
    pause: () => untilStopped(`node ${node}`, () => signal('STOP')),
    resume: async () => void (await signal('CONT')),
  }
}

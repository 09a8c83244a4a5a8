/** Sends SIGKILL to a process whose pid was read from a text. */
import { BenchError } from '../model/error.ts'

/** Throws for anything but the pid of one process: an empty text would be 0, which for kill(2) is our own group, with vitest in it. */
export function pidOf(text: string): number {
  const pid = /^\d+$/.test(text.trim()) ? Number(text) : 0
  if (pid <= 1) throw new BenchError('bug', `pid must be a number above 1, got ${JSON.stringify(text)}`)
  return pid
}

export function killNow(text: string): void {
  process.kill(pidOf(text), 'SIGKILL')
}

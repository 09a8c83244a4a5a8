/** SIGKILL to what a program wrote down as its pid. */
import { BenchError } from '../model/error.ts'

/** Throws on anything but one process: an empty text is 0 for kill(2), and 0 is our own group, with vitest in it. */
export function pidOf(text: string): number {
  const pid = /^\d+$/.test(text.trim()) ? Number(text) : 0
  if (pid <= 1) throw new BenchError('bug', `pid must be a number above 1, got ${JSON.stringify(text)}`)
  return pid
}

export function killNow(text: string): void {
  process.kill(pidOf(text), 'SIGKILL')
}

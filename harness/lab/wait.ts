/** Every wait has a deadline and a signal, and says who was waited for. */
import { asBenchError, interrupted, isTimedOut, type BenchError } from '../model/error.ts'

export interface Wait {
  readonly ms: number
  /** Asked when that time is up: by how much the wait is longer, ms. It may have grown since. */
  readonly moreMs?: () => number
  readonly signal?: AbortSignal
  /** Built only when the time is up. */
  readonly late: () => BenchError
}

/** Resolves or rejects as `promise` does, unless the deadline or the signal comes first. */
export function within<T>(promise: Promise<T>, wait: Wait): Promise<T> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      clearTimeout(timer)
      wait.signal?.removeEventListener('abort', onAbort)
      act()
    }
    const onAbort = () => settle(() => reject(interrupted(wait.signal)))
    const from = performance.now()
    const onTime = () => {
      const leftMs = wait.ms + (wait.moreMs?.() ?? 0) - (performance.now() - from)
      if (leftMs > 0) timer = setTimeout(onTime, leftMs)
      else settle(() => reject(wait.late()))
    }
    let timer = setTimeout(onTime, wait.ms)
    wait.signal?.addEventListener('abort', onAbort, { once: true })
    if (wait.signal?.aborted === true) onAbort()
    promise.then(
      (value) => settle(() => resolve(value)),
      (error: unknown) => settle(() => reject(error instanceof Error ? error : new Error(String(error)))),
    )
  })
}

/** Undefined, and said, where a command of the host did not end in its time: what was asked is no reason to end a block. */
export async function unlessLate<T>(asked: Promise<T>, say: (why: string) => void): Promise<T | undefined> {
  try {
    return await asked
  } catch (error) {
    if (!isTimedOut(error)) throw error
    say(asBenchError(error).message)
    return undefined
  }
}

/** Resolves after `ms`, never before; rejects when the signal comes first. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      clearTimeout(timer)
      reject(interrupted(signal))
    }
    const timer = setTimeout(
      () => {
        signal?.removeEventListener('abort', onAbort)
        resolve()
        // A timer drops fractions and counts from whole milliseconds: it may fire 1 ms early.
      },
      Math.ceil(ms) + 1,
    )
    signal?.addEventListener('abort', onAbort, { once: true })
    if (signal?.aborted === true) onAbort()
  })
}

import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { drained } from './reading.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A stream that sends `perLook` messages between two looks, and `asked` more after the readers were stopped. */
function stream(messages: number, perLook: number, asked = 0) {
  let [left, stopped, due] = [messages, false, asked]
  const sent = { received: 0 }
  setInterval(() => {
    const now = Math.min(left, stopped ? Math.min(due, perLook) : perLook)
    if (stopped) due -= now
    left -= now
    sent.received += now
  }, 50)
  return {
    sent,
    left: drained({
      count: () => Promise.resolve(left),
      received: () => sent.received,
      stop: async () => {
        await Promise.resolve()
        stopped = true
      },
    }),
  }
}

test('what came is waited for', async () => {
  const { sent, left } = stream(100, 10)
  await vi.advanceTimersByTimeAsync(20_000)
  expect([await left, sent.received]).toEqual([0, 100])
})

test('what is still coming after ten seconds is received or left, and never both', async () => {
  const { sent, left } = stream(100_000, 10, 25)
  await vi.advanceTimersByTimeAsync(20_000)
  expect(sent.received).toBeGreaterThan(1000)
  expect((await left) + sent.received).toBe(100_000)
})

test('what does not come any more is left after three seconds', async () => {
  const { left } = stream(5, 0)
  await vi.advanceTimersByTimeAsync(3200)
  expect(await left).toBe(5)
})

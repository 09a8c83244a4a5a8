import { expect, test } from 'vitest'
import type { Frame } from '../model/recording.ts'
import type { Clock } from './clock.ts'
import { Account, ConsumedCounts, ConsumedSet } from './consumption.ts'
import { Recorder } from './recorder.ts'
import { stampBytes, writeStamp } from './stamp.ts'

/** Two connections of a consumer: one has a message each 10 ms, the other at 20 ms and at 900 ms only. */
function gapOf(shares: boolean): Frame {
  const samples: Frame[] = []
  let time = 0
  const recorder = new Recorder((frame) => samples.push(frame))
  recorder.begin({ now: () => time } as Clock, { warmupMs: 0, measureMs: 1000, cooldownMs: 0 })
  const accounts = [0, 1].map(() => new Account(recorder, 1, new ConsumedSet(), new ConsumedCounts(), shares))
  const view = new DataView(new ArrayBuffer(stampBytes))
  for (let ms = 10; ms < 1000; ms += 10) {
    time = ms * 1e6
    writeStamp(view, 0, ms, 0, time, 0)
    const message = { view, start: 0, end: stampBytes, headerBytes: 0 }
    accounts[0]!.take(message, 1, time)
    if (ms === 20 || ms === 900) accounts[1]!.take(message, 1, time)
  }
  time = 1000e6
  recorder.tick(time)
  recorder.finish()
  return samples[0]!
}

test('the longest time without a delivery is of all connections where they share messages, of each one where not', () => {
  expect(gapOf(true)).toMatchObject({ gap: { to: 10e6 } })
  expect(gapOf(false)).toMatchObject({ gap: { from: 20e6, to: 900e6 } })
})

import { expect, it } from 'vitest'
import { Caller, type Call } from './caller.ts'
import { Failure } from './failure.ts'
import type { JobContext } from './job.ts'
import { Recorder } from './recorder.ts'

/** What one call comes to. */
async function one(call: Call) {
  const recorder = new Recorder(() => undefined)
  const failed: string[] = []
  const context = { recorder, fail: ({ code }: Failure) => failed.push(code) } as unknown as JobContext
  const caller = new Caller(call, { times: ['ack', 'ackService'], window: 1 }, context)
  caller.send(0, 0)
  await caller.settled()
  const { sent, received, late } = recorder.tally
  return { sent, received, late, errors: caller.errors, failed }
}

const timeout = () => Promise.reject(new Failure('timeout', 'nothing came'))
const refused = () => Promise.reject(new Failure('server-error', '10008 no leader'))

it('a call is received, or late, or refused', async () => {
  const nothing = { received: 0, late: 0, errors: {}, failed: [] }
  expect(await one(() => Promise.resolve({ bytes: 1 }))).toEqual({ ...nothing, sent: 1, received: 1 })
  expect(await one(timeout)).toEqual({ ...nothing, sent: 1, late: 1 })
  expect(await one(refused)).toEqual({ ...nothing, sent: 1, errors: { '10008 no leader': 1 } })
})

it('one that was received is neither late nor refused for what could not be tidied up after it', async () => {
  const received = { sent: 1, received: 1, late: 0, errors: {}, failed: [] }
  expect(await one(() => Promise.resolve({ bytes: 1, tidy: timeout }))).toEqual(received)
  expect(await one(() => Promise.resolve({ bytes: 1, tidy: refused }))).toEqual(received)
  const broken = () => Promise.reject(new Failure('connection-lost', 'the server closed the connection'))
  expect(await one(() => Promise.resolve({ bytes: 1, tidy: broken }))).toEqual({
    ...received,
    failed: ['connection-lost'],
  })
})

import { describe, expect, it } from 'vitest'
import { shortageOf } from './network-error.ts'
import { failureOf } from './nats-js-failure.ts'

const systemError = (code: string): Error => Object.assign(new Error(`connect ${code} 127.0.0.1:4222`), { code })

describe('an error of the system on a connection', () => {
  it.each([
    ['EMFILE', /this agent may have \d+ files and sockets open .*ulimit -n/],
    ['ENFILE', /table of open files is full/],
    ['EADDRNOTAVAIL', /no free local port left/],
    ['ENOBUFS', /no buffers left/],
  ])('%s is a shortage of ours', (code, words) => {
    expect(shortageOf(systemError(code))).toMatch(words)
  })

  it('is known by its words when a library has wrapped it', () => {
    expect(failureOf(new Error('connect EMFILE 127.0.0.1:4222'), 'connect').message).toMatch(/ulimit -n/)
  })

  it.each(['ECONNREFUSED', 'ECONNRESET', 'toString'])('%s is about the other end', (code) => {
    expect(shortageOf(systemError(code))).toBeUndefined()
  })

  it('is nothing without an error', () => expect(shortageOf(undefined)).toBeUndefined())
})

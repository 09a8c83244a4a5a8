import { mkdtemp, rm } from 'node:fs/promises'
import { connect, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, test, vi } from 'vitest'
import type { Child } from '../host/host.ts'
import { localHost } from '../host/local.ts'
import { BenchError } from '../model/error.ts'
import { converseWith } from './client.ts'
import { serve, statusOf, type Held } from './keeper.ts'

test.for([
  [{ status: 3 }, 3],
  [{ signal: 'SIGKILL' }, 137],
  [{ signal: 'SIGTERM' }, 143],
  [{}, 128],
] as const)('a program that ended as %o has status %i', ([exit, status]) => {
  expect(statusOf(exit)).toBe(status)
})

const here = localHost()

/** A keeper of one node, `a`, whose programs are those of this machine. */
async function keeperOf(more: Partial<Held> = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'bench-keep-'))
  const path = join(folder, 'keep.sock')
  const stop = new AbortController()
  const held: Held = {
    nodes: new Map([['a', { spawn: (command) => here.spawn(command) }]]),
    signal: stop.signal,
    kept: { run: 'r', scenario: 's', substrate: 'process', nodes: [], servers: [] },
    pid: 1,
    impair: () => Promise.reject(new Error('never asked')),
    cut: () => Promise.resolve(),
    heal: () => Promise.resolve(),
    close: () => Promise.resolve(),
    ...more,
  }
  const up = Promise.withResolvers<void>()
  const over = serve(held, path, up.resolve).catch((error: unknown) => error)
  onTestFinished(async () => {
    stop.abort()
    await over
    await rm(folder, { recursive: true })
  })
  await up.promise
  return { path, over, stop: () => stop.abort() }
}

/** A client that is no client of ours. */
async function strangerAt(path: string, ...requests: readonly object[]): Promise<Socket> {
  const socket = connect({ path, allowHalfOpen: true }).on('error', () => undefined)
  await new Promise((resolve) => socket.once('connect', resolve))
  for (const request of requests) socket.write(`${JSON.stringify(request)}\n`)
  return socket
}

/** A program with more to tell than a socket takes, and how many lines it has told. */
async function talkative() {
  let told = 0
  const line = 'x'.repeat(1000)
  const next = () => Promise.resolve({ done: told >= 200_000, value: (told++, line) })
  const lines = { [Symbol.asyncIterator]: () => ({ next }) }
  const child = { ...(await here.spawn(['true'])), lines }
  return { nodes: new Map([['a', { spawn: () => Promise.resolve(child) }]]), told: () => told }
}

async function askedAgain(path: string): Promise<string | undefined> {
  const talk = await converseWith(path)
  talk.send({ t: 'info' })
  for await (const answer of talk.answers) {
    talk.close()
    return answer.t
  }
  return undefined
}

describe('a keeper', () => {
  it('outlives a client that is killed while its program talks', async () => {
    const { path } = await keeperOf()
    const socket = await strangerAt(path, { t: 'exec', node: 'a', command: ['yes'] })
    await new Promise((resolve) => socket.once('data', resolve))
    socket.pause()
    await new Promise((resolve) => setTimeout(resolve, 100))
    socket.destroy()
    await new Promise((resolve) => setTimeout(resolve, 200))
    expect(await askedAgain(path)).toBe('info')
  })

  it('ends a program whose client went away while it was being started', async () => {
    const asked = Promise.withResolvers<void>()
    const go = Promise.withResolvers<void>()
    const begun = Promise.withResolvers<Child>()
    const spawn = async () => {
      asked.resolve()
      await go.promise
      const child = await here.spawn(['sleep', '60'])
      begun.resolve(child)
      return child
    }
    const { path } = await keeperOf({ nodes: new Map([['a', { spawn }]]) })
    const socket = await strangerAt(path, { t: 'exec', node: 'a', command: ['sleep', '60'] })
    await asked.promise
    socket.destroy()
    await new Promise((resolve) => setTimeout(resolve, 100))
    go.resolve()
    expect(await (await begun.promise).exit).toEqual({ signal: 'SIGTERM' })
  })

  it('holds a program back while its client does not read, and answers others meanwhile', async () => {
    const { nodes, told } = await talkative()
    const { path } = await keeperOf({ nodes })
    const socket = await strangerAt(path, { t: 'exec', node: 'a', command: ['x'] })
    socket.pause()
    expect(await askedAgain(path)).toBe('info')
    expect(told()).toBeLessThan(10_000)
    socket.destroy()
  })

  it('does not wait for a client that does not hear its last word', async () => {
    const { nodes, told } = await talkative()
    const { path, over, stop } = await keeperOf({ nodes })
    const socket = await strangerAt(path, { t: 'exec', node: 'a', command: ['x'] })
    socket.pause()
    await vi.waitUntil(() => told() > 100)
    stop()
    expect(await over).toBe(undefined)
    await expect(converseWith(path)).rejects.toMatchObject({ code: 'not-found' })
    socket.destroy()
  }, 20_000)

  it('says what kept it from taking everything down, and ends', async () => {
    const failure = new BenchError('os', 'node must be gone', { lines: ['it stays'], hint: 'sweep' })
    const { path, over } = await keeperOf({ close: () => Promise.reject(failure) })
    const talk = await converseWith(path)
    talk.send({ t: 'down' })
    const told = talk.answers[Symbol.asyncIterator]().next()
    await expect(told).rejects.toMatchObject({
      code: 'os',
      message: failure.message,
      lines: ['it stays'],
      hint: 'sweep',
    })
    expect(await over).toBe(failure)
    await expect(converseWith(path)).rejects.toMatchObject({ code: 'not-found' })
  }, 20_000)
})

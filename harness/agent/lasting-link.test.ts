import { describe, expect, it } from 'vitest'
import type { Engine, Link, MessageShape, Sender } from './engine.ts'
import { Failure } from './failure.ts'
import { openLasting } from './lasting-link.ts'

const shape = { subject: 's', publisher: 0 } as unknown as MessageShape
const target = (port: number) => ({ host: '127.0.0.1', port })

/** Connections that the test loses and refuses at will. */
function pretend(refuses: (port: number) => Failure | undefined = () => undefined) {
  const open: { port: number; lose: (failure: Failure) => void; asked: string[] }[] = []
  const engine: Engine = {
    connect(server, _options, lost) {
      const refusal = refuses(server.port)
      if (refusal !== undefined) return Promise.reject(refusal)
      const asked: string[] = []
      open.push({ port: server.port, lose: lost, asked })
      const sender: Sender = {
        messageBytes: 1,
        room: () => 7,
        put: () => asked.push('put'),
        push: () => undefined,
        onRoom: () => undefined,
      }
      const link: Link = {
        maxPayload: 100,
        subscribe: (subject) => asked.push(`SUB ${subject}`),
        publish: () => undefined,
        sender: () => sender,
        flush: () => Promise.resolve(),
        close: () => asked.push('close'),
      }
      return Promise.resolve(link)
    },
  }
  return { open, engine }
}

function started(engine: Engine, everyMs: number | undefined) {
  const said: string[] = []
  const changed = Promise.withResolvers<void>()
  const link = openLasting({
    engine,
    servers: [target(1), target(2)],
    first: 0,
    options: { token: '', name: 'x', timeoutMs: 1000 },
    everyMs,
    changed: (state, server, because) => {
      said.push(`${state} ${server.port} ${because?.code ?? ''}`.trim())
      if (state === 'open' || because?.code === 'auth') changed.resolve()
    },
  })
  return { said, link, again: changed.promise }
}

const gone = new Failure('connection-lost', 'gone')

describe('a lasting link', () => {
  it('asks the next server for the same subscriptions and sender, and has no room meanwhile', async () => {
    const { open, engine } = pretend()
    const { said, link, again } = started(engine, 0)
    const lasting = await link
    for (const subject of ['a.b', 'a.c'])
      lasting.subscribe(subject, undefined, { arrived() {}, message() {}, handled() {} })
    const sender = lasting.sender(shape)
    let roomTold = 0
    sender.onRoom = () => roomTold++
    open[0]!.lose(gone)
    expect(sender.room()).toBe(0)
    await again
    expect(said).toEqual(['lost 1 connection-lost', 'open 2'])
    expect(open[1]).toMatchObject({ port: 2, asked: ['SUB a.b', 'SUB a.c'] })
    expect(sender.room()).toBe(7)
    expect(roomTold).toBe(1)
    lasting.close()
    expect(open[1]!.asked).toContain('close')
  })

  it('tries the servers in turn until one answers', async () => {
    let down = false
    const tried: number[] = []
    const { open, engine } = pretend((port) => {
      tried.push(port)
      return down && tried.length < 5 ? new Failure('connect', 'refused') : undefined
    })
    const { link, again } = started(engine, 0)
    await link
    down = true
    open[0]!.lose(gone)
    await again
    expect(tried).toEqual([1, 2, 1, 2, 1])
  })

  it('stays lost where nothing says that it may come back, and has nothing to flush', async () => {
    const { open, engine } = pretend()
    const { said, link } = started(engine, undefined)
    const lasting = await link
    open[0]!.lose(gone)
    await lasting.flush(1)
    expect(said).toEqual(['lost 1 connection-lost'])
    expect(open).toHaveLength(1)
  })

  it('tells of a server that refuses it for good', async () => {
    let refuse = false
    const { open, engine } = pretend(() => (refuse ? new Failure('auth', 'no') : undefined))
    const { said, link, again } = started(engine, 0)
    await link
    refuse = true
    open[0]!.lose(gone)
    await again
    expect(said.at(-1)).toBe('lost 2 auth')
  })
})

/** The agent's engines and jobs against a real nats-server, and wire against nats.js in both directions. */
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { connect as connectNats, headers as natsHeaders } from 'nats'
import { afterEach, describe, expect, test } from 'vitest'
import type { Job, Phases } from '../model/plan.ts'
import type { Frame } from '../model/recording.ts'
import type { EngineName } from '../model/scenario.ts'
import { sizeOf } from './payload.ts'
import { loadEngine, type Delivery, type Link, type MessageShape, type Receiver } from './engine.ts'
import type { Failure } from './failure.ts'

const program = process.env['NATS_SERVER'] ?? 'nats-server'
const found = spawnSync(program, ['--version'], { encoding: 'utf8' }).status === 0
const without = found ? '' : ` (skipped: no ${program}; set NATS_SERVER)`
const token = 'live-test-token'
const engines: readonly EngineName[] = ['wire', 'nats.js']
const agentFolder = fileURLToPath(new URL('.', import.meta.url))

const undo: (() => Promise<void> | void)[] = []
afterEach(async () => {
  for (let step = undo.pop(); step !== undefined; step = undo.pop()) await step()
})

describe.runIf(found)('engines', () => {
  test.each([
    ['wire', 'nats.js'],
    ['nats.js', 'wire'],
    ['wire', 'wire'],
  ] as const)('what %s publishes, %s receives byte for byte, with sizes from 0 to max_payload', async (from, to) => {
    const server = await startServer()
    const sender = await open(from, server)
    const receiver = await open(to, server)
    const got = collect(receiver, 'sizes')
    await receiver.flush(5000)
    const expected: number[] = []
    for (const bytes of [0, 1, 15, 16, 17, 128, 4096, 65_535, 65_536, 1024 * 1024]) {
      const out = sender.sender(shape({ subject: 'sizes', payload: { bytes, compressible: 0.3, seed: bytes } }))
      for (let i = 0; i < 3; i++) {
        out.put(i, 1, 1000 * i, 32)
        out.push()
        await sender.flush(5000)
        expected.push(bytes)
      }
    }
    await receiver.flush(5000)
    expect(got.map(({ payload }) => payload.length)).toEqual(expected)
    for (const [i, { payload }] of got.entries()) {
      if (payload.length >= 16) expect([payload.readUInt32LE(0), payload.readUInt32LE(12)]).toEqual([i % 3, 2])
    }
  })

  test.each(['wire', 'nats.js'] as const)('the sizes that %s draws arrive as drawn', async (engine) => {
    const server = await startServer()
    const [sender, receiver] = [await open(engine, server), await open('wire', server)]
    const got = collect(receiver, 'drawn')
    await receiver.flush(5000)
    const payload = { bytes: 2000, smaller: [{ bytes: 16, to: 500, share: 0.8 }], compressible: 0, seed: 5 }
    const drawn = shape({ subject: 'drawn', payload, headers: { Trace: 'abc' } })
    const out = sender.sender(drawn)
    const counted = out.put(0, 20, 0, 0)
    out.push()
    await sender.flush(5000)
    await receiver.flush(5000)
    const sizes = Array.from({ length: 20 }, (_, i) => sizeOf(drawn)(i))
    expect(got.map(({ payload }) => payload.length)).toEqual(sizes)
    const headers = 'NATS/1.0\r\nTrace: abc\r\n\r\n'.length
    expect(counted).toBe(sizes.reduce((sum, size) => sum + size + headers, 0))
  })

  test.each([
    ['wire', 'nats.js'],
    ['nats.js', 'wire'],
  ] as const)('headers and numbered subjects of %s arrive at %s, counted as bytes', async (from, to) => {
    const server = await startServer()
    const sender = await open(from, server)
    const receiver = await open(to, server)
    const got = collect(receiver, 'mänŷ🚀.*')
    const nats = await oracle(server)
    const subjects: string[] = []
    const values: (string | undefined)[] = []
    nats.subscribe('mänŷ🚀.*', {
      callback: (_, message) => {
        subjects.push(message.subject)
        values.push(message.headers?.get('Trace'))
      },
    })
    await Promise.all([receiver.flush(5000), nats.flush()])
    const out = sender.sender(shape({ subject: 'mänŷ🚀', subjects: 12, headers: { Trace: 'abc' } }))
    for (let i = 0; i < 24; i++) out.put(i, 1, 0, 0)
    out.push()
    await sender.flush(5000)
    await Promise.all([receiver.flush(5000), nats.flush()])
    expect(subjects).toEqual(Array.from({ length: 24 }, (_, i) => `mänŷ🚀.${i % 12}`))
    expect(new Set(values)).toEqual(new Set(['abc']))
    const headerBytes = 'NATS/1.0\r\nTrace: abc\r\n\r\n'.length
    expect(new Set(got.map((one) => one.headerBytes))).toEqual(new Set([headerBytes]))
    expect(out.messageBytes).toBe(headerBytes + 32)
  })

  test('wire reads whatever nats.js writes: any subject, reply, header and body', async () => {
    const server = await startServer()
    const link = await open('wire', server)
    const got = collect(link, '>')
    await link.flush(5000)
    const nats = await oracle(server)
    const sent: string[] = []
    for (let i = 0; i < 500; i++) {
      const headers = i % 3 === 0 ? natsHeaders() : undefined
      headers?.append('N', 'x'.repeat(i))
      const body = Buffer.alloc((i * 37) % 3000, `MSG a 1 ${i}\r\n`)
      nats.publish(`s.${'t'.repeat(1 + (i % 40))}`, body, {
        ...(headers ? { headers } : {}),
        ...(i % 2 ? { reply: `r.${i}` } : {}),
      })
      sent.push(body.toString('latin1'))
    }
    await nats.flush()
    await link.flush(5000)
    expect(got.map(({ payload }) => payload.toString('latin1'))).toEqual(sent)
  })

  test.each(engines)('%s fails with "auth" on a wrong token', async (name) => {
    const server = await startServer()
    const engine = await loadEngine(name)
    const target = { host: '127.0.0.1', port: server.port }
    const wrong = engine.connect(target, { token: 'wrong', name: 't', timeoutMs: 3000 }, () => undefined)
    await expect(wrong).rejects.toMatchObject({ code: 'auth' })
  })

  test.each(engines)('%s fails with "connect" where nothing listens', async (name) => {
    const engine = await loadEngine(name)
    const target = { host: '127.0.0.1', port: await freePort() }
    const failed = engine.connect(target, { token, name: 't', timeoutMs: 3000 }, () => undefined)
    await expect(failed).rejects.toMatchObject({ code: 'connect' })
  })

  test('wire fails with "malformed" on a peer that is no NATS server, and with "connect" on one that says nothing', async () => {
    const engine = await loadEngine('wire')
    for (const [greeting, code] of [
      ['HTTP/1.1 400 Bad Request\r\n\r\n', 'malformed'],
      ['', 'connect'],
    ] as const) {
      const port = await listen(greeting)
      const failed = engine.connect({ host: '127.0.0.1', port }, { token, name: 't', timeoutMs: 300 }, () => undefined)
      await expect(failed).rejects.toMatchObject({ code })
    }
  })

  test.each(engines)('%s reports the lame duck notice and a killed server, and does not reconnect', async (name) => {
    const server = await startServer()
    const lame = await openWatched(name, server)
    server.child.kill('SIGUSR2')
    expect(await lame.failed).toMatchObject({ code: 'lame-duck' })

    const other = await startServer()
    const lost = await openWatched(name, other)
    other.child.kill('SIGKILL')
    expect(await lost.failed).toMatchObject({ code: 'connection-lost' })
    const again = await startServer({ port: other.port })
    const nats = await oracle(again)
    await nats.flush()
    // The oracle is the first and only client of the new server.
    expect(nats.info?.client_id).toBeLessThan(8)
  })

  test.each([
    [
      'max-payload',
      (link: Link) => {
        // Small enough for the server's first read: closing a socket with unread bytes resets it, which can outrun the -ERR.
        const out = link.sender(shape({ payload: { bytes: 128, compressible: 0, seed: 1 } }))
        out.put(0, 1, 0, 0)
        out.push()
      },
    ],
    ['server-error', (link: Link) => link.subscribe('a..b', undefined, silent)],
  ] as const)('wire turns the server’s -ERR into "%s"', async (code, provoke) => {
    const server = await startServer({ lines: ['max_payload: 64'] })
    const failed = Promise.withResolvers<Failure>()
    provoke(await open('wire', server, failed.resolve))
    expect(await failed.promise).toMatchObject({ code, message: expect.stringContaining('-ERR') as string })
  })

  test('wire answers the server’s PING, so it is not cut off as stale', async () => {
    const server = await startServer({ lines: ['ping_interval: "100ms"', 'ping_max: 10'] })
    const failures: Failure[] = []
    const link = await open('wire', server, (failure) => failures.push(failure))
    // Real time has to pass: some twenty pings of the server, of which eleven unanswered ones are too many.
    await new Promise((resolve) => setTimeout(resolve, 2000))
    await link.flush(2000)
    expect(failures).toEqual([])
  })
})

describe.runIf(found)('jobs in an agent of their own', () => {
  test.runIf(process.platform === 'linux')('on wire leave no connection waiting when they close theirs', async () => {
    const server = await startServer()
    const timed = { kind: 'poisson', perSecond: 1000 } as const
    await run(server, {
      pub: publish(server, { engine: 'wire', connections: 2, subject: 'x', arrivals: timed }),
      sub: subscribe(server, { engine: 'wire', connections: 2, subject: 'x' }),
    })
    // proc(5): local and remote address in hexadecimal, state 06 is TIME_WAIT.
    const rows = (await readFile('/proc/net/tcp', 'utf8')).split('\n').map((line) => line.trim().split(/\s+/))
    const port = server.port.toString(16).toUpperCase().padStart(4, '0')
    const waiting = rows.filter(([, from, to, state]) => state === '06' && `${from} ${to} `.includes(`:${port} `))
    expect(waiting).toEqual([])
  })

  test.each([
    ['wire', 'nats.js'],
    ['nats.js', 'wire'],
  ] as const)('publishers on %s and subscribers on %s agree on every message', async (from, to) => {
    const server = await startServer()
    const agents = await run(server, {
      pub: publish(server, {
        engine: from,
        connections: 2,
        subject: 'x',
        arrivals: { kind: 'poisson', perSecond: 2000 },
      }),
      sub: subscribe(server, { engine: to, connections: 2, subject: 'x' }),
    })
    const sent = agents.pub.done.perPublisher
    expect(Object.keys(sent)).toEqual(['0', '1'])
    expect(agents.sub.done.perPublisher).toEqual({ '0': sent['0']! * 2, '1': sent['1']! * 2 })
    expect(agents.sub.done.counts).toMatchObject({ lost: 0, duplicated: 0, reordered: 0, negative: 0, undecodable: 0 })
    expect(agents.pub.done.counts.late).toBe(0)
  })

  test('samples tile the time, end at phase boundaries, and add up to the totals', async () => {
    const server = await startServer()
    const phases = { warmupMs: 300, measureMs: 1400, cooldownMs: 100 }
    const jobs = {
      pub: publish(server, { subject: 'x', arrivals: { kind: 'flood' }, headers: { A: 'b' } }),
      sub: subscribe(server, { subject: 'x' }),
    }
    const agents = await run(server, jobs, { phases })
    for (const { samples, done } of Object.values(agents)) {
      expect(samples.slice(0, 3).map(({ from, to, phase }) => [from, to, phase])).toEqual([
        [0, 300e6, 'warmup'],
        [300e6, 1300e6, 'measure'],
        [1300e6, 1700e6, 'measure'],
      ])
      samples.forEach((sample, i) => expect(sample.from).toBe(samples[i - 1]?.to ?? 0))
      for (const key of ['sent', 'received', 'bytes'] as const) {
        expect(samples.reduce((sum, sample) => sum + sample.counts[key], 0)).toBe(done.counts[key])
      }
    }
    const { received } = agents.sub.done.counts
    expect(received).toBe(agents.pub.done.counts.sent)
    expect(received).toBeGreaterThan(10_000)
    expect(agents.sub.done.counts.bytes).toBe(agents.pub.done.counts.bytes)
    const timed = agents.sub.samples.reduce((sum, { histograms }) => sum + (histograms.latency?.total ?? 0), 0)
    expect(timed).toBe(received)
  })

  test('a queue group shares the messages of many subjects: each is received once', async () => {
    const server = await startServer()
    const agents = await run(server, {
      pub: publish(server, {
        subject: 'many',
        subjects: 50,
        connections: 3,
        arrivals: { kind: 'burst', perSecond: 5000, size: 100 },
      }),
      one: subscribe(server, { subject: 'many.*', queue: 'q', publishers: 3 }),
      two: subscribe(server, { subject: 'many.*', queue: 'q', publishers: 3, engine: 'nats.js' }),
    })
    const { one, two, pub } = agents
    for (const number of ['0', '1', '2']) {
      expect((one.done.perPublisher[number] ?? 0) + (two.done.perPublisher[number] ?? 0)).toBe(
        pub.done.perPublisher[number],
      )
    }
    expect(one.done.counts.received).toBeGreaterThan(0)
    expect(two.done.counts.received).toBeGreaterThan(0)
    expect(one.done.counts).toMatchObject({ lost: 0, duplicated: 0, reordered: 0, undecodable: 0 })
  })

  test.each([
    ['wire', 'nats.js', { kind: 'closed', inFlight: 3 }],
    ['nats.js', 'wire', { kind: 'closed', inFlight: 1 }],
    ['wire', 'wire', { kind: 'constant', perSecond: 500 }],
    ['nats.js', 'nats.js', { kind: 'flood' }],
  ] as const)('requests on %s are answered on %s, %j', async (from, to, arrivals) => {
    const server = await startServer()
    const { req, rep } = await run(server, {
      req: request(server, { engine: from, subject: 'ask', connections: 2, arrivals }),
      rep: {
        ...connection(server, to),
        kind: 'reply',
        subject: 'ask',
        payload: { bytes: 300, compressible: 0, seed: 1 },
      },
    })
    const { sent, received, late, duplicated } = req.done.counts
    expect(sent).toBeGreaterThan(50)
    expect({ received, late, duplicated }).toEqual({ received: sent, late: 0, duplicated: 0 })
    expect(rep.done.counts).toMatchObject({ received: sent, sent, negative: 0 })
    expect(rep.done.perPublisher).toEqual(req.done.perPublisher)
    expect(req.done.counts.bytes).toBe(sent * 32 + received * 300)
    expect(req.samples.reduce((sum, { histograms }) => sum + (histograms.rtt?.total ?? 0), 0)).toBe(received)
  })

  test.each([
    ['wire', 'nats.js', '>', 32],
    ['nats.js', 'wire', '*.>', 32],
    ['wire', 'wire', '*.*.*', 8],
    ['nats.js', 'nats.js', '>', 8],
  ] as const)(
    'requests on %s, watched on %s by %s, %i bytes: their replies are left out',
    async (from, to, tap, bytes) => {
      const server = await startServer()
      const subject = 'watched.from.here'
      const small = { bytes, compressible: 0, seed: 1 }
      const arrivals = { kind: 'constant', perSecond: 500 } as const
      const { pub, req, rep, sub } = await run(server, {
        pub: publish(server, { subject: 'pub.to.all', payload: small, publisher: 1, engine: from, arrivals }),
        req: request(server, { subject, payload: small, engine: from, arrivals: { kind: 'closed', inFlight: 3 } }),
        rep: { ...connection(server, to), kind: 'reply', subject: '*.from.>' },
        sub: subscribe(server, { subject: tap, engine: to, stamped: bytes >= 16 }),
      })
      const asked = req.done.counts.sent
      expect(asked).toBeGreaterThan(50)
      expect(req.done.counts).toMatchObject({ received: asked, late: 0, duplicated: 0 })
      expect(rep.done.counts).toMatchObject({ received: asked, sent: asked, duplicated: 0 })
      const received = pub.done.counts.sent + asked
      expect(sub.done.counts).toMatchObject({
        received,
        bytes: received * bytes,
        duplicated: 0,
        lost: 0,
        undecodable: 0,
      })
      const seen = { '0': asked, '1': pub.done.counts.sent }
      expect(sub.done.perPublisher).toEqual(bytes >= 16 ? seen : {})
    },
  )

  test.each(['wire', 'nats.js'] as const)(
    'handlers on %s take their time, one message after the other',
    async (engine) => {
      const server = await startServer()
      const arrivals = { kind: 'constant', perSecond: 500 } as const
      const { pub, sub, req, rep } = await run(server, {
        pub: publish(server, { subject: 'work', publisher: 1, arrivals }),
        sub: subscribe(server, { subject: 'work', publishers: 2, engine, workMs: 10 }),
        req: request(server, { subject: 'ask', arrivals: { kind: 'closed', inFlight: 1 } }),
        rep: { ...connection(server, engine), kind: 'reply', subject: 'ask', workMs: 10 },
      })
      // What waited at the end is no loss, and an answer never comes before its work is over.
      expect(sub.done.counts).toMatchObject({ received: pub.done.counts.sent, lost: 0, undecodable: 0 })
      const { sent, received } = req.done.counts
      expect(rep.done.counts).toMatchObject({ received: sent, sent })
      expect(received).toBe(sent)
      const inTime = sub.samples
        .filter(({ phase }) => phase === 'measure')
        .reduce((sum, { counts }) => sum + counts.received, 0)
      expect(inTime).toBeLessThan(pub.done.counts.sent / 2)
      const quickest = Math.min(...req.samples.flatMap(({ histograms }) => histograms.rtt?.min ?? []))
      expect(quickest).toBeGreaterThanOrEqual(10e6)
    },
  )

  test('requests that nobody answers are counted as late after their timeout', async () => {
    const server = await startServer()
    const { req } = await run(server, {
      req: request(server, { subject: 'void', arrivals: { kind: 'constant', perSecond: 100 }, timeoutMs: 150 }),
    })
    expect(req.done.counts).toMatchObject({ sent: 50, received: 0, late: 50 })
  })

  test('messages that cannot be sent by the end are counted as late', async () => {
    const server = await startServer()
    const { pub } = await run(server, {
      pub: publish(server, { subject: 'x', arrivals: { kind: 'constant', perSecond: 50_000_000 } }),
    })
    const { sent, late } = pub.done.counts
    expect(late).toBeGreaterThan(0)
    expect(Math.abs(sent + late - 25_000_000)).toBeLessThanOrEqual(1)
  })

  test('payloads below 16 bytes are counted and not timed', async () => {
    const server = await startServer()
    const { sub, pub } = await run(server, {
      pub: publish(server, {
        subject: 'x',
        arrivals: { kind: 'constant', perSecond: 1000 },
        payload: { bytes: 8, compressible: 0, seed: 1 },
      }),
      sub: subscribe(server, { subject: 'x', stamped: false }),
    })
    expect(sub.done).toMatchObject({ counts: { received: pub.done.counts.sent, undecodable: 0 }, perPublisher: {} })
    expect(sub.samples.some(({ histograms }) => histograms.latency !== undefined)).toBe(false)
  })

  test('floor: ping and echo measure a raw round trip', async () => {
    const port = await freePort()
    const { ping } = await run(undefined, {
      ping: { kind: 'ping', to: { host: '127.0.0.1', port }, bytes: 16, durationMs: 300 },
      echo: { kind: 'echo', listen: { host: '127.0.0.1', port } },
    })
    expect(ping.samples.map(({ phase }) => phase)).toContain('measure')
    // How many is a matter of what else the machine does.
    expect(ping.samples[0]?.histograms.floor?.total).toBeGreaterThan(0)
  })

  test('the probe reads the server’s counters at each cut, and says when a server is not to be reached', async () => {
    const server = await startServer()
    const nobody = await freePort()
    const { probe } = await run(server, {
      pub: publish(server, { subject: 'x', arrivals: { kind: 'constant', perSecond: 1000 } }),
      probe: {
        kind: 'probe',
        servers: [
          { node: 'hub', target: { host: '127.0.0.1', port: server.monitor } },
          { node: 'gone', target: { host: '127.0.0.1', port: nobody } },
        ],
      },
    })
    const frames = probe.frames.filter((frame) => frame.t === 'server')
    const last = frames.filter(({ node }) => node === 'hub').at(-1)
    expect(last?.counters).toMatchObject({ in_msgs: 500, slow_consumers: 0 })
    expect(frames.find(({ node }) => node === 'gone')?.counters).toEqual({ unreachable: 1 })
  })
})

describe.runIf(found)('an agent that cannot go on says why in one failed frame and ends with status 1', () => {
  test('a message above max_payload, before anything is sent', async () => {
    const server = await startServer({ lines: ['max_payload: 1000'] })
    const agent = start('pub', publish(server, { subject: 'x', payload: { bytes: 1001, compressible: 0, seed: 1 } }))
    expect(await agent.ended).toMatchObject({ status: 1, last: { t: 'failed', code: 'max-payload' } })
    expect(agent.frames.map(({ t }) => t)).toEqual(['hello', 'failed'])
  })

  test('a server killed in mid-run', async () => {
    const server = await startServer()
    const agent = start('pub', publish(server, { subject: 'x' }))
    await agent.ready
    agent.command({ t: 'start', at: process.hrtime.bigint().toString() })
    server.child.kill('SIGKILL')
    expect(await agent.ended).toMatchObject({ status: 1, last: { t: 'failed', code: 'connection-lost' } })
  })

  test('but a subscriber too slow for the server’s patience is told of, and keeps its account', async () => {
    const server = await startServer({ lines: ['max_pending: 4194304', 'write_deadline: "300ms"'] })
    const slow = start('sub', subscribe(server, { subject: 'x' }))
    await slow.ready
    slow.command({ t: 'start', at: process.hrtime.bigint().toString() })
    slow.child.kill('SIGSTOP')
    await run(server, { pub: publish(server, { subject: 'x', arrivals: { kind: 'flood' } }) })
    slow.child.kill('SIGCONT')
    slow.command({ t: 'finish' })
    expect(await slow.ended).toMatchObject({ status: 0, last: { t: 'done' } })
    expect(slow.frames).toContainEqual(expect.objectContaining({ t: 'connection', state: 'lost', connection: 0 }))
  })

  test('the package nats is not in its node', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'agent-'))
    undo.push(() => rmSync(folder, { recursive: true }))
    cpSync(agentFolder, folder, { recursive: true })
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}\n')
    const server = await startServer()
    const job = publish(server, { subject: 'x', engine: 'nats.js' })
    const agent = start('pub', job, undefined, join(folder, 'main.ts'))
    expect(await agent.ended).toMatchObject({ status: 1, last: { t: 'failed', code: 'engine-missing' } })
    const wire = start('pub', publish(server, { subject: 'x' }), undefined, join(folder, 'main.ts'))
    await wire.ready
  })
})

describe('an agent whose runner is gone', () => {
  const idle: Job = { kind: 'probe', servers: [] }

  test('ends at once when its stdin ends', async () => {
    const agent = start('probe', idle)
    await agent.ready
    agent.child.stdin?.end()
    expect(await agent.ended).toMatchObject({ status: 1 })
  })

  test('ends on SIGTERM, and stays on Ctrl-C, which is the runner’s to answer', async () => {
    const agent = start('probe', idle)
    await agent.ready
    agent.child.kill('SIGINT')
    agent.command({ t: 'start', at: process.hrtime.bigint().toString() })
    agent.command({ t: 'finish' })
    expect(await agent.ended).toMatchObject({ status: 0, last: { t: 'done' } })
    const other = start('probe', idle)
    await other.ready
    other.child.kill('SIGTERM')
    expect(await other.ended).toMatchObject({ status: 143 })
  })
})

test.skipIf(found)(`a nats-server is there${without}`, () => undefined)

// What the tests above stand on.

interface LiveServer {
  readonly port: number
  readonly monitor: number
  readonly child: ChildProcess
}

async function startServer(
  options: { readonly port?: number; readonly lines?: readonly string[] } = {},
): Promise<LiveServer> {
  const folder = mkdtempSync(join(tmpdir(), 'nats-live-'))
  const port = options.port ?? (await freePort())
  const monitor = await freePort()
  const listen = [`listen: "127.0.0.1:${port}"`, `http: "127.0.0.1:${monitor}"`, `authorization { token: "${token}" }`]
  writeFileSync(join(folder, 'server.conf'), [...listen, ...(options.lines ?? []), ''].join('\n'))
  const child = spawn(program, ['-c', join(folder, 'server.conf')], { stdio: ['ignore', 'ignore', 'pipe'] })
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()))
  undo.push(async () => {
    child.kill('SIGKILL')
    await ended
    rmSync(folder, { recursive: true })
  })
  let log = ''
  await new Promise<void>((resolve, reject) => {
    child.stderr?.on('data', (chunk: Buffer) => {
      log += chunk.toString()
      if (log.includes('Server is ready')) resolve()
    })
    void ended.then(() => reject(new Error(`nats-server ended: ${log}`)))
  })
  return { port, monitor, child }
}

async function open(name: EngineName, server: LiveServer, lost: (failure: Failure) => void = rethrow): Promise<Link> {
  const engine = await loadEngine(name)
  const link = await engine.connect({ host: '127.0.0.1', port: server.port }, { token, name, timeoutMs: 5000 }, lost)
  undo.push(() => link.close())
  return link
}

/** Connects; `failed` resolves when the connection breaks. */
async function openWatched(name: EngineName, server: LiveServer): Promise<{ readonly failed: Promise<Failure> }> {
  const failed = Promise.withResolvers<Failure>()
  await open(name, server, failed.resolve)
  return { failed: failed.promise }
}

function rethrow(failure: Failure): never {
  throw failure
}

async function oracle(server: LiveServer) {
  const connection = await connectNats({ servers: `127.0.0.1:${server.port}`, token })
  undo.push(() => connection.close())
  return connection
}

const silent: Receiver = { arrived: () => undefined, message: () => undefined, handled: () => undefined }

interface Got {
  readonly payload: Buffer
  readonly headerBytes: number
}

function collect(link: Link, subject: string): readonly Got[] {
  const got: Got[] = []
  const message = ({ bytes, start, end, headerBytes }: Delivery) => {
    got.push({ payload: Buffer.from(bytes.slice(start, end)), headerBytes })
  }
  link.subscribe(subject, undefined, { ...silent, message })
  return got
}

function shape(changes: Partial<MessageShape>): MessageShape {
  return {
    subject: 's',
    subjects: 1,
    headers: {},
    payload: { bytes: 32, compressible: 0, seed: 1 },
    publisher: 0,
    ...changes,
  }
}

function connection(server: LiveServer, engine: EngineName = 'wire') {
  return { engine, servers: [{ host: '127.0.0.1', port: server.port }], connections: 1 }
}

type JobOf<K extends Job['kind']> = Extract<Job, { kind: K }>
type Some<K extends Job['kind']> = Partial<JobOf<K>> & { readonly subject: string }
const payload = { bytes: 32, compressible: 0, seed: 1 }

function publish(server: LiveServer, changes: Some<'publish'>): Job {
  const arrivals = { kind: 'constant', perSecond: 100 } as const
  return {
    kind: 'publish',
    ...connection(server),
    publisher: 0,
    subjects: 1,
    payload,
    headers: {},
    arrivals,
    ...changes,
  }
}

function subscribe(server: LiveServer, changes: Some<'subscribe'>): Job {
  return { kind: 'subscribe', ...connection(server), stamped: true, publishers: 2, ...changes }
}

function request(server: LiveServer, changes: Some<'request'> & Pick<JobOf<'request'>, 'arrivals'>): Job {
  return { kind: 'request', ...connection(server), publisher: 0, payload, headers: {}, timeoutMs: 2000, ...changes }
}

type Sample = Extract<Frame, { t: 'sample' }>
type Done = Extract<Frame, { t: 'done' }>
const shortPhases: Phases = { warmupMs: 100, measureMs: 300, cooldownMs: 100 }

function start(id: string, job: Job, phases: Phases = shortPhases, main = join(agentFolder, 'main.ts')) {
  const child = spawn(process.execPath, [main], { stdio: ['pipe', 'pipe', 'inherit'] })
  const frames: Frame[] = []
  const ready = Promise.withResolvers<void>()
  const ended = Promise.withResolvers<{ status: number | null; last: Frame | undefined }>()
  let rest = ''
  child.stdout.on('data', (chunk: Buffer) => {
    const lines = (rest + chunk.toString()).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) frames.push(JSON.parse(line) as Frame)
    if (frames.some(({ t }) => t === 'ready')) ready.resolve()
  })
  child.on('close', (status) => {
    ready.reject(new Error(JSON.stringify(frames.at(-1))))
    ended.resolve({ status, last: frames.at(-1) })
  })
  ready.promise.catch(() => undefined)
  child.stdin.on('error', () => undefined)
  undo.push(async () => {
    child.kill('SIGKILL')
    await ended.promise
  })
  const command = (value: object) => child.stdin.write(`${JSON.stringify(value)}\n`)
  command({ t: 'assign', protocol: 2, token, phases, assignment: { id, workload: id, node: 'n', job } })
  return { child, frames, command, ready: ready.promise, ended: ended.promise }
}

interface Ran {
  readonly frames: readonly Frame[]
  readonly samples: readonly Sample[]
  readonly done: Done
}

/** All jobs from ready to done, as the lab runs them. */
async function run<K extends string>(
  _server: LiveServer | undefined,
  jobs: Readonly<Record<K, Job>>,
  { phases = shortPhases }: { readonly phases?: Phases } = {},
): Promise<Readonly<Record<K, Ran>>> {
  const names = Object.keys(jobs) as K[]
  const agents = names.map((name) => ({
    ends: ['publish', 'request', 'ping'].includes(jobs[name].kind),
    ...start(name, jobs[name], phases),
  }))
  await Promise.all(agents.map((agent) => agent.ready))
  const at = (process.hrtime.bigint() + 300_000_000n).toString()
  for (const agent of agents) agent.command({ t: 'start', at })
  await Promise.all(agents.filter(({ ends }) => ends).map((agent) => agent.ended))
  for (const agent of agents) if (!agent.ends) agent.command({ t: 'finish' })
  const results = await Promise.all(
    agents.map(async ({ frames, ended }) => {
      const { last } = await ended
      if (last?.t !== 'done') throw new Error(`must end with done, got ${JSON.stringify(last)}`)
      return { frames, samples: frames.filter((frame) => frame.t === 'sample'), done: last }
    }),
  )
  const ran: Partial<Record<K, Ran>> = {}
  names.forEach((name, i) => (ran[name] = results[i]!))
  return ran as Record<K, Ran>
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0))
    })
  })
}

/** A server that greets and then says nothing. */
function listen(greeting: string): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer((socket) => {
      socket.on('error', () => undefined)
      socket.write(greeting)
    }).listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
    undo.push(() => void server.close())
  })
}

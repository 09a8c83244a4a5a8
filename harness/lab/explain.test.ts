import { describe, expect, it } from 'vitest'
import { BenchError } from '../model/error.ts'
import { explained } from './explain.ts'
import { fromNow, type Service } from './service.ts'

/** A server that still runs and has written these lines. */
function service(...lines: readonly string[]): Service {
  const running = { plan: { node: 'hub' }, child: { exit: new Promise(() => undefined) }, log: () => lines }
  return running as unknown as Service
}

const seen = new BenchError('agent', 'agent sub@recv failed: server must answer within 10000 ms, got nothing')
const cause = (...lines: readonly string[]) => explained(seen, new Map([['hub', service(...lines)]]), new Set())

describe('what a server wrote before its clients suffered', () => {
  it.each([
    [
      '[ERR] Temporary Client Accept Error(accept tcp 127.0.0.1:31524: accept4: too many open files), sleeping 1000ms',
      /limit of open files was reached/,
      /ulimit -n/,
    ],
    [
      '[WRN] JetStream failed to store a msg on stream: write /store/1.blk: no space left on device',
      /no space left/,
      /free space/,
    ],
    [
      '[INF] 127.0.0.1:1 - cid:5 - Slow Consumer Detected: MaxPending of 67108864 Exceeded',
      /slow consumer/,
      /max_pending/,
    ],
  ])('%s is the cause', async (line, did, hint) => {
    const error = await cause('[INF] Server is ready', line)
    expect(error.message).toMatch(did)
    expect(error.hint).toMatch(hint)
    expect(error.lines).toEqual([seen.message, line])
  })

  it('is no cause of a block when it was written in one before, by a server that is kept', async () => {
    const lines = ['[INF] Server is ready', '[INF] cid:5 - Slow Consumer Detected: MaxPending of 67108864 Exceeded']
    let written: readonly string[] = lines
    const now = fromNow({ ...service(), log: () => written })
    expect(await explained(seen, new Map([['hub', now]]), new Set())).toBe(seen)
    written = [...lines, '[INF] cid:9 - Slow Consumer Detected: WriteDeadline of 10s exceeded']
    expect(now.log()).toEqual(written.slice(2))
    // The last lines only are kept: then all of them are new.
    written = ['[INF] a', '[INF] b']
    expect(now.log()).toEqual(written)
  })

  it('is no cause when it wrote nothing of the kind', async () => {
    expect(await cause('[INF] Server is ready')).toBe(seen)
  })
})

describe('what only the server of a stream knows', () => {
  const refused = (words: string) => {
    const error = new BenchError(
      'agent',
      `agent streams@send failed: server must do STREAM.CREATE.orders, got ${words}`,
    )
    return explained(error, new Map([['hub', service('[INF] Server is ready')]]), new Set())
  }

  it('ends the run with its own words and code, and what to do', async () => {
    const words = 'error 10047: insufficient storage resources available'
    expect(await refused(words)).toMatchObject({
      message: expect.stringContaining(words) as string,
      hint: expect.stringContaining('max_file_store') as string,
    })
  })

  it('says so of objects too, which are put before the load', async () => {
    const error = new BenchError('agent', 'agent streams@send failed: 10077 maximum bytes exceeded')
    expect((await explained(error, new Map(), new Set())).hint).toContain('the stream is full')
  })

  it('says so of a stream that is filled beyond what its server stores', async () => {
    const error = new BenchError(
      'agent',
      'agent streams@load failed: stream orders must take 20000 messages, got 4444, then error 10047: insufficient',
    )
    expect((await explained(error, new Map(), new Set())).hint).toContain('max_file_store')
  })

  it('has no hint where none is known', async () => {
    expect((await refused('error 10999: something new')).hint).toBeUndefined()
  })
})

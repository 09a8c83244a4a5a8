import { PassThrough } from 'node:stream'
import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { demultiplex } from './stream.ts'

const frame = (stream: number, text: string): Buffer => {
  const header = Buffer.alloc(8)
  header[0] = stream
  header.writeUInt32BE(Buffer.byteLength(text), 4)
  return Buffer.concat([header, Buffer.from(text)])
}

function taken(): { socket: PassThrough; stdout: PassThrough; stderr: PassThrough } {
  const streams = { socket: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() }
  demultiplex(streams.socket, streams.stdout, streams.stderr, () => Promise.resolve())
  streams.socket.once('end', () => {
    streams.stdout.end()
    streams.stderr.end()
  })
  return streams
}

describe('demultiplex', () => {
  it('takes the streams apart wherever the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.constantFrom(1, 2), fc.string({ maxLength: 20 })), { maxLength: 20 }),
        fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
        async (frames, cuts) => {
          const { socket, stdout, stderr } = taken()
          const both = Promise.all([buffer(stdout), buffer(stderr)])
          const bytes = Buffer.concat(frames.map(([stream, text]) => frame(stream, text)))
          for (let at = 0, turn = 0; at < bytes.length; turn++) {
            const next = at + (cuts[turn % cuts.length] ?? 1)
            socket.write(bytes.subarray(at, next))
            at = next
          }
          socket.end()
          const [out, err] = await both
          const said = (stream: number): string =>
            frames.flatMap(([one, text]) => (one === stream ? [text] : [])).join('')
          expect([out.toString(), err.toString()]).toEqual([said(1), said(2)])
        },
      ),
      { numRuns: 100 },
    )
  })

  it('holds the program back while a reader is behind, and loses nothing', async () => {
    const { socket, stdout } = taken()
    const lines = Array.from({ length: 400 }, (_, index) => `${index} ${'x'.repeat(1000)}\n`)
    for (const line of lines) socket.write(frame(1, line))
    await new Promise((resolve) => setImmediate(resolve))
    expect(socket.isPaused()).toBe(true)
    socket.end()
    expect((await buffer(stdout)).toString()).toBe(lines.join(''))
  })

  it('refuses a stream that is not framed', async () => {
    const { socket } = taken()
    const failed = new Promise<Error>((resolve) => socket.once('error', resolve))
    socket.write('OCI runtime exec failed: plain text')
    expect((await failed).message).toMatch(/must carry stdout or stderr, got stream 79/)
  })
})

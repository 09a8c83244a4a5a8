/**
 * One GET of a server's monitoring port, as HTTP/1.0: the answer is never in chunks and ends with the connection (RFC 1945), so that
 * there is next to nothing to parse. `node:http` takes 170 ms of CPU to load on a busy machine, and 2 s on a slow board.
 */
import { connect } from 'node:net'
import type { Target } from '../model/plan.ts'

const usualMs = 900
const mostBytes = 4 * 1024 * 1024
const headEnd = '\r\n\r\n'

/** The body, whatever the status. Rejects where nothing comes for 900 ms (or what is said), and on more than 4 MiB. */
export function httpGet({ host, port }: Target, path: string, timeoutMs = usualMs): Promise<string> {
  return new Promise((resolve, reject) => {
    if (!/^\/[\x21-\x7e]*$/.test(path)) throw new TypeError(`path must be printable ASCII, got ${JSON.stringify(path)}`)
    const chunks: Buffer[] = []
    let length = 0
    const socket = connect({ host, port, timeout: timeoutMs })
    socket.on('timeout', () => socket.destroy(new Error('no answer in time')))
    socket.on('error', reject)
    socket.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > mostBytes) socket.destroy(new Error('answer too long'))
      else chunks.push(chunk)
    })
    socket.on('end', () => {
      const answer = Buffer.concat(chunks)
      const head = answer.indexOf(headEnd)
      if (head < 0 || !answer.subarray(0, 5).equals(Buffer.from('HTTP/'))) reject(new Error('answer is no HTTP'))
      else resolve(answer.toString('utf8', head + headEnd.length))
    })
    const name = host.includes(':') ? `[${host}]` : host
    socket.write(`GET ${path} HTTP/1.0\r\nHost: ${name}:${port}\r\n\r\n`)
  })
}

/** One GET of a server's monitoring port. */
import { get, type Agent } from 'node:http'
import type { Target } from '../model/plan.ts'

const usualMs = 900
const mostBytes = 4 * 1024 * 1024

/** The body. Rejects where there is no answer in time (900 ms where nothing is said), or one of more than 4 MiB. */
export function httpGet({ host, port }: Target, path: string, agent?: Agent, timeoutMs = usualMs): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = get({ host, port, path, timeout: timeoutMs, agent }, (response) => {
      const chunks: Buffer[] = []
      let length = 0
      response.on('data', (chunk: Buffer) => {
        length += chunk.length
        if (length > mostBytes) request.destroy(new Error('answer too long'))
        else chunks.push(chunk)
      })
      response.on('error', reject)
      response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
    })
    request.on('timeout', () => request.destroy(new Error('no answer in time')))
    request.on('error', reject)
  })
}

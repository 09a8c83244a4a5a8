/** GET with bounds on time and size. */
import { BenchError } from '../model/error.ts'

export interface Bounds {
  readonly bytes: number
  /** Until the answer begins. */
  readonly answerMs: number
  /** Until the last byte. */
  readonly wholeMs: number
  readonly signal?: AbortSignal
}

/** The whole body. Throws `io` naming the address: no answer, a status other than 200, too many bytes, a cut connection. */
export async function download(url: string, bounds: Bounds): Promise<Buffer> {
  const slow = new AbortController()
  let limitMs = bounds.answerMs
  let timer = setTimeout(() => slow.abort(), bounds.answerMs)
  const signal = bounds.signal === undefined ? slow.signal : AbortSignal.any([slow.signal, bounds.signal])
  try {
    const answer = await fetch(url, { signal, redirect: 'follow' })
    if (answer.status !== 200) throw failed(url, `status ${answer.status}`)
    clearTimeout(timer)
    limitMs = bounds.wholeMs
    timer = setTimeout(() => slow.abort(), bounds.wholeMs)
    return await body(url, answer, bounds.bytes)
  } catch (error) {
    if (error instanceof BenchError) throw error
    if (bounds.signal?.aborted === true) {
      throw new BenchError('interrupted', `download of ${url} was cut short, got an interrupt`, { cause: error })
    }
    if (slow.signal.aborted) throw failed(url, `nothing for ${limitMs} ms`, error)
    throw failed(url, reason(error), error)
  } finally {
    clearTimeout(timer)
  }
}

async function body(url: string, answer: Response, most: number): Promise<Buffer> {
  const parts: Uint8Array[] = []
  let bytes = 0
  for await (const part of (answer.body ?? []) as AsyncIterable<Uint8Array>) {
    parts.push(part)
    bytes += part.length
    if (bytes > most) {
      await answer.body?.cancel().catch(() => undefined) // locked by this loop, which ends it anyway
      throw failed(url, `more than ${most} bytes`)
    }
  }
  const length = Number(answer.headers.get('content-length') ?? bytes)
  const encoded = answer.headers.has('content-encoding')
  if (!encoded && length !== bytes) throw failed(url, `${bytes} of ${length} bytes`)
  return Buffer.concat(parts)
}

function failed(url: string, what: string, cause?: unknown): BenchError {
  return new BenchError('io', `${url} must be downloadable, got ${what}`, {
    ...(cause === undefined ? {} : { cause }),
    hint: 'see whether this machine reaches the address; NATS_SERVER_RELEASES names a mirror',
  })
}

/** fetch says "fetch failed"; what happened is in its cause. */
function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return error.cause instanceof Error ? error.cause.message : error.message
}

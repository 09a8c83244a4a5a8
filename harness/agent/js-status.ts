/**
 * A status of the server: a message that is a header block alone, `NATS/1.0 408 Request Timeout\r\nNats-Pending-Messages: 7\r\n\r\n`
 * (ADR-13, ADR-9). Headers of a user begin with `NATS/1.0\r\n`.
 */
import type { Delivery } from './engine.ts'

const SPACE = 32
/** Of `NATS/1.0`. */
const versionBytes = 8

export interface JsStatus {
  /** 100 idle heartbeat or flow control, 404 no messages, 408 request over, 409 see `words`. */
  readonly code: number
  readonly words: string
  /** Messages of a request for so many that will not come any more. */
  readonly pending: number | undefined
  /** Where an answer frees a push consumer that waits for its flow control. */
  readonly stalled: string | undefined
}

export function isStatus({ bytes, start, headerBytes }: Delivery): boolean {
  return headerBytes > 0 && bytes[start - headerBytes + versionBytes] === SPACE
}

export function readStatus({ bytes, start, headerBytes }: Delivery): JsStatus {
  const text = Buffer.from(bytes.subarray(start - headerBytes, start)).toString('utf8')
  const [first = '', ...lines] = text.split('\r\n')
  const [, code = '0', words = ''] = /^NATS\/1\.0 (\d+) ?(.*)$/.exec(first) ?? []
  const header = (name: string) => {
    const line = lines.find((each) => each.toLowerCase().startsWith(`${name}:`))
    return line?.slice(name.length + 1).trim()
  }
  const pending = header('nats-pending-messages')
  return {
    code: Number(code),
    words: words.slice(0, 100),
    pending: pending === undefined ? undefined : Number(pending),
    stalled: header('nats-consumer-stalled'),
  }
}

/** The official packages of JetStream and of buckets over a connection of the engine nats.js, and their errors as ours. */
import type { JetStreamClient, JetStreamManager, JsMsg } from '@nats-io/jetstream'
import type { KV } from '@nats-io/kv'
import type { Link } from './engine.ts'
import { Failure } from './failure.ts'
import { needed, NatsJsLink } from './nats-js.ts'
import type { PubAcks } from './pub-ack.ts'
import { failureOf } from './nats-js-failure.ts'

export interface Clients {
  readonly client: JetStreamClient
  readonly manager: JetStreamManager
}

const usualTimeoutMs = 5000

/** Asks the server nothing: streams may be made later. `timeoutMs`: of each question. */
export async function clientsOf(link: Link, timeoutMs = usualTimeoutMs): Promise<Clients> {
  if (!(link instanceof NatsJsLink)) throw new Failure('protocol', 'link must be of engine nats.js, got another')
  const { jetstream } = await needed('@nats-io/jetstream', () => import('@nats-io/jetstream'))
  const client = jetstream(link.connection, { timeout: timeoutMs })
  return { client, manager: await client.jetstreamManager(false) }
}

/** A bucket that is there or will be, with direct gets, as the scenario's buckets have them. `stream`: `KV_` and its name. */
export async function bucketOf({ client }: Clients, stream: string): Promise<KV> {
  const { Kvm } = await needed('@nats-io/kv', () => import('@nats-io/kv'))
  return new Kvm(client).open(stream.slice('KV_'.length), { allow_direct: true })
}

/** The key of a subject of a bucket. */
export const keyOf = (subject: string) => subject.split('.').slice(2).join('.')

export const viewOf = ({ buffer, byteOffset, length }: Uint8Array) => new DataView(buffer, byteOffset, length)

/** Of a message of a consumer; the package keeps its size to itself. */
export const headerBytesOf = ({ headers }: Pick<JsMsg, 'headers'>): number => {
  if (headers === undefined) return 0
  let bytes = 'NATS/1.0\r\n\r\n'.length
  for (const [name, values] of headers)
    for (const value of values) bytes += name.length + value.length + ': \r\n'.length
  return bytes
}

const unanswered: ReadonlySet<string> = new Set(['TimeoutError'])
const closed: ReadonlySet<string> = new Set(['ClosedConnectionError', 'DrainingConnectionError'])
const refused: ReadonlySet<string> = new Set(['JetStreamApiError', 'JetStreamStatusError', 'JetStreamNotEnabled'])

/** What a call was rejected with, as a Failure: an answer that did not come, the server's code and words, a connection that is gone. */
export function refusalOf(error: unknown): Failure {
  const { name, message } = error instanceof Error ? error : new Error(String(error))
  if (unanswered.has(name)) return new Failure('timeout', `server must answer in time, got ${name}`, error)
  if (closed.has(name)) return failureOf(error, 'connection-lost')
  if (refused.has(name)) return new Failure('server-error', `${String(codeOf(error))} ${message}`.trim(), error)
  return failureOf(error, 'bug')
}

/** A call whose rejection is a Failure. */
export const refusing = <T>(call: Promise<T>): Promise<T> =>
  call.catch((error: unknown) => {
    throw refusalOf(error)
  })

type Answer = Parameters<PubAcks['take']>[0]

/** An acknowledgement or the server's refusal, as the wire has them. Rejects where no answer came. */
export async function answerOf(publishing: Promise<Answer>): Promise<Answer> {
  try {
    return await publishing
  } catch (error) {
    const failure = refusalOf(error)
    if (failure.code !== 'server-error' || !(error instanceof Error)) throw failure
    return { error: { err_code: codeOf(error), description: error.message } }
  }
}

/** Bytes of a PubAck as nats-server writes it. */
export const pubAckBytes = ({ stream, seq, duplicate }: Answer): number =>
  `{"stream":"${String(stream)}","seq":${String(seq)}${duplicate === true ? ',"duplicate":true' : ''}}`.length

const codeOf = (error: unknown) => (error instanceof Error && 'code' in error ? error.code : '')

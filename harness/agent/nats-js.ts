/**
 * The engine nats.js: the same jobs over the official client, as its users would write them. What it costs more than the wire
 * engine is the price of the library. Only the files nats-js-*.ts know its packages; they are loaded when an assignment asks for it.
 */
import type * as Library from 'nats'
import type { MsgHdrs, NatsConnection, Status } from 'nats'
import type { ConnectOptions, Engine, Link, MessageShape, Receiver, Sender } from './engine.ts'
import { Failure } from './failure.ts'
import { hand } from './nats-js-delivery.ts'
import { failureOf } from './nats-js-failure.ts'
import { StampedBodies } from './stamped-bodies.ts'
import { headerBlock } from './template.ts'

type NatsJs = typeof Library

/** The client queues without bound, so the sender asks for a PONG now and then and waits when this much is unanswered. */
const mostUnansweredBytes = 1024 * 1024
const answerEveryBytes = 64 * 1024
const batchMessages = 256

export async function natsJsEngine(): Promise<Engine> {
  const library = await needed('nats', () => import('nats'))
  return {
    async connect(target, options, lost) {
      const connection = await connect(library, `${target.host}:${target.port}`, options)
      return new NatsJsLink(library, connection, lost)
    },
  }
}

/** A package that the node must have. */
export async function needed<T>(name: string, load: () => Promise<T>): Promise<T> {
  try {
    return await load()
  } catch (error) {
    const words = `engine nats.js must find the package ${name} in its node, got: ${String(error)}`
    throw new Failure('engine-missing', words, error)
  }
}

export function headersFrom(library: NatsJs, headers: Readonly<Record<string, string>>): MsgHdrs {
  const made = library.headers()
  for (const [name, value] of Object.entries(headers)) made.append(name, value)
  return made
}

async function connect(library: NatsJs, server: string, options: ConnectOptions): Promise<NatsConnection> {
  try {
    return await library.connect({
      servers: server,
      name: options.name,
      timeout: options.timeoutMs,
      reconnect: false,
      ...(options.token === '' ? {} : { token: options.token }),
    })
  } catch (error) {
    throw failureOf(error, 'connect')
  }
}

export class NatsJsLink implements Link {
  readonly maxPayload: number
  readonly #library: NatsJs
  readonly connection: NatsConnection
  readonly #lost: (failure: Failure) => void
  #closing = false

  constructor(library: NatsJs, connection: NatsConnection, lost: (failure: Failure) => void) {
    this.#library = library
    this.connection = connection
    this.#lost = lost
    this.maxPayload = connection.info?.max_payload ?? 1024 * 1024
    void this.#watch()
  }

  subscribe(subject: string, queue: string | undefined, receiver: Receiver): void {
    this.connection.subscribe(subject, {
      ...(queue === undefined ? {} : { queue }),
      callback: (error, message) => {
        if (error !== null) this.#fail(failureOf(error, 'server-error'))
        else hand(receiver, message, -1)
      },
    })
  }

  sender(shape: MessageShape): Sender {
    return new NatsJsSender(this.#library, this.connection, shape, (error) => {
      if (!this.#closing) this.#fail(failureOf(error, 'server-error'))
    })
  }

  publish(subject: string, payload: string | Uint8Array, reply?: string): void {
    this.connection.publish(subject, payload, reply === undefined ? {} : { reply })
  }

  async flush(timeoutMs: number): Promise<void> {
    if (this.connection.isClosed()) return
    const { promise, reject } = Promise.withResolvers<never>()
    const late = new Failure('timeout', `server must answer a PING within ${timeoutMs} ms, got nothing`)
    const timer = setTimeout(() => reject(late), timeoutMs)
    await Promise.race([this.connection.flush(), promise]).finally(() => clearTimeout(timer))
  }

  close(): void {
    this.#closing = true
    // Rejects only when it is closed already.
    this.connection.close().catch(() => undefined)
  }

  async #watch(): Promise<void> {
    const news: { readonly [K in Status['type']]?: (status: Status) => Failure } = {
      ldm: () => new Failure('lame-duck', 'server must stay during a measurement, got its lame duck notice'),
      error: (status) => failureOf('error' in status ? status.error : undefined, 'server-error'),
      disconnect: () =>
        new Failure('connection-lost', 'server must keep the connection during a measurement, got cut off'),
    }
    void this.connection.closed().then((error) => {
      this.#fail(failureOf(error instanceof Error ? error : new Error('the connection ended'), 'connection-lost'))
    })
    for await (const status of this.connection.status()) {
      const failure = news[status.type]?.(status)
      if (failure !== undefined) this.#fail(failure)
    }
  }

  #fail(failure: Failure): void {
    if (this.#closing) return
    this.close()
    this.#lost(failure)
  }
}

class NatsJsSender implements Sender {
  readonly messageBytes: number
  onRoom: () => void = () => undefined

  readonly #connection: NatsConnection
  readonly #shape: MessageShape
  readonly #failed: (error: unknown) => void
  readonly #bodies: StampedBodies
  readonly #headers: MsgHdrs | undefined
  readonly #headerBytes: number
  #unanswered = 0
  #unasked = 0
  #filled = 0

  constructor(library: NatsJs, connection: NatsConnection, shape: MessageShape, failed: (error: unknown) => void) {
    this.#connection = connection
    this.#shape = shape
    this.#failed = failed
    this.#bodies = new StampedBodies(shape)
    if (Object.keys(shape.headers).length > 0) this.#headers = headersFrom(library, shape.headers)
    this.#headerBytes = Buffer.byteLength(headerBlock(shape.headers))
    this.messageBytes = this.#headerBytes + shape.payload.bytes
  }

  room(): number {
    return this.#unanswered + this.#unasked >= mostUnansweredBytes ? 0 : batchMessages - this.#filled
  }

  put(sequence: number, count: number, due: number, lag: number): number {
    const { subject, subjects, request } = this.#shape
    let bytes = 0
    for (let number = sequence; number < sequence + count; number++) {
      const body = this.#bodies.of(number, due, lag)
      bytes += this.#headerBytes + body.length
      const to = subjects > 1 ? `${subject}.${number % subjects}` : subject
      const options = this.#headers === undefined ? {} : { headers: this.#headers }
      if (request === undefined) this.#connection.publish(to, body, options)
      else this.#request(to, body, number, options)
    }
    this.#filled += count
    this.#unasked += bytes
    return bytes
  }

  push(): void {
    this.#filled = 0
    const asked = this.#unasked
    if (asked < answerEveryBytes || this.#shape.request !== undefined) return
    this.#unasked = 0
    this.#unanswered += asked
    this.#connection.flush().then(() => {
      const full = this.room() === 0
      this.#unanswered -= asked
      if (full) this.onRoom()
    }, this.#failed)
  }

  #request(subject: string, body: Uint8Array, number: number, options: { headers?: MsgHdrs }): void {
    const { request } = this.#shape
    if (request === undefined) return
    this.#unasked = 0
    this.#connection.request(subject, body, { ...options, timeout: request.timeoutMs }).then(
      (message) => hand(request.receiver, message, number >>> 0),
      (error: unknown) => {
        // Timed out: the requester's own account says so.
        if (!(error instanceof Error && /timeout|responders/i.test(error.name + error.message))) this.#failed(error)
      },
    )
  }
}

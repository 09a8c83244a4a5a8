/**
 * The wire engine: one TCP connection, the NATS client protocol, no client library. A load generator must cost less than the
 * server it measures, so the receiving side reads into one buffer that is used again and again, and hands on views into it.
 */
import { connect as connectTcp, type Socket } from 'node:net'
import type { Target } from '../model/plan.ts'
import type { ConnectOptions, Delivery, Engine, Link, MessageShape, Receiver, Sender } from './engine.ts'
import { asFailure, Failure } from './failure.ts'
import { shortageOf } from './network-error.ts'
import { Outbox } from './outbox.ts'
import { Parser, type ParserHandler } from './parser.ts'
import { ReceiveBuffer } from './receive-buffer.ts'
import { headerBlock } from './template.ts'
import { serverFailure } from './server-error.ts'
import { connectFields, mostBodyBytes, serverInfo } from './wire-info.ts'
import { WireSender } from './wire-sender.ts'
import { newInbox } from './unique.ts'

/** Answers that wait for a slow socket; above it the link stops reading until they are gone. */
const answerRoomBytes = 1024 * 1024

const inboxPrefix = new TextEncoder().encode('_INBOX.')

export const wireEngine: Engine = {
  async connect(target, options, lost) {
    const link = new WireLink(target, options, lost)
    await link.opened
    return link
  },
}

class WireLink implements Link, ParserHandler, Delivery {
  maxPayload = 0
  readonly opened: Promise<void>

  readonly #socket: Socket
  readonly #options: ConnectOptions
  readonly #lost: (failure: Failure) => void
  readonly #opening = Promise.withResolvers<void>()
  #state: 'opening' | 'open' | 'closed' = 'opening'
  #receiver: Receiver | undefined
  #subscriptions = 0
  readonly #pongs: (() => void)[] = []

  readonly #parser = new Parser(this)
  readonly #buffer = new ReceiveBuffer(this.#parser)
  readonly #outbox: Outbox

  constructor(target: Target, options: ConnectOptions, lost: (failure: Failure) => void) {
    this.#options = options
    this.#lost = lost
    this.opened = this.#opening.promise
    this.#socket = connectTcp({
      host: target.host,
      port: target.port,
      noDelay: true,
      onread: { buffer: () => this.#buffer.room(), callback: (count) => this.#read(count) },
    })
    this.#outbox = new Outbox(this.#socket)
    this.#socket.on('error', (error) => this.#fail(this.#broken(error.message, shortageOf(error))))
    this.#socket.on('close', () => this.#fail(this.#broken('the server closed the connection')))
    this.#socket.setTimeout(options.timeoutMs, () => {
      if (this.#state === 'opening') {
        this.#fail(new Failure('connect', `server must answer within ${options.timeoutMs} ms, got nothing`))
      }
    })
  }

  subscribe(subject: string, queue: string | undefined, receiver: Receiver): void {
    this.#receiver = receiver
    this.#outbox.write(`SUB ${subject} ${queue === undefined ? '' : `${queue} `}${++this.#subscriptions}\r\n`)
  }

  sender(shape: MessageShape): Sender {
    if (shape.request === undefined) return new WireSender(this.#socket, shape)
    const inbox = newInbox()
    this.subscribe(`${inbox}.*`, undefined, shape.request.receiver)
    return new WireSender(this.#socket, shape, `${inbox}.`)
  }

  publish(
    subject: string,
    payload: string | Uint8Array,
    reply = '',
    headers: Readonly<Record<string, string>> = {},
  ): void {
    const block = headerBlock(headers)
    const bytes = Buffer.byteLength(block) + Buffer.byteLength(payload)
    const sizes = block === '' ? `${bytes}` : `${Buffer.byteLength(block)} ${bytes}`
    const head = `${block === '' ? 'PUB' : 'HPUB'} ${subject} ${reply === '' ? '' : `${reply} `}${sizes}\r\n${block}`
    if (typeof payload === 'string') this.#outbox.write(`${head}${payload}\r\n`)
    else this.#outbox.write(Buffer.concat([Buffer.from(head), payload, Buffer.from('\r\n')]))
  }

  async flush(timeoutMs: number): Promise<void> {
    if (this.#state === 'closed') return
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const timer = setTimeout(() => {
      reject(new Failure('timeout', `server must answer a PING within ${timeoutMs} ms, got nothing`))
    }, timeoutMs)
    this.#pongs.push(resolve)
    this.#outbox.write('PING\r\n')
    await promise.finally(() => clearTimeout(timer))
  }

  /** By a reset: whoever closes first keeps the connection for a minute (TIME_WAIT), and FreeBSD a VNET jail with it. */
  close(): void {
    const open = this.#state === 'open'
    this.#state = 'closed'
    if (open) this.#socket.resetAndDestroy()
    else this.#socket.destroy()
  }

  #read(count: number): boolean {
    this.#outbox.collect()
    this.#receiver?.arrived()
    try {
      this.#buffer.take(count)
    } catch (error) {
      this.#fail(asFailure(error))
      return false
    }
    this.#receiver?.handled()
    if (!this.#outbox.push(answerRoomBytes)) this.#waitForAnswers()
    return true
  }

  /** Reads no further requests until the answers to the earlier ones are on their way. */
  #waitForAnswers(): void {
    this.#socket.pause()
    this.#socket.once('drain', () => this.#socket.resume())
  }

  // What the parser finds.

  message(): void {
    this.#receiver?.message(this)
  }

  ping(): void {
    this.#outbox.write('PONG\r\n')
  }

  pong(): void {
    this.#pongs.shift()?.()
  }

  info(text: string): void {
    const info = serverInfo(JSON.parse(text))
    this.maxPayload = info.maxPayload ?? this.maxPayload
    this.#parser.maxBodyBytes = mostBodyBytes(this.maxPayload)
    if (info.lameDuck) {
      this.#fail(new Failure('lame-duck', 'server must stay during a measurement, got its lame duck notice'))
    } else if (info.tlsRequired) {
      this.#fail(new Failure('connect', 'server must take plain TCP, got one that requires TLS'))
    } else if (this.#state === 'opening') {
      this.#outbox.write(`CONNECT ${JSON.stringify(connectFields(this.#options))}\r\nPING\r\n`)
      this.#pongs.push(() => {
        this.#state = 'open'
        this.#socket.setTimeout(0)
        this.#opening.resolve()
      })
    }
  }

  error(text: string): void {
    this.#fail(serverFailure(text))
  }

  // The message being handed on, as Delivery.

  get bytes(): Uint8Array {
    return this.#buffer.bytes
  }

  get view(): DataView {
    return this.#buffer.view
  }

  get start(): number {
    return this.#parser.bodyStart + this.#parser.headerBytes
  }

  get end(): number {
    return this.#parser.bodyEnd
  }

  get headerBytes(): number {
    return this.#parser.headerBytes
  }

  isAside(): boolean {
    const bytes = this.#buffer.bytes
    const { subjectStart, subjectEnd } = this.#parser
    if (bytes[subjectStart] === 0x24) return true
    if (subjectEnd - subjectStart < inboxPrefix.length) return false
    for (let i = 0; i < inboxPrefix.length; i++) if (bytes[subjectStart + i] !== inboxPrefix[i]) return false
    return true
  }

  token(): number {
    const bytes = this.#buffer.bytes
    let value = 0
    let scale = 1
    for (let at = this.#parser.subjectEnd - 1; bytes[at]! >= 48 && bytes[at]! <= 57; at--) {
      value += (bytes[at]! - 48) * scale
      scale *= 10
    }
    return value
  }

  get replyStart(): number {
    return this.#parser.replyStart
  }

  get replyEnd(): number {
    return this.#parser.replyEnd
  }

  replySubject(): string {
    const { replyStart, replyEnd } = this.#parser
    return Buffer.from(this.#buffer.bytes.subarray(replyStart, replyEnd)).toString()
  }

  respond(bytes: Uint8Array, start: number, end: number, reply?: Uint8Array): boolean {
    const { replyStart, replyEnd } = this.#parser
    if (replyStart === replyEnd) return false
    this.#outbox.reply(this.#buffer.bytes, replyStart, replyEnd, bytes, start, end, reply)
    return true
  }

  #broken(what: string, shortage?: string): Failure {
    if (shortage !== undefined) return new Failure('connect', `connection must be made, got ${shortage}`)
    if (this.#state === 'opening') return new Failure('connect', `server must accept the connection, got: ${what}`)
    if (this.#buffer.fullShare > 0.5) {
      return new Failure('slow-consumer', `server must keep the connection, got cut off far behind the stream: ${what}`)
    }
    return new Failure('connection-lost', `server must keep the connection during a measurement, got: ${what}`)
  }

  #fail(failure: Failure): void {
    const state = this.#state
    if (state === 'closed') return
    this.close()
    if (state === 'opening') this.#opening.reject(failure)
    else this.#lost(failure)
  }
}

/**
 * A connection that outlives its loss. It keeps what was asked of it (subscriptions, one sender) and asks it again of
 * the next server that answers. While it is away its sender has no room, so messages that fall due wait and are sent
 * afterwards with their lag on record: the gap is measured, not hidden. Works over every engine.
 */
import type { Target } from '../model/plan.ts'
import type { ConnectOptions, Engine, Link, MessageShape, Receiver, Sender } from './engine.ts'
import { asFailure, type Failure } from './failure.ts'

/** A server that is paused takes the connection and says nothing: it is not waited for longer than this. */
const attemptMs = 2000

export interface LastingRequest {
  readonly engine: Engine
  readonly servers: readonly Target[]
  /** Which of the servers is tried first. */
  readonly first: number
  readonly options: ConnectOptions
  /** Milliseconds between two tries; undefined: it stays lost. */
  readonly everyMs: number | undefined
  /** Told of each loss and of each new connection. Throws where a loss must end the agent. */
  readonly changed: (state: 'lost' | 'open', server: Target, because: Failure | undefined) => void
}

export async function openLasting(request: LastingRequest): Promise<Link> {
  const link = new LastingLink(request)
  await link.open()
  return link
}

class LastingLink implements Link {
  maxPayload = 0
  readonly #request: LastingRequest
  #server: Target
  #turn: number
  #link: Link | undefined
  /** Of the connection in use: resolves when it is lost. */
  #gone = Promise.withResolvers<void>()
  #closed = false
  readonly #subscriptions: (readonly [string, string | undefined, Receiver])[] = []
  #sender: LastingSender | undefined
  #wait: NodeJS.Timeout | undefined

  constructor(request: LastingRequest) {
    this.#request = request
    this.#turn = request.first
    this.#server = this.#next()
  }

  async open(): Promise<void> {
    this.#use(await this.#connect(this.#request.options))
  }

  subscribe(subject: string, queue: string | undefined, receiver: Receiver): void {
    this.#subscriptions.push([subject, queue, receiver])
    this.#link?.subscribe(subject, queue, receiver)
  }

  /** Lost with the connection, as the bytes on their way are. */
  publish(...message: Parameters<Link['publish']>): void {
    this.#link?.publish(...message)
  }

  sender(shape: MessageShape): Sender {
    const link = this.#link
    if (link === undefined) throw new Error('a sender must be asked for while the connection is open')
    this.#sender = new LastingSender(shape, link)
    return this.#sender
  }

  /** A connection that is away has nothing to flush. */
  async flush(timeoutMs: number): Promise<void> {
    const link = this.#link
    if (link === undefined) return
    try {
      await Promise.race([link.flush(timeoutMs), this.#gone.promise])
    } catch (error) {
      if (this.#link === link) throw error
    }
  }

  close(): void {
    this.#closed = true
    clearTimeout(this.#wait)
    this.#link?.close()
  }

  async #connect(options: ConnectOptions): Promise<Link> {
    // The loss of this very link, also when it comes before we have it in our hands.
    const loss: { link?: Link; failure?: Failure } = {}
    const link = await this.#request.engine.connect(this.#server, options, (failure) => {
      loss.failure = failure
      if (loss.link !== undefined) this.#lost(loss.link, failure)
    })
    loss.link = link
    if (loss.failure !== undefined) throw loss.failure
    return link
  }

  #use(link: Link): void {
    this.#link = link
    this.#gone = Promise.withResolvers<void>()
    this.maxPayload = link.maxPayload
  }

  #next(): Target {
    const { servers } = this.#request
    return servers[this.#turn++ % servers.length]!
  }

  #lost(link: Link, failure: Failure): void {
    if (this.#closed || this.#link !== link) return
    this.#link = undefined
    this.#gone.resolve()
    this.#sender?.away()
    this.#request.changed('lost', this.#server, failure)
    if (this.#request.everyMs !== undefined) void this.#again()
  }

  async #again(): Promise<void> {
    const { everyMs, options, changed } = this.#request
    this.#server = this.#next()
    try {
      const link = await this.#connect({ ...options, timeoutMs: attemptMs })
      if (this.#closed) return link.close()
      this.#use(link)
      for (const subscription of this.#subscriptions) link.subscribe(...subscription)
      this.#sender?.back(link)
      changed('open', this.#server, undefined)
      this.#sender?.onRoom()
    } catch (error) {
      const { code } = asFailure(error)
      if (this.#closed) return
      // A server that is not there is tried again; one that refuses us, or a fault of ours, is no matter of time.
      if (code === 'bug' || code === 'auth') return changed('lost', this.#server, asFailure(error))
      this.#wait = setTimeout(() => void this.#again(), everyMs)
    }
  }
}

/** Has no room while the connection is away. */
class LastingSender implements Sender {
  readonly messageBytes: number
  onRoom: () => void = () => undefined
  readonly #shape: MessageShape
  #inner: Sender | undefined

  constructor(shape: MessageShape, link: Link) {
    this.#shape = shape
    const inner = this.#make(link)
    this.messageBytes = inner.messageBytes
  }

  room(): number {
    return this.#inner?.room() ?? 0
  }

  put(sequence: number, count: number, due: number, lag: number): number {
    return this.#inner?.put(sequence, count, due, lag) ?? 0
  }

  push(): void {
    this.#inner?.push()
  }

  away(): void {
    this.#inner = undefined
  }

  back(link: Link): void {
    this.#make(link)
  }

  #make(link: Link): Sender {
    const inner = link.sender(this.#shape)
    inner.onRoom = () => {
      if (this.#inner === inner) this.onRoom()
    }
    this.#inner = inner
    return inner
  }
}

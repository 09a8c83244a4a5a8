/** What a job needs of a NATS client, so that the same job runs over our wire engine and over nats.js. */
import type { PayloadPlan, Target } from '../model/plan.ts'
import type { EngineName } from '../model/scenario.ts'
import { Failure } from './failure.ts'
import { wireEngine } from './wire.ts'

export interface Engine {
  /** Rejects with a Failure. `lost` is told once when the connection breaks after that; nothing reconnects. */
  connect(target: Target, options: ConnectOptions, lost: (failure: Failure) => void): Promise<Link>
}

export interface ConnectOptions {
  /** Empty: no credential. */
  readonly token: string
  /** Shown in the server's connection list. */
  readonly name: string
  readonly timeoutMs: number
}

/** One connection. */
export interface Link {
  readonly maxPayload: number
  /** One receiver a link, or one sender of requests. */
  subscribe(subject: string, queue: string | undefined, receiver: Receiver): void
  sender(shape: MessageShape): Sender
  /** One message now; for what is rare. `subject` and `reply` must be without blanks. */
  publish(
    subject: string,
    payload: string | Uint8Array,
    reply?: string,
    headers?: Readonly<Record<string, string>>,
  ): void
  /** Resolves when the server has handled all that was sent before, and all that it had routed to us has arrived. */
  flush(timeoutMs: number): Promise<void>
  close(): void
}

/** Messages of one publisher: all alike but for subject number, stamp, size and random bytes. */
export interface MessageShape {
  readonly subject: string
  /** More than 1: `subject.0` ... in turn. */
  readonly subjects: number
  readonly headers: Readonly<Record<string, string>>
  readonly payload: PayloadPlan
  readonly publisher: number
  readonly request?: RequestShape
  /** Each asks for an answer at this subject around its sequence number, counted from `from`. Of the wire engine, instead of `request`. */
  readonly reply?: { readonly before: string; readonly after: string; readonly from: number }
  /** What else differs from message to message; see numbered-template.ts. Of the wire engine. */
  readonly numbers?: Numbers
}

/** Numbers in a message, each made from its sequence number. */
export interface Numbers {
  /** Behind `subject.`; in turn where absent. */
  readonly subject?: (sequence: number) => number
  /** Headers whose value ends in a number of ten digits. */
  readonly headers?: readonly HeaderNumber[]
  /** The payload is this text around a number, blanks behind it: `{"seq":12        }`. */
  readonly body?: { readonly before: string; readonly after: string; readonly of: (sequence: number) => number }
}

export interface HeaderNumber {
  readonly name: string
  /** Of the value, before the number. */
  readonly before: string
  readonly of: (sequence: number) => number
}

export interface RequestShape {
  readonly timeoutMs: number
  /** Gets the replies; `Delivery.token()` then is the sequence number (32 bits) of the request. */
  readonly receiver: Receiver
}

export interface Sender {
  /** Bytes of headers and payload of the largest message. */
  readonly messageBytes: number
  /** Messages that `put` takes before the next `push`; 0 while the socket is behind. */
  room(): number
  /**
   * Puts `count` (at most `room()`) messages with sequence numbers from `sequence` into the batch, all with this due time and lag.
   * Returns the bytes of their headers and payloads.
   */
  put(sequence: number, count: number, due: number, lag: number): number
  /** Hands the batch to the socket. */
  push(): void
  /** Called when `room()` is above 0 again after it was 0. */
  onRoom: () => void
}

/** A message as it lies in the receive buffer: valid until the receiver returns. */
export interface Delivery {
  readonly bytes: Uint8Array
  /** Over the same bytes. */
  readonly view: DataView
  /** The payload is `bytes[start, end)`. */
  readonly start: number
  readonly end: number
  readonly headerBytes: number
  /** The subject to answer to is `bytes[replyStart, replyEnd)`; equal where it asked for no answer, or where the engine keeps it elsewhere. */
  readonly replyStart: number
  readonly replyEnd: number
  /** Is it no message of a publisher: sent to an inbox (`_INBOX.*`, where both engines have theirs), or below `$` (`$JS`, `$KV`, `$SYS`)? */
  isAside(): boolean
  /** Of a reply: which request it answers. */
  token(): number
  /** Where to answer to later; empty where it asked for no answer. */
  replySubject(): string
  /** Answers it with `bytes[start, end)`, itself asking for an answer at `reply` where that is given; false when it asked for none. The bytes are copied. */
  respond(bytes: Uint8Array, start: number, end: number, reply?: Uint8Array): boolean
}

export interface Receiver {
  /** Bytes came in; the messages in them follow. The place to read the clock. */
  arrived(): void
  message(delivery: Delivery): void
  /** All messages of these bytes have been handed on. */
  handled(): void
}

/** The other one is loaded when an assignment asks for it, so that a node without the package runs the wire engine. */
const engines: Readonly<Record<EngineName, () => Promise<Engine>>> = {
  wire: () => Promise.resolve(wireEngine),
  'nats.js': async () => (await import('./nats-js.ts')).natsJsEngine(),
}

export async function loadEngine(name: EngineName): Promise<Engine> {
  const load = Object.hasOwn(engines, name) ? engines[name] : undefined
  if (load === undefined) throw new Failure('protocol', `engine must be wire or nats.js, got ${String(name)}`)
  return load()
}

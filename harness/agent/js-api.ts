/** The JetStream API over a core connection (ADR-1): JSON to `$JS.API.*`, JSON back. One request after the other. */
import type { Delivery, Link, Receiver } from './engine.ts'
import { Failure } from './failure.ts'
import { newInbox } from './unique.ts'

export type Fields = Readonly<Record<string, unknown>>

/** The server's own words: `{"error":{"code":400,"err_code":10059,"description":"stream not found"}}`. */
export class ApiError extends Failure {
  readonly status: number
  readonly errorCode: number
  /** `error 10059: stream not found`. */
  readonly words: string

  constructor(subject: string, error: Fields) {
    const { code, err_code: errorCode, description } = error
    const words = `error ${String(errorCode)}: ${String(description)}`
    super('server-error', `server must do ${subject}, got ${words}`)
    this.words = words
    this.status = typeof code === 'number' ? code : 0
    this.errorCode = typeof errorCode === 'number' ? errorCode : 0
  }
}

const answerMs = 5000

export class JsApi implements Receiver {
  readonly #link: Link
  readonly #inbox = newInbox()
  #asked = 0
  /** Resolves when the request before has its answer. */
  #turn: Promise<unknown> = Promise.resolve()
  #answer: ((text: string) => void) | undefined

  /** The link's one subscription becomes the API's. */
  constructor(link: Link) {
    this.#link = link
    link.subscribe(`${this.#inbox}.*`, undefined, this)
  }

  /** Rejects with an ApiError, or with a Failure `timeout` where no answer comes within 5 s. */
  ask(subject: string, body: unknown = {}): Promise<Fields> {
    return this.#inTurn(`$JS.API.${subject}`, body, subject)
  }

  /** What a stream answers to a message of its `subject`: the only way to hear why it takes none. Rejects as `ask` does. */
  put(subject: string): Promise<Fields> {
    return this.#inTurn(subject, {}, subject)
  }

  #inTurn(subject: string, body: unknown, told: string): Promise<Fields> {
    const asked = this.#turn.then(() => this.#askNow(subject, body, told))
    this.#turn = asked.catch(() => undefined)
    return asked
  }

  async #askNow(subject: string, body: unknown, told: string): Promise<Fields> {
    const { promise, resolve, reject } = Promise.withResolvers<string>()
    this.#answer = resolve
    this.#link.publish(subject, JSON.stringify(body), `${this.#inbox}.${++this.#asked}`)
    const late = new Failure('timeout', `server must answer ${subject} within ${answerMs} ms, got nothing`)
    const timer = setTimeout(() => reject(late), answerMs)
    const text = await promise.finally(() => clearTimeout(timer))
    const answer = fieldsOf(text)
    if (answer['error'] !== undefined) throw new ApiError(told, fields(answer['error']))
    return answer
  }

  arrived(): void {
    // Nothing here is timed.
  }

  message(delivery: Delivery): void {
    if (delivery.token() !== this.#asked) return // an answer that came after its time
    this.#answer?.(Buffer.from(delivery.bytes.subarray(delivery.start, delivery.end)).toString('utf8'))
  }

  handled(): void {
    // Nothing waits for the end of a read.
  }
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function fields(value: unknown): Fields {
  return isFields(value) ? value : {}
}

/** The members of JSON text; none where it is no object. */
export function fieldsOf(text: string): Fields {
  try {
    return fields(JSON.parse(text))
  } catch {
    return {}
  }
}

export function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0
}

export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : ''
}

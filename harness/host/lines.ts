/** A stream of bytes → its lines, with bounds on memory: one reader, backpressure, nothing lost silently. */
import type { Readable } from 'node:stream'
import { BenchError } from '../model/error.ts'

/** The longest line of a program that is handed on. */
const lineLimitBytes = 4 * 1024 * 1024
/** What waits for a reader before the program is held back. */
const aheadBytes = 1024 * 1024
const newline = 0x0a

/** Cuts chunks at newlines. The rest after the last newline counts as a line when the stream ends. */
export class LineCutter {
  readonly #limitBytes: number
  readonly #line: (text: string, cut: boolean) => void
  #parts: Buffer[] = []
  #bytes = 0
  #skipping = false

  /** `line` is called with `cut` when the line was longer than the limit; the rest of that line is dropped. */
  constructor(limitBytes: number, line: (text: string, cut: boolean) => void) {
    this.#limitBytes = limitBytes
    this.#line = line
  }

  push(chunk: Buffer): void {
    let from = 0
    for (let at = chunk.indexOf(newline); at >= 0; at = chunk.indexOf(newline, from)) {
      this.#keep(chunk.subarray(from, at))
      this.#emit()
      from = at + 1
    }
    if (from < chunk.length) this.#keep(chunk.subarray(from))
  }

  end(): void {
    if (this.#bytes > 0 && !this.#skipping) this.#emit()
    this.#reset()
  }

  #keep(part: Buffer): void {
    if (this.#skipping) return
    this.#parts.push(part)
    this.#bytes += part.length
    if (this.#bytes <= this.#limitBytes) return
    this.#line(this.#text().slice(0, this.#limitBytes), true)
    this.#reset()
    this.#skipping = true
  }

  #emit(): void {
    if (!this.#skipping) this.#line(this.#text(), false)
    this.#reset()
  }

  #text(): string {
    const whole = this.#parts.length === 1 ? this.#parts[0] : Buffer.concat(this.#parts)
    return (whole ?? Buffer.alloc(0)).toString('utf8')
  }

  #reset(): void {
    this.#parts = []
    this.#bytes = 0
    this.#skipping = false
  }
}

/**
 * The lines of a program's stdout for one reader. While nobody has asked for them, up to `lineLimitBytes` wait, then
 * the oldest go (and a late reader is told); once there is a reader, the program is held back instead.
 */
export class LineFeed implements AsyncIterable<string> {
  readonly #stream: Readable
  readonly #what: string
  readonly #unread: (line: string) => void
  readonly #taken: () => void
  #queue: string[] = []
  /** Those of the queue before it are taken: to shift a queue of a million lines moves all of them each time. */
  #at = 0
  #waitingBytes = 0
  #state: 'unasked' | 'reading' | 'left' = 'unasked'
  #dropped = false
  #ended = false
  #failure: BenchError | undefined
  #wake: (() => void) | undefined

  /** `unread` gets every line that comes while nobody reads; `taken` is told when a reader comes, who gets them all the same. */
  constructor(stream: Readable, what: string, unread: (line: string) => void, taken: () => void = () => undefined) {
    this.#stream = stream
    this.#what = what
    this.#unread = unread
    this.#taken = taken
    const cutter = new LineCutter(lineLimitBytes, (text, cut) => this.#take(text, cut))
    stream.on('data', (chunk: Buffer) => cutter.push(chunk))
    stream.once('close', () => {
      cutter.end()
      this.#ended = true
      this.#wake?.()
    })
    stream.once('error', (error) => this.#fail(`output of ${what} must be readable, got ${error.message}`))
  }

  [Symbol.asyncIterator](): AsyncIterator<string, undefined> {
    if (this.#state !== 'unasked')
      throw new BenchError('bug', `lines of ${this.#what} must have one reader, got another`)
    if (this.#dropped) this.#fail(`lines of ${this.#what} must be read as they come, got a reader after 4 MiB`)
    this.#state = 'reading'
    this.#taken()
    return {
      next: () => this.#next(),
      return: () => {
        this.#state = 'left'
        this.#queue = []
        this.#at = 0
        this.#stream.resume()
        return Promise.resolve({ done: true, value: undefined })
      },
    }
  }

  async #next(): Promise<IteratorResult<string, undefined>> {
    for (;;) {
      const line = this.#first()
      if (line !== undefined) {
        if (this.#waitingBytes < aheadBytes) this.#stream.resume()
        return { done: false, value: line }
      }
      if (this.#failure !== undefined) throw this.#failure
      if (this.#ended || this.#state === 'left') return { done: true, value: undefined }
      await new Promise<void>((resolve) => {
        this.#wake = resolve
      })
    }
  }

  #take(line: string, cut: boolean): void {
    if (cut) return this.#fail(`a line of ${this.#what} must have at most ${lineLimitBytes} bytes, got more`)
    if (this.#state !== 'reading') this.#unread(line)
    if (this.#state === 'left' || this.#failure !== undefined) return
    this.#queue.push(line)
    this.#waitingBytes += sizeOf(line)
    if (this.#state === 'reading') {
      if (this.#waitingBytes >= aheadBytes) this.#stream.pause()
      this.#wake?.()
      return
    }
    while (this.#waitingBytes > lineLimitBytes) {
      this.#first()
      this.#dropped = true
    }
  }

  /** Takes the oldest line. */
  #first(): string | undefined {
    const line = this.#queue[this.#at]
    if (line === undefined) return undefined
    this.#at += 1
    this.#waitingBytes -= sizeOf(line)
    if (this.#at * 2 > this.#queue.length) {
      this.#queue.splice(0, this.#at)
      this.#at = 0
    }
    return line
  }

  #fail(message: string): void {
    this.#failure ??= new BenchError('agent', message)
    this.#stream.resume()
    this.#wake?.()
  }
}

/** With its newline: empty lines take room too. */
function sizeOf(line: string): number {
  return line.length + 1
}

/** Requests that wait for their replies, in the order they were sent. Fixed memory, nothing allocated per request. */

export class Outstanding {
  readonly #mask: number
  readonly #due: Float64Array
  readonly #sent: Float64Array
  readonly #waiting: Uint8Array
  /** Sequence numbers of the oldest request that may still wait, and of the next one to come. */
  #oldest = 0
  #next = 0
  #count = 0
  /** Of the reply last taken. */
  due = 0
  sent = 0

  /** Room for at least `room` requests. */
  constructor(room: number) {
    const size = 2 ** Math.ceil(Math.log2(Math.max(2, room)))
    this.#mask = size - 1
    this.#due = new Float64Array(size)
    this.#sent = new Float64Array(size)
    this.#waiting = new Uint8Array(size)
  }

  get count(): number {
    return this.#count
  }

  get full(): boolean {
    return this.#next - this.#oldest > this.#mask
  }

  /** Remembers a request; its sequence number is the count of those before it. */
  add(due: number, sent: number): void {
    const slot = this.#next++ & this.#mask
    this.#due[slot] = due
    this.#sent[slot] = sent
    this.#waiting[slot] = 1
    this.#count++
  }

  /** `token`: low 32 bits of the sequence number. Sets `due` and `sent` when it was waiting. */
  take(token: number): 'taken' | 'again' | 'expired' {
    const ahead = (token - (this.#oldest >>> 0)) >>> 0
    if (ahead >= this.#next - this.#oldest) return 'expired'
    const slot = (this.#oldest + ahead) & this.#mask
    if (this.#waiting[slot] === 0) return 'again'
    this.#waiting[slot] = 0
    this.#count--
    this.due = this.#due[slot]!
    this.sent = this.#sent[slot]!
    if (ahead === 0) this.#passAnswered()
    return 'taken'
  }

  /** Gives up those sent before `time`; returns how many. */
  expire(time: number): number {
    let expired = 0
    while (this.#oldest < this.#next) {
      const slot = this.#oldest & this.#mask
      if (this.#waiting[slot] === 1) {
        if (this.#sent[slot]! >= time) break
        this.#waiting[slot] = 0
        this.#count--
        expired++
      }
      this.#oldest++
    }
    return expired
  }

  #passAnswered(): void {
    while (this.#oldest < this.#next && this.#waiting[this.#oldest & this.#mask] === 0) this.#oldest++
  }
}

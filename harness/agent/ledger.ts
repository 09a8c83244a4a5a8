/**
 * Who sent what, seen from the receiving end: distinct, duplicated, reordered and missing messages of one publisher, by the
 * sequence numbers in their stamps (u32, wrapping). Memory is bounded: a bitmap of the newest 65,536 sequence numbers. An
 * older one cannot be told from a repetition and is counted as duplicated, so that it can hide no loss.
 */

const windowBits = 65_536
const words = windowBits / 32
/** The word of the newest number is cleared as it is entered, so up to 31 of the oldest are forgotten early. */
export const ledgerReach = windowBits - 32

export class Ledger {
  readonly #seen = new Int32Array(words)
  #distinct = 0
  #duplicated = 0
  #reordered = 0
  #missing = 0
  /** The newest sequence number seen. */
  #newest: number

  /** `first`: the sequence number the publisher begins with. */
  constructor(first = 0) {
    this.#newest = first - 1
  }

  /** How many different messages came. */
  get distinct(): number {
    return this.#distinct
  }

  get duplicated(): number {
    return this.#duplicated
  }

  /** Messages that came after a later one. */
  get reordered(): number {
    return this.#reordered
  }

  /** Sequence numbers below the newest one that never came. In a queue group other members may have them. */
  get missing(): number {
    return this.#missing
  }

  record(sequence: number): void {
    const ahead = (sequence - this.#newest) | 0
    if (ahead === 1) {
      this.#newest = sequence
      this.#distinct++
      const word = (sequence >>> 5) & (words - 1)
      // Entering a word: its bits are of the last time round.
      if ((sequence & 31) === 0) this.#seen[word] = 1
      else this.#seen[word]! |= 1 << (sequence & 31)
    } else if (ahead > 0) {
      this.#skipTo(sequence, ahead)
    } else {
      this.#lookBack(sequence, -ahead)
    }
  }

  #skipTo(sequence: number, ahead: number): void {
    if (ahead >= windowBits) this.#seen.fill(0)
    else for (let i = 1; i <= ahead; i++) this.#clear(this.#newest + i)
    this.#newest = sequence
    this.#missing += ahead - 1
    this.#distinct++
    this.#set(sequence)
  }

  #lookBack(sequence: number, behind: number): void {
    if (behind >= ledgerReach || this.#has(sequence)) {
      this.#duplicated++
      return
    }
    this.#missing--
    this.#distinct++
    this.#reordered++
    this.#set(sequence)
  }

  #has(sequence: number): boolean {
    return ((this.#seen[(sequence >>> 5) & (words - 1)]! >>> (sequence & 31)) & 1) === 1
  }

  #set(sequence: number): void {
    this.#seen[(sequence >>> 5) & (words - 1)]! |= 1 << (sequence & 31)
  }

  #clear(sequence: number): void {
    this.#seen[(sequence >>> 5) & (words - 1)]! &= ~(1 << (sequence & 31))
  }
}

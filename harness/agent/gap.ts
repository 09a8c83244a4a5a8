/** A time in which nothing came, in nanoseconds since the start instant. */
export interface Quiet {
  readonly from: number
  readonly to: number
}

/** How long nothing came: of one subscription, or of all answers of an agent. */
export class Gap {
  #last = 0
  #from = 0
  #to = 0
  #since = 0
  /** The time that was over in this sample and began before `#since`. */
  #across: Quiet | undefined

  /** From now on, right after a cut, times count from here: the begin of the measured window. */
  countFrom(at: number): void {
    this.#since = at
  }

  /** Something came at `now`. */
  heard(now: number): void {
    if (this.#last < this.#since) this.#enter(now)
    if (now - this.#last > this.#to - this.#from) {
      this.#from = this.#last
      this.#to = now
    }
    this.#last = now
  }

  /**
   * The longest since the last cut, up to `at`: also one that began before that cut, and one that is not over. `counted`: the longest where
   * none counts from before the measured window.
   */
  cut(at: number): { readonly whole: Quiet; readonly counted: Quiet } {
    const counted = longer({ from: this.#from, to: this.#to }, { from: Math.max(this.#last, this.#since), to: at })
    const whole = [this.#across ?? counted, { from: this.#last, to: at }].reduce(longer, counted)
    this.#from = this.#to = 0
    this.#across = undefined
    return { whole, counted }
  }

  #enter(now: number): void {
    this.#across = { from: this.#last, to: now }
    this.#last = this.#since
  }
}

/** The second where it is longer. */
export function longer(one: Quiet, other: Quiet): Quiet {
  return other.to - other.from > one.to - one.from ? other : one
}

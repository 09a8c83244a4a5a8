/** How long nothing came: of one subscription, or of all answers of an agent. Nanoseconds since the start instant. */
export class Gap {
  #last = 0
  #from = 0
  #to = 0

  /** Something came at `now`. */
  heard(now: number): void {
    if (now - this.#last > this.#to - this.#from) {
      this.#from = this.#last
      this.#to = now
    }
    this.#last = now
  }

  /** The longest since the last cut, up to `at`: also one that began before that cut, and one that is not over. */
  cut(at: number): { readonly from: number; readonly to: number } {
    const open = at - this.#last > this.#to - this.#from
    const longest = open ? { from: this.#last, to: at } : { from: this.#from, to: this.#to }
    this.#from = this.#to = 0
    return longest
  }
}

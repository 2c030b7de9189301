/**
 * Lesson 3 · backoff: how long to wait before the next attempt to connect.
 *
 * A server dies, and its thousand clients lose their connections in the same millisecond. If each comes back after
 * exactly one second, all thousand try to connect at the same moment, and again one second later. So each waits twice
 * as long as the last time, and not exactly as long as the others: a random time between half of it and all of it.
 *
 * ```text
 *   attempt      1            2                       3
 *   waits     50–100 ms    100–200 ms              200–400 ms            …
 * ```
 *
 * Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015. It calls this "equal jitter".
 *
 * @module
 */

/** Waits that grow with each failure. */
export class Backoff {
  readonly #first: number;
  readonly #longest: number;
  readonly #random: () => number;
  #next: number;

  /**
   * @param first - the first wait, in milliseconds
   * @param longest - no wait is longer than this, in milliseconds
   * @param random - a number from 0 to 1, another one at each call
   */
  constructor(first: number, longest: number, random: () => number = Math.random) {
    this.#first = first;
    this.#longest = longest;
    this.#random = random;
    this.#next = first;
  }

  /**
   * Returns how long to wait now, and doubles the wait after it.
   *
   * @returns milliseconds
   */
  next(): number {
    const wait = this.#next;
    this.#next = Math.min(wait * 2, this.#longest);
    return wait / 2 + (this.#random() * wait) / 2;
  }

  /** The attempt has succeeded: the next failure begins with a short wait again. */
  reset(): void {
    this.#next = this.#first;
  }
}

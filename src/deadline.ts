/**
 * Deadlines, and waiting for something until one passes.
 *
 * @module
 */

import { performance } from "node:perf_hooks";
import { clearTimeout, setImmediate, setTimeout } from "node:timers";

/** The longest delay that a runtime's timer accepts, in milliseconds: about 25 days. */
export const LONGEST_TIMER = 2 ** 31 - 1;

/**
 * Returns the moment this many milliseconds from now. A deadline is a moment rather than a duration so that
 * several reads can share one: a peer that sends its packet one byte at a time gains no time with each byte.
 *
 * @param milliseconds - how far ahead; `Infinity` means never
 * @returns the moment, in milliseconds of `performance.now()`, a clock that is never set back or forward
 */
export function deadlineIn(milliseconds: number): number {
  return performance.now() + milliseconds;
}

/**
 * A condition variable: one function waits until another one notifies it, or until a deadline passes. Like
 * {@link https://docs.python.org/3/library/threading.html#condition-objects | Python's}, but for async functions.
 * A function that wakes up must check whether what it waited for is now true, so it waits in a loop.
 */
export class Condition {
  #wake: ((inTime: boolean) => void) | undefined;
  #deadline = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerDue = 0;

  /** Whether a call of {@link Condition.wait} is pending. */
  get isAwaited(): boolean {
    return this.#wake !== undefined;
  }

  /**
   * Waits for the next {@link Condition.notify}. Only one call may wait at a time.
   *
   * @param deadline - until when to wait, see {@link deadlineIn}
   * @returns true when notified, false when the deadline passed first
   */
  wait(deadline: number): Promise<boolean> {
    this.#deadline = deadline;
    this.#startTimer();
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /**
   * Shortens the time of the function that waits.
   *
   * @param deadline - replaces the function's own deadline if it is earlier
   */
  hasten(deadline: number): void {
    if (deadline >= this.#deadline) return;
    this.#deadline = deadline;
    this.#startTimer();
  }

  /** Wakes up the function that waits, if there is one. */
  notify(): void {
    this.#wakeUp(true);
  }

  /** Stops the timer, so that it does not keep the process running. Call it when there will be no more waits. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  #wakeUp(inTime: boolean): void {
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.(inTime);
  }

  /**
   * Makes sure that a timer goes off no later than the deadline. Most waits end in time, and the next one has a later
   * deadline: the timer keeps running and is set again only when it goes off. Starting and stopping one for every
   * packet would cost more than reading the packet.
   */
  #startTimer(): void {
    if (this.#deadline === Number.POSITIVE_INFINITY) return;
    if (this.#timer && this.#timerDue <= this.#deadline) return;
    clearTimeout(this.#timer);
    this.#timerDue = this.#deadline;
    const delay = Math.min(Math.max(this.#deadline - performance.now(), 0), LONGEST_TIMER);
    this.#timer = setTimeout(Condition.#onTimer, delay, this);
  }

  // Static, so that ten thousand connections share one function.
  static #onTimer(condition: Condition): void {
    condition.#timer = undefined;
    const wake = condition.#wake;
    if (!wake) return;
    if (performance.now() < condition.#deadline) {
      condition.#startTimer();
      return;
    }
    // If the process was busy, it may not have read bytes yet that arrived in time. The event loop runs timers
    // first, sockets second and setImmediate third.
    setImmediate(() => {
      if (condition.#wake === wake) condition.#wakeUp(false);
    });
  }
}

/**
 * How old positions are when they arrive, for the loads that are put on lesson 2's and lesson 3's servers.
 *
 * x and y are 32 bits, and in these loads they hold no place but the microsecond at which the move was sent. Everyone who
 * hears of it can tell its age, for all clients of a load have the same clock.
 *
 * @module
 */

import process from "node:process";
import { PLACE } from "../../lessons/2_simple_broadcast_test/protocol.ts";

/** The values that 50 % and 99 % are below. */
export interface Percentiles {
  readonly p50: number;
  readonly p99: number;
}

/** Counts times, without keeping them. */
export class Histogram {
  /** Times are counted in steps of so many microseconds; the last step is half a minute and longer. */
  static readonly #STEP = 100;
  readonly #counts = new Uint32Array(300_000);

  /** Counts one. */
  add(microseconds: number): void {
    const step = Math.min(Math.floor(microseconds / Histogram.#STEP), this.#counts.length - 1);
    (this.#counts[step] as number)++;
  }

  /** In milliseconds. */
  percentiles(): Percentiles {
    return { p50: this.#below(0.5), p99: this.#below(0.99) };
  }

  #below(share: number): number {
    const total = this.#counts.reduce((sum, count) => sum + count, 0);
    let sum = 0;
    for (const [step, count] of this.#counts.entries()) {
      sum += count;
      if (sum > 0 && sum >= share * total) return ((step + 1) * Histogram.#STEP) / 1000;
    }
    return Number.NaN;
  }
}

/**
 * The system's monotonic clock in microseconds, which Python's time.monotonic_ns reads too: the sum of this number and a
 * clock that is cheaper to read. Time passes between the two readings, and least in the best of ten.
 */
const clock = Math.max(
  ...Array.from({ length: 10 }, () => Number(process.hrtime.bigint() / 1000n) - performance.now() * 1000),
);
export const microseconds = () => Math.floor(clock + performance.now() * 1000);

/** What x and y look like when they mean "nowhere". One microsecond in 72 minutes looks the same, and is skipped. */
export const NOWHERE = 0x80008000;

/** A place that holds the time at which it was made. */
export function stamp(): Uint8Array {
  const now = microseconds() >>> 0;
  const place = Buffer.allocUnsafe(PLACE.size);
  place.writeUInt32LE(now === NOWHERE ? now + 1 : now);
  return place;
}

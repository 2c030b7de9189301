/**
 * One value holds everything that the page shows: what was typed, and where the knives are. A link contains it, too.
 *
 * @module
 */

/** What was typed, chosen and cut. */
export interface State {
  /** The preset that it started as, or nothing. */
  readonly preset: string;
  /** The format as typed, right or wrong. */
  readonly format: string;
  /**
   * Each value as typed. If there are too few, zeros stand in. If there are too many, a longer format may need them
   * again.
   */
  readonly values: readonly string[];
  /** The text after the struct as typed; only some packets have one. */
  readonly text: string;
  /**
   * Bytes as typed in hex, which the values follow. Undefined if the values were typed last: then the bytes
   * follow the values.
   */
  readonly hex: string | undefined;
  /** How many packets the stream has. */
  readonly packets: number;
  /** The knives: a number n cuts the stream before its byte n. Undefined for their first places. */
  readonly cuts: readonly number[] | undefined;
}

/** The fewest packets in the stream: one alone needs no reader. */
export const FEWEST_PACKETS = 2;

/** The most packets in the stream. */
export const MOST_PACKETS = 3;

/** The most knives. */
export const MOST_CUTS = 8;

/** Nothing typed yet. */
export const EMPTY: State = {
  preset: "",
  format: "",
  values: [],
  text: "",
  hex: undefined,
  packets: MOST_PACKETS,
  cuts: undefined,
};

/**
 * Draws bytes as rows of boxes, with brackets under what belongs together.
 *
 * @module
 */

import { make } from "./dom.ts";
import type { Part } from "./fields.ts";

/** How many colours fields have, in the order of src/wire.ts: cyan, magenta, blue, green, and again. */
const COLOURS = 4;

/**
 * The class that gives a part its colour.
 *
 * @param part - the part
 * @returns its class
 */
export function colourOf({ index, kind }: Pick<Part, "index"> & Partial<Pick<Part, "kind">>): string {
  if (kind === "surplus") return "surplus";
  return index < 0 ? "padding" : `colour-${index % COLOURS}`;
}

/** What a bracket spans. */
export interface Span {
  /** The first byte. */
  readonly from: number;
  /** The byte after the last. */
  readonly to: number;
}

/** A bracket, or the part of it that is in one row. */
export interface Segment<S extends Span> {
  /** What it belongs to. */
  readonly span: S;
  /** The first byte of it in this row. */
  readonly from: number;
  /** The byte after the last in this row. */
  readonly to: number;
  /** Whether the span began in a row above. */
  readonly isContinued: boolean;
}

/**
 * Cuts spans into rows.
 *
 * @param spans - the spans, in their order
 * @param columns - the bytes of a row
 * @param length - all bytes
 * @returns the segments of each row
 */
export function rowsOf<S extends Span>(spans: readonly S[], columns: number, length: number): Segment<S>[][] {
  const rows: Segment<S>[][] = [];
  for (let start = 0; start < length; start += columns) {
    const end = Math.min(start + columns, length);
    rows.push(
      spans
        .filter(({ from, to }) => from < end && to > start)
        .map((span) => ({
          span,
          from: Math.max(span.from, start),
          to: Math.min(span.to, end),
          isContinued: span.from < start,
        })),
    );
  }
  return rows;
}

/**
 * Makes a row.
 *
 * @param columns - how many bytes it has room for
 * @param children - what is in it
 * @returns the row
 */
export function makeRow(columns: number, children: readonly HTMLElement[]): HTMLElement {
  const row = make("div", { class: "row" }, ...children);
  row.style.setProperty("--columns", String(columns));
  return row;
}

/**
 * Puts an element into the columns of a row.
 *
 * @param element - the element
 * @param from - the first column, from 0 on
 * @param to - the column after the last
 * @returns the element
 */
export function place<E extends HTMLElement>(element: E, from: number, to: number = from + 1): E {
  element.style.gridColumn = `${from + 1} / ${to + 1}`;
  return element;
}

/**
 * How each action of a person changes the state.
 *
 * @module
 */

import { refusalOf, splitOrder } from "./fields.ts";
import type { Preset } from "./presets.ts";
import { type Reading, read } from "./reading.ts";
import type { State } from "./state.ts";
import { readBytes, suits, zeroOf } from "./values.ts";

/**
 * Another format is typed.
 *
 * @param state - the state until now
 * @param format - the format
 * @param presets - all presets
 * @returns the new state: values that make no sense for their new code are zero
 */
export function changeFormat(state: State, format: string, presets: readonly Preset[]): State {
  const next = { ...state, format, cuts: undefined };
  // While you type, a format is often wrong for a moment. Nothing else changes then.
  if (refusalOf(format)) return next;
  const reading = read({ ...next, hex: undefined }, presets);
  if ("about" in reading) return next;
  const values = [...next.values];
  for (const { layout, index } of reading.parts) {
    const typed = values[index];
    if (layout && typed !== undefined && !suits(layout, typed)) values[index] = zeroOf(layout);
  }
  return { ...next, values };
}

/**
 * Another byte order is chosen.
 *
 * @param state - the state until now
 * @param order - the first character of the format
 * @param presets - all presets
 * @returns the new state
 */
export function changeOrder(state: State, order: string, presets: readonly Preset[]): State {
  return { ...changeFormat(state, order + splitOrder(state.format).codes, presets), cuts: state.cuts };
}

/**
 * Another value is typed.
 *
 * @param state - the state until now
 * @param reading - what is shown of it
 * @param index - which value
 * @param typed - the value
 * @returns the new state: from now on the bytes follow the values
 */
export function changeValue(state: State, reading: Reading, index: number, typed: string): State {
  const { values } = holdValues(state, reading);
  const next = [...values];
  next[index] = typed;
  return { ...holdValues(state, reading), values: next };
}

/**
 * Another text after the struct is typed.
 *
 * @param state - the state until now
 * @param reading - what is shown of it
 * @param text - the text
 * @returns the new state; the field that holds the length of the text is right
 */
export function changeText(state: State, reading: Reading, text: string): State {
  const next = { ...holdValues(state, reading), text, cuts: undefined };
  const { packet } = reading;
  const index = packet?.text ? packet.fields.indexOf(packet.text.lengthField) : -1;
  return index < 0 ? next : { ...next, values: next.values.with(index, String(readBytes(text).length)) };
}

/** The values hold: those that the bytes were read as, if the bytes held until now. */
function holdValues(state: State, { typed, text = "" }: Reading): State {
  return { ...state, values: [...typed, ...state.values.slice(typed.length)], text, hex: undefined };
}

/**
 * Other bytes are typed.
 *
 * @param state - the state until now
 * @param hex - the bytes in hex
 * @returns the new state: from now on the values follow the bytes
 */
export function changeHex(state: State, hex: string): State {
  return { ...state, hex, cuts: undefined };
}

/**
 * How each action of a person changes the state.
 *
 * @module
 */

import { refusalOf, splitOrder } from "./fields.ts";
import { showByte } from "./hex.ts";
import { describes, type Preset } from "./presets.ts";
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
  // While you type, a format is often wrong for a moment. Nothing else changes then.
  if (refusalOf(format)) return { ...state, format, cuts: undefined };
  const next = leavePreset({ ...state, format, cuts: undefined }, presets);
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
 * A format that isn't its preset's is somebody's own from then on. Otherwise typing the same codes later would bring
 * back a lesson's names, and wait for a text.
 *
 * @param state - any state
 * @param presets - all presets
 * @returns the same, without a preset that it no longer is
 */
export function leavePreset(state: State, presets: readonly Preset[]): State {
  const preset = presets.find(({ id }) => id === state.preset);
  const isOwn = !refusalOf(state.format) && !(preset && describes(preset, state.format));
  return isOwn && state.preset !== "" ? { ...state, preset: "" } : state;
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

/** The values hold: those that the bytes were read as, if the bytes held until now. One that wasn't whole is zero. */
function holdValues(state: State, { typed, parts, arrived, text = "" }: Reading): State {
  const values = [...typed];
  for (const { kind, index, offset, size, layout } of parts) {
    if (kind === "value" && layout && offset + size > arrived) values[index] = zeroOf(layout);
  }
  return { ...state, values: [...values, ...state.values.slice(values.length)], text, hex: undefined };
}

/**
 * A bit is flipped.
 *
 * @param state - the state until now
 * @param reading - what is shown of it
 * @param offset - which byte
 * @param bit - which of its bits, from 0 for the one that counts 1, to 7 for the one that counts 128
 * @returns the new state: from now on the values follow the bytes
 */
export function flipBit(state: State, { bytes, arrived }: Reading, offset: number, bit: number): State {
  const flipped = bytes.slice(0, arrived);
  flipped[offset] = (flipped[offset] ?? 0) ^ (1 << bit);
  return { ...changeHex(state, Array.from(flipped, showByte).join(" ")), cuts: state.cuts };
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

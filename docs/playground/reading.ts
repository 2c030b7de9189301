/**
 * What the library does with what was typed: it makes bytes from values, or values from bytes, or refuses them.
 *
 * @module
 */

import { decode, meaningOf, NoPacketError, type PacketDescription, sizeOf } from "../../src/packets.ts";
import { calcsize, pack, StructError, type StructValue, unpack } from "../../src/struct.ts";
import { type Part, partsOf, type Refusal, refusalOf, splitOrder } from "./fields.ts";
import { readHex, showByte } from "./hex.ts";
import { describes, type Preset } from "./presets.ts";
import type { State } from "./state.ts";
import { readBytes, readValue, showBytes, showValue, zeroOf } from "./values.ts";

/** Everything about a format, values and bytes that is to be shown. */
export interface Reading {
  /** The format. */
  readonly format: string;
  /** The parts of the packet, with names, in the order of their bytes. */
  readonly parts: readonly Part[];
  /** The bytes of the packet. Those of a value that is refused are 0. */
  readonly bytes: Uint8Array;
  /** What the bytes hold: a value for each that the format has. */
  readonly values: readonly StructValue[];
  /** What the input of each value shows. */
  readonly typed: readonly string[];
  /** Why the library refuses a value; undefined for each that it packs. */
  readonly refused: readonly (string | undefined)[];
  /** What the input of the text after the struct shows; undefined if there is no such text. */
  readonly text: string | undefined;
  /** What the input of the hex digits shows. */
  readonly hex: string;
  /** Whether the bytes were typed last, so that the values follow them. */
  readonly isFromBytes: boolean;
  /** What the packet is, if it is a lesson's. */
  readonly packet: PacketDescription | undefined;
  /** What the packet means, or why it means nothing; undefined if that is not known of it. */
  readonly meaning: string | undefined;
}

/** Why there is nothing to show. */
export interface Trouble {
  /** Whose words they are: those about the format, or those about the bytes in hex. */
  readonly about: "format" | "hex";
  /** What is wrong. */
  readonly message: string;
  /** Where in the format, if it is a place there. */
  readonly place?: Refusal;
}

/**
 * Reads what was typed.
 *
 * @param state - what was typed
 * @param presets - everything that it may have started from
 * @returns what to show, or why there is nothing
 */
export function read(state: State, presets: readonly Preset[]): Reading | Trouble {
  const { format } = state;
  const place = refusalOf(format);
  if (place) return { about: "format", message: place.message, place };
  try {
    const preset = presets.find(({ id }) => id === state.preset);
    const known = preset && describes(preset, format) ? preset : undefined;
    const parts = nameParts(partsOf(format), known?.names ?? []);
    return state.hex === undefined
      ? fromValues(state, parts, known)
      : fromBytes({ ...state, hex: state.hex }, parts, known);
  } catch (error) {
    if (error instanceof RangeError) return { about: "format", message: error.message };
    if (error instanceof StructError || error instanceof SyntaxError)
      return { about: "hex", message: error.message };
    throw error;
  }
}

function nameParts(parts: readonly Part[], names: readonly string[]): Part[] {
  return parts.map((part) => ({ ...part, name: names[part.index] ?? part.name }));
}

function fromValues(state: State, parts: readonly Part[], known: Preset | undefined): Reading {
  const { format } = state;
  const slots = parts.filter(({ kind }) => kind === "value");
  const zeros = slots.map(({ layout }) => layout && readValue(layout, zeroOf(layout))) as StructValue[];
  const typed = slots.map(({ layout, index }) => state.values[index] ?? (layout ? zeroOf(layout) : ""));
  const values = slots.map(
    ({ layout, index }) => layout && readValue(layout, typed[index] ?? ""),
  ) as StructValue[];
  // One value at a time between zeros: then the library complains about each that it refuses, not only about the first.
  const refused = values.map((value, index) => complaint(format, zeros.with(index, value)));
  const packed = pack(
    format,
    ...(values.map((value, index) => (refused[index] ? zeros[index] : value)) as StructValue[]),
  );
  const bytes = known?.packet?.text ? join([packed, readBytes(state.text)]) : packed;
  return finish(
    { format, parts, bytes, typed, refused, isFromBytes: false, hex: hexOf(bytes, parts, refused) },
    known,
  );
}

/** The bytes in hex. A value that is refused has none. */
function hexOf(bytes: Uint8Array, parts: readonly Part[], refused: readonly (string | undefined)[]): string {
  const pairs = Array.from(bytes, showByte);
  for (const { index, offset, size } of parts) {
    if (refused[index] !== undefined) pairs.fill("??", offset, offset + size);
  }
  return pairs.join(" ");
}

function complaint(format: string, values: readonly StructValue[]): string | undefined {
  try {
    pack(format, ...values);
    return undefined;
  } catch (error) {
    if (error instanceof StructError) return error.message;
    throw error;
  }
}

function fromBytes(
  state: State & { hex: string },
  parts: readonly Part[],
  known: Preset | undefined,
): Reading {
  const { format, hex } = state;
  const bytes = readHex(hex);
  const isLonger = known?.packet?.text !== undefined && bytes.length > calcsize(format);
  const typed = unpack(format, isLonger ? bytes.subarray(0, calcsize(format)) : bytes).map(showValue);
  return finish(
    { format, parts, bytes, typed, refused: typed.map(() => undefined), isFromBytes: true, hex },
    known,
  );
}

/** Adds what follows from the bytes alone. */
function finish(
  begun: Omit<Reading, "values" | "text" | "packet" | "meaning">,
  known: Preset | undefined,
): Reading {
  const { format, bytes } = begun;
  const size = calcsize(format);
  const { order } = splitOrder(format);
  // A description has a byte order; without one its fields could not be found.
  const packet = known?.packet && order ? { ...known.packet, format } : undefined;
  const values: StructValue[] = unpack(format, bytes.subarray(0, size));
  const isWhole = begun.refused.every((message) => message === undefined);
  const meaning = packet && isWhole ? mean(packet, bytes) : undefined;
  if (!known?.packet?.text) return { ...begun, values, text: undefined, packet, meaning };
  const text: Part = {
    kind: "text",
    name: known.packet.text.name,
    offset: size,
    size: bytes.length - size,
    index: values.length,
    code: "",
    layout: undefined,
  };
  return {
    ...begun,
    parts: text.size > 0 ? [...begun.parts, text] : begun.parts,
    values,
    text: showBytes(bytes.subarray(size)),
    packet,
    meaning,
  };
}

/** Says what a packet means to a reader, who believes the length in it. */
function mean(packet: PacketDescription, bytes: Uint8Array): string {
  try {
    const size = sizeOf(packet, bytes) ?? bytes.length;
    if (size > bytes.length) {
      return `a ${packet.name} of ${size} bytes, it says: its reader waits for ${size - bytes.length} more`;
    }
    if (size < bytes.length) {
      const whole = meaningOf(packet, bytes.subarray(0, size));
      return `${packet.name}: ${whole}; to its reader, the last ${bytes.length - size} bytes are the next packet's`;
    }
    decode(packet, bytes);
    return `${packet.name}: ${meaningOf(packet, bytes)}`;
  } catch (error) {
    if (error instanceof NoPacketError) return `not a ${packet.name}: ${error.message}`;
    throw error;
  }
}

/**
 * Joins bytes.
 *
 * @param pieces - the bytes
 * @returns all of them
 */
export function join(pieces: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.length;
  }
  return whole;
}

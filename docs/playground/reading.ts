/**
 * What the library does with what was typed: it makes bytes from values, or values from bytes, or refuses them.
 *
 * @module
 */

import {
  aPacket,
  decode,
  meaningOf,
  NoPacketError,
  type PacketDescription,
  sizeOf,
} from "../../src/packets.ts";
import { calcsize, pack, StructError, type StructValue, unpack } from "../../src/struct.ts";
import { MOST_BYTES, type Part, partsOf, type Refusal, refusalOf, splitOrder } from "./fields.ts";
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
  /** The bytes of the packet. Those of a value that is refused are 0, and so are those that are missing. */
  readonly bytes: Uint8Array;
  /** How many of the bytes are there: fewer than all if too few were typed for the format. */
  readonly arrived: number;
  /** What the library says of bytes that are too few or too many. */
  readonly complaint: string | undefined;
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
    {
      format,
      parts,
      bytes,
      arrived: bytes.length,
      complaint: undefined,
      typed,
      refused,
      isFromBytes: false,
      hex: hexOf(bytes, parts, refused),
    },
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
  const given = readHex(hex);
  if (given.length > MOST_BYTES) {
    throw new SyntaxError(
      `${given.length} bytes are too many to draw: the playground has room for ${MOST_BYTES}`,
    );
  }
  const size = calcsize(format);
  const arrived = given.length;
  const bytes = join([given, new Uint8Array(Math.max(size - arrived, 0))]);
  const hasText = known?.packet?.text !== undefined;
  const surplus: Part = {
    kind: "surplus",
    name: "too many",
    offset: size,
    size: Math.max(arrived - size, 0),
    index: -1,
    code: "",
    layout: undefined,
  };
  const refused = parts
    .filter(({ kind }) => kind === "value")
    .map((part) => {
      const missing = Math.min(part.offset + part.size - arrived, part.size);
      return missing > 0
        ? `${missing} of its ${bytesOf(part.size)} ${missing === 1 ? "is" : "are"} missing`
        : undefined;
    });
  const typed = unpack(format, bytes.subarray(0, size)).map((value, index) =>
    refused[index] ? "" : showValue(value),
  );
  return finish(
    {
      format,
      parts: hasText || surplus.size === 0 ? parts : [...parts, surplus],
      bytes,
      arrived,
      complaint: hasText && arrived > size ? undefined : complaintAboutBytes(format, given),
      typed,
      refused,
      isFromBytes: true,
      hex,
    },
    known,
  );
}

function complaintAboutBytes(format: string, bytes: Uint8Array): string | undefined {
  try {
    unpack(format, bytes);
    return undefined;
  } catch (error) {
    if (error instanceof StructError) return error.message;
    throw error;
  }
}

/** Adds what follows from the bytes alone. */
function finish(
  begun: Omit<Reading, "values" | "text" | "packet" | "meaning">,
  known: Preset | undefined,
): Reading {
  const { format, bytes, arrived } = begun;
  const size = calcsize(format);
  const { order } = splitOrder(format);
  // A description has a byte order; without one its fields could not be found.
  const packet = known?.packet && order ? { ...known.packet, format } : undefined;
  const values: StructValue[] = unpack(format, bytes.subarray(0, size));
  const isPacked = begun.isFromBytes || begun.refused.every((message) => message === undefined);
  const meaning = isPacked ? mean(packet ?? format, bytes.subarray(0, arrived)) : undefined;
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
    text: showBytes(bytes.subarray(size, arrived)),
    packet,
    meaning,
  };
}

/** Says what a packet means to a reader, who believes the length in it. Of a packet without a description, only its size is known. */
function mean(packet: PacketDescription | string, bytes: Uint8Array): string | undefined {
  if (typeof packet === "string") {
    const size = calcsize(packet);
    if (size > bytes.length)
      return `a packet of ${bytesOf(size)}: its reader waits for ${size - bytes.length} more`;
    if (size < bytes.length) {
      return `a packet of ${bytesOf(size)}: to its reader, the last ${bytesOf(bytes.length - size)} are the next packet's`;
    }
    return undefined;
  }
  try {
    const size = sizeOf(packet, bytes);
    if (size === undefined) {
      return `the start of ${aPacket(packet)}: its reader waits for its ${packet.text?.lengthField} first`;
    }
    if (size > bytes.length) {
      const says = packet.text ? ", it says" : "";
      return `${aPacket(packet)} of ${size} bytes${says}: its reader waits for ${size - bytes.length} more`;
    }
    if (size < bytes.length) {
      const whole = meaningOf(packet, bytes.subarray(0, size));
      return `${packet.name}: ${whole}; to its reader, ${bytes.length - size === 1 ? "the last byte is" : `the last ${bytes.length - size} bytes are`} the next packet's`;
    }
    decode(packet, bytes);
    return `${packet.name}: ${meaningOf(packet, bytes)}`;
  } catch (error) {
    if (error instanceof NoPacketError) return `not ${aPacket(packet)}: ${error.message}`;
    throw error;
  }
}

/**
 * Counts bytes in words.
 *
 * @param count - how many
 * @returns e.g. `1 byte`
 */
export function bytesOf(count: number): string {
  return count === 1 ? "1 byte" : `${count} bytes`;
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

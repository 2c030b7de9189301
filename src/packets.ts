/**
 * Packets, described once.
 *
 * A lesson's `protocol.ts` describes its packets as data: its fields, their format, and the text after them.
 * Everything that splits, decodes or draws a packet reads that description: `--bytes`, the checks, the site.
 *
 * ```text
 *   { name: "request", from: "client", format: "<ihh", fields: ["length", "first", "second"],
 *     text: { name: "command", lengthField: "length", max: 64 }, meaning: "{command} {first} {second}" }
 *
 *     04 00 00 00 │ 02 00 │ 03 00 │ 53 55 4D 41        request: SUMA 2 3
 *     length        first   second  command
 * ```
 *
 * This file runs in a browser too: the site's playground splits streams with it.
 *
 * @module
 */

import { hexDigits, printable } from "./printable.ts";
import { calcsize, pack, type StructValue, unpackFrom } from "./struct.ts";

/** One kind of packet. A lesson has at most one in each direction, so nothing has to say which kind follows. */
export interface PacketDescription {
  /** What the guide calls it. */
  readonly name: string;
  /** Which side sends it. */
  readonly from: "client" | "server";
  /** The format of the struct, with its byte order; each code is one field. Only `s` may have a count. */
  readonly format: string;
  /** The name of each field. */
  readonly fields: readonly string[];
  /** The text after the struct, if there is one. */
  readonly text?: TextDescription;
  /** The words for the values of a field that is a code, e.g. a status. */
  readonly words?: Readonly<Record<string, Readonly<Record<number, string>>>>;
  /**
   * What the packet means: a text with a field's name in braces where its value goes. If some values have a special
   * meaning, a function.
   */
  readonly meaning: string | ((values: Values) => string);
  /** A packet that is easy to read, for pictures and the playground. */
  readonly example?: Values;
}

/** The value of each field of a packet, by name, including its text. */
export type Values = Readonly<Record<string, StructValue | string>>;

/** A text of any length after the struct, in UTF-8. */
export interface TextDescription {
  /** What the guide calls it. */
  readonly name: string;
  /** Which field holds its length, in bytes. */
  readonly lengthField: string;
  /** The greatest length, in bytes; the smallest is 1. */
  readonly max: number;
}

/**
 * Finds the packet that one side sends.
 *
 * @param packets - the lesson's packets
 * @param from - the side
 * @returns its description
 * @throws Error if that side sends none
 */
export function packetFrom(
  packets: readonly PacketDescription[],
  from: "client" | "server",
): PacketDescription {
  const packet = packets.find((description) => description.from === from);
  if (!packet) throw new Error(`no packet that the ${from} sends is described`);
  return packet;
}

/**
 * The name of a packet with its article.
 *
 * @param packet - the description
 * @returns e.g. `a request` or `an answer`
 */
export function aPacket({ name }: Pick<PacketDescription, "name">): string {
  return `${/^[aeiou]/.test(name) ? "an" : "a"} ${name}`;
}

/** One field of a packet. The text after the struct is one too. */
export interface Field {
  /** Its name. */
  readonly name: string;
  /** In bytes from the start of the packet. */
  readonly offset: number;
  /** In bytes; undefined for the text, whose length another field holds. */
  readonly size: number | undefined;
}

/**
 * The fields of a packet, in order.
 *
 * @param packet - the description
 * @returns each field with its place
 */
export function fieldsOf({ format, fields, text }: PacketDescription): Field[] {
  const [order, codes] = codesOf(format);
  const places = fields.map((name, index) => ({
    name,
    offset: calcsize(order + codes.slice(0, index).join("")),
    size: calcsize(order + codes[index]),
  }));
  return text ? [...places, { name: text.name, offset: calcsize(format), size: undefined }] : places;
}

/** The byte order of a format, and the codes after it, each with its count: `4s` is one. */
function codesOf(format: string): [order: string, codes: string[]] {
  return [format.slice(0, 1), format.slice(1).match(/\d*\D/g) ?? []];
}

/** Thrown when bytes cannot be a packet. The message says why. */
export class NoPacketError extends Error {
  /** The name of the class. */
  override readonly name = "NoPacketError";
}

/**
 * The size of the packet that starts with these bytes.
 *
 * @param packet - the description
 * @param bytes - the first bytes of the packet, as many as there are
 * @returns its size in bytes; undefined while the field that holds the length of its text is not complete
 * @throws NoPacketError if that field holds a length that the text cannot have
 */
export function sizeOf(packet: PacketDescription, bytes: Uint8Array): number | undefined {
  const struct = calcsize(packet.format);
  const { text } = packet;
  if (!text) return struct;
  const index = packet.fields.indexOf(text.lengthField);
  const [order, codes] = codesOf(packet.format);
  const head = order + codes.slice(0, index + 1).join("");
  if (bytes.length < calcsize(head)) return undefined;
  const length = Number(unpackFrom(head, bytes)[index]);
  if (length < 1 || length > text.max) throw new NoPacketError(`a ${text.lengthField} of ${length}`);
  return struct + length;
}

/**
 * Decodes a whole packet.
 *
 * @param packet - the description
 * @param bytes - exactly its bytes
 * @returns the value of each field, by name
 * @throws NoPacketError if its text is not UTF-8
 */
export function decode(packet: PacketDescription, bytes: Uint8Array): Values {
  const values: StructValue[] = unpackFrom(packet.format, bytes);
  const decoded: Record<string, StructValue | string> = {};
  packet.fields.forEach((name, index) => {
    decoded[name] = values[index] as StructValue;
  });
  if (packet.text) {
    try {
      const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
      decoded[packet.text.name] = utf8.decode(bytes.subarray(calcsize(packet.format)));
    } catch {
      throw new NoPacketError(`a ${packet.text.name} that is not UTF-8`);
    }
  }
  return decoded;
}

/**
 * Packs a whole packet.
 *
 * @param packet - the description
 * @param values - the value of each field, by name, except the length of the text, which is computed
 * @returns its bytes
 * @throws StructError if a value does not fit
 */
export function encode({ format, fields, text }: PacketDescription, values: Values): Uint8Array {
  const tail = new TextEncoder().encode(text && String(values[text.name]));
  const head = pack(
    format,
    ...fields.map((name) => (name === text?.lengthField ? tail.length : (values[name] as StructValue))),
  );
  const bytes = new Uint8Array(head.length + tail.length);
  bytes.set(head);
  bytes.set(tail, head.length);
  return bytes;
}

/**
 * Says what a whole packet means, e.g. `SUMA 2 3` or `ok, 5`.
 *
 * @param packet - the description
 * @param bytes - exactly its bytes
 * @returns one line, in which text from the network is escaped
 * @throws NoPacketError as {@link decode}
 */
export function meaningOf(packet: PacketDescription, bytes: Uint8Array): string {
  const values = decode(packet, bytes);
  if (typeof packet.meaning === "function") return packet.meaning(values);
  return packet.meaning.replace(/\{([^}]+)\}/g, (_, name: string) => {
    const value = values[name];
    if (typeof value === "string") return /^[\p{L}\p{N}_]+$/u.test(value) ? value : printable(value);
    return packet.words?.[name]?.[Number(value)] ?? valueInWords(value as number | bigint | Uint8Array);
  });
}

/**
 * Writes a value from a packet for a person: a number, or bytes. If the bytes are plain text, this is that text.
 *
 * @param value - the value
 * @returns e.g. `3.5`, `room` or `0C 00 07 00`
 */
export function valueInWords(value: number | bigint | Uint8Array): string {
  if (!(value instanceof Uint8Array)) return numberInWords(value);
  const isText = value.every((byte) => byte >= 0x20 && byte < 0x7f);
  return isText ? new TextDecoder().decode(value) : hexDigits(value);
}

/**
 * Writes a number from a packet for a person. A double has two zeros with different bytes, and `String` hides which one
 * it is.
 *
 * @param value - the number
 * @returns e.g. `3.5` or `-0`
 */
export function numberInWords(value: number | bigint): string {
  return Object.is(value, -0) ? "-0" : String(value);
}

/** A packet, or a part of one, in a chunk. */
export interface Piece {
  /** The bytes of the chunk that belong to it. */
  readonly bytes: Uint8Array;
  /** How many bytes of the packet came before, in earlier chunks. */
  readonly offset: number;
  /**
   * `whole` if the packet is complete now, `part` if some of it is still missing, `none` if the bytes cannot be a
   * packet. After a `none` nobody can tell where the next packet starts.
   */
  readonly is: "whole" | "part" | "none";
  /** All bytes of the packet that have arrived; empty if it isn't one. */
  readonly packet: Uint8Array;
  /** The size of the packet in bytes, if it is known yet. */
  readonly size: number | undefined;
  /** Why it isn't one. */
  readonly reason?: string;
}

const NO_BYTES = new Uint8Array(0);

function noPacket(bytes: Uint8Array, offset: number, reason: string): Piece {
  return { bytes, offset, is: "none", packet: NO_BYTES, size: undefined, reason };
}

/** Finds the packets in one direction of a connection, wherever the network cut the stream. */
export class PacketSplitter {
  readonly #description: PacketDescription;
  /** The bytes of the packet that is not complete yet. */
  #pending: Uint8Array = NO_BYTES;
  #lost: string | undefined;

  /** @param description - the packets of this direction */
  constructor(description: PacketDescription) {
    this.#description = description;
  }

  /**
   * Splits the next chunk.
   *
   * @param chunk - the next bytes of the stream
   * @returns the packets and parts of packets in it, in order
   */
  push(chunk: Uint8Array): Piece[] {
    const pieces: Piece[] = [];
    for (let rest = chunk; rest.length > 0; ) {
      const piece = this.#next(rest);
      pieces.push(piece);
      rest = rest.subarray(piece.bytes.length);
    }
    return pieces;
  }

  #next(chunk: Uint8Array): Piece {
    const offset = this.#pending.length;
    if (this.#lost) return noPacket(chunk, 0, this.#lost);
    try {
      const { size, packet } = this.#complete(chunk);
      const isWhole = packet.length === size;
      if (isWhole) decode(this.#description, packet); // throws if it is not a packet after all
      this.#pending = isWhole ? NO_BYTES : packet;
      return {
        bytes: chunk.subarray(0, packet.length - offset),
        offset,
        is: isWhole ? "whole" : "part",
        packet,
        size,
      };
    } catch (error) {
      if (!(error instanceof NoPacketError)) throw error;
      this.#lost = `after ${error.message}`;
      return noPacket(chunk, offset, error.message);
    }
  }

  /** The bytes of the current packet that have arrived, and its size if it is known. */
  #complete(chunk: Uint8Array): { size: number | undefined; packet: Uint8Array } {
    const most = calcsize(this.#description.format) + (this.#description.text?.max ?? 0);
    const more = chunk.subarray(0, most);
    const start = new Uint8Array(this.#pending.length + more.length);
    start.set(this.#pending);
    start.set(more, this.#pending.length);
    const size = sizeOf(this.#description, start);
    return { size, packet: start.slice(0, size) };
  }
}

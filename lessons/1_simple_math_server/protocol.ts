/**
 * Lesson 1 · the packets.
 *
 * A client asks for a calculation, and the server answers with the result. The request has two parts: eight bytes
 * that a struct describes, then the command as text. The text may have any length, so the first field says how long
 * it is. A program that has read it knows how many more bytes to expect. This is called length-prefixed framing.
 *
 * ```text
 *   request, format "<ihh" and then the command; here SUMA 2 3
 *
 *   offset   0             4       6       8
 *            ┌─────────────┬───────┬───────┬─────────────┐
 *            │ length      │ first │ second│ command     │
 *            │ int         │ short │ short │ UTF-8 text  │
 *            └─────────────┴───────┴───────┴─────────────┘
 *   bytes      04 00 00 00   02 00   03 00   53 55 4D 41       length 4 · 2 · 3 · "SUMA"
 *
 *   response, format "<id"; here the answer, 5
 *
 *   offset   0             4                         12
 *            ┌─────────────┬─────────────────────────┐
 *            │ status      │ result                  │
 *            │ int         │ double                  │
 *            └─────────────┴─────────────────────────┘
 *   bytes      00 00 00 00   00 00 00 00 00 00 14 40           status 0, ok · 5.0
 * ```
 *
 * @module
 */

import type { PacketDescription } from "../../src/packets.ts";
import { Struct } from "../../src/struct.ts";

/** The fixed part of a request: the length of the command in bytes, the first value, the second value. */
export const REQUEST = new Struct("<ihh");

/** The first field of a request by itself, so that a server can check it before the rest has arrived. */
export const LENGTH = new Struct("<i");

/** A response: a {@link STATUS}, and the result, which is NaN unless the status is ok. */
export const RESPONSE = new Struct("<id");

/** What the first field of a response says. */
export const STATUS = {
  /** The result is valid. */
  OK: 0,
  /** The server does not know the command; the connection goes on. */
  UNKNOWN_COMMAND: 1,
  /** A division by zero; the connection goes on. */
  DIVISION_BY_ZERO: 2,
  /** The length is not 1 … 64, or the command is not UTF-8; the server closes the connection. */
  MALFORMED: 3,
} as const;

/** Each status in words. */
export const STATUS_WORDS: Readonly<Record<number, string>> = {
  [STATUS.OK]: "ok",
  [STATUS.UNKNOWN_COMMAND]: "unknown command",
  [STATUS.DIVISION_BY_ZERO]: "division by zero",
  [STATUS.MALFORMED]: "malformed",
};

/** The commands that a server knows, in Spanish as in the original course. */
export const COMMANDS = ["SUMA", "RESTA", "MULTIPLICACION", "DIVISION"] as const;

/**
 * The longest command, in bytes. The length field could say two billion. A server that believed it would wait for that
 * many bytes and keep them in memory, only because a stranger said so.
 */
export const COMMAND_LIMIT = 64;

/** The packets, described for everything that draws or explains them, such as `--bytes`. */
export const PACKETS: readonly PacketDescription[] = [
  {
    name: "request",
    from: "client",
    format: REQUEST.format,
    fields: ["length", "first", "second"],
    text: { name: "command", lengthField: "length", max: COMMAND_LIMIT },
    meaning: "{command} {first} {second}",
    example: { first: 2, second: 3, command: "SUMA" },
  },
  {
    name: "response",
    from: "server",
    format: RESPONSE.format,
    fields: ["status", "result"],
    words: { status: STATUS_WORDS },
    meaning: "{status}, {result}",
    example: { status: STATUS.OK, result: 5 },
  },
];

/** Values are shorts: −32768 … 32767. */
export const VALUE_MIN = -(2 ** 15);
/** See {@link VALUE_MIN}. */
export const VALUE_MAX = 2 ** 15 - 1;

/**
 * Packs a request.
 *
 * @param command - the text of the command
 * @param first - the first value, {@link VALUE_MIN} … {@link VALUE_MAX}
 * @param second - the second value, the same
 * @returns the eight bytes of the struct, followed by the command
 * @throws StructError if a value does not fit a short
 */
export function packRequest(command: string, first: number, second: number): Uint8Array {
  // A text of n characters is not always n bytes: "ñ" is two in UTF-8. The length field counts bytes.
  const text = new TextEncoder().encode(command);
  const request = new Uint8Array(REQUEST.size + text.length);
  REQUEST.packInto(request, 0, text.length, first, second);
  request.set(text, REQUEST.size);
  return request;
}

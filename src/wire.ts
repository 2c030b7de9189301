/**
 * The bytes on the wire, drawn for a person: what `--bytes` prints.
 *
 * ```text
 *   client 1 → 04 00 00 00 │ 02 00 │ 03 00 │ 53 55 4D 41               request: SUMA 2 3
 *   client 1 ← 00 00 00 00 │ 00 00 00 00 00 00 14 40                   response: ok, 5
 *   client 1 → 04 00 00 00 │ 02 …                                      5 of 12 bytes of a request
 *   client 1 → … 00 │ 03 00 │ 53 55 4D 41                              the rest: SUMA 2 3
 * ```
 *
 * One line for each packet, or part of one, in each chunk that arrives and each write that leaves. An arrow to the
 * right points to the server, on both sides.
 *
 * @module
 */

import type { ByteWatcher } from "./connection.ts";
import { type Colour, logBytes, paint } from "./log.ts";
import {
  aPacket,
  fieldsOf,
  meaningOf,
  type PacketDescription,
  PacketSplitter,
  type Piece,
  packetFrom,
} from "./packets.ts";
import { hexDigits } from "./printable.ts";

/** Where the meaning starts, in characters from the start of the line. */
const MEANING_COLUMN = 67;

/** A longer field is cut to its first bytes, followed by its size. */
const LONGEST_RUN = 8;

/** The colours of the fields, in order; they repeat after the last. */
export const FIELD_COLOURS: readonly Colour[] = ["cyan", "magenta", "blue", "green"];

/**
 * Logs every byte of one connection.
 *
 * @param who - what the lines start with, e.g. `client 1`
 * @param side - which side of the connection this program is
 * @param packets - the lesson's packets
 * @returns a watcher for `Connection.watch`
 */
export function logWire(
  who: string,
  side: "client" | "server",
  packets: readonly PacketDescription[],
): ByteWatcher {
  const other = side === "client" ? "server" : "client";
  return { received: direction(who, other, packets), sent: direction(who, side, packets) };
}

function direction(who: string, from: "client" | "server", packets: readonly PacketDescription[]) {
  const packet = packetFrom(packets, from);
  const splitter = new PacketSplitter(packet);
  const start = `${who} ${from === "client" ? "→" : "←"} `.trimStart();
  return (chunk: Uint8Array): void => {
    for (const piece of splitter.push(chunk)) logBytes(() => drawLine(start, packet, piece));
  };
}

/**
 * Draws a piece of a packet as one line.
 *
 * @param start - what the line starts with
 * @param packet - the packet's description
 * @param piece - the bytes
 * @returns the line, with colours if there is a terminal that shows them
 */
export function drawLine(start: string, packet: PacketDescription, piece: Piece): string {
  const parts = drawParts(packet, piece);
  const width = start.length + parts.reduce((sum, { text }) => sum + text.length, 0);
  const gap = " ".repeat(Math.max(MEANING_COLUMN - width, 2));
  const bytes = parts.map(({ text, colour }) => (colour ? paint(text, colour) : text)).join("");
  return start + bytes + gap + describePiece(packet, piece);
}

/** Some of the bytes of a line, or a separator. */
export interface WirePart {
  /** What is shown. */
  readonly text: string;
  /** The colour of its field; undefined for a separator. */
  readonly colour?: Colour;
}

/**
 * The bytes of a piece as a line shows them.
 *
 * @param packet - the packet's description
 * @param piece - the bytes
 * @returns a part for each field and each separator
 */
export function drawParts(packet: PacketDescription, { bytes, offset, is }: Piece): WirePart[] {
  const parts: WirePart[] = [];
  if (is === "none") return [{ text: drawRun(bytes, 2 * LONGEST_RUN) }];
  if (offset > 0) parts.push({ text: "… " });
  fieldsOf(packet).forEach((field, index) => {
    const from = Math.max(field.offset - offset, 0);
    const to = field.size === undefined ? bytes.length : field.offset + field.size - offset;
    const run = bytes.subarray(from, Math.max(to, 0));
    if (run.length === 0) return;
    if (from > 0) parts.push({ text: " │ " });
    parts.push({
      text: drawRun(run, LONGEST_RUN),
      colour: FIELD_COLOURS[index % FIELD_COLOURS.length] ?? "cyan",
    });
  });
  if (is === "part") parts.push({ text: " …" });
  return parts;
}

/** Bytes as two upper-case hex digits each. A long run is cut, and followed by its number of bytes. */
function drawRun(bytes: Uint8Array, longest: number): string {
  if (bytes.length <= longest) return hexDigits(bytes);
  return `${hexDigits(bytes.subarray(0, longest / 2))} … ${bytes.length} bytes`;
}

/**
 * Says what a piece is.
 *
 * @param packet - the packet's description
 * @param piece - the bytes
 * @returns e.g. `request: SUMA 2 3`, or `5 of 12 bytes of a request`
 */
export function describePiece(packet: PacketDescription, piece: Piece): string {
  const arrived = piece.offset + piece.bytes.length;
  if (piece.is === "none") return `not ${aPacket(packet)}: ${piece.reason}`;
  if (piece.is === "whole")
    return `${piece.offset > 0 ? "the rest" : packet.name}: ${meaningOf(packet, piece.packet)}`;
  if (piece.size === undefined) return `${arrived} ${arrived === 1 ? "byte" : "bytes"} of ${aPacket(packet)}`;
  return `${arrived} of ${piece.size} bytes of ${aPacket(packet)}`;
}

/**
 * The packets in a row, cut into chunks, and what two readers make of them.
 *
 * The naive reader takes each chunk for one packet, as most first servers do: lesson 1's naive server where a text
 * follows the struct, and lesson 0's step 2 where none does. The right reader keeps bytes until a packet is whole; it is
 * the `PacketSplitter` that `--bytes` uses. Either ends where the lessons' servers do: the naive one crashes, and the
 * right one closes the connection when nobody can tell where the next packet starts.
 *
 * @module
 */

import { meaningOf, NoPacketError, type PacketDescription, PacketSplitter } from "../../src/packets.ts";
import { calcsize, pack, StructError, type StructValue, unpack, unpackFrom } from "../../src/struct.ts";
import { bytesOf, join, type Reading } from "./reading.ts";
import { MOST_CUTS } from "./state.ts";
import { showValue } from "./values.ts";

/** The most bytes of a stream that are drawn. */
const LONGEST_STREAM = 256;

/** The packets in a row. */
export interface Stream {
  /** What each packet is. */
  readonly packet: PacketDescription;
  /** The bytes of each packet. */
  readonly packets: readonly Uint8Array[];
  /** What each packet says. */
  readonly meanings: readonly string[];
  /** All bytes. */
  readonly bytes: Uint8Array;
}

/** What a reader makes of a chunk, or part of one. */
export interface Outcome {
  /**
   * It reads a packet that was sent, or waits for the rest of one. `ended` means that it ended at an earlier chunk, so
   * that nobody reads this one. Everything else is a mistake.
   */
  readonly does: "reads" | "waits" | "misreads" | "fails" | "loses" | "refuses" | "ended";
  /** What it does that to. */
  readonly what: string;
  /** The first byte of the stream that it does it to. */
  readonly from: number;
  /** The byte after the last. */
  readonly to: number;
}

/** A chunk, and what both readers make of it. */
export interface Chunk {
  /** The first byte of the stream that belongs to it. */
  readonly from: number;
  /** The byte after its last. */
  readonly to: number;
  /** What the naive reader makes of it. */
  readonly naive: readonly Outcome[];
  /** What the right reader makes of it. */
  readonly right: readonly Outcome[];
}

/**
 * Puts a packet and its followers in a row.
 *
 * @param reading - the first packet
 * @param count - how many packets
 * @returns the stream, or one sentence that says why there is none
 */
export function streamOf(reading: Reading, count: number): Stream | string {
  const { bytes, arrived, format, refused } = reading;
  if (arrived < bytes.length) return "The packet above isn't whole, so there is no stream to cut.";
  if (refused.some((message) => message !== undefined)) {
    return "A value above is refused, so there is no packet to send.";
  }
  if (bytes.length === 0) return "The packet above has no bytes, so there is no stream to cut.";
  if (bytes.length * count > LONGEST_STREAM) {
    return `${count} packets of ${bytes.length} bytes are more than the ${LONGEST_STREAM} bytes that fit here.`;
  }
  // A packet that no lesson describes is as long as its struct.
  const packet: PacketDescription = reading.packet ?? {
    name: "packet",
    from: "client",
    format,
    fields: [],
    meaning: "",
  };
  const packets = Array.from({ length: count }, (_, nth) => follower(reading, nth));
  return { packet, packets, meanings: packets.map((each) => say(packet, each)), bytes: join(packets) };
}

/** The nth packet after the first one: the last number in it is n more, so that you can tell them apart. */
function follower({ format, bytes, parts, values, packet }: Reading, nth: number): Uint8Array {
  const counts = parts.findLast(
    ({ name, layout }) =>
      layout && /int|float/.test(layout.kind) && name !== packet?.text?.lengthField && !packet?.words?.[name],
  );
  if (nth === 0 || counts === undefined) return bytes;
  const value = values[counts.index] as number | bigint;
  const next: StructValue = typeof value === "bigint" ? value + BigInt(nth) : value + nth;
  try {
    const struct = pack(format, ...(values as StructValue[]).with(counts.index, next));
    return join([struct, bytes.subarray(struct.length)]);
  } catch (error) {
    if (error instanceof StructError) return bytes; // it was the largest that fits
    throw error;
  }
}

/** What a packet says to a reader. */
function say(packet: PacketDescription, bytes: Uint8Array): string {
  try {
    if (packet.meaning) return meaningOf(packet, bytes);
    const values: StructValue[] = unpackFrom(packet.format, bytes);
    return values.map(showValue).join(", ");
  } catch (error) {
    if (error instanceof NoPacketError) return error.message;
    throw error;
  }
}

/**
 * Where the knives lie at first: inside the first packet and inside the second.
 *
 * @param stream - the stream
 * @returns two cuts, if there is room for them
 */
export function firstCuts({ packets, bytes }: Stream): number[] {
  const size = packets[0]?.length ?? 0;
  return tidyCuts([Math.round(size * 0.4), Math.round(size * 1.6)], bytes.length);
}

/**
 * Puts cuts in order, and leaves out those that cut nothing.
 *
 * @param cuts - where to cut
 * @param length - the length of the stream
 * @returns each place inside the stream once, from left to right
 */
export function tidyCuts(cuts: readonly number[], length: number): number[] {
  return [...new Set(cuts)]
    .filter((cut) => cut > 0 && cut < length)
    .sort((a, b) => a - b)
    .slice(0, MOST_CUTS);
}

/**
 * Adds a knife in the middle of the longest chunk.
 *
 * @param cuts - the cuts, in order
 * @param length - the length of the stream
 * @returns one cut more, where there is room for it
 */
export function addCut(cuts: readonly number[], length: number): number[] {
  const edges = [0, ...cuts, length];
  let longest = 0;
  edges.forEach((edge, nth) => {
    if ((edges[nth + 1] ?? edge) - edge > (edges[longest + 1] ?? 0) - (edges[longest] ?? 0)) longest = nth;
  });
  const [from = 0, to = 0] = edges.slice(longest);
  return tidyCuts([...cuts, Math.floor((from + to) / 2)], length);
}

/**
 * Cuts a stream, and lets both readers read the chunks.
 *
 * @param stream - the stream
 * @param cuts - where to cut, in order
 * @returns the chunks
 */
export function readChunks(stream: Stream, cuts: readonly number[]): Chunk[] {
  const { packet, bytes } = stream;
  const splitter = new PacketSplitter(packet);
  let naiveEnd: string | undefined;
  let rightEnd: string | undefined;
  return [...cuts, bytes.length].map((to, nth, ends) => {
    const from = ends[nth - 1] ?? 0;
    const chunk = bytes.subarray(from, to);
    const ended = (what: string): Outcome => ({ does: "ended", what, from, to });
    const naive = naiveEnd ? [ended(naiveEnd)] : readNaively(stream, from, chunk);
    const right = rightEnd ? [ended(rightEnd)] : readRightly(stream, splitter, from, chunk);
    if (naive.some(({ does }) => does === "fails")) naiveEnd = "the server has crashed";
    if (right.some(({ does }) => does === "refuses")) rightEnd = "the connection is closed";
    return { from, to, naive, right };
  });
}

/** How many packets a reader got, of those that were sent. */
export function countRight(chunks: readonly Chunk[], reader: "naive" | "right"): number {
  return chunks.flatMap((chunk) => chunk[reader]).filter(({ does }) => does === "reads").length;
}

/** The packet that was sent from this byte of the stream on. */
function sentAt({ packets }: Stream, offset: number): Uint8Array | undefined {
  let start = 0;
  for (const packet of packets) {
    if (start === offset) return packet;
    start += packet.length;
  }
  return undefined;
}

function readNaively(stream: Stream, from: number, chunk: Uint8Array): Outcome[] {
  const { packet } = stream;
  try {
    const unpackChunk = packet.text ? unpackFrom : unpack;
    const values: StructValue[] = unpackChunk(packet.format, chunk);
    const struct = calcsize(packet.format);
    const length = packet.text ? Number(values[packet.fields.indexOf(packet.text.lengthField)]) : 0;
    // As subarray(8, 8 + length) in lesson 1's naive server: a length that is too large takes what there is.
    const taken = chunk.subarray(0, Math.max(struct + length, struct));
    const said = say(packet, taken);
    const sent = sentAt(stream, from);
    const isRight = sent !== undefined && taken.length === sent.length;
    const rest = chunk.length - taken.length;
    const end = from + taken.length;
    const outcome: Outcome = { does: isRight ? "reads" : "misreads", what: said, from, to: end };
    const to = from + chunk.length;
    return rest === 0 ? [outcome] : [outcome, { does: "loses", what: bytesOf(rest), from: end, to }];
  } catch (error) {
    if (error instanceof StructError) {
      return [{ does: "fails", what: error.message, from, to: from + chunk.length }];
    }
    throw error;
  }
}

function readRightly(stream: Stream, splitter: PacketSplitter, from: number, chunk: Uint8Array): Outcome[] {
  const { packet } = stream;
  let end = from;
  return splitter.push(chunk).map((piece): Outcome => {
    end += piece.bytes.length;
    if (piece.is === "none") {
      const what = `${bytesOf(piece.bytes.length)}: ${piece.reason}`;
      return { does: "refuses", what, from: end - piece.bytes.length - piece.offset, to: end };
    }
    if (piece.is === "whole") {
      const start = end - piece.packet.length;
      const isSent = sentAt(stream, start)?.length === piece.packet.length;
      return { does: isSent ? "reads" : "misreads", what: say(packet, piece.packet), from: start, to: end };
    }
    const arrived = piece.offset + piece.bytes.length;
    const of = piece.size === undefined ? bytesOf(arrived) : `${arrived} of ${bytesOf(piece.size)}`;
    return { does: "waits", what: `with ${of}`, from: end - arrived, to: end };
  });
}

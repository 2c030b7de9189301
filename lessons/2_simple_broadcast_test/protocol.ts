/**
 * Lesson 2 · the packets.
 *
 * A client says where it is, and the server tells everybody. So there are two packets. A place needs no id, because the
 * server knows which connection it came on. A position has one, because it says whose place it is.
 *
 * ```text
 *   place, from a client to the server, format "<hh"
 *
 *   offset   0       2       4
 *            ┌───────┬───────┐
 *            │ x     │ y     │
 *            │ short │ short │
 *            └───────┴───────┘
 *   bytes      0C 00   07 00                         I am at 12 7
 *
 *   position, from the server to every client, format "<ihh"
 *
 *   offset   0             4       6       8
 *            ┌─────────────┬───────┬───────┐
 *            │ id          │ x     │ y     │
 *            │ int         │ short │ short │
 *            └─────────────┴───────┴───────┘
 *   bytes      03 00 00 00   0C 00   07 00           client 3 is at 12 7
 * ```
 *
 * One place means "nowhere": x and y are both −32768. The server sends it for a client that has left.
 *
 * @module
 */

import type { PacketDescription } from "../../src/packets.ts";
import { Struct } from "../../src/struct.ts";

/** Where I am: x, y. It is never relative to the last one: a receiver that missed some needs only the next. */
export const PLACE = new Struct("<hh");

/** Who is where: the client's id, x, y. The first position that a client gets is its own, so it knows who it is. */
export const POSITION = new Struct("<ihh");

/** The x, and also the y, of a client that has left. A client that sends this place says that it leaves. */
export const NOWHERE = -(2 ** 15);

/** The room in which clients start and walk: 0 ≤ x < WIDTH. A client may walk out of it: any two shorts are a place. */
export const WIDTH = 60;
/** See {@link WIDTH}: 0 ≤ y < HEIGHT. */
export const HEIGHT = 20;

/** The packets, described for everything that draws or explains them, such as `--bytes`. */
export const PACKETS: readonly PacketDescription[] = [
  {
    name: "place",
    from: "client",
    format: PLACE.format,
    fields: ["x", "y"],
    meaning: ({ x, y }) => (isNowhere(Number(x), Number(y)) ? "nowhere" : `${x} ${y}`),
    example: { x: 12, y: 7 },
  },
  {
    name: "position",
    from: "server",
    format: POSITION.format,
    fields: ["id", "x", "y"],
    meaning: ({ id, x, y }) => describe(Number(id), Number(x), Number(y)),
    example: { id: 3, x: 12, y: 7 },
  },
];

/**
 * Whether a place means "nowhere".
 *
 * @param x - the x of a place or a position
 * @param y - its y
 * @returns true if both are {@link NOWHERE}
 */
export function isNowhere(x: number, y: number): boolean {
  return x === NOWHERE && y === NOWHERE;
}

/**
 * Says in words what a position means.
 *
 * @param id - the client
 * @param x - where it is
 * @param y - where it is
 * @returns e.g. `client 3 is at 12 7`, or `client 3 has left`
 */
export function describe(id: number, x: number, y: number): string {
  return isNowhere(x, y) ? `client ${id} has left` : `client ${id} is at ${x} ${y}`;
}

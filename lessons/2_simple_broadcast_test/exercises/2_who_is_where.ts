/**
 * Exercise 2.2 · Who is where
 *
 * A client of this lesson reads a stream of positions. It keeps track of where each client is, and which client it is
 * itself. Write that part of the client. It must work whatever chunks the stream arrives in.
 *
 * ```text
 *   received                     what it knows now
 *
 *   04 00 00 00 28 00 05 00      I am client 4                 4: 40 5
 *   01 00 00 00 0C 00 07 00      client 1 is here as well      4: 40 5   1: 12 7
 *   01 00 00 00 0D 00 07 00      client 1 has moved            4: 40 5   1: 13 7
 *   05 00 00 00 00 00 00 00      client 5 is new               4: 40 5   1: 13 7   5: 0 0
 *   01 00 00 00 00 80 00 80      client 1 has left             4: 40 5             5: 0 0
 * ```
 *
 * The first position is the client's own. A chunk may end in the middle of a position, and may hold many. Its bytes are
 * yours only while `push` runs: the caller reads the next chunk into the same memory. A client that has left must cost
 * nothing, because clients connect and leave all day.
 *
 * Check it: `npm run exercises 2.2`. Stuck? `npm run exercises hint 2.2`
 *
 * @module
 */

import { isNowhere, POSITION } from "#lessons/2_simple_broadcast_test/protocol.ts";

/** Where a client is. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** What one client knows about all of them. */
export class Room {
  /**
   * Takes the bytes that have just arrived.
   *
   * @param chunk - the next bytes of the stream, at least one
   */
  push(chunk: Uint8Array): void {
    throw new Error(
      `not written yet: push, of ${chunk.length} bytes, with ${POSITION.format} and ${isNowhere.name}`,
    );
  }

  /** The id of this client itself; undefined until it has arrived. */
  get self(): number | undefined {
    throw new Error("not written yet: self");
  }

  /** The ids of all who are here, itself included, in any order. */
  get ids(): number[] {
    throw new Error("not written yet: ids");
  }

  /**
   * Says where a client is.
   *
   * @param id - the client
   * @returns its newest place; undefined if it has left, or was never there
   */
  where(id: number): Place | undefined {
    throw new Error(`not written yet: where(${id})`);
  }
}

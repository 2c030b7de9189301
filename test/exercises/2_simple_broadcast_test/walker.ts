/**
 * A client of the learner's server, for the checks of lesson 2: it walks, and hears who is where.
 *
 * @module
 */

import { once } from "node:events";
import type { Socket } from "node:net";
import {
  describe,
  isNowhere,
  NOWHERE,
  PACKETS,
  PLACE,
  POSITION,
} from "#lessons/2_simple_broadcast_test/protocol.ts";
import { CheckFailed, type Peer } from "#src/checks/peer.ts";
import { packetFrom } from "#src/packets.ts";
import { fail, samePacket } from "../assertions.ts";
import type { Served } from "../sockets.ts";

const POSITION_PACKET = packetFrom(PACKETS, "server");

/** The numbers of a position. */
export type Position = readonly [id: number, x: number, y: number];

/** A client of the learner's server. */
export class Walker {
  /** Its id, if the server counts right. */
  readonly id: number;
  /** The client's end. */
  readonly client: Peer;
  /** The server's end. */
  readonly socket: Socket;
  /** What it has heard, in order. */
  readonly heard: Position[] = [];

  private constructor(id: number, client: Peer, socket: Socket) {
    this.id = id;
    this.client = client;
    this.socket = socket;
  }

  /**
   * Connects, and waits until the server has taken it: what happens from now on, it has to be told.
   *
   * @param served - the server
   * @param id - the id that it should get
   * @returns the client
   */
  static async come({ server, target }: Served, id: number): Promise<Walker> {
    const [client, [socket]] = await Promise.all([
      target.connect(`client ${id}`),
      once(server, "connection") as Promise<[Socket]>,
    ]);
    return new Walker(id, client, socket);
  }

  /**
   * Tells the server where it is.
   *
   * @param places - one or more, in one piece
   */
  async move(...places: readonly (readonly [x: number, y: number])[]): Promise<void> {
    await this.client.send(Buffer.concat(places.map(([x, y]) => PLACE.pack(x, y))));
  }

  /**
   * Reads the next position.
   *
   * @param after - what happened before, for the sentence, e.g. `client 2 moved to 12 7`
   * @param silence - the mistake, if nothing comes; asked for when it is needed
   * @returns its bytes
   */
  async next(after: string, silence: () => string): Promise<Uint8Array> {
    try {
      const bytes = await this.client.read(POSITION.size, "a position");
      this.heard.push(POSITION.unpack(bytes));
      return bytes;
    } catch (error) {
      if (!(error instanceof CheckFailed)) throw error;
      const { message } = error;
      if (/did not arrive/.test(message)) fail(`After ${after}, client ${this.id} heard nothing.`, silence());
      const what = `After ${after}, client ${this.id} waited for a position. But ${message}`;
      if (/^only 4 of/.test(message))
        fail(what, "That is a place, with no id in it. Send a position: `POSITION.pack(id, x, y)`.");
      fail(what, /close|reset/.test(message) ? `Client ${this.id} has done nothing wrong.` : undefined);
    }
  }

  /**
   * The next position that it hears must be this one.
   *
   * @param position - whose, and where it is
   * @param after - what happened before
   * @param silence - the mistake, if nothing comes
   * @param another - the mistake, if another position comes and does not tell what is wrong
   */
  async hears(position: Position, after: string, silence: () => string, another?: string): Promise<void> {
    const last = this.heard.at(-1);
    const came = await this.next(after, silence);
    const mistake =
      this.#explain(POSITION.unpack(came), position, last) ??
      (POSITION.unpack(came)[0] === position[0] ? another : undefined);
    samePacket(
      () => came,
      POSITION.pack(...position),
      POSITION_PACKET,
      `What client ${this.id} hears after ${after}:`,
      mistake ? [[came, mistake]] : [],
    );
  }

  /** What stands behind a position that is not the expected one, if it tells. */
  #explain(came: Position, expected: Position, last: Position | undefined): string | undefined {
    const [id, x, y] = expected;
    const isSame = (one: Position, other: Position) => one.join() === other.join();
    if (last && isSame(came, last))
      return `It was told a second time that ${describe(...last)}. Once is enough.`;
    if (isNowhere(x, y)) {
      if (isNowhere(came[1], came[2])) return `The client that left is client ${id}: whose id is that?`;
      if (came[0] === id && [x, 0, -1, 32767].includes(came[1]))
        return "Nowhere means that x and y are both −32768: `POSITION.pack(id, NOWHERE, NOWHERE)`.";
      return undefined;
    }
    if (isNowhere(came[1], came[2]))
      return `Client ${came[0]} is still there, or this client was already told that it left.`;
    if (isSame(came, [this.id, x, y]))
      return "It holds the id of the client that receives it. It should hold the id of the client that has moved: pack it once, before the loop.";
    if (isSame(came, [came[0], x, y])) return `The place is right, but the id isn't: client ${id} has moved.`;
    return undefined;
  }

  /** Whether the last that it has heard is this. */
  hasHeard(position: Position): boolean {
    return this.heard.at(-1)?.join() === position.join();
  }
}

/**
 * Has some clients come, one after another.
 *
 * @param served - the server
 * @param count - how many
 * @returns they, with the ids 1, 2, 3, …
 */
export async function crowd(served: Served, count: number): Promise<Walker[]> {
  const walkers: Walker[] = [];
  while (walkers.length < count) walkers.push(await Walker.come(served, walkers.length + 1));
  return walkers;
}

/**
 * All must hear the same next.
 *
 * @param all - who has to hear it
 * @param position - what
 * @param after - what happened before
 * @param silence - the mistake, if one of them hears nothing
 * @param another - as in {@link Walker.hears}
 */
export async function allHear(
  all: readonly Walker[],
  position: Position,
  after: string,
  silence: (deaf: Walker) => string,
  another?: string,
): Promise<void> {
  // All at once: when one of them has waited in vain, it is known what the others have heard.
  const hearing = all.map((walker) => walker.hears(position, after, () => silence(walker), another));
  for (const { reason } of (await Promise.allSettled(hearing)) as { reason?: Error }[])
    if (reason) throw reason;
}

/**
 * Somebody moves, and all must hear it.
 *
 * @param mover - who moves
 * @param place - where to
 * @param all - who has to hear it
 */
export async function moveAndHear(
  mover: Walker,
  [x, y]: readonly [x: number, y: number],
  all: readonly Walker[],
): Promise<void> {
  const position: Position = [mover.id, x, y];
  await mover.move([x, y]);
  await allHear(all, position, `client ${mover.id} moved to ${x} ${y}`, (deaf) => {
    const heard = all.filter((walker) => walker.hasHeard(position));
    if (deaf === mover) {
      return heard.length > 0
        ? "The others heard about it, but the client that moved didn't: tell everybody, the sender included."
        : "Tell the client that has moved too, so that all clients see the same in the same order.";
    }
    return heard.some((walker) => walker !== mover)
      ? `Client ${heard.map(({ id }) => id).join(" and client ")} heard it. Everyone else must hear it too: write to each of them.`
      : "You told nobody else. Keep a list of all sockets, and write to each of them.";
  });
}

/**
 * All must hear that somebody has left, and hear it once.
 *
 * @param id - who has left
 * @param how - e.g. `client 2 ended its connection`
 * @param remain - those who remain
 */
export async function hearLeaving(id: number, how: string, remain: readonly Walker[]): Promise<void> {
  const silence =
    "It has left, and they were not told. Whichever way a client leaves, `finally` runs: tell all the others there.";
  await allHear(remain, [id, NOWHERE, NOWHERE], how, () => silence);
  // What was told twice comes before this.
  const [first] = remain;
  if (first) await moveAndHear(first, [first.id, -id], remain);
}

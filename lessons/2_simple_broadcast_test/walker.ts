/**
 * Lesson 2 · what a client does in the room: it walks, listens, and draws the room if it is asked to.
 *
 * `client.ts` connects and learns who it is; from there on, this file has the client. It stands alone because lesson 3's
 * client does the same, on one server after another.
 *
 * @module
 */

import { setTimeout as pause } from "node:timers/promises";
import { clientFlags } from "../../src/client.ts";
import { type FlagValues, millisecondsFlag, numberFlag, switchFlag } from "../../src/command_line.ts";
import type { Connection } from "../../src/connection.ts";
import { deadlineIn } from "../../src/deadline.ts";
import { coloured, flushLog, log } from "../../src/log.ts";
import { describe, HEIGHT, isNowhere, PLACE, POSITION, WIDTH } from "./protocol.ts";
import { drawRoom, type Place } from "./screen.ts";
import { hasScreen, type Key, Screen } from "./terminal.ts";

/**
 * The flags of a client that walks.
 *
 * @param port - the lesson's port
 * @returns the table of flags
 */
export function walkerFlags(port: number) {
  return {
    ...clientFlags(port, 60_000, "how long to wait for the next position"),
    interval: millisecondsFlag(2000, 0, "time between two moves"),
    count: numberFlag("N", undefined, 1, 1_000_000, "end after N moves"),
    "deaf-after": numberFlag(
      "N",
      undefined,
      1,
      1_000_000,
      "stop reading after N positions, but go on walking",
    ),
    map: switchFlag("draw the room; the arrow keys move you, q quits"),
  };
}

/** The values of {@link walkerFlags}. */
export type WalkerOptions = FlagValues<ReturnType<typeof walkerFlags>>;

/** This client: who it is, and where. */
interface Me extends Place {
  id: number;
  /** How many moves it has made. */
  moves: number;
  /** For how many more moves it stays where the arrow keys have put it. */
  resting: number;
}

/** A client in the room. */
export class Walker {
  readonly #options: WalkerOptions;
  readonly #me: Me = { id: 0, x: 0, y: 0, moves: 0, resting: 0 };
  #connection: Connection | undefined;
  #map: RoomMap | undefined;
  /** Settles when you quit the map. */
  #steering: Promise<void> | undefined;

  /** @param options - how far it walks, how fast, and what it shows */
  constructor(options: WalkerOptions) {
    this.#options = options;
  }

  /** Where it is. */
  get place(): Readonly<Place> {
    return this.#me;
  }

  /**
   * Walks and listens until one of the two ends: all moves are made, you press q, or the connection fails. A client that
   * has lost its connection may join again through another one.
   *
   * @param connection - leads to the room
   * @param id - who this client is there
   * @param place - where it starts
   * @returns resolves when the client has nothing left to do
   * @throws ConnectionError if the connection fails
   */
  async join(connection: Connection, id: number, { x, y }: Place): Promise<void> {
    Object.assign(this.#me, { id, x, y });
    this.#connection = connection;
    if (this.#options.map) await this.#openMap();

    // Two loops take turns, or three with a map. When one of them ends or fails, all is over.
    const over = new AbortController();
    const loops = [this.#walk(connection, over.signal), this.#listen(connection)];
    if (this.#steering) loops.push(this.#steering);
    await Promise.race(loops).finally(() => over.abort());
  }

  /** Gives the terminal back if there is a map on it. */
  close(): void {
    this.#map?.screen.close();
  }

  // Step 5 · Walk
  // -------------
  // Each move goes to the server, and nothing is printed here. We see ourselves move when the server says so, just as the
  // others do. So all clients see the same thing.

  async #walk(connection: Connection, over: AbortSignal): Promise<void> {
    const { interval, count, timeout } = this.#options;
    const me = this.#me;
    for (; me.moves !== count; me.moves++) {
      await pause(interval, undefined, { signal: over });
      // A client that is steered stays where it is, but it still sends its place: the server closes a client that is silent
      // for too long.
      if (me.resting > 0) me.resting--;
      else move(me, randomStep(), randomStep());
      await connection.write(PLACE.pack(me.x, me.y), deadlineIn(timeout));
    }
  }

  // Step 6 · Listen
  // ---------------
  // Every packet says where one client is now. A deaf client doesn't read. The receive buffer of its operating system
  // fills up, then the server's send buffer does, and from then on the server keeps only the newest positions for it.

  async #listen(connection: Connection): Promise<void> {
    const { timeout, "deaf-after": deafAfter = Number.POSITIVE_INFINITY } = this.#options;
    for (let heard = 1; heard < deafAfter; heard++) {
      const position = await connection.read(POSITION.size, deadlineIn(timeout));
      const [id, x, y] = POSITION.unpack(position);
      if (this.#map) this.#map.show(id, x, y);
      else log(describe(id, x, y) + (id === this.#me.id ? ", that is me" : ""));
    }
    log("deaf from now on: it reads no more positions, but it goes on walking", "yellow");
    await new Promise(() => {});
  }

  // Step 7 · Draw the room, and steer
  // ---------------------------------
  // To draw everyone, we have to remember where they are: the newest place of each client, until it leaves. We need
  // nothing else, however often the clients have moved before.

  async #openMap(): Promise<void> {
    if (!this.#map) {
      if (!hasScreen()) {
        log("there is no terminal to draw a map on: printing lines instead", "yellow");
        return;
      }
      await flushLog(); // these lines belong on the screen from before
      this.#map = openMap(this.#me);
      this.#steering = this.#steer(this.#map.screen);
    }
    this.#map.begin();
  }

  /** Takes a step for each arrow key, and sends it at once. Meanwhile the random walk pauses. */
  async #steer(screen: Screen): Promise<void> {
    const me = this.#me;
    for await (const key of screen.keys()) {
      if (key === "quit") break;
      const [right, down] = STEPS[key];
      move(me, right, down);
      me.resting = REST;
      try {
        await this.#connection?.write(PLACE.pack(me.x, me.y), deadlineIn(this.#options.timeout));
      } catch {} // The connection is over. `#listen` notices that when it reads.
    }
    screen.close();
    log("closing the connection");
  }
}

/** Moves inside the room. A wall stops it. */
function move(me: Me, right: number, down: number): void {
  me.x = Math.min(Math.max(me.x + right, 0), WIDTH - 1);
  me.y = Math.min(Math.max(me.y + down, 0), HEIGHT - 1);
}

/** A step to one side or the other, or no step. */
function randomStep(): number {
  return Math.floor(Math.random() * 3) - 1;
}

/** For how many moves a client stays where the arrow keys have put it: half a minute with the default interval. */
const REST = 15;

const STEPS: Record<Exclude<Key, "quit">, [right: number, down: number]> = {
  left: [-1, 0],
  right: [1, 0],
  up: [0, -1],
  down: [0, 1],
};

interface RoomMap {
  readonly screen: Screen;
  /** Nobody is known yet but this client. */
  begin(): void;
  /** Draws a position that has arrived. */
  show(id: number, x: number, y: number): void;
}

function openMap(me: Me): RoomMap {
  const places = new Map<number, Place>();
  const screen = new Screen((size, news) => drawRoom({ places, self: me.id, news }, size, coloured));
  const begin = () => {
    places.clear();
    places.set(me.id, { x: me.x, y: me.y });
    screen.redraw();
  };
  const show = (id: number, x: number, y: number) => {
    // While the map is open, the newest line of the log is shown below it.
    if (isNowhere(x, y)) log(describe(id, x, y));
    else if (!places.has(id)) log(`client ${id} is here`);
    if (isNowhere(x, y)) places.delete(id);
    else places.set(id, { x, y });
    screen.redraw();
  };
  return { screen, begin, show };
}

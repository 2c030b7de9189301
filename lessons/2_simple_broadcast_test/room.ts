/**
 * Lesson 2 · the room as the map in a browser knows it: who is where, and what has changed since its pages were last told.
 *
 * A page is told everything once, and then ten times a second what has changed. However often a client moved in between, a
 * page gets its newest place alone. So this is an outbox too, one for all pages, and for the same reason.
 *
 * @module
 */

import { isNowhere } from "./protocol.ts";

/** The most clients that are kept in mind and drawn. Whoever sends positions decides how many ids there are, not we. */
export const MOST_CLIENTS = 2000;

/** Where a client is: its id, x and y. */
export type ClientPosition = readonly [id: number, x: number, y: number];

/** What a page is told at first, and whenever it may have missed something. */
export interface Whole {
  /** The server's address. */
  readonly server: string;
  /** Whether the map is connected to it. */
  readonly connected: boolean;
  /** The map's own id; 0 while it is not connected. */
  readonly self: number;
  /** Everyone who is there. */
  readonly places: readonly ClientPosition[];
  /** Whether there are more clients than are drawn. */
  readonly more: boolean;
}

/** What a page is told from then on. */
export interface Changes {
  /** The new place of each client that has come or moved. */
  readonly moved: readonly ClientPosition[];
  /** Who has left. */
  readonly left: readonly number[];
  /** How many moves of clients there were, all counted. */
  readonly moves: number;
  /** As in {@link Whole}. */
  readonly more: boolean;
}

/** Who is where. */
export class Room {
  readonly #server: string;
  #self = 0;
  #connected = false;
  readonly #places = new Map<number, ClientPosition>();
  #more = false;

  // Since the pages were last told.
  readonly #moved = new Map<number, ClientPosition>();
  readonly #left = new Set<number>();
  #moves = 0;

  /** @param server - its address, as the pages show it */
  constructor(server: string) {
    this.#server = server;
  }

  /**
   * The map is connected: the room is as it is when someone comes, empty but for itself.
   *
   * @param self - the map's own id
   */
  open(self: number): void {
    this.close();
    this.#self = self;
    this.#connected = true;
  }

  /** The map is not connected any more: it knows of nobody. */
  close(): void {
    this.#places.clear();
    this.#connected = false;
    this.#self = 0;
    this.#more = false;
    this.#forget();
  }

  /**
   * Takes a position from the server.
   *
   * @param id - the client
   * @param x - where it is
   * @param y - where it is
   */
  hear(id: number, x: number, y: number): void {
    if (isNowhere(x, y)) {
      if (!this.#places.delete(id)) return;
      this.#moved.delete(id);
      this.#left.add(id);
      this.#more = false; // there is room again; whoever was left out comes in with its next move
      return;
    }
    if (this.#places.has(id)) {
      if (id !== this.#self) this.#moves++;
    } else if (this.#places.size >= MOST_CLIENTS) {
      this.#more = true;
      return;
    }
    this.#places.set(id, [id, x, y]);
    this.#moved.set(id, [id, x, y]);
    this.#left.delete(id);
  }

  /** Everything. */
  get whole(): Whole {
    return {
      server: this.#server,
      connected: this.#connected,
      self: this.#self,
      places: [...this.#places.values()],
      more: this.#more,
    };
  }

  /**
   * What has changed since this was last asked.
   *
   * @returns the changes; undefined if there are none
   */
  takeChanges(): Changes | undefined {
    if (this.#moved.size + this.#left.size === 0) return undefined;
    const changes = {
      moved: [...this.#moved.values()],
      left: [...this.#left],
      moves: this.#moves,
      more: this.#more,
    };
    this.#forget();
    return changes;
  }

  #forget(): void {
    this.#moved.clear();
    this.#left.clear();
    this.#moves = 0;
  }
}

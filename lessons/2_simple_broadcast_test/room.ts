/**
 * Lesson 2 · the room as the browser's map knows it: who is where, and what has changed since the pages were last told.
 *
 * A page is told everything once. After that it is told ten times a second what has changed. However often a client
 * moved in between, the page gets only its newest place. So this is an outbox as well, one for all pages.
 *
 * @module
 */

import { isNowhere } from "./protocol.ts";

/** The most clients that are kept and drawn. The program at the other end decides how many ids there are, not we. */
export const MOST_CLIENTS = 2000;

/** Where a client is: its id, x and y. */
export type ClientPosition = readonly [id: number, x: number, y: number];

/** What a page is told first, and again whenever it may have missed something. */
export interface Whole {
  /** The server's address. */
  readonly server: string;
  /** Whether the map is connected to the server. */
  readonly connected: boolean;
  /** The map's own id; 0 while the map is not connected. */
  readonly self: number;
  /** The place of each client in the room. */
  readonly places: readonly ClientPosition[];
  /** Whether there are more clients than the page draws. */
  readonly more: boolean;
  /** What waits for the clients that something waits for; undefined if the server doesn't tell. */
  readonly waiting: readonly ClientWaiting[] | undefined;
}

/** What waits for a client: its id, the positions in its outbox, and the bytes that the operating systems hold for it. */
export type ClientWaiting = readonly [id: number, positions: number, bytes: number];

/** What a page is told after that. */
export interface Changes {
  /** The new place of each client that has come or moved. */
  readonly moved: readonly ClientPosition[];
  /** The ids of the clients that have left. */
  readonly left: readonly number[];
  /** How many moves there were, including those that a newer move replaced. */
  readonly moves: number;
  /** As in {@link Whole}. */
  readonly more: boolean;
  /** What waits for each client, if that has changed; null if the server no longer tells. */
  readonly waiting?: readonly ClientWaiting[] | null;
}

/** Keeps who is where, and what the pages don't know yet. */
export class Room {
  readonly #server: string;
  #self = 0;
  #connected = false;
  readonly #places = new Map<number, ClientPosition>();
  #more = false;
  #waiting: ClientWaiting[] | undefined;

  // What has happened since the pages were last told:
  readonly #moved = new Map<number, ClientPosition>();
  readonly #left = new Set<number>();
  #moves = 0;
  #hasWaited = false;

  /** @param server - the server's address, as the pages show it */
  constructor(server: string) {
    this.#server = server;
  }

  /**
   * The map has connected. It knows nobody yet.
   *
   * @param self - the map's own id
   */
  open(self: number): void {
    this.close();
    this.#self = self;
    this.#connected = true;
  }

  /** The map has lost its connection: it no longer knows where anybody is. */
  close(): void {
    this.#places.clear();
    this.#connected = false;
    this.#self = 0;
    this.#more = false;
    this.#waiting = undefined;
    this.#forget();
  }

  /**
   * Takes what the server's status says. It may be anything, because any program may have that port.
   *
   * @param status - what status.ts tells, as parsed JSON; undefined if nobody answers
   */
  wait(status: unknown): void {
    const { clients } = Object(status) as { clients?: unknown };
    const before = JSON.stringify(this.#waiting);
    this.#waiting = Array.isArray(clients)
      ? clients
          .map(waitingOf)
          .filter(([id, positions, bytes]) => this.#places.has(id) && positions + bytes > 0)
      : undefined;
    if (JSON.stringify(this.#waiting) !== before) this.#hasWaited = true;
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
      this.#more = false; // there is room again: a client that was left out comes in with its next move
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

  /** Everything that a page has to know. */
  get whole(): Whole {
    return {
      server: this.#server,
      connected: this.#connected,
      self: this.#self,
      places: [...this.#places.values()],
      more: this.#more,
      waiting: this.#waiting,
    };
  }

  /**
   * Takes the changes since the last call.
   *
   * @returns the changes, or undefined if there are none
   */
  takeChanges(): Changes | undefined {
    if (this.#moved.size + this.#left.size === 0 && !this.#hasWaited) return undefined;
    const changes = {
      moved: [...this.#moved.values()],
      left: [...this.#left],
      moves: this.#moves,
      more: this.#more,
      ...(this.#hasWaited && { waiting: this.#waiting ?? null }),
    };
    this.#forget();
    return changes;
  }

  #forget(): void {
    this.#moved.clear();
    this.#left.clear();
    this.#moves = 0;
    this.#hasWaited = false;
  }
}

/** Reads what waits for one client. What isn't a whole number is 0. */
function waitingOf(client: unknown): ClientWaiting {
  const { id, positions, sending, unread } = Object(client) as Record<string, unknown>;
  const count = (value: unknown) => (Number.isSafeInteger(value) ? Math.max(Number(value), 0) : 0);
  return [count(id), count(positions), count(sending) + count(unread)];
}

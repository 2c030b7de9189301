/**
 * A relay between clients and a server. It passes on what each side sends.
 *
 * ```text
 *   client ──bytes──▶ [ held ] ──▶ [ on the way ] ──▶ server      one OneWay
 *   client ◀──────── [ on the way ] ◀── [ held ] ◀──bytes── server      and one more
 * ```
 *
 * Each way of each connection is in one {@link Mode}, which can be changed at any time. Neither side can tell that the
 * relay is there, as long as it only passes things on: a FIN stays a FIN, a RST stays a RST, a connection that is half
 * closed stays half closed, and the relay reads no faster than the other side does.
 *
 * TCP never reorders, so the relay cannot either: what comes first leaves first.
 *
 * @module
 */

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { performance } from "node:perf_hooks";
import { clearTimeout, setTimeout } from "node:timers";
import { ReceiveBuffer } from "./buffers.ts";
import type { Address } from "./client.ts";
import { readQueues } from "./tcp_queues.ts";

/** Where bytes are going. */
export type Way = "to-server" | "to-client";

/** Both ways. */
export const WAYS: readonly Way[] = ["to-server", "to-client"];

/**
 * What the relay does with the bytes that arrive one way:
 *
 * - `pass`: they leave at once
 * - `hold`: the relay reads and keeps them, until they are released
 * - `stop reading`: they stay in the buffers of the operating systems, so the sender feels backpressure
 * - `swallow`: the relay reads and discards everything, including a FIN or a RST: a black hole
 */
export type Mode = "pass" | "hold" | "stop reading" | "swallow";

/** All modes. */
export const MODES: readonly Mode[] = ["pass", "hold", "stop reading", "swallow"];

/** What can arrive one way: bytes, the end of the sending half, or a broken connection. */
export type Item = Uint8Array | "FIN" | "RST";

/** Something that has happened. */
export type RelayEvent = {
  /** When, in milliseconds of `performance.now()`. */
  readonly at: number;
  /** On which connection: 1, 2, 3, …; 0 for a client that was turned away. */
  readonly connection: number;
} & (
  | {
      /** A client came: it is connected, or there are too many. */
      readonly is: "connected" | "turned away";
      /** The client's address. */
      readonly host: string | undefined;
      /** The client's port. */
      readonly port: number | undefined;
    }
  | {
      /** An item has arrived at the relay, was released, has left after its delay, or was thrown away. */
      readonly is: "came" | "let go" | "left" | "thrown away";
      /** Where the item is going. */
      readonly way: Way;
      /** The item. */
      readonly item: Item;
    }
  | {
      /** One way of the connection has another mode. */
      readonly is: "mode";
      /** Which way. */
      readonly way: Way;
      /** Its mode from now on. */
      readonly mode: Mode;
    }
  | {
      /** One way of the connection has another delay. */
      readonly is: "delay";
      /** Which way. */
      readonly way: Way;
      /** Its delay from now on, in milliseconds. */
      readonly delay: number;
    }
  | {
      /** The relay could not connect to the server. */
      readonly is: "unreachable";
      /** What the operating system said. */
      readonly error: Error;
    }
  | {
      /** Both sides are closed. Nothing follows. */
      readonly is: "closed";
    }
);

/** {@link RelayEvent} without what every event has. */
type News = RelayEvent extends infer Event
  ? Event extends RelayEvent
    ? Omit<Event, "at" | "connection">
    : never
  : never;

/** The most connections at a time. */
export const MOST_CONNECTIONS = 64;

/** The most bytes that the relay keeps for one way of a connection. Then it stops reading. */
export const MOST_KEPT = 4 * 1024 * 1024;

/**
 * What an item on its way counts besides its bytes, in bytes, so that many small items can't take more memory than a
 * few large ones.
 */
const ITEM_COST = 128;

/**
 * The time between two releases, in milliseconds. Two writes in one turn of the event loop arrive as one chunk: what is
 * released piece by piece has to arrive piece by piece.
 */
export const SPACING = 20;

/**
 * How long a release may wait for the receiver to read the one before, in milliseconds. On a busy machine that takes
 * longer than {@link SPACING}. A receiver that doesn't read holds back only the first one for so long.
 */
export const READ_LIMIT = 5000;

/** One way of a connection: it takes items from one socket and passes them on to the other. */
export class OneWay {
  /** Where the bytes are going. */
  readonly way: Way;
  readonly #source: Socket;
  readonly #target: Socket;
  readonly #tell: (news: News) => void;

  #mode: Mode = "pass";
  #delay = 0;
  /** Kept until it is released; and the FIN or RST after it. */
  readonly #held = new ReceiveBuffer();
  #heldEnd: "FIN" | "RST" | undefined;
  /** Released, and on its way: each item leaves when it is due. */
  #onTheWay: { readonly due: number; readonly item: Item; readonly isApart: boolean }[] = [];
  #sizeOnTheWay = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastDue = 0;
  /** When the receiver was last seen to have read everything, on the clock of `performance.now`. */
  #readAt = 0;
  #lastRelease = 0;
  /** The target's buffer is full: it reads more slowly than the source sends. */
  #isFull = false;
  /** A FIN or a RST was sent on: whatever still arrives is thrown away. */
  #isOver = false;

  /** @internal */
  constructor(way: Way, source: Socket, target: Socket, tell: (news: News) => void) {
    this.way = way;
    this.#source = source;
    this.#target = target;
    this.#tell = tell;
    source.on("data", (chunk: Uint8Array) => this.#take(chunk));
    source.on("end", () => this.#take("FIN"));
    source.on("error", () => this.#take("RST"));
    target.on("drain", () => {
      this.#isFull = false;
      this.#sendWhatIsDue();
      this.#regulate();
    });
  }

  /** What the relay does with bytes that arrive. */
  get mode(): Mode {
    return this.#mode;
  }

  /** How long the relay delays everything that it passes on, in milliseconds. */
  get delay(): number {
    return this.#delay;
  }

  /** How many bytes are held. */
  get heldSize(): number {
    return this.#held.size;
  }

  /** The FIN or RST held after the bytes, if the sender has said goodbye. */
  get heldEnd(): "FIN" | "RST" | undefined {
    return this.#heldEnd;
  }

  /**
   * Looks at the bytes that are held.
   *
   * @param most - how many at most
   * @returns the first of them
   */
  peek(most: number): Uint8Array {
    return this.#held.peek(Math.min(most, this.#held.size));
  }

  /**
   * Changes the mode. What was held stays held, unless the new mode is `pass`: that releases all of it.
   *
   * @param mode - from now on
   */
  setMode(mode: Mode): void {
    this.#mode = mode;
    this.#tell({ is: "mode", way: this.way, mode });
    if (mode === "pass") this.release();
    this.#regulate();
  }

  /**
   * Changes the delay.
   *
   * @param delay - in milliseconds, for everything that is passed on from now on
   */
  setDelay(delay: number): void {
    this.#delay = delay;
    this.#tell({ is: "delay", way: this.way, delay });
  }

  /**
   * Lets held bytes go, all in one write.
   *
   * @param count - how many; if that is all of them, or if it is omitted, the FIN or RST after them is released too
   */
  release(count: number = Number.POSITIVE_INFINITY): void {
    const earliest = this.#lastRelease + SPACING;
    const bytes = this.#held.take(Math.min(count, this.#held.size));
    if (bytes.length > 0) this.#send(bytes, earliest);
    if (this.#heldEnd && count === Number.POSITIVE_INFINITY) {
      this.#send(this.#heldEnd, earliest);
      this.#heldEnd = undefined;
    }
    this.#lastRelease = Math.max(this.#lastDue, performance.now());
    this.#regulate();
  }

  /**
   * Ends this way as if the sender had done it: with a FIN, which closes its sending half, or with a RST, which breaks
   * the connection. Held bytes are discarded, as if they had never been sent, and so is whatever still arrives.
   *
   * @param how - which of the two
   */
  end(how: "FIN" | "RST"): void {
    if (this.#isOver) return;
    this.#throwAwayHeld();
    this.#send(how);
    this.#isOver = true;
    this.#regulate();
  }

  /** @internal Both sockets are closed: what is still here reaches nobody. */
  discard(): void {
    for (const { item } of this.#onTheWay) this.#throwAway(item);
    this.#throwAwayHeld();
    this.stop();
  }

  /** @internal Nothing leaves any more. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#onTheWay = [];
    this.#held.clear();
  }

  #take(item: Item): void {
    this.#tell({ is: "came", way: this.way, item });
    if (this.#isOver || this.#mode === "swallow") this.#throwAway(item);
    // Nothing may overtake what is held.
    else if (this.#mode !== "hold" && this.#held.size === 0) this.#send(item);
    else if (typeof item === "string") this.#heldEnd = item;
    else this.#held.push(item);
    this.#regulate();
  }

  #throwAway(item: Item): void {
    this.#tell({ is: "thrown away", way: this.way, item });
  }

  #throwAwayHeld(): void {
    if (this.#held.size > 0) this.#throwAway(this.#held.take(this.#held.size));
    this.#heldEnd = undefined;
  }

  /** Passes an item on, once the delay has passed. */
  #send(item: Item, earliest = 0): void {
    this.#tell({ is: "let go", way: this.way, item });
    this.#lastDue = Math.max(this.#lastDue, earliest, performance.now() + this.#delay);
    this.#onTheWay.push({ due: this.#lastDue, item, isApart: earliest > 0 });
    this.#sizeOnTheWay += item.length + ITEM_COST;
    this.#sendWhatIsDue();
  }

  #sendWhatIsDue(): void {
    clearTimeout(this.#timer);
    for (let next = this.#onTheWay[0]; next && !this.#isFull; next = this.#onTheWay[0]) {
      const wait = next.due - performance.now();
      if (wait > 0) {
        // Timers may be a fraction of a millisecond early.
        this.#timer = setTimeout(() => this.#sendWhatIsDue(), Math.ceil(wait));
        return;
      }
      if (next.isApart && this.#isReaderBehind(next.due)) {
        this.#timer = setTimeout(() => this.#sendWhatIsDue(), SPACING);
        return;
      }
      this.#onTheWay.shift();
      this.#sizeOnTheWay -= next.item.length + ITEM_COST;
      this.#leave(next.item);
    }
    this.#regulate();
  }

  /** Whether the receiver is still reading what left before, and what is due since then should wait for it. */
  #isReaderBehind(due: number): boolean {
    const now = performance.now();
    if (this.#isUnread) return now < Math.max(due, this.#readAt) + READ_LIMIT;
    this.#readAt = now;
    return false;
  }

  /** Whether the receiver hasn't read everything yet, as far as the operating system tells. */
  get #isUnread(): boolean {
    const { localPort = 0, remotePort = 0 } = this.#target;
    const here = readQueues();
    const [ours, theirs] = [here?.(localPort, remotePort), here?.(remotePort, localPort)];
    return (ours?.sending ?? 0) > 0 || (theirs?.receiving ?? 0) > 0;
  }

  #leave(item: Item): void {
    if (this.#target.destroyed || this.#target.writableEnded) {
      this.#throwAway(item);
      return;
    }
    this.#tell({ is: "left", way: this.way, item });
    if (item === "FIN") this.#target.end();
    else if (item === "RST") this.#target.resetAndDestroy();
    else this.#isFull = !this.#target.write(item);
    if (typeof item === "string") this.#isOver = true;
  }

  /** Starts or stops reading from the source: never faster than the target reads, and never more than may be kept. */
  #regulate(): void {
    const isBehind = this.#mode === "pass" && this.#isFull;
    const isMuch = this.#held.size + this.#sizeOnTheWay >= MOST_KEPT;
    const stops = this.#mode === "stop reading" || isBehind || isMuch;
    if (stops) this.#source.pause();
    else if (this.#source.isPaused()) this.#source.resume();
  }
}

/** A connection through the relay. */
export interface RelayedConnection {
  /** 1, 2, 3, … */
  readonly id: number;
  /** From the client to the server. */
  readonly "to-server": OneWay;
  /** From the server to the client. */
  readonly "to-client": OneWay;
}

/** What a relay needs to know at the start. */
export interface RelayOptions {
  /** The port to listen on, on this machine alone; 0 takes any free one. */
  readonly port: number;
  /** Where the server is. */
  readonly to: Address;
  /** Called with everything that happens. */
  readonly watch: (event: RelayEvent) => void;
  /** Called for each connection before its first byte. */
  readonly begin?: (connection: RelayedConnection) => void;
}

/** Passes bytes between clients and a server. */
export class Relay {
  readonly #options: RelayOptions;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #connections = new Map<number, RelayedConnection>();
  #count = 0;

  private constructor(options: RelayOptions) {
    this.#options = options;
    this.#server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => this.#join(socket));
  }

  /**
   * Begins to listen on 127.0.0.1.
   *
   * @param options - where to listen, the server, and what to call
   * @returns the relay, once clients can connect
   * @throws the operating system's error, e.g. EADDRINUSE
   */
  static async listen(options: RelayOptions): Promise<Relay> {
    const relay = new Relay(options);
    relay.#server.listen(options.port, "127.0.0.1");
    await once(relay.#server, "listening");
    return relay;
  }

  /** Where clients connect to. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** The connections that are open, by their ids. */
  get connections(): ReadonlyMap<number, RelayedConnection> {
    return this.#connections;
  }

  /** Stops listening, and ends every connection at once. */
  close(): void {
    this.#server.close();
    for (const connection of this.#connections.values()) for (const way of WAYS) connection[way].stop();
    for (const socket of this.#sockets) socket.destroy();
  }

  #join(client: Socket): void {
    if (this.#connections.size >= MOST_CONNECTIONS) {
      const { remoteAddress: host, remotePort: port } = client;
      this.#options.watch({ is: "turned away", at: performance.now(), connection: 0, host, port });
      client.on("error", () => {}).destroy();
      return;
    }
    const { host, port } = this.#options.to;
    const server = connect({ host, port, allowHalfOpen: true, noDelay: true });
    const id = ++this.#count;
    const tell = (news: News) =>
      this.#options.watch({ ...news, at: performance.now(), connection: id } as RelayEvent);
    tell({ is: "connected", host: client.remoteAddress, port: client.remotePort });
    const unreachable = (error: Error) => tell({ is: "unreachable", error });
    server.once("error", unreachable).once("connect", () => server.off("error", unreachable));

    const connection: RelayedConnection = {
      id,
      "to-server": new OneWay("to-server", client, server, tell),
      "to-client": new OneWay("to-client", server, client, tell),
    };
    this.#connections.set(id, connection);
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.once("close", () => {
        this.#sockets.delete(socket);
        if (this.#sockets.has(client) || this.#sockets.has(server)) return;
        this.#connections.delete(id);
        for (const way of WAYS) connection[way].discard();
        tell({ is: "closed" });
      });
    }
    this.#options.begin?.(connection);
  }
}

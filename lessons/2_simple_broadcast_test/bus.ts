/**
 * Lesson 2 · the bus: how a client's handler reaches all the others.
 *
 * A handler knows its own client and no other. It publishes what its client has sent, and hears what the others
 * publish. Three calls are all that it takes, and there are two ways to carry them out:
 *
 * ```text
 *   OneThread                                BetweenThreads, for --threads
 *
 *   handler 1 ──▶ ┌─────┐ ──▶ handler 1      ┌ thread 1 ┐                     ┌ thread 2 ┐
 *   handler 2 ──▶ │ bus │ ──▶ handler 2      │ handler  │ ⇄ BroadcastChannel ⇄ │ handler  │
 *   handler 3 ──▶ └─────┘ ──▶ handler 3      └──────────┘         ⇅            └──────────┘
 *                                                            main thread: knows everyone's
 *                                                            newest, and tells newcomers
 * ```
 *
 * The handler cannot tell which one it has. That is what makes this a seam: a third way, a message broker to which many
 * machines connect, would fit here too, and the handler would stay as it is.
 *
 * The bus carries bytes and does not know what they mean. It keeps the newest of each client, since whoever comes later
 * has to hear it. (Brokers call that a retained message.)
 *
 * @module
 */

import { setImmediate } from "node:timers";
import { BroadcastChannel, isMainThread } from "node:worker_threads";

/**
 * Is told what a client has published, and whether that is the last of it. The same bytes are given to everyone, so nobody
 * may change them.
 */
export type Listener = (from: number, bytes: Uint8Array, isLast: boolean) => void;

/** What connects the handlers of all clients. */
export interface Bus {
  /**
   * Tells everyone, the publisher included.
   *
   * @param id - the client that publishes
   * @param bytes - what it has to say; it takes the place of what it said before
   */
  publish(id: number, bytes: Uint8Array): void;
  /**
   * Hears of the others: first the newest of each, then whatever anyone publishes from now on.
   *
   * @param id - the client that wants to hear
   * @param listener - is called for each message; it must not throw
   * @returns once it has heard the newest of each
   */
  subscribe(id: number, listener: Listener): void | Promise<void>;
  /**
   * Hears no more, and is forgotten. Everyone else is told, once, however often this is called.
   *
   * @param id - the client that leaves
   * @param bytes - what is told
   */
  leave(id: number, bytes: Uint8Array): void;
}

let bus: Bus | undefined;

/**
 * Returns the bus of this thread.
 *
 * @param threads - whether each client has a thread of its own
 * @returns the same bus at every call
 */
export function openBus(threads: boolean): Bus {
  bus ??= threads ? new BetweenThreads() : new OneThread();
  return bus;
}

/** A bus for handlers that are all tasks of one thread: a list of functions to call. */
export class OneThread implements Bus {
  /** The newest of everyone who has published and not left. */
  readonly newest = new Map<number, Uint8Array>();
  readonly #listeners = new Map<number, Listener>();

  publish(id: number, bytes: Uint8Array): void {
    this.newest.set(id, bytes);
    for (const listener of this.#listeners.values()) listener(id, bytes, false);
  }

  subscribe(id: number, listener: Listener): void {
    for (const [from, bytes] of this.newest) if (from !== id) listener(from, bytes, false);
    this.#listeners.set(id, listener);
  }

  leave(id: number, bytes: Uint8Array): void {
    this.#listeners.delete(id);
    if (!this.newest.delete(id)) return; // it has left already
    for (const listener of this.#listeners.values()) listener(id, bytes, true);
  }
}

/** What threads tell each other. */
type Message =
  | { type: "publish" | "leave"; id: number; bytes: Uint8Array }
  /** To the main thread: client `id` is new here, who else is there? */
  | { type: "subscribe"; id: number }
  /** The answer, for client `to` alone; the others ignore it. */
  | { type: "newest"; to: number; newest: ReadonlyMap<number, Uint8Array> };

/** A newcomer that has asked who is there. */
interface Waiting {
  readonly id: number;
  readonly messages: Message[];
  resolve(): void;
}

/**
 * A bus for handlers in threads of their own. Each thread has a bus of one thread, for its one client, and repeats on
 * it what the others publish. Nothing is shared, and nothing has to be locked.
 *
 * A channel keeps the order of each sender's messages. That is enough for positions: of two clients' moves nobody can
 * say which came first. Only a newcomer needs more, see `#subscribed`.
 */
export class BetweenThreads implements Bus {
  readonly #here = new OneThread();
  readonly #channel = new BroadcastChannel("positions");
  /** What is still to be told the other threads, at the end of this turn of the event loop. */
  #unsent: Message[] = [];
  /** What came while the main thread's answer was still on its way; undefined when none is awaited. */
  #waiting: Waiting | undefined;

  constructor() {
    this.#channel.onmessage = (event) => {
      for (const message of (event as { data: Message[] }).data) this.#receive(message);
    };
  }

  publish(id: number, bytes: Uint8Array): void {
    this.#here.publish(id, bytes);
    this.#post({ type: "publish", id, bytes });
  }

  subscribe(id: number, listener: Listener): Promise<void> {
    this.#here.subscribe(id, listener);
    return new Promise((resolve) => {
      this.#waiting = { id, messages: [], resolve };
      this.#post({ type: "subscribe", id });
    });
  }

  leave(id: number, bytes: Uint8Array): void {
    // The main thread says this for a thread that has crashed. What that one said last may still wait to be received here,
    // until the end of the next turn of the event loop: if it came in this one, the channel may have had its turn before.
    setImmediate(() => setImmediate(() => this.#left(id, bytes)));
  }

  #left(id: number, bytes: Uint8Array): void {
    this.#here.leave(id, bytes);
    this.#post({ type: "leave", id, bytes });
  }

  /** Tells the other threads, together with what else is published in this turn: a message costs much, a longer one little. */
  #post(message: Message): void {
    if (this.#unsent.push(message) === 1) setImmediate(() => this.#flush());
  }

  #flush(): void {
    this.#channel.postMessage(this.#unsent);
    this.#unsent = [];
  }

  #receive(message: Message): void {
    if (message.type === "subscribe") {
      if (isMainThread) this.#post({ type: "newest", to: message.id, newest: this.#here.newest });
    } else if (message.type === "newest") {
      if (message.to === this.#waiting?.id) this.#subscribed(message.newest, this.#waiting);
    } else if (this.#waiting) {
      this.#waiting.messages.push(message);
    } else {
      this.#here[message.type](message.id, message.bytes);
    }
  }

  /**
   * A newcomer now knows who was there when it asked. Meanwhile some may have moved on or left, and what they said
   * themselves is newer: of these, what the main thread knew is left out, or they would seem to go back in time.
   */
  #subscribed(newest: ReadonlyMap<number, Uint8Array>, { messages, resolve }: Waiting): void {
    this.#waiting = undefined;
    const heard = new Set(messages.map((message) => "id" in message && message.id));
    for (const [id, bytes] of newest) {
      if (!heard.has(id) && !this.#here.newest.has(id)) this.#here.publish(id, bytes);
    }
    for (const message of messages) this.#receive(message);
    resolve();
  }
}

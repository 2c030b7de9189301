/**
 * Lesson 2 · the bus: how a client's handler reaches all the others.
 *
 * A handler knows only its own client. It publishes what that client has sent, and hears what the other handlers
 * publish. A bus has three methods, and there are two kinds of bus:
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
 * A handler can't tell which kind it has. Such a place in a program is called a seam: lesson 3 puts a third kind of bus
 * here, which connects many machines through a message broker, and doesn't change the handler.
 *
 * A bus carries bytes and doesn't know what they mean. It keeps the newest message of each client, because clients that
 * come later have to hear it. (Brokers call that a retained message.)
 *
 * @module
 */

import { setImmediate } from "node:timers";
import { BroadcastChannel, isMainThread } from "node:worker_threads";

/** What a message says about the client that it comes from: this is its first message, a newer one, or its last. */
export type News = "came" | "moved" | "left";

/** Gets what a client has published. All listeners get the same bytes, so none of them may change them. */
export type Listener = (from: number, bytes: Uint8Array, news: News) => void;

/** What connects the handlers of all clients. */
export interface Bus {
  /**
   * Sends a message to all subscribers, including the publisher.
   *
   * @param id - the client that publishes
   * @param bytes - its message, which replaces the client's last one
   */
  publish(id: number, bytes: Uint8Array): void;
  /**
   * Subscribes a client: it hears the newest message of every other client, and then everything that is published.
   *
   * @param id - the client that subscribes
   * @param listener - called with each message; it must not throw
   * @returns resolves when the client has heard the newest messages
   */
  subscribe(id: number, listener: Listener): void | Promise<void>;
  /**
   * Ends a client's subscription and forgets its newest message. However often this is called, the others are told once.
   *
   * @param id - the client that leaves
   * @param bytes - the message that tells the others
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
  /** The newest message of each client that has published and hasn't left. */
  readonly newest = new Map<number, Uint8Array>();
  readonly #listeners = new Map<number, Listener>();

  publish(id: number, bytes: Uint8Array): void {
    const news = this.newest.has(id) ? "moved" : "came";
    this.newest.set(id, bytes);
    for (const listener of this.#listeners.values()) listener(id, bytes, news);
  }

  subscribe(id: number, listener: Listener): void {
    for (const [from, bytes] of this.newest) if (from !== id) listener(from, bytes, "came");
    this.#listeners.set(id, listener);
  }

  leave(id: number, bytes: Uint8Array): void {
    this.#listeners.delete(id);
    if (!this.newest.delete(id)) return; // it has left already
    for (const listener of this.#listeners.values()) listener(id, bytes, "left");
  }
}

/** What the threads send each other. */
type Message =
  | { type: "publish" | "leave"; id: number; bytes: Uint8Array }
  /** To the main thread: client `id` is new. Who else is there? */
  | { type: "subscribe"; id: number }
  /** The main thread's answer, for client `to`; all other threads ignore it. */
  | { type: "newest"; to: number; newest: ReadonlyMap<number, Uint8Array> };

/** A new client whose thread has asked who is there. */
interface Waiting {
  readonly id: number;
  readonly messages: Message[];
  resolve(): void;
}

/**
 * A bus for handlers that each have a thread of their own. Each thread has a {@link OneThread} bus for its one client,
 * and repeats on it what the other threads publish. Nothing is shared, so nothing has to be locked.
 *
 * The channel keeps the messages of each sender in order. That is enough for positions, because nobody can say which of two
 * clients moved first. Only a new client needs more: see `#subscribed`.
 */
export class BetweenThreads implements Bus {
  readonly #here = new OneThread();
  readonly #channel = new BroadcastChannel("positions");
  /** The messages that leave for the other threads at the end of this turn of the event loop. */
  #unsent: Message[] = [];
  /** What came while the main thread's answer was still on its way; undefined when no answer is awaited. */
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
    // The main thread calls this for a thread that has crashed. That thread's last message may not have been received yet: if
    // it arrived in this turn of the event loop, the channel may have had its turn already. So wait until the end of the next.
    setImmediate(() => setImmediate(() => this.#left(id, bytes)));
  }

  #left(id: number, bytes: Uint8Array): void {
    this.#here.leave(id, bytes);
    this.#post({ type: "leave", id, bytes });
  }

  /** Sends the messages of one turn of the event loop together: each post costs a lot, and a longer one costs little more. */
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
   * Takes the main thread's answer: who was there when the new client asked. Meanwhile some clients may have moved or left,
   * and their own messages are newer than the answer. For those clients the answer is ignored, or they would seem to go
   * back in time.
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

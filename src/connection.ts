/**
 * A TCP socket as exact reads and awaited writes.
 *
 * TCP carries a stream of bytes and knows nothing of packets. Send `A A A A` and `B B B B`, and the other side
 * may receive `A`, then `A A A B B`, then `B B`. This file is the one place of the kit that knows it: ask a
 * {@link Connection} for eight bytes, and you get eight bytes, whatever pieces they came in.
 *
 * ```text
 *   socket ──data──▶ [ unread bytes ] ──read(8)──▶ handler ──write()──▶ [ unsent bytes ] ──▶ socket
 *                     past 64 KiB the                                    past 64 KiB
 *                     socket is not                                      write() waits
 *                     read                                               for the peer
 * ```
 *
 * Every wait has a deadline and every buffer a bound, so that a peer that sends nothing, sends forever or never
 * reads costs a bounded amount of memory and time.
 *
 * @module
 */

import { performance } from "node:perf_hooks";
import type { Duplex } from "node:stream";
import { clearTimeout, setImmediate, setTimeout } from "node:timers";

/**
 * Why a wait on a {@link Connection} failed:
 *
 * - `CLOSED`: the peer closed between two packets, as a polite peer does
 * - `TRUNCATED`: the peer closed inside a packet; the rest of it will never come
 * - `DEADLINE`: the deadline passed first
 * - `RESET`: the connection broke: the peer's process died, its machine refused the bytes, or a cable was cut
 */
export type ConnectionErrorCode = "CLOSED" | "TRUNCATED" | "DEADLINE" | "RESET";

/** What every wait on a {@link Connection} throws when it cannot succeed. */
export class ConnectionError extends Error {
  /** The class's name, as errors have it. */
  override readonly name = "ConnectionError";
  /** Why: see {@link ConnectionErrorCode}. */
  readonly code: ConnectionErrorCode;

  /**
   * @param code - why
   * @param message - the same for people
   */
  constructor(code: ConnectionErrorCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** The largest read that can be asked for, in bytes. The room for it doubles, so it takes 256 KiB at most. */
export const READ_LIMIT = 64 * 1024;

/** A chunk of so many bytes is a lot of work, and more may be waiting behind it: it ends a peer's turn. */
const LARGE_CHUNK = 16 * 1024;

/** Bytes written in one go at most; the answers to a chunk of small requests fit in one. */
const WRITE_LIMIT = 64 * 1024;

/** Milliseconds that {@link Connection.close} waits for the peer to close too, once all is sent. */
const LINGER = 1000;

/** The longest time that a timer of the runtimes can wait, in milliseconds: about 25 days. */
export const LONGEST_TIMER = 2 ** 31 - 1;

const NO_BYTES = new Uint8Array(0);
const NO_BUFFER = Buffer.alloc(0);

/**
 * The moment that lies so many milliseconds ahead. A deadline is a moment and not a duration, so that several
 * reads can share one: a peer that drips its packet byte by byte does not get a new duration with each byte.
 *
 * @param milliseconds - how far ahead; `Infinity` means never
 * @returns the moment, in milliseconds of `performance.now()`, a clock that nobody sets
 */
export function deadlineIn(milliseconds: number): number {
  return performance.now() + milliseconds;
}

/** What a call that still has to wait answers instead of its result. */
const NOT_YET = Symbol("not yet");

/** A call that waits. Whatever happens on the connection, it is asked again. */
interface Waiting {
  /** Gives the result or {@link NOT_YET}; throws where there can be none. `late`: the deadline has passed. */
  readonly ask: (late: boolean) => unknown;
  readonly resolve: (result: never) => void;
  readonly reject: (error: unknown) => void;
  /** Bytes would help. Where none would, they are left where they are. */
  readonly wantsBytes: boolean;
}

/**
 * One end of a TCP connection. One handler uses it, one call after the other: while a call waits, there is no
 * other.
 *
 * A call that need not wait returns its value at once, not a promise of it; `await` takes both. That is what
 * makes a hundred small packets in one chunk cheap.
 */
export class Connection {
  readonly #stream: Duplex;

  // What has come and was not read yet: #store from #start to #end.
  #store: Uint8Array = NO_BYTES;
  #start = 0;
  #end = 0;
  #resuming = false;
  /** The peer has said that it will send no more (a FIN, in TCP's terms). It may still read. */
  #peerEnded = false;

  // What was written and did not go to the stream yet: #unsent up to #unsentSize.
  #unsent = NO_BUFFER;
  #unsentSize = 0;
  /** The stream's own buffer is full: the peer reads more slowly than we write. */
  #full = false;

  /** Set once the connection is broken or closed here: the end of all waiting. */
  #error: ConnectionError | undefined;
  #discarding = false;

  // The one call that can wait, and the one timer for its deadline.
  #waiting: Waiting | undefined;
  #deadline = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timerDue = 0;

  /**
   * @param stream - a connected `net.Socket`, or any stream of bytes. A server's sockets need
   * `allowHalfOpen: true`: without it Node closes our side as soon as the peer has closed its own, and a client
   * that says "that was my last request" never gets its answers.
   */
  constructor(stream: Duplex) {
    this.#stream = stream;
    stream.on("data", (chunk: Uint8Array) => this.#receive(chunk));
    stream.on("end", () => {
      this.#peerEnded = true;
      this.#ask();
    });
    stream.on("drain", () => {
      this.#full = false;
      this.#ask();
    });
    stream.on("finish", () => this.#ask());
    stream.on("error", (error: NodeJS.ErrnoException) => {
      this.#fail("RESET", `the connection was lost (${error.code ?? error.message})`);
    });
    stream.on("close", () => this.#fail("CLOSED", "the connection is closed"));
    stream.pause();
  }

  /**
   * Reads exactly `count` bytes.
   *
   * @param count - how many bytes, at most {@link READ_LIMIT}
   * @param deadline - the moment until which all of them must be there, see {@link deadlineIn}
   * @returns the bytes; they stay as they are, whatever comes later
   * @throws ConnectionError if they cannot come: `CLOSED` where the peer closed before the first of them,
   * `TRUNCATED` where it closed after some, `DEADLINE`, `RESET`
   * @throws RangeError if `count` is no whole number from 0 to {@link READ_LIMIT}
   */
  read(count: number, deadline: number): Uint8Array | Promise<Uint8Array> {
    return this.#has(count) ? this.#take(count) : this.#waitFor(count, deadline, () => this.#take(count));
  }

  /**
   * Looks at the next `count` bytes and leaves them there for the next read: what tells how long a packet is
   * can be checked before the packet is there.
   *
   * @param count - how many bytes, at most {@link READ_LIMIT}
   * @param deadline - the moment until which all of them must be there, see {@link deadlineIn}
   * @returns the bytes
   * @throws ConnectionError and RangeError as {@link Connection.read}
   */
  peek(count: number, deadline: number): Uint8Array | Promise<Uint8Array> {
    return this.#has(count) ? this.#look(count) : this.#waitFor(count, deadline, () => this.#look(count));
  }

  /**
   * Waits for the peer to say something, and reads nothing. Where a handler has nothing to do for a while, it
   * waits with this and not with a timer: it then notices at once when the peer leaves.
   *
   * @param deadline - the moment until which to wait, see {@link deadlineIn}
   * @returns true as soon as a byte is there, false when the deadline passed in silence
   * @throws ConnectionError `CLOSED` or `RESET`
   */
  waitForBytes(deadline: number): Promise<boolean> {
    return this.#wait(deadline, true, (late) => {
      if (this.#end > this.#start) return true;
      this.#throwIfOver(0);
      return late ? false : NOT_YET;
    });
  }

  /**
   * Writes bytes. What is written goes out together, in one piece, as soon as the handler, and every other one
   * that can go on now, has to wait: sixteen small answers are one call of the operating system, not sixteen.
   * When the peer does not read and the buffers are full, it waits until there is room: this is backpressure.
   *
   * @param bytes - copied, so that the caller may use the array again
   * @param deadline - the moment until which there must be room, see {@link deadlineIn}
   * @throws ConnectionError `DEADLINE` where the peer did not read, `RESET`, or `CLOSED` after
   * {@link Connection.destroy}. Without an error the bytes are on their way; only an answer tells that they
   * arrived.
   */
  write(bytes: Uint8Array, deadline: number): void | Promise<void> {
    if (this.#error) throw this.#error;
    // setImmediate runs once every handler whose bytes have come has had its turn. Sending the answers of many
    // clients one behind the other is cheaper than waking the network and its readers for each in between.
    if (this.#unsentSize === 0) setImmediate(this.#flush);
    const size = this.#unsentSize + bytes.length;
    if (size > this.#unsent.length) {
      // The room doubles, so that what is there is not copied for each small answer.
      const unsent = Buffer.allocUnsafe(2 * size);
      unsent.set(this.#unsent);
      this.#unsent = unsent;
    }
    this.#unsent.set(bytes, this.#unsentSize);
    this.#unsentSize = size;
    if (this.#unsentSize >= WRITE_LIMIT) this.#flush();
    if (this.#full) return this.#drain(deadline);
  }

  /**
   * Closes politely: sends what is still unsent, says that nothing follows, and waits up to a second for the
   * peer to close as well. What the peer sends meanwhile is thrown away, but it is read: closing a socket that
   * has unread bytes makes TCP answer with a reset, and a reset can overtake our last answer.
   *
   * @param deadline - the moment until which the peer must have taken what is unsent, see {@link deadlineIn};
   * a second ahead where none is given
   * @returns resolves when the connection is closed; it does not throw
   */
  async close(deadline: number = deadlineIn(LINGER)): Promise<void> {
    if (this.#error) return this.destroy();
    this.#flush();
    this.#discarding = true;
    this.#keep(NO_BYTES);
    this.#stream.end();
    const isSent = () => this.#stream.writableFinished || this.#error !== undefined;
    await this.#wait(deadline, true, (late) => late || isSent() || NOT_YET);
    if (isSent()) {
      const isClosed = () => this.#peerEnded || this.#error !== undefined;
      await this.#wait(deadlineIn(LINGER), true, (late) => late || isClosed() || NOT_YET);
    }
    this.destroy();
  }

  /** Closes at once. A call that waits throws; what is unsent is lost. Does nothing the second time. */
  destroy(): void {
    this.#stream.destroy();
    this.#fail("CLOSED", "the connection was closed here");
    clearTimeout(this.#timer);
  }

  /**
   * True where `count` bytes are unread. A count that makes no sense is mostly a length that a stranger sent and
   * nobody checked. It is refused always: a negative one would give out bytes that were read before, and a large
   * one would work only as long as the bytes happen to be there.
   */
  #has(count: number): boolean {
    if (Number.isInteger(count) && count >= 0 && count <= READ_LIMIT) return this.#end - this.#start >= count;
    throw new RangeError(`cannot read ${count} bytes: a count is a whole number from 0 to ${READ_LIMIT}`);
  }

  #look(count: number): Uint8Array {
    return new Uint8Array(this.#store.buffer, this.#store.byteOffset + this.#start, count);
  }

  #take(count: number): Uint8Array {
    const bytes = this.#look(count);
    this.#start += count;
    // With nothing left, the chunk belongs to whoever has the bytes: ten thousand silent clients keep none.
    if (this.#start === this.#end) this.#keep(NO_BYTES);
    return bytes;
  }

  /** Waits until `count` bytes are unread; `get` then gets them. */
  #waitFor(count: number, deadline: number, get: () => Uint8Array): Promise<Uint8Array> {
    // The wait may be long: the beginning of a packet must not keep the whole chunk that it came with.
    if (this.#start > 0) this.#keep(this.#store.slice(this.#start, this.#end));
    return this.#wait(deadline, true, (late) => {
      if (this.#end - this.#start >= count) return get();
      this.#throwIfOver(count);
      if (late) throw new ConnectionError("DEADLINE", `${this.#progress(count)} when the deadline passed`);
      return NOT_YET;
    });
  }

  #progress(count: number): string {
    return `${this.#end - this.#start} of ${count} bytes had come`;
  }

  #throwIfOver(count: number): void {
    // The peer's end comes first: what followed it, such as the stream's own closing, is not why bytes are missing.
    if (this.#peerEnded) {
      throw this.#end === this.#start
        ? new ConnectionError("CLOSED", "the peer closed the connection")
        : new ConnectionError("TRUNCATED", `the peer closed inside a packet: ${this.#progress(count)}`);
    }
    if (this.#error) throw this.#error;
  }

  #receive(chunk: Uint8Array): void {
    if (this.#discarding) return;
    if (this.#start === this.#end) this.#keep(new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.length));
    else this.#append(chunk);
    if (!this.#waiting?.wantsBytes) {
      // Nobody asks for bytes: leave the next ones in the operating system's buffer. Once that is full too, TCP
      // tells the sender to stop.
      this.#stream.pause();
    } else if (chunk.length >= LARGE_CHUNK) {
      // One peer that floods us must not keep all the others waiting: now it is their turn.
      this.#stream.pause();
      this.#resumeSoon();
    }
    this.#ask();
  }

  #resumeSoon(): void {
    if (!this.#resuming) setImmediate(this.#resume);
    this.#resuming = true;
  }

  readonly #resume = (): void => {
    this.#resuming = false;
    if (this.#waiting?.wantsBytes) this.#stream.resume();
  };

  /** Takes a chunk as it is, without copying. */
  #keep(chunk: Uint8Array): void {
    this.#store = chunk;
    this.#start = 0;
    this.#end = chunk.length;
  }

  /** Copies a chunk behind the unread bytes. The room doubles, so that bytes that drip in are not copied each time. */
  #append(chunk: Uint8Array): void {
    if (this.#end + chunk.length > this.#store.length) {
      const unread = this.#store.subarray(this.#start, this.#end);
      const store = new Uint8Array(2 * (unread.length + chunk.length));
      store.set(unread);
      this.#store = store;
      this.#start = 0;
      this.#end = unread.length;
    }
    this.#store.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  readonly #flush = (): void => {
    if (this.#unsentSize === 0) return;
    const bytes = this.#unsent.subarray(0, this.#unsentSize);
    this.#unsent = NO_BUFFER;
    this.#unsentSize = 0;
    if (!this.#error) this.#full = !this.#stream.write(bytes);
  };

  #drain(deadline: number): Promise<void> {
    return this.#wait(deadline, false, (late) => {
      if (!this.#full) return;
      if (this.#error) throw this.#error;
      if (late) {
        throw new ConnectionError("DEADLINE", "the peer did not read what we wrote when the deadline passed");
      }
      return NOT_YET;
    });
  }

  /**
   * Waits until `ask` gives a result. It is asked now, and after all that happens: bytes, the peer's end, room to
   * write, an error, the deadline.
   */
  #wait<T>(deadline: number, wantsBytes: boolean, ask: (late: boolean) => T | typeof NOT_YET): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#waiting)
        throw new Error("two calls wait on one connection: await the first before the second");
      this.#waiting = { ask, resolve, reject, wantsBytes };
      this.#deadline = deadline;
      this.#ask();
      if (!this.#waiting) return;
      if (wantsBytes && this.#stream.isPaused()) this.#resumeSoon();
      this.#setTimer();
    });
  }

  /** Something has happened: asks the call that waits, if there is one, whether it still has to. */
  #ask(late = false): void {
    const waiting = this.#waiting;
    if (!waiting) return;
    try {
      const result = waiting.ask(late);
      if (result === NOT_YET) return;
      this.#waiting = undefined;
      waiting.resolve(result as never);
    } catch (error) {
      this.#waiting = undefined;
      waiting.reject(error);
    }
  }

  #fail(code: ConnectionErrorCode, message: string): void {
    this.#error ??= new ConnectionError(code, message);
    this.#ask();
  }

  /**
   * Makes sure that a timer runs that ends no later than the deadline. Most waits end in time and the next has
   * a later deadline: the timer that runs is left alone and set anew only when it ends too early. Starting and
   * stopping one for every packet would cost more than reading it.
   */
  #setTimer(): void {
    if (this.#deadline === Number.POSITIVE_INFINITY) return;
    if (this.#timer && this.#timerDue <= this.#deadline) return;
    clearTimeout(this.#timer);
    this.#timerDue = this.#deadline;
    const delay = Math.min(Math.max(this.#deadline - performance.now(), 0), LONGEST_TIMER);
    this.#timer = setTimeout(this.#onTimer, delay);
  }

  readonly #onTimer = (): void => {
    this.#timer = undefined;
    const waiting = this.#waiting;
    if (!waiting) return;
    if (performance.now() < this.#deadline) {
      this.#setTimer();
      return;
    }
    // After a busy moment the bytes may have come in time and wait in the operating system: timers go first in
    // the event loop, sockets second, setImmediate third.
    setImmediate(() => {
      if (this.#waiting === waiting) this.#ask(true);
    });
  };
}

/**
 * A TCP socket as exact reads and awaited writes.
 *
 * TCP carries a stream of bytes and knows nothing about packets. Send `A A A A` and then `B B B B`, and the other
 * side may receive `A`, then `A A A B B`, then `B B`. This file is the one place in the kit that deals with that:
 * ask a {@link Connection} for eight bytes and you get eight bytes, whatever pieces they came in.
 *
 * ```text
 *   socket ──data──▶ [ receive buffer ] ──read(8)──▶ handler ──write()──▶ [ send buffer ] ──▶ socket
 *                    while nobody reads                                   while it is full
 *                    from it, the socket                                  write() waits
 *                    is not read either                                   for the peer
 * ```
 *
 * Every wait has a deadline and every buffer a limit, so a peer that sends nothing, sends forever or never reads
 * costs a bounded amount of time and memory.
 *
 * @module
 */

import type { Duplex } from "node:stream";
import { setImmediate } from "node:timers";
import { ReceiveBuffer, SendBuffer } from "./buffers.ts";
import { Condition, deadlineIn } from "./deadline.ts";

/**
 * Why a call on a {@link Connection} failed:
 *
 * - `CLOSED`: the peer closed between two packets, as a polite peer does; or the connection was closed on this side
 * - `TRUNCATED`: the peer closed in the middle of a packet, so the rest of it will never come
 * - `DEADLINE`: the deadline passed first
 * - `RESET`: the connection broke: the peer's process died, its machine refused the bytes, or a cable was cut
 * - `STOPPED`: this side has stopped reading, see {@link Connection.stopReading}
 */
export type ConnectionErrorCode = "CLOSED" | "TRUNCATED" | "DEADLINE" | "RESET" | "STOPPED";

/** What every call on a {@link Connection} throws when it cannot succeed. */
export class ConnectionError extends Error {
  /** The name of the class, as on every error. */
  override readonly name = "ConnectionError";
  /** Why it failed: see {@link ConnectionErrorCode}. */
  readonly code: ConnectionErrorCode;
  /** How many of the bytes that a read asked for had arrived. */
  readonly received: number;

  /**
   * @param code - why it failed
   * @param message - the same in words
   * @param received - how many of the bytes that a read asked for had arrived
   */
  constructor(code: ConnectionErrorCode, message: string, received = 0) {
    super(message);
    this.code = code;
    this.received = received;
  }
}

/** The most bytes that one read can ask for. */
export const READ_LIMIT = 64 * 1024;

/** The most bytes that one write can take, and the most that may be unsent. */
export const WRITE_LIMIT = 64 * 1024;

/** A chunk of this many bytes is a lot of work, and more may follow: it ends a peer's turn. */
const LARGE_CHUNK = 16 * 1024;

/** How long {@link Connection.close} waits for the peer to close too once everything is sent, in milliseconds. */
const LINGER = 1000;

/** Sees every byte of a connection, in the pieces in which it arrives and leaves. */
export interface ByteWatcher {
  /** A chunk has arrived. */
  received(chunk: Uint8Array): void;
  /** Bytes leave in one write. */
  sent(bytes: Uint8Array): void;
}

/** The connections that have something to send at the end of this turn of the event loop. */
const unflushed: Connection[] = [];

/**
 * One end of a TCP connection.
 *
 * Only one read may be waiting at a time. A call that does not have to wait returns its value at once rather than a
 * promise of it; `await` takes either. That is what makes a hundred small packets in one chunk cheap.
 *
 * When the connection fails, the next call throws the reason: only the handler that uses the connection
 * finds out, even if it forgot an `await`.
 */
export class Connection {
  readonly #stream: Duplex;
  #watcher: ByteWatcher | undefined;
  readonly #received = new ReceiveBuffer();
  readonly #unsent = new SendBuffer();

  /** Notified when bytes arrive, and when no more ever will. */
  readonly #readable = new Condition();
  /** Notified when there is room for more bytes, and when there never will be again. */
  readonly #writable = new Condition();

  /** The peer has said that it will send no more (TCP's FIN). It may still read. */
  #peerEnded = false;
  /** The stream's own buffer is full: the peer reads more slowly than we write. */
  #full = false;
  /** The last read that had to wait. */
  #reading: Promise<unknown> | undefined;
  /** What all writes that wait for room wait for: the stream's next "drain". */
  #draining: Promise<void> | undefined;

  /** Why no read can succeed any more. */
  #readError: ConnectionError | undefined;
  /** Why no call can succeed any more: the connection has broken or was closed on this side. */
  #error: ConnectionError | undefined;
  #closing: Promise<void> | undefined;

  /**
   * @param stream - a connected `net.Socket`, or any stream of bytes. The sockets of a server need
   * `allowHalfOpen: true`. Without it Node closes our side as soon as the peer has closed its own, and a client that
   * says "that was my last request" never gets its answers.
   */
  constructor(stream: Duplex) {
    this.#stream = stream;
    // No event will report what has already happened.
    this.#peerEnded = stream.readableEnded;
    if (stream.errored) this.#break(stream.errored);
    if (stream.destroyed) this.#fail("CLOSED", "the connection is closed");

    stream.on("data", (chunk: Uint8Array) => this.#receive(chunk));
    stream.on("end", () => {
      this.#peerEnded = true;
      this.#readable.notify();
    });
    stream.on("drain", () => {
      this.#full = false;
      this.#draining = undefined;
      this.#flush();
      this.#writable.notify();
    });
    stream.on("finish", () => this.#writable.notify());
    stream.on("error", (error: Error) => this.#break(error));
    stream.on("close", () => this.#fail("CLOSED", "the connection is closed"));
  }

  /** The peer's port; undefined if the stream isn't a socket. */
  get remotePort(): number | undefined {
    return "remotePort" in this.#stream ? (this.#stream.remotePort as number | undefined) : undefined;
  }

  /**
   * From now on, shows every byte to a watcher, for `--bytes`.
   *
   * @param watcher - called with each chunk that arrives and each write that leaves
   */
  watch(watcher: ByteWatcher): void {
    this.#watcher = watcher;
  }

  /**
   * Reads exactly `count` bytes.
   *
   * @param count - how many bytes, at most {@link READ_LIMIT}
   * @param deadline - when all of them must have arrived, see {@link deadlineIn}
   * @returns the bytes; nothing changes them afterwards
   * @throws ConnectionError if they cannot arrive: `CLOSED` if the peer closed before the first of them,
   * `TRUNCATED` if it closed after some, `DEADLINE`, `RESET`, `STOPPED`
   * @throws RangeError if `count` is not a whole number from 0 to {@link READ_LIMIT}
   */
  read(count: number, deadline: number): Uint8Array | Promise<Uint8Array> {
    if (this.#has(count)) return this.#received.take(count);
    return this.#started(this.#readLater(count, deadline, true));
  }

  /**
   * Returns the next `count` bytes but leaves them for the next read. The field that holds a packet's length can be
   * checked this way before the rest of the packet has arrived.
   *
   * @param count - how many bytes, at most {@link READ_LIMIT}
   * @param deadline - when all of them must have arrived, see {@link deadlineIn}
   * @returns the bytes
   * @throws ConnectionError and RangeError as {@link Connection.read}
   */
  peek(count: number, deadline: number): Uint8Array | Promise<Uint8Array> {
    if (this.#has(count)) return this.#received.peek(count);
    return this.#started(this.#readLater(count, deadline, false));
  }

  /**
   * Waits for the peer to send something, and reads nothing. A handler that has nothing to do for a while waits with
   * this rather than with a timer: it then notices at once when the peer leaves.
   *
   * @param deadline - until when to wait, see {@link deadlineIn}
   * @returns true as soon as there is a byte, false if the deadline passes first
   * @throws ConnectionError `CLOSED`, `RESET` or `STOPPED`
   */
  waitForBytes(deadline: number): Promise<boolean> {
    try {
      if (this.#has(1)) return Promise.resolve(true);
    } catch (error) {
      return Promise.reject(error);
    }
    return this.#started(this.#waitLater(deadline));
  }

  /**
   * Writes bytes. Everything that is written in one turn of the event loop goes out together: sixteen small answers
   * are one call to the operating system rather than sixteen. When the peer does not read and the buffers are full,
   * it waits until there is room: this is backpressure.
   *
   * @param bytes - at most {@link WRITE_LIMIT}; copied, so that the caller may reuse the array. Send anything
   * larger in pieces, and await each.
   * @param deadline - when there must be room, see {@link deadlineIn}
   * @throws ConnectionError `DEADLINE` if the peer did not read, `RESET` if the connection broke, or `CLOSED`
   * after {@link Connection.close}. Without an error the bytes are on their way; only an answer tells you that they
   * arrived.
   * @throws RangeError for too many bytes at once
   * @throws Error if earlier writes were not awaited and there is no room
   */
  write(bytes: Uint8Array, deadline: number): void | Promise<void> {
    if (this.#error) throw this.#error;
    if (bytes.length > WRITE_LIMIT) {
      throw new RangeError(
        `cannot write ${bytes.length} bytes at once: write at most ${WRITE_LIMIT}, and await it`,
      );
    }
    if (this.#full && this.#unsent.size + bytes.length > WRITE_LIMIT) {
      throw new Error("the peer does not read, and there is no room for more bytes: await each write");
    }
    if (this.#unsent.size === 0) this.#flushSoon();
    this.#unsent.push(bytes);
    if (this.#unsent.size >= WRITE_LIMIT) this.#flush();
    if (!this.#full) return;
    if (this.#draining) {
      // It waits for the same room, and may have less time.
      this.#writable.hasten(deadline);
      return this.#draining;
    }
    this.#draining = this.#drain(deadline);
    this.#draining.catch(() => {}); // if it is not awaited, the next call throws the reason
    return this.#draining;
  }

  /**
   * Makes every read fail from now on, even one already waiting, while writes still work. A server that stops calls
   * this: its handler finishes the answer it is working on, and the next read ends it.
   *
   * @param reason - what the reads throw, as a ConnectionError `STOPPED`
   */
  stopReading(reason: string): void {
    this.#readError ??= new ConnectionError("STOPPED", reason);
    this.#readable.notify();
  }

  /**
   * Closes politely: sends what is still unsent, says that nothing follows, and waits up to a second for the peer to
   * close as well. Whatever the peer sends in the meantime is read and thrown away: closing a socket that has unread
   * bytes makes TCP send a reset, and a reset can overtake our last answer.
   *
   * Every other call fails with `CLOSED` from now on, even one already waiting. It is safe to call at any time, and
   * more than once.
   *
   * @param deadline - when the peer must have taken what is unsent, see {@link deadlineIn}; one second from
   * now if omitted
   * @returns resolves when the connection is closed; never rejects
   */
  close(deadline: number = deadlineIn(LINGER)): Promise<void> {
    this.#closing ??= this.#closePolitely(deadline);
    return this.#closing;
  }

  /** Closes at once; what is unsent is lost. Every other call fails with `CLOSED`, even one already waiting. */
  destroy(): void {
    this.#stream.destroy();
    this.#received.clear();
    this.#fail("CLOSED", "the connection was closed on this side");
  }

  /**
   * Whether a read of `count` bytes can return at once. A count that makes no sense is usually a length that a stranger
   * sent and nobody checked. It is refused even if enough bytes happen to be there, so that the mistake shows.
   */
  #has(count: number): boolean {
    if (!Number.isInteger(count) || count < 0 || count > READ_LIMIT) {
      throw new RangeError(`cannot read ${count} bytes: a count is a whole number from 0 to ${READ_LIMIT}`);
    }
    if (this.#readable.isAwaited && !this.#closing) {
      throw new Error("two reads wait at once on one connection: await the first before the second");
    }
    return this.#received.size >= count && !this.#readError;
  }

  /** Remembers a read that has to wait, so that `#failRead` finds it. */
  #started<T>(reading: Promise<T>): Promise<T> {
    this.#reading = reading;
    return reading;
  }

  /** Takes the bytes, or only looks at them, once there are enough. */
  async #readLater(count: number, deadline: number, take: boolean): Promise<Uint8Array> {
    // The wait may be long: the start of a packet must not keep the whole chunk that it arrived in.
    this.#received.compact();
    while (!this.#has(count)) {
      this.#throwIfNoMoreCome(count);
      this.#resume();
      const inTime = await this.#readable.wait(deadline);
      if (!inTime) {
        const message = `timed out ${this.#progress(count)}`;
        this.#failRead(new ConnectionError("DEADLINE", message, this.#received.size));
      }
    }
    return take ? this.#received.take(count) : this.#received.peek(count);
  }

  /** Waits until there is a byte. */
  async #waitLater(deadline: number): Promise<boolean> {
    this.#throwIfNoMoreCome(1);
    this.#resume();
    const inTime = await this.#readable.wait(deadline);
    if (!this.#has(1)) this.#throwIfNoMoreCome(1);
    return inTime;
  }

  #throwIfNoMoreCome(count: number): void {
    if (this.#readError) this.#failRead(this.#readError);
    // The peer's FIN is the reason, if there was one. Whatever followed, such as the stream closing, is not why bytes
    // are missing.
    if (this.#peerEnded && this.#received.size > 0) {
      const message = `the peer closed in the middle of a packet, ${this.#progress(count)}`;
      this.#failRead(new ConnectionError("TRUNCATED", message, this.#received.size));
    }
    if (this.#peerEnded) this.#failRead(new ConnectionError("CLOSED", "the peer closed the connection"));
    if (this.#error) this.#failRead(this.#error);
  }

  /**
   * Throws from the read that waits. If its handler forgot to await it, the rejection would end the whole process,
   * unless something handles it before the microtasks are over.
   */
  #failRead(error: ConnectionError): never {
    queueMicrotask(() => {
      this.#reading?.catch(() => {});
    });
    throw error;
  }

  #progress(count: number): string {
    return `after ${this.#received.size} of ${count} bytes`;
  }

  #receive(chunk: Uint8Array): void {
    if (!this.#show("received", chunk) || this.#closing) return;
    this.#received.push(chunk);
    // Nobody is waiting for bytes: leave the next ones to the operating system. Once its buffer is full too, TCP tells
    // the peer to stop. A peer that floods us is stopped after each large chunk, so that all the others get a turn.
    if (!this.#readable.isAwaited || chunk.length >= LARGE_CHUNK) this.#stream.pause();
    this.#readable.notify();
  }

  /** Resumes the stream if it was paused, but only after everyone else has had a turn. */
  #resume(): void {
    if (this.#stream.isPaused()) setImmediate(() => this.#stream.resume());
  }

  /**
   * Sends what is written at the end of this turn of the event loop, once every handler whose bytes have arrived has
   * had its turn. Sending the answers to many clients in one go is cheaper than waking the network and its readers
   * after each answer. One setImmediate for all connections is also cheaper than one for each.
   */
  #flushSoon(): void {
    if (unflushed.push(this) > 1) return;
    setImmediate(() => {
      for (const connection of unflushed.splice(0)) connection.#flush();
    });
  }

  #flush(): void {
    if (this.#full || this.#error || this.#unsent.size === 0) return;
    const bytes = this.#unsent.takeAll();
    if (!this.#show("sent", bytes)) return;
    try {
      this.#full = !this.#stream.write(bytes);
    } catch (error) {
      this.#break(error);
    }
  }

  /** Shows bytes to the watcher. If the watcher throws, only this connection is lost. Returns false in that case. */
  #show(what: keyof ByteWatcher, bytes: Uint8Array): boolean {
    try {
      this.#watcher?.[what](bytes);
      return true;
    } catch (error) {
      this.#break(error);
      return false;
    }
  }

  /** Waits until the stream takes bytes again. */
  async #drain(deadline: number): Promise<void> {
    const inTime = await this.#writable.wait(deadline);
    if (!inTime) this.#fail("DEADLINE", "timed out: the peer does not read");
    if (this.#error) throw this.#error;
  }

  async #closePolitely(deadline: number): Promise<void> {
    if (!this.#error) {
      this.#full = false;
      this.#flush();
      this.#fail("CLOSED", "the connection was closed on this side");
      this.#received.clear();
      this.#stream.end();
      this.#stream.resume();
      const isSent = () => this.#stream.writableFinished || this.#stream.destroyed;
      const isOver = () => this.#peerEnded || this.#stream.destroyed;
      if (await until(isSent, this.#writable, deadline))
        await until(isOver, this.#readable, deadlineIn(LINGER));
    }
    this.destroy();
  }

  /** The stream or its watcher threw: nothing more can be read or written. */
  #break(error: unknown): void {
    const { code, message } = Object(error) as NodeJS.ErrnoException;
    this.#fail("RESET", `the connection was lost (${code ?? message})`);
    this.#stream.destroy();
  }

  /** Records why the connection is over, and wakes every call that waits. The first reason is the one that counts. */
  #fail(code: ConnectionErrorCode, message: string): void {
    this.#error ??= new ConnectionError(code, message);
    this.#readable.notify();
    this.#writable.notify();
    this.#readable.stop();
    this.#writable.stop();
  }
}

/** Waits until something is true. Returns false if the deadline passed first. */
async function until(isTrue: () => boolean, changed: Condition, deadline: number): Promise<boolean> {
  while (!isTrue()) {
    if (!(await changed.wait(deadline))) return false;
  }
  return true;
}

/**
 * What every check from outside has in its hands: one end of a connection, which does just what it is told and tells what
 * it does as it does it.
 *
 * The program at the other end is known by its bytes alone, so it may be written in any language.
 *
 * ```text
 *   attacker ← 02 00 00 00 │ 01 00 00 00                               test: id 2 sequence 1
 *   attacker → 02 00 00 00 …                                           4 of 8 bytes of an answer
 *   … waiting for the server to close, for 5 s at most
 *   … the server closed after 3.0 s
 * ```
 *
 * @module
 */

import { once } from "node:events";
import type { Socket } from "node:net";
import { setImmediate, setTimeout } from "node:timers/promises";
import { type Connection, ConnectionError } from "../connection.ts";
import { deadlineIn } from "../deadline.ts";
import { log } from "../log.ts";

/** How long a program may take for what it does at once, in milliseconds: to accept, to answer, to close. */
export const PROMPTLY = 2000;

/** How long a flood may take at most, in milliseconds. */
const FLOOD_LIMIT = 10_000;

/** Long enough for a program to have read what was sent, in milliseconds. */
export const PAUSE = 100;

/** The program did not do what it has to. The message is one sentence that says how one sees it. */
export class CheckFailed extends Error {
  /** The name of the class. */
  override readonly name = "CheckFailed";
}

/**
 * The pause between two pieces of a packet: so long that they cross the network one by one, and so short that they all
 * come in time. Written without a pause, they would mostly arrive together.
 *
 * @param timeout - how long the other side waits for a whole packet, in milliseconds
 * @returns the pause, in milliseconds
 */
export function pauseWithin(timeout: number): number {
  return Math.min(PAUSE, timeout / 30);
}

/** One end of a connection, for a check. */
export class Peer {
  /** The socket itself, for what only an attacker does with it. */
  readonly socket: Socket;
  readonly #connection: Connection;
  readonly #promptly: number;
  readonly #peer: string;

  /**
   * @param socket - connected
   * @param connection - the same, to read whole packets from
   * @param promptly - how long the other side may take for what it does at once, in milliseconds
   * @param peer - what the other side is called
   */
  constructor(socket: Socket, connection: Connection, promptly: number, peer = "the server") {
    this.socket = socket;
    this.#connection = connection;
    this.#promptly = promptly;
    this.#peer = peer;
  }

  /**
   * Sends bytes, in one piece.
   *
   * @param bytes - any bytes
   */
  async send(bytes: Uint8Array): Promise<void> {
    try {
      await this.#connection.write(bytes, deadlineIn(PROMPTLY));
      await setImmediate(); // it leaves at the end of this turn of the event loop,
      await setTimeout(0); // and mostly arrives before what is sent next
    } catch {
      // The server has closed. What it made of the bytes before these is what counts.
    }
  }

  /**
   * Sends bytes one by one.
   *
   * @param bytes - any bytes
   * @param interval - the pause after each, in milliseconds
   * @param goesOn - asked before each; false ends it
   */
  async drip(bytes: Uint8Array, interval: number, goesOn: () => boolean = () => true): Promise<void> {
    say(`one byte every ${seconds(interval)}`);
    for (const byte of bytes) {
      if (!goesOn()) return;
      await this.send(Uint8Array.of(byte));
      await setTimeout(interval);
    }
  }

  /**
   * Reads what the server owes.
   *
   * @param count - how many bytes
   * @param what - what they are, for the sentence, e.g. `test 2`
   * @param limit - how long it may take, in milliseconds
   * @returns exactly these bytes
   * @throws CheckFailed if they do not come
   */
  async read(count: number, what: string, limit: number = this.#promptly): Promise<Uint8Array> {
    try {
      return await this.#connection.read(count, deadlineIn(limit));
    } catch (error) {
      const { code, message } = error as ConnectionError;
      const came = /after (\d+) of/.exec(message)?.[1] ?? "0"; // "timed out after 8 of 12 bytes"
      const some = `only ${came} of the ${count} bytes of ${what} came`;
      if (code === "RESET") throw new CheckFailed(`the connection was reset before ${what} came.`);
      if (code === "DEADLINE" && came === "0") {
        throw new CheckFailed(`${what} did not come within ${seconds(limit)}.`);
      }
      if (code === "DEADLINE") throw new CheckFailed(`${some} within ${seconds(limit)}.`);
      if (code === "TRUNCATED") throw new CheckFailed(`${some} before ${this.#peer} closed the connection.`);
      throw new CheckFailed(`${this.#peer} closed the connection before ${what} came.`);
    }
  }

  /**
   * Waits for the server to close.
   *
   * @param limit - how long it may take, in milliseconds
   * @param ignores - whether it may send something before it closes, which is not looked at
   * @returns how long it took, in milliseconds
   * @throws CheckFailed if it does not, or sends something instead
   */
  async untilClosed(limit: number = this.#promptly, ignores = false): Promise<number> {
    say(`waiting for ${this.#peer} to close, for ${seconds(limit)} at most`);
    const start = performance.now();
    const deadline = deadlineIn(limit);
    try {
      do await this.#connection.read(1, deadline);
      while (ignores);
    } catch (error) {
      if (error instanceof ConnectionError && error.code === "DEADLINE") {
        throw new CheckFailed(
          `after ${seconds(limit)} the connection was still open: nothing limits how long a client like this may stay.`,
        );
      }
      const took = performance.now() - start;
      const how =
        error instanceof ConnectionError && error.code === "RESET" ? "reset the connection" : "closed";
      say(`${this.#peer} ${how} after ${seconds(took)}`);
      return took;
    }
    throw new CheckFailed("it should have closed the connection, but sent something and went on.");
  }

  /**
   * Checks that the other side says nothing for a while.
   *
   * @param what - what it did if it says something after all, for the sentence
   * @param limit - how long, in milliseconds
   * @throws CheckFailed if it says something
   */
  async isSilent(what: string, limit: number = this.#promptly / 4): Promise<void> {
    if (await this.speaks(limit)) throw new CheckFailed(what);
  }

  /**
   * Waits for the other side to say something, and leaves that to be read.
   *
   * @param limit - how long, in milliseconds
   * @returns whether it has; not if it has left
   */
  async speaks(limit: number): Promise<boolean> {
    try {
      return await this.#connection.waitForBytes(deadlineIn(limit));
    } catch {
      return false;
    }
  }

  /**
   * Sends without end, until the server closes or takes no more.
   *
   * @param bytes - sent again and again
   * @param most - how many bytes a server may take
   * @param reads - whether to read what the server sends, its goodbye included
   * @param patience - how long the server may take nothing before that counts as the end, in milliseconds
   * @returns what it did in the end
   * @throws CheckFailed if it takes more than `most`
   */
  async flood(
    bytes: Uint8Array,
    most: number,
    reads: boolean,
    patience: number = PROMPTLY,
  ): Promise<"closed" | "stopped reading"> {
    say(`sending without end, up to ${megabytes(most)}`);
    const { socket } = this;
    const before = socket.bytesWritten;
    const taken = () => socket.bytesWritten - socket.writableLength - before;
    let isOver = false;
    // A server that has said goodbye may throw away what still comes: that fills no memory.
    const over = reads ? this.#readToTheEnd() : once(socket.pause(), "close").catch(() => {});
    const ended = over.then(() => {
      isOver = true;
    });
    const end = performance.now() + FLOOD_LIMIT;
    while (taken() < most && !isOver) {
      if (performance.now() > end) {
        throw new CheckFailed(
          `after ${seconds(FLOOD_LIMIT)} it was still taking bytes, ${megabytes(taken())} so far: one client keeps it busy, and can fill its memory.`,
        );
      }
      const hasRoom = socket.write(bytes);
      // No room: the server reads more slowly than we send, or not at all. It has a while to go on. With room, the
      // server's goodbye has a chance to be read.
      const next = hasRoom ? setImmediate() : once(socket, "drain").catch(() => {}); // the connection broke
      const goesOn = await Promise.race([
        next.then(() => true),
        ended.then(() => true),
        setTimeout(patience, false),
      ]);
      if (!goesOn) break;
    }
    const outcome = isOver ? "closed" : "stopped reading";
    say(`the server took ${megabytes(taken())}${taken() < most ? `, and then ${outcome}` : ""}`);
    if (isOver || taken() < most) return outcome;
    throw new CheckFailed(`it took ${megabytes(most)} and did not stop: one client can fill its memory.`);
  }

  /** Reads until the server closes, or the connection breaks. */
  async #readToTheEnd(): Promise<void> {
    try {
      for (;;) await this.#connection.read(1, Number.POSITIVE_INFINITY);
    } catch {
      // There is nothing more to read.
    }
  }

  /** Leaves politely. The goodbye reads what the server still has for this client, and prints none of it. */
  async leave(): Promise<void> {
    this.#connection.watch({ received() {}, sent() {} });
    await this.#connection.close();
  }

  /**
   * Breaks the connection off, with TCP's reset, as when a process is killed that has not read what was sent to it. First
   * it gives the server the time to read: a reset throws away what is still on its way.
   */
  async reset(): Promise<void> {
    await setTimeout(PAUSE);
    say("resetting the connection");
    this.socket.resetAndDestroy();
    await setTimeout(PAUSE);
  }

  /** Says "that was all" (TCP's FIN), and still reads. */
  end(): void {
    say("closing the sending half");
    this.socket.end();
  }
}

/**
 * Tells what happens besides bytes.
 *
 * @param text - a few words, without a line end
 */
export function say(text: string): void {
  log(`… ${text}`, "dim");
}

/**
 * Writes a duration for a person.
 *
 * @param milliseconds - the duration
 * @returns e.g. `3.0 s` or `100 ms`
 */
export function seconds(milliseconds: number): string {
  return milliseconds < 1000 ? `${Math.round(milliseconds)} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
}

/**
 * Writes an amount of memory for a person.
 *
 * @param bytes - the amount
 * @returns e.g. `6.3 MB`
 */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

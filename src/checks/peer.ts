/**
 * One end of a connection, which every check from outside uses. It does exactly what the check says, and
 * prints what it does.
 *
 * It knows the program at the other end only by its bytes, so that program may be written in any language.
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

/**
 * What a failed check saw:
 *
 * - `silence`: nothing came in time
 * - `part`: only part of a packet came
 * - `closed`: the other side closed the connection before what it owed came
 * - `reset`: the connection broke before what it owed came
 * - `refused`: it did not accept a connection
 * - `open`: it should have closed the connection, and did not
 * - `spoke`: it sent something where it should have been silent, or closed
 * - `wrong`: it sent something other than it should have
 * - `ended`: its program has ended
 * - `runs`: its program should have ended, and did not
 * - `crashed`: its program ended with an error that nothing caught
 * - `unprinted`: it did not print what it should have
 */
export type Sign =
  | "silence"
  | "part"
  | "closed"
  | "reset"
  | "refused"
  | "open"
  | "spoke"
  | "wrong"
  | "ended"
  | "runs"
  | "crashed"
  | "unprinted";

/** For each sign, what probably caused it, and what to do. */
export type Causes = Partial<Record<Sign, string>>;

/** The program did not do what it has to do. The message is one sentence that says what happened. */
export class CheckFailed extends Error {
  /** The name of the class. */
  override readonly name = "CheckFailed";
  /** What kind of failure was seen. */
  readonly sign: Sign;
  /** What probably caused it, where that follows from what was seen. */
  readonly likelyCause: string | undefined;

  /**
   * @param message - one sentence
   * @param sign - what kind of failure was seen
   * @param likelyCause - what probably caused it, if that follows from what was seen
   */
  constructor(message: string, sign: Sign = "wrong", likelyCause?: string) {
    super(message);
    this.sign = sign;
    this.likelyCause = likelyCause;
  }
}

/**
 * Adds likely causes to a failure. If the failure has a cause already, it keeps that.
 *
 * @param checking - a check that may fail
 * @param causes - the likely cause of each sign at this moment
 * @returns what the check returns
 * @throws what the check throws
 */
export async function explained<T>(checking: Promise<T>, causes: Causes): Promise<T> {
  try {
    return await checking;
  } catch (error) {
    if (!(error instanceof CheckFailed) || error.likelyCause !== undefined) throw error;
    throw new CheckFailed(error.message, error.sign, causes[error.sign]);
  }
}

/**
 * The pause between two pieces of a packet: long enough that they cross the network one by one, and short enough that
 * they all arrive in time. Without a pause, they would usually arrive together.
 *
 * @param timeout - how long the other side waits for a whole packet, in milliseconds
 * @returns the pause, in milliseconds
 */
export function pauseWithin(timeout: number): number {
  return Math.min(PAUSE, timeout / 30);
}

/** One end of a connection, for a check. */
export class Peer {
  /** The socket itself, for things that only an attacker does. */
  readonly socket: Socket;
  readonly #connection: Connection;
  readonly #promptly: number;
  readonly #peer: string;
  #hasFlooded = false;

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
      await setTimeout(0); // and usually arrives before what is sent next
    } catch {
      // The other side has closed. What matters is how it handled the earlier bytes.
    }
  }

  /**
   * Sends bytes and says "that was all" (TCP's FIN) in one turn of the event loop, so that the goodbye arrives
   * before a slow server has answered the bytes. It still reads.
   *
   * @param bytes - any bytes
   */
  async sendAndEnd(bytes: Uint8Array): Promise<void> {
    try {
      await this.#connection.write(bytes, deadlineIn(PROMPTLY));
    } catch {
      return; // The other side has closed already.
    }
    await setImmediate(); // the bytes leave in this turn, just before
    this.end();
  }

  /**
   * Sends bytes one by one.
   *
   * @param bytes - any bytes
   * @param interval - the pause after each, in milliseconds
   * @param goesOn - called before each byte; stops when it returns false
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
   * Reads what the server has to send.
   *
   * @param count - how many bytes
   * @param what - what the bytes are, for the error, e.g. `test 2`
   * @param limit - how long it may take, in milliseconds
   * @returns exactly these bytes
   * @throws CheckFailed if they do not come
   */
  async read(count: number, what: string, limit: number = this.#promptly): Promise<Uint8Array> {
    try {
      return await this.#connection.read(count, deadlineIn(limit));
    } catch (error) {
      if (!(error instanceof ConnectionError)) throw error;
      const { code, received } = error;
      const fail = (sign: Sign, message: string): never => {
        throw new CheckFailed(message, sign);
      };
      const some = `only ${received} of the ${count} bytes of ${what} arrived`;
      if (code === "RESET") return fail("reset", `the connection was reset before ${what} arrived.`);
      if (code === "DEADLINE" && received === 0) {
        return fail("silence", `${what} did not arrive within ${seconds(limit)}.`);
      }
      if (code === "DEADLINE") return fail("part", `${some} within ${seconds(limit)}.`);
      if (code === "TRUNCATED") return fail("part", `${some} before ${this.#peer} closed the connection.`);
      return fail("closed", `${this.#peer} closed the connection before ${what} arrived.`);
    }
  }

  /**
   * Waits for the server to close.
   *
   * @param limit - how long it may take, in milliseconds
   * @param ignores - whether to ignore what it sends before it closes
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
        throw new CheckFailed(`after ${seconds(limit)} the connection was still open.`, "open");
      }
      const took = performance.now() - start;
      const how =
        error instanceof ConnectionError && error.code === "RESET" ? "reset the connection" : "closed";
      say(`${this.#peer} ${how} after ${seconds(took)}`);
      return took;
    }
    throw new CheckFailed(
      `${this.#peer} sent something where it should have closed the connection.`,
      "spoke",
    );
  }

  /**
   * Checks that the other side says nothing for a while.
   *
   * @param what - what to say if it sends something after all
   * @param limit - how long, in milliseconds
   * @throws CheckFailed if it says something
   */
  async isSilent(what: string, limit: number = this.#promptly / 4): Promise<void> {
    if (await this.speaks(limit)) throw new CheckFailed(what, "spoke");
  }

  /**
   * Waits for the other side to send something, and doesn't read it.
   *
   * @param limit - how long, in milliseconds
   * @returns whether it has; false if it has left
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
   * @param serve - makes the server serve another client, or throws CheckFailed
   * @param patience - how long the server may read nothing before it has perhaps stopped, in milliseconds
   * @returns what it did in the end
   * @throws CheckFailed if it takes more than `most`, or serves nobody else
   */
  async flood(
    bytes: Uint8Array,
    most: number,
    reads: boolean,
    serve: () => Promise<unknown>,
    patience: number = PROMPTLY,
  ): Promise<"closed" | "stopped reading"> {
    say(`sending without end, up to ${megabytes(most)}`);
    this.#hasFlooded = true;
    const { socket } = this;
    const before = socket.bytesWritten;
    const taken = () => socket.bytesWritten - socket.writableLength - before;
    let isOver = false;
    // A server that has said goodbye may read and discard what still arrives: that fills no memory.
    const over = reads ? this.#readToTheEnd() : once(socket.pause(), "close").catch(() => {});
    const ended = over.then(() => {
      isOver = true;
    });
    const end = performance.now() + FLOOD_LIMIT;
    while (taken() < most && !isOver) {
      if (performance.now() > end) {
        throw new CheckFailed(
          `after ${seconds(FLOOD_LIMIT)} it was still taking bytes, ${megabytes(taken())} so far: one client keeps it busy and can fill its memory.`,
        );
      }
      const hasRoom = socket.write(bytes);
      // Without room, the server reads more slowly than we send, or not at all: give it a while to continue. With
      // room, give us a chance to read the server's goodbye.
      const next = hasRoom ? setImmediate() : once(socket, "drain").catch(() => {}); // the connection broke
      const goesOn = await Promise.race([
        next.then(() => true),
        ended.then(() => true),
        setTimeout(patience, false),
      ]);
      if (goesOn) continue;
      // A server that is merely too busy to read serves nobody meanwhile, and reads on when it is not. The second
      // client is served a turn of its event loop later than the first, so there was a chance to read.
      const had = taken();
      try {
        await serve();
        await serve();
      } catch (error) {
        if (!(error instanceof CheckFailed)) throw error;
        throw new CheckFailed(
          `it took ${megabytes(taken())}, and then did not serve another client: ${error.message}`,
        );
      }
      if (taken() === had) break;
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

  /**
   * Leaves politely, and waits for the other side to close, too. It doesn't print what arrives meanwhile. After a flood
   * it resets the connection instead: unread bytes would keep the other side busy in the next stage.
   */
  async leave(): Promise<void> {
    this.#connection.watch({ received() {}, sent() {} });
    if (this.#hasFlooded) this.socket.resetAndDestroy();
    await this.#connection.close();
  }

  /**
   * Breaks the connection with TCP's reset, as when a process is killed before it has read everything. First it
   * gives the server time to read, because a reset throws away what is still on its way.
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

/** The start of each line that is not about bytes. */
export const REMARK = "… ";

/**
 * Prints what happens besides bytes.
 *
 * @param text - a few words, without a line end
 */
export function say(text: string): void {
  log(`${REMARK}${text}`, "dim");
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

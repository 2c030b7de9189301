/**
 * What the checks of exercises with sockets need: the other side of a connection, and calls that return later.
 *
 * @module
 */

import { once } from "node:events";
import { type AddressInfo, createServer, Server, type Socket } from "node:net";
import { setTimeout as pause, setImmediate } from "node:timers/promises";
import { freePort } from "../../src/checks/host.ts";
import type { Peer } from "../../src/checks/peer.ts";
import { ServerUnderTest } from "../../src/checks/server_under_test.ts";
import type { PacketDescription } from "../../src/packets.ts";
import { fail, LearnerError, SLOWNESS, UNWRITTEN, Wrong } from "./assertions.ts";
import { describeValue } from "./draw.ts";

/** How long the learner's code may take for what it does at once, in milliseconds. */
export const PROMPTLY: number = 800 * SLOWNESS;

/**
 * A client of the learner's server.
 *
 * @param port - where it listens
 * @param packets - the lesson's packets
 * @returns what connects to it
 */
export function clientsOf(port: number, packets: readonly PacketDescription[]): ServerUnderTest {
  return new ServerUnderTest({ host: "127.0.0.1", port }, { timeout: 2 * PROMPTLY, interval: 0 }, packets);
}

/** A server of the learner's, and what connects to it. */
export interface Served {
  /** The server; it listens. */
  readonly server: Server;
  /** Its clients. */
  readonly target: ServerUnderTest;
}

/**
 * Starts the learner's server, and waits until it listens where it should.
 *
 * @param startServer - the learner's function
 * @param packets - the lesson's packets
 * @returns the server
 */
export async function serve(
  startServer: (port: number) => unknown,
  packets: readonly PacketDescription[],
): Promise<Served> {
  const port = await freePort();
  const server: unknown = startServer(port);
  if (!(server instanceof Server)) {
    const got = `\`startServer\` should return the server, and returned ${describeValue(server)}.`;
    if (server instanceof Promise)
      fail(got, "An `async` function always returns a promise. This one does not have to wait.");
    fail(got, server === undefined ? "Is a `return` missing?" : "`createServer` gives the server.");
  }
  const limit = { signal: AbortSignal.timeout(PROMPTLY) };
  if (!server.listening) {
    await once(server, "listening", limit).catch((error: Error) => {
      if (error.name !== "AbortError") throw error;
      fail(
        "`startServer` returned a server that does not listen.",
        '`server.listen(port, "127.0.0.1")` is missing.',
      );
    });
  }
  const address = server.address() as AddressInfo;
  if (address.port !== port) {
    fail(
      `The server listens on port ${address.port}.`,
      `You were given ${port}. Pass \`port\` to \`listen\`.`,
    );
  }
  if (address.address !== "127.0.0.1") {
    fail(
      `The server listens on ${address.address}.`,
      /^(::|0\.0\.0\.0)$/.test(address.address)
        ? 'That means every network of this machine. `listen(port, "127.0.0.1")` lets in this machine only.'
        : 'Its clients connect to 127.0.0.1: `listen(port, "127.0.0.1")`.',
    );
  }
  return { server, target: clientsOf(port, packets) };
}

/** Two ends of a connection. */
export interface Pair {
  /** The server's end, for the learner's code. */
  readonly socket: Socket;
  /** The client's end, for the check. */
  readonly peer: Peer;
  /** Closes both. */
  close(): Promise<void>;
}

/**
 * Makes a connection.
 *
 * @param packets - the lesson's packets
 * @returns both ends
 */
export async function pair(packets: readonly PacketDescription[]): Promise<Pair> {
  const server = createServer({ noDelay: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const target = clientsOf((server.address() as AddressInfo).port, packets);
  const [[socket], peer] = await Promise.all([
    once(server, "connection") as Promise<[Socket]>,
    target.connect("client"),
  ]);
  server.close();
  return {
    socket,
    peer,
    async close() {
      socket.destroy();
      await target.leave();
    },
  };
}

/**
 * Waits until a socket has taken this many bytes from the network, and whoever listens to it has seen them.
 *
 * @param socket - the learner's end
 * @param bytes - how many in all
 */
export async function arrived(socket: Socket, bytes: number): Promise<void> {
  for (const end = performance.now() + PROMPTLY; socket.bytesRead < bytes && performance.now() < end; ) {
    await pause(1);
  }
  for (let turn = 0; turn < 3; turn++) await setImmediate();
}

type Settled<T> = { readonly value: T } | { readonly error: unknown };

/** A call of the learner's whose promise is still pending. */
export class Started<T> {
  readonly #name: string;
  readonly #settled: Promise<Settled<T>>;
  /** How it has settled, once it has. */
  settled: Settled<T> | undefined;

  /**
   * Calls a function that must return a promise.
   *
   * @param name - the function's name
   * @param call - calls it
   */
  constructor(name: string, call: () => Promise<T>) {
    this.#name = name;
    const promise: unknown = call();
    if (!(promise instanceof Promise)) {
      fail(
        `  expected  a promise\n  got       ${describeValue(promise)}`,
        promise === undefined
          ? `\`${name}\` returns nothing. Its caller needs a promise to wait for. Is a \`return\` missing?`
          : `\`${name}\` must return a promise, because its result comes later.`,
      );
    }
    this.#settled = (promise as Promise<T>).then(
      (value) => (this.settled = { value }),
      (error: unknown) => (this.settled = { error }),
    );
  }

  /** Resolves when it has settled, one way or the other. */
  get over(): Promise<unknown> {
    return this.#settled;
  }

  /**
   * Waits for something that happens while the call goes on. If the call fails first, that is what is wrong.
   *
   * @param step - what happens
   * @returns its result
   */
  async during<R>(step: Promise<R>): Promise<R> {
    const failed = this.#settled.then((settled): Promise<never> | undefined => {
      if ("error" in settled) throw settled.error;
      return new Promise(() => {});
    });
    return (await Promise.race([step, failed])) as R;
  }

  /**
   * Waits for the call to return.
   *
   * @param because - why it should now
   * @param advice - what to do if it does not
   * @returns its result
   */
  async value(because: string, advice = "Resolve its promise then."): Promise<T> {
    const settled = await this.#wait(PROMPTLY);
    if (!settled) fail(`\`${this.#name}\` is still waiting, although ${because}.`, advice);
    if ("error" in settled) throw settled.error;
    return settled.value;
  }

  /**
   * Waits for the call to fail.
   *
   * @param because - why it should now
   * @param limit - how long it may take, in milliseconds
   * @param advice - what to do if it does not
   * @returns the error
   */
  async error(
    because: string,
    limit: number = PROMPTLY,
    advice = "Reject its promise then, so that the caller stops waiting.",
  ): Promise<Error> {
    const settled = await this.#wait(limit);
    if (!settled) {
      fail(`\`${this.#name}\` still waits, although ${because}.`, advice);
    }
    if ("value" in settled) {
      throw new Wrong(
        `\`${this.#name}\` returned ${describeValue(settled.value)}, but ${because}: its promise must be rejected.`,
      );
    }
    const { error } = settled;
    const cause: unknown = error instanceof LearnerError ? error.cause : error;
    if (error instanceof Wrong) throw error;
    if (!(cause instanceof Error)) {
      fail(
        `\`${this.#name}\` was rejected with ${describeValue(cause)}.`,
        "Reject with an Error: it has a message and a stack.",
      );
    }
    if (UNWRITTEN.test(cause.message)) throw error;
    if (cause instanceof TypeError || cause instanceof ReferenceError) throw error; // a slip, and no answer
    return cause;
  }

  async #wait(limit: number): Promise<Settled<T> | undefined> {
    const over = new AbortController();
    const late = pause(limit, undefined, { signal: over.signal }).catch(() => undefined);
    const settled = await Promise.race([this.#settled, late]);
    over.abort(); // no timer may stay: a check may count them
    return settled;
  }
}

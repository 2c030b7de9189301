/**
 * What the server of every lesson has: the steps of lesson 0, put together.
 *
 * ```text
 *                    ┌── turned away: too many
 *   client ──TCP──▶ listen ──▶ welcome: an id, a place in the list ──▶ its handler, a task or a thread
 *                                                                          │ returns or throws
 *                               goodbye: off the list, why it left ◀───────┘
 * ```
 *
 * A beginner's server has the same parts in fewer lines. This one adds what a server needs when it meets
 * strangers: a limit on the number of clients, a polite way to turn away one too many, errors that end one client and
 * never the others, and a way to stop without losing an answer.
 *
 * @module
 */

import { once } from "node:events";
import { closeSync, openSync, readFileSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { parse } from "node:path";
import process from "node:process";
import { setTimeout } from "node:timers";
import { fileURLToPath } from "node:url";
import { isMainThread } from "node:worker_threads";
import {
  type FlagTable,
  hostFlag,
  millisecondsFlag,
  numberFlag,
  readCommandLine,
  switchFlag,
} from "./command_line.ts";
import { Connection, ConnectionError } from "./connection.ts";
import { deadlineIn } from "./deadline.ts";
import { messageOf, placeOf } from "./errors.ts";
import { hostAndPort, log, showPackets, startClock } from "./log.ts";
import type { PacketDescription } from "./packets.ts";
import { onStop, run } from "./program.ts";
import { runThread, startThread } from "./threads.ts";
import { logWire } from "./wire.ts";

/** What every server can be told on its command line. A lesson adds its own options. */
export interface ServerOptions {
  /** The address to listen on. */
  readonly host: string;
  /** The port to listen on; 0 takes any free one. */
  readonly port: number;
  /** How long a client may keep its handler waiting, in milliseconds. What counts as waiting is up to the lesson. */
  readonly timeout: number;
  /** How many clients there may be at once; if undefined, as many tasks or threads as the machine can take. */
  readonly "max-clients": number | undefined;
  /** Whether to show the bytes of each packet instead of what it means. */
  readonly bytes: boolean;
  /** Whether to log no packets. */
  readonly quiet: boolean;
  /** Whether each line of the log shows how long the server has been listening. */
  readonly times: boolean;
}

/** What a server can be told that can give each client a thread. */
export interface ThreadedServerOptions extends ServerOptions {
  /** Whether each client gets a thread of its own instead of a task. */
  readonly threads: boolean;
}

/**
 * The flags of {@link ThreadedServerOptions}.
 *
 * @param port - the lesson's port
 * @param timeout - the lesson's timeout, in milliseconds
 * @param help - what the timeout is for, for the usage
 * @returns the flags, for `readCommandLine`
 */
export function serverFlags(port: number, timeout: number, help: string): FlagTable<ThreadedServerOptions> {
  return {
    host: hostFlag("address to listen on; 0.0.0.0 lets other machines in"),
    port: numberFlag("N", port, 0, 65535, "port to listen on; 0 takes any free one"),
    timeout: millisecondsFlag(timeout, 1, help),
    "max-clients": numberFlag(
      "N",
      undefined,
      1,
      1_000_000,
      `clients at once (default ${MAX_TASKS}, or ${MAX_THREADS} threads)`,
    ),
    threads: switchFlag("give each client a thread of its own instead of a task"),
    bytes: switchFlag("show every byte that arrives and leaves"),
    quiet: switchFlag("log clients as they come and go, but no packets"),
    times: switchFlag("start each line with the seconds since the server began to listen"),
  };
}

/**
 * Serves one client from its first byte to its last.
 *
 * @param connection - the client's connection
 * @param id - the client's id
 * @param options - what the command line says
 * @returns why the client has to leave; an error of its connection is a reason too, and is thrown
 */
export type Handler<Options> = (connection: Connection, id: number, options: Options) => Promise<string>;

/** What makes a server the server of its lesson. */
export interface LessonServer<Options> {
  /** Serves one client. */
  readonly handler: Handler<Options>;
  /** The packets that clients and server send. */
  readonly packets: readonly PacketDescription[];
  /** The `import.meta.url` of the module that calls {@link serveLesson}: what a client's thread imports. */
  readonly module: string;
  /** The id of the first client; the next one gets the next number. 1 if undefined. */
  readonly firstId?: number;
  /** Called in the main thread before the server listens. */
  begin?(options: Options): unknown;
  /**
   * Called in the main thread when a client has left, even if its thread crashed. The lesson tells the other clients
   * here.
   */
  left?(id: number, options: Options): unknown;
  /** Called in the main thread once the server listens, and has said so, with the port that it got. */
  listening?(options: Options, port: number): unknown;
  /** Called in the main thread when the server has stopped and all its clients have left. It has to return soon. */
  end?(options: Options): unknown;
}

/**
 * A client that behaves costs about 20 KiB. One that asks and never reads fills every buffer, which makes it 200 KiB:
 * at worst, 16384 of them take 3.2 GiB. All of them may have the same address; see lesson 0's guide.
 */
const MAX_TASKS = 16384;
/** A thread costs 12 to 21 MiB, depending on the runtime: 128 of them are 2 GiB. */
const MAX_THREADS = 128;

/** File descriptors kept in reserve: for the program's own files, and for clients that are turned away. */
const RESERVED_DESCRIPTORS = 64;
/** File descriptors that a thread needs besides its client's socket. */
const THREAD_DESCRIPTORS = 12;
/** How many clients the server turns away politely at the same time. It closes any others at once. */
const MAX_TURNED_AWAY = 32;

/**
 * How many connections may wait to be accepted. With Node's default of 511, part of a larger crowd would be kept
 * waiting.
 */
const BACKLOG = 4096;
/**
 * Deno accepts all waiting connections before it runs a line of ours, and once it has run out of file descriptors it
 * never accepts again. So each connection that may wait needs a descriptor, and only this fraction of them may wait.
 */
const DENO_BACKLOG_SHARE = 1 / 8;
/** Assumed if the operating system does not say how many file descriptors there are, but this many could be opened. */
const ASSUMED_DESCRIPTORS = 2048;
/** Assumed if not even that can be tried. */
const ASSUMED_DESCRIPTORS_BLINDLY = 256;

/** An id is an int of four bytes in lesson 0's packets. At a thousand clients a second they last for 24 days. */
const LAST_ID = 2 ** 31 - 1;

/**
 * How long {@link Server.stop} waits for the handlers and for the clients to take their last answers, in milliseconds.
 */
const STOP_TIMEOUT = 750;

/** One client, as the list knows it. */
interface Client {
  readonly socket: Socket;
  /** What its handler reads from: the connection, or the thread that has the connection once it has started. */
  reader?: Pick<Connection, "stopReading">;
}

/** A server: it accepts clients, keeps them in a list, and runs the handler of each. */
export class Server<Options extends ServerOptions> {
  readonly #lesson: LessonServer<Options>;
  readonly #options: Options;
  readonly #limit: ClientLimit;

  /** The clients that are connected, by id. */
  readonly #clients = new Map<number, Client>();
  /** No id is used twice while the server runs: client 3 in the log is always the same client. */
  #nextId: number;
  #turnedAway = 0;
  /** Called when the last client has left. */
  #onEmpty: (() => void) | undefined;

  readonly #listener = createServer({
    // A client may close the half of the connection that it sends on and still read. Without this, Node would close
    // the other half too.
    allowHalfOpen: true,
    // Send small packets at once instead of waiting for more to fill a segment (Nagle's algorithm, RFC 896).
    noDelay: true,
  });

  /**
   * @param lesson - what makes it the server of its lesson
   * @param options - what the command line says
   */
  constructor(lesson: LessonServer<Options>, options: Options) {
    this.#lesson = lesson;
    this.#options = options;
    this.#nextId = lesson.firstId ?? 1;
    this.#limit = clientLimit(options);
    showPacketsAs(options);
  }

  /**
   * Listens. Each client that connects gets a socket of its own, which Node hands over in a "connection" event.
   *
   * @returns the port, once clients can connect
   * @throws the operating system's error, e.g. if the port is in use
   */
  async listen(): Promise<number> {
    const { host, port, times } = this.#options;
    this.#listener.on("connection", (socket) => this.#welcome(socket));
    this.#listener.listen({ host, port, backlog: this.#limit.backlog });
    await once(this.#listener, "listening");
    // From here on, an error means that one client could not be accepted. That client is lost, and the others go on.
    this.#listener.on("error", (error) => log(`could not accept a client: ${error.message}`, "yellow"));
    const address = this.#listener.address() as AddressInfo; // with the port we got, if we asked for 0
    log(`listening on ${hostAndPort(host, address.port)}`);
    if (times) startClock(); // not before: scripts wait for exactly that line
    if (this.#limit.note) log(this.#limit.note, "yellow");
    return address.port;
  }

  /** Gives a client an id, a place in the list, and a handler. */
  #welcome(socket: Socket): void {
    const from = hostAndPort(socket.remoteAddress, socket.remotePort);
    const refusal = this.#refusal();
    if (refusal) {
      this.#turnAway(socket, from, refusal);
      return;
    }

    const id = this.#nextId++;
    const client = { socket };
    this.#clients.set(id, client);
    log(`client ${id} connected from ${from}; ${this.#clients.size} connected`, "green");
    this.#serve(client, id).catch(() => {}); // it does not throw
  }

  /** Why the server cannot accept another client; undefined if it can. */
  #refusal(): string | undefined {
    if (this.#clients.size >= this.#limit.clients) return this.#limit.reason;
    if (this.#nextId > LAST_ID) return "all ids have been used; restart the server";
    return undefined;
  }

  /** Runs a client's handler and says goodbye: after this, nothing is left of the client. */
  async #serve(client: Client, id: number): Promise<void> {
    const reason = await (hasThreads(this.#options)
      ? this.#serveInThread(client, id)
      : this.#serveAsTask(client, id));
    // Every handler ends here, for whatever reason. An error of one client never gets past this point, so
    // the others notice nothing.
    client.socket.destroy();
    this.#clients.delete(id);
    log(`client ${id} left: ${reason}; ${this.#clients.size} remain`, "yellow");
    await this.#tellLesson(id);
    if (this.#clients.size === 0) this.#onEmpty?.();
  }

  /** Tells the lesson that a client has left. If that throws, the lesson has a bug, but the server goes on. */
  async #tellLesson(id: number): Promise<void> {
    try {
      await this.#lesson.left?.(id, this.#options);
    } catch (error) {
      log(`left() threw after client ${id} had left: ${messageOf(error)}${placeOf(error)}`, "yellow");
    }
  }

  /** Runs the handler as a task, one of many that take turns on this thread. While one waits, the others go on. */
  #serveAsTask(client: Client, id: number): Promise<string> {
    const connection = new Connection(client.socket);
    client.reader = connection;
    return serveClient(this.#lesson, connection, id, this.#options);
  }

  /** Runs the same handler on a thread that belongs to this client alone. */
  async #serveInThread(client: Client, id: number): Promise<string> {
    const thread = await startThread(client.socket, this.#lesson.module, [id, this.#options]);
    client.reader = thread;
    log(`client ${id} is served by ${thread.name}`);
    return thread.left;
  }

  /** Turns a client away, politely unless too many come at once. */
  #turnAway(socket: Socket, from: string, reason: string): void {
    log(`turned away ${from}: ${reason}`, "yellow");
    const connection = new Connection(socket);
    if (this.#turnedAway >= MAX_TURNED_AWAY) {
      connection.destroy();
      return;
    }
    this.#turnedAway++;
    const closed = () => {
      this.#turnedAway--;
    };
    connection.close().then(closed, closed);
  }

  /**
   * Stops without losing an answer: accepts no more clients, lets each handler finish the answer it is working on,
   * sends what was answered and closes politely. If a client doesn't take its answers in time, the server closes it
   * anyway.
   *
   * @returns resolves within a second
   */
  async stop(): Promise<void> {
    log(`stopping; ${this.#clients.size} connected`);
    this.#listener.close();
    for (const { socket, reader } of this.#clients.values()) {
      if (reader) reader.stopReading("the server is stopping");
      else socket.destroy(); // its thread has not started yet, so nothing was answered
    }
    await new Promise<void>((resolve) => {
      this.#onEmpty = resolve;
      setTimeout(resolve, this.#clients.size > 0 ? STOP_TIMEOUT : 0);
    });
    for (const { socket } of this.#clients.values()) socket.destroy();
  }
}

/**
 * Runs the server of a lesson: the last line of its `server.ts`. The main thread reads the command line, listens, and
 * stops politely on Ctrl-C. With `--threads` each client's thread imports the same module, reaches the same line, and
 * runs the handler for its own client.
 *
 * @param lesson - what makes it the server of its lesson
 * @param flags - the flags that exist; those of {@link serverFlags} are among them
 */
export function serveLesson<Options extends ServerOptions>(
  lesson: LessonServer<Options>,
  flags: FlagTable<Options>,
): void {
  if (isMainThread) run(() => listenAndServe(lesson, flags));
  else serveInThread(lesson);
}

async function listenAndServe<Options extends ServerOptions>(
  lesson: LessonServer<Options>,
  flags: FlagTable<Options>,
): Promise<void> {
  const usage = `${parse(lesson.module).name}.ts [flags]`;
  const options = readCommandLine(usage, flags).options as Options;
  const server = new Server(lesson, options);
  await lesson.begin?.(options);
  onStop(async () => {
    await server.stop();
    await lesson.end?.(options);
  });
  const port = await server.listen();
  await lesson.listening?.(options, port);
}

/** Serves one client in the thread that belongs to it. */
function serveInThread<Options extends ServerOptions>(lesson: LessonServer<Options>): void {
  runThread((connection, id: number, options: Options) => {
    showPacketsAs(options);
    return serveClient(lesson, connection, id, options);
  });
}

/** Whether each client gets a thread of its own. Some lessons have no such flag. */
function hasThreads(options: ServerOptions): boolean {
  return "threads" in options && options.threads === true;
}

function showPacketsAs({ bytes, quiet }: ServerOptions): void {
  showPackets(quiet ? "nothing" : bytes ? "bytes" : "words");
}

/** Runs a client's handler, then closes the connection. Returns why the client left. */
async function serveClient<Options extends ServerOptions>(
  { handler, packets }: LessonServer<Options>,
  connection: Connection,
  id: number,
  options: Options,
): Promise<string> {
  if (options.bytes) connection.watch(logWire(`client ${id}`, "server", packets));
  let reason: string;
  try {
    reason = await handler(connection, id, options);
  } catch (error) {
    const isExpected = error instanceof ConnectionError;
    reason = isExpected ? error.message : `its handler threw: ${messageOf(error)}${placeOf(error)}`;
    // A client that missed its deadline gets no second one.
    if (isExpected && error.code === "DEADLINE") connection.destroy();
  }
  // Politely: its last answers may still be on their way.
  await connection.close(deadlineIn(options.timeout));
  return reason;
}

/** How many clients may be connected at once, and the reason given to any more. */
interface ClientLimit {
  readonly clients: number;
  readonly reason: string;
  /** How many connections may wait to be accepted. */
  readonly backlog: number;
  /** What to log if the operating system's limit is only a guess. */
  readonly note?: string;
}

function clientLimit(options: ServerOptions): ClientLimit {
  const threads = hasThreads(options);
  const maxClients = options["max-clients"];
  const clients = maxClients ?? (threads ? MAX_THREADS : MAX_TASKS);
  const { count, isGuess } = descriptorLimit();
  const isDeno = "deno" in process.versions;
  const backlog = isDeno ? Math.min(Math.ceil(count * DENO_BACKLOG_SHARE), BACKLOG) : BACKLOG;
  const reserved = RESERVED_DESCRIPTORS + (isDeno ? backlog : 0);
  const possible = Math.floor((count - reserved) / (threads ? 1 + THREAD_DESCRIPTORS : 1));
  if (clients <= possible)
    return { clients, backlog, reason: `the limit is reached: ${clients} connected (--max-clients)` };
  // With no descriptor left, Node would close new clients before we could say why.
  const reason = `the limit is reached: ${possible} connected, and no file descriptors for more (ulimit -n)`;
  const note = `accepting ${possible} clients at most: the operating system does not say how many file descriptors there are, so this assumes ${count}`;
  return { clients: possible, backlog, reason, ...(isGuess && { note }) };
}

/** How many files and sockets this process may have open. */
interface DescriptorLimit {
  readonly count: number;
  /** Whether this is a guess, and there may be more. */
  readonly isGuess: boolean;
}

/** Only Linux says how many file descriptors a process may have, and Deno may read it only with `--allow-all`. */
function descriptorLimit(): DescriptorLimit {
  if (process.platform === "win32") return { count: Number.POSITIVE_INFINITY, isGuess: false }; // sockets take none
  try {
    const [, soft = "Infinity"] =
      /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
    return { count: Number(soft), isGuess: false };
  } catch {
    return triedLimit();
  }
}

/**
 * Finds the limit by trying: opens this file again and again until the operating system refuses, or until there are
 * enough.
 */
function triedLimit(): DescriptorLimit {
  const opened: number[] = [];
  try {
    while (opened.length < ASSUMED_DESCRIPTORS) opened.push(openSync(fileURLToPath(import.meta.url), "r"));
    return { count: opened.length, isGuess: true };
  } catch {
    // Without --allow-read Deno opens no file at all.
    return opened.length > 0
      ? { count: opened.length, isGuess: false }
      : { count: ASSUMED_DESCRIPTORS_BLINDLY, isGuess: true };
  } finally {
    for (const descriptor of opened) closeSync(descriptor);
  }
}

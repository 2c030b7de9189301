/**
 * Gives each client a thread of its own, for `--threads`.
 *
 * By default the handler of a client is a task: one of many functions that take turns on the server's only thread.
 * With `--threads` the same function runs in a worker thread that belongs to this client alone. A socket cannot be
 * moved to another thread, so the main thread keeps it and passes bytes:
 *
 * ```text
 *   main thread                                  worker thread of one client
 *   socket ⇄ ThreadStream ⇄ ─── messages ─── ⇄ ThreadStream ⇄ Connection ⇄ handler
 * ```
 *
 * Both directions are bounded: one thread sends the next chunk only after the other has taken the last one.
 *
 * @module
 */

import type { Socket } from "node:net";
import process from "node:process";
import { Duplex, pipeline } from "node:stream";
import { setTimeout } from "node:timers";
import { fileURLToPath } from "node:url";
import { type MessagePort, parentPort, Worker, workerData } from "node:worker_threads";
import { Connection } from "./connection.ts";
import { messageOf, placeOf } from "./errors.ts";
import { type Colour, log, logLimited, logOmittedPackets, redirectLog } from "./log.ts";

/** What the two threads tell each other. */
type Message =
  | { type: "bytes"; bytes: Uint8Array }
  /** No more bytes will follow: a FIN, passed on. */
  | { type: "end" }
  /** The last bytes, or the end, were taken: send more. */
  | { type: "taken" }
  /** The stream broke, e.g. with ECONNRESET. */
  | { type: "broken"; code: string }
  /** From the main thread only: make every read fail from now on. */
  | { type: "stopReading"; reason: string }
  /** From the worker only, like those below: its module is loaded and the handler begins. */
  | { type: "started" }
  | { type: "log"; line: string; colour: Colour | undefined }
  | { type: "logPacket"; line: string }
  /** The handler is done. */
  | { type: "left"; reason: string };

/**
 * How many megabytes of JavaScript objects a thread may hold. A thread that wants more ends, and the server goes on.
 */
const THREAD_MEMORY = 64;

/**
 * How many threads may be starting at once; others wait for their turn. Starting keeps a processor busy, so starting
 * more together would serve nobody sooner. A process that has to stop must also wait until all of them have started.
 */
const STARTS_AT_ONCE = 4;

/**
 * How long a thread may take to start, and to end, in milliseconds. A thread that hangs must not keep its client
 * forever.
 */
const START_TIMEOUT = 10_000;
const END_TIMEOUT = 1000;

/** One end of a stream of bytes between two threads. */
class ThreadStream extends Duplex {
  readonly #port: Worker | MessagePort;
  #written: ((error?: Error | null) => void) | undefined;
  #owesTaken = false;

  constructor(port: Worker | MessagePort) {
    super({ allowHalfOpen: true });
    this.#port = port;
  }

  #post(message: Message): void {
    this.#port.postMessage(message);
  }

  /** Handles a message from the other end. */
  receive(message: Message): void {
    if (this.destroyed) return;
    if (message.type === "bytes") {
      this.#owesTaken = true;
      if (this.push(message.bytes)) this._read();
    } else if (message.type === "taken") {
      const written = this.#written;
      this.#written = undefined;
      written?.();
    } else if (message.type === "end") {
      this.push(null);
    } else if (message.type === "broken") {
      this.destroy(Object.assign(new Error(message.code), { code: message.code }));
    }
  }

  /** Tells the other end that the reader here has seen the end of the stream. */
  confirmEnd(): void {
    this.#post({ type: "taken" });
  }

  override _read(): void {
    if (!this.#owesTaken) return;
    this.#owesTaken = false;
    this.#post({ type: "taken" });
  }

  override _write(
    chunk: Uint8Array,
    _encoding: BufferEncoding,
    written: (error?: Error | null) => void,
  ): void {
    this.#written = written;
    // Send a copy: a Buffer may be a small part of a large array, and the whole array would be sent.
    const bytes = new Uint8Array(chunk);
    this.#port.postMessage({ type: "bytes", bytes } satisfies Message, [bytes.buffer]);
  }

  override _final(finished: (error?: Error | null) => void): void {
    this.#written = finished;
    this.#post({ type: "end" });
  }

  override _destroy(error: NodeJS.ErrnoException | null, destroyed: (error?: Error | null) => void): void {
    if (error) this.#post({ type: "broken", code: error.code ?? error.message });
    destroyed(error);
  }
}

let starting = 0;
const queue: (() => void)[] = [];

async function takeTurn(): Promise<void> {
  if (starting < STARTS_AT_ONCE) starting++;
  else await new Promise<void>((resolve) => queue.push(resolve));
}

function passTurn(): void {
  const next = queue.shift();
  if (next) next();
  else starting--;
}

/** A client's thread, as the main thread sees it. */
export interface ClientThread {
  /** The thread and the runtime's number for it, e.g. `thread 2`. */
  readonly name: string;
  /** Resolves when the thread has ended, with the handler's reason or with what crashed the thread. */
  readonly left: Promise<string>;
  /** The same as `Connection.stopReading`, for the connection that the handler has. */
  stopReading(reason: string): void;
}

/**
 * Starts a thread for one client. The thread imports a module, which calls {@link runThread}, and the handler there
 * talks to the client as if it had the socket.
 *
 * @param socket - the client's socket; the caller keeps it, and destroys it once the thread has left
 * @param module - the URL of the module to import: a server passes its own `import.meta.url`
 * @param args - what the handler gets besides its connection; they are copied to the thread
 * @returns the thread, once it may start
 */
export async function startThread(
  socket: Socket,
  module: string,
  args: readonly unknown[],
): Promise<ClientThread> {
  // The pipelines below tell the thread about errors. This one is for the time before and after them, because an error
  // without a listener ends the process.
  socket.on("error", () => {});
  await takeTurn();
  if (socket.destroyed) {
    passTurn();
    return noThread("the connection was lost before its thread had started");
  }
  let worker: Worker;
  try {
    worker = startWorker(module, args);
  } catch (error) {
    // The operating system refuses another thread, e.g. in a container with a limit. The other clients stay.
    passTurn();
    return noThread(`no thread could be started: ${messageOf(error)}`);
  }

  const stream = new ThreadStream(worker);
  pipeline(stream, socket, () => stream.confirmEnd());
  pipeline(socket, stream, () => {});

  let hasStarted = false;
  const endStart = () => {
    if (!hasStarted) passTurn();
    hasStarted = true;
  };

  const left = new Promise<string>((resolve) => {
    const giveUp = (reason: string) => {
      if (!hasStarted) resolve(reason);
    };
    socket.once("close", () => giveUp("the connection was lost before its thread had started"));
    setTimeout(giveUp, START_TIMEOUT, "its thread did not start in time").unref();
    worker.once("message", endStart);
    worker.on("message", (message: Message) => {
      if (message.type === "log") log(message.line, message.colour);
      else if (message.type === "logPacket") logLimited(() => message.line);
      else if (message.type === "left") resolve(message.reason);
      else stream.receive(message);
    });
    worker.on("error", (error: unknown) =>
      resolve(`its thread crashed: ${messageOf(error)}${placeOf(error)}`),
    );
    worker.on("exit", () => resolve("its thread ended"));
  });

  const ended = left.then(async (reason) => {
    endStart();
    const tooLate = new Promise((resolve) => setTimeout(resolve, END_TIMEOUT).unref());
    await Promise.race([worker.terminate(), tooLate]);
    return reason;
  });
  const stopReading = (reason: string) =>
    worker.postMessage({ type: "stopReading", reason } satisfies Message);
  return { name: `thread ${worker.threadId}`, left: ended, stopReading };
}

function noThread(reason: string): ClientThread {
  return { name: "no thread", left: Promise.resolve(reason), stopReading: () => {} };
}

/**
 * The other side of {@link startThread}: runs a client's handler in the thread of that client.
 *
 * @param handler - the same function that serves a client as a task; it returns why the client left
 */
export function runThread<Args extends readonly unknown[]>(
  handler: (connection: Connection, ...args: Args) => Promise<string>,
): void {
  if (!parentPort) throw new Error("runThread is for worker threads: the main thread has no parent");
  const port = parentPort;
  const post = (message: Message) => port.postMessage(message);
  redirectLog((line, colour, isPacket) =>
    post(isPacket ? { type: "logPacket", line } : { type: "log", line, colour }),
  );

  post({ type: "started" });
  const stream = new ThreadStream(port);
  const connection = new Connection(stream);
  stream.on("end", () => stream.confirmEnd());
  port.on("message", (message: Message) => {
    if (message.type === "stopReading") connection.stopReading(message.reason);
    else stream.receive(message);
  });
  const leave = (reason: string) => {
    logOmittedPackets();
    post({ type: "left", reason });
  };
  handler(connection, ...(workerData as Args)).then(leave, (error: unknown) =>
    leave(`its handler threw: ${messageOf(error)}${placeOf(error)}`),
  );
}

/**
 * Starts a worker that runs a module. Deno, Bun and newer Nodes run TypeScript by themselves. On an older Node tsx does
 * it for us, but it does not reach into workers. There the worker has to load tsx itself, which takes ten times as long
 * as starting the thread. A module without types, as our tests run it, needs none of that.
 */
function startWorker(module: string, args: readonly unknown[]): Worker {
  const options = { workerData: args, resourceLimits: { maxOldGenerationSizeMb: THREAD_MEMORY } };
  const { typescript } = process.features as { typescript?: unknown };
  if (typescript || "deno" in process.versions || "bun" in process.versions || !module.endsWith(".ts"))
    return new Worker(new URL(module), options);

  // `require` compiles in the worker itself. With `import`, tsx would start a second thread for each of ours and take
  // twice the memory. Our own execArgv says `--import tsx`, which would load it a second time.
  const [tsx, file] = [import.meta.resolve("tsx/cjs"), module].map((url) =>
    JSON.stringify(fileURLToPath(url)),
  );
  return new Worker(`require(${tsx}); require(${file});`, { ...options, eval: true, execArgv: [] });
}

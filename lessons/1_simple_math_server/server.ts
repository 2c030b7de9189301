/**
 * Lesson 1 · the server: it unpacks a request, computes, and packs the answer.
 *
 * What you learn here: how to find where a packet ends when its length varies, how to answer every request in
 * order however its bytes arrive, and how to refuse what makes no sense without falling over.
 *
 * ```text
 *   client                                             server
 *     │ ── 04 00 00 00  02 00  03 00  53 55 4D 41 ──▶    │     SUMA 2 3
 *     │ ◀── 00 00 00 00  00 00 00 00 00 00 14 40 ──      │     ok, 5
 *     │ ── FF FF FF FF ──▶                               │     a length of −1: four bytes are enough to know
 *     │ ◀── 03 00 00 00  00 00 00 00 00 00 F8 7F ──      │     malformed, NaN
 *     ✕ closed                                           ✕
 * ```
 *
 * Run it: `npx tsx lessons/1_simple_math_server/server.ts`, then `client.ts` in other terminals. The guide is
 * `README.md` beside this file; its steps are the steps below. Steps 2 to 4 and 8 are those of lesson 0.
 *
 * @module
 */

import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { isMainThread } from "node:worker_threads";
import {
  millisecondsFlag,
  numberFlag,
  readCommandLine,
  switchFlag,
  textFlag,
} from "../../src/command_line.ts";
import { Connection, ConnectionError, deadlineIn } from "../../src/connection.ts";
import { hasSpareDescriptor } from "../../src/descriptors.ts";
import { log, logPacket, printable, silencePackets } from "../../src/log.ts";
import { onStop, run } from "../../src/program.ts";
import { runThread, startThread } from "../../src/threads.ts";
import { COMMAND_LIMIT, LENGTH, REQUEST, RESPONSE, STATUS } from "./protocol.ts";

// Step 1 · Read the command line
// ------------------------------

const FLAGS = {
  host: textFlag("ADDRESS", "127.0.0.1", "address to listen on; 0.0.0.0 lets other machines in"),
  port: numberFlag("N", 9001, 0, 65535, "port to listen on; 0 takes any free one"),
  timeout: millisecondsFlag(60_000, 1, "how long a client may take to send a whole request"),
  "max-clients": numberFlag("N", undefined, 1, 1_000_000, "clients at once (default 16384, or 128 threads)"),
  threads: switchFlag("give each client a thread of its own instead of a task"),
  quiet: switchFlag("log who comes and leaves, but no requests"),
};

type Options = ReturnType<typeof readOptions>;

function readOptions() {
  const { options } = readCommandLine("server.ts [flags]", FLAGS);
  if (options.quiet) silencePackets();
  return options;
}

// Step 2 · Keep the clients in a list
// -----------------------------------

const clients = new Map<number, Socket>();
let nextId = 1;

// Step 3 · Listen
// ---------------

async function listen(server: Server, options: Options): Promise<void> {
  server.listen({ host: options.host, port: options.port, backlog: BACKLOG });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  log(`listening on ${options.host}:${port}`);
  server.on("error", (error) => log(`could not accept a client: ${error.message}`, "yellow"));
}

const BACKLOG = 4096;

// Step 4 · Welcome a client: an id, a place in the list, a handler of its own
// ----------------------------------------------------------------------------

async function welcome(socket: Socket, options: Options): Promise<void> {
  // A client that reset its connection at once has no address any more.
  const from = socket.remotePort ? `${socket.remoteAddress}:${socket.remotePort}` : "an address unknown";
  if (!hasSpareDescriptor()) {
    log(`turned away ${from}: no file descriptor is left for another client (ulimit -n)`, "yellow");
    socket.destroy();
    return;
  }
  const limit = options["max-clients"] ?? (options.threads ? MAX_THREADS : MAX_TASKS);
  if (clients.size >= limit) {
    log(`turned away ${from}: the limit of --max-clients is reached, ${limit}`, "yellow");
    return new Connection(socket).close();
  }

  const id = nextId++;
  clients.set(id, socket);
  log(`client ${id} came from ${from}; ${clients.size} connected`, "green");

  let reason: string;
  if (options.threads) {
    const thread = await startThread(socket, import.meta.url, [id, options]);
    log(`client ${id} is served by ${thread.name}`);
    reason = await thread.left;
  } else {
    reason = await serveClient(new Connection(socket), id, options);
  }

  // Goodbye, however the handler ended.
  socket.destroy();
  clients.delete(id);
  log(`client ${id} left: ${reason}; ${clients.size} remain`, "yellow");
}

/** As in lesson 0: what a task costs is counted in KiB, what a thread costs in MiB. */
const MAX_TASKS = 16384;
const MAX_THREADS = 128;

// Step 5 · Handle one client: a request, its answer, the next request
// --------------------------------------------------------------------

/** What a handler needs to know of the command line. */
export interface ClientOptions {
  /** How long a client may take to send a whole request, in milliseconds. */
  readonly timeout: number;
}

/**
 * Answers one client's requests, in their order, until it leaves or sends something malformed.
 *
 * @param connection - the client's connection
 * @param id - the client's id
 * @param options - the times, in milliseconds
 * @returns why the connection ends
 * @throws ConnectionError if the client closed or reset the connection, sent no whole request in time, or did
 * not read its answers
 */
export async function handleClient(
  connection: Connection,
  id: number,
  { timeout }: ClientOptions,
): Promise<string> {
  for (;;) {
    const deadline = deadlineIn(timeout);

    // Only look at the length at first. If it makes no sense, we know it after four bytes, and need not wait
    // for the rest of a packet whose length we cannot trust.
    const [length] = LENGTH.unpack(await connection.peek(LENGTH.size, deadline));
    if (length < 1 || length > COMMAND_LIMIT) {
      await connection.write(RESPONSE.pack(STATUS.MALFORMED, Number.NaN), deadline);
      return `malformed request: a length of ${length}`;
    }

    // Now we know where the packet ends, so we read exactly that much. Bytes of the next request that have
    // come already stay for the next turn of the loop; missing bytes are waited for.
    const request = await connection.read(REQUEST.size + length, deadline);
    const [, first, second] = REQUEST.unpackFrom(request);

    // The command is outside the struct: it begins where the struct ends, at byte 8.
    const command = decodeCommand(request.subarray(REQUEST.size));
    if (command === undefined) {
      await connection.write(RESPONSE.pack(STATUS.MALFORMED, Number.NaN), deadline);
      return "malformed request: the command is not UTF-8";
    }

    const [status, result] = compute(command, first, second);
    await connection.write(RESPONSE.pack(status, result), deadline);
    logPacket(() => `client ${id}: ${describe(command, first, second, status, result)}`);
  }
}

/** Serves one client, as a task or on a thread, and says why it left. */
async function serveClient(connection: Connection, id: number, options: ClientOptions): Promise<string> {
  const reason = await handleClient(connection, id, options).catch((error: Error) => {
    // A client that missed its deadline gets no second one.
    if (error instanceof ConnectionError && error.code === "DEADLINE") connection.destroy();
    return error.message;
  });
  // Politely, and not at once as in lesson 0: the last answers may still be on their way, and must not be lost.
  await connection.close(deadlineIn(options.timeout));
  return reason;
}

// Step 6 · Read the command
// -------------------------
// Bytes are not text until somebody says how to read them. `fatal` makes bytes that are not UTF-8 an error:
// without it they would silently become "�". `ignoreBOM` leaves the text as it came: without it, three bytes
// at its start would vanish, and two different packets would mean the same.

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function decodeCommand(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

// Step 7 · Compute
// ----------------
// Unknown commands and a division by zero are no reason to close: the client made a well-formed request, and
// the answer is a status. A `switch` knows these four words only; in a plain object, `operations[command]`
// would also find "constructor", which every object inherits.

function compute(command: string, first: number, second: number): [status: number, result: number] {
  switch (command) {
    case "SUMA":
      return [STATUS.OK, first + second];
    case "RESTA":
      return [STATUS.OK, first - second];
    case "MULTIPLICACION":
      // 0 × −5 is −0 to a double, and 0 to everyone who multiplies whole numbers: adding 0 makes it that.
      return [STATUS.OK, first * second + 0];
    case "DIVISION":
      if (second === 0) return [STATUS.DIVISION_BY_ZERO, Number.NaN];
      return [STATUS.OK, first / second];
    default:
      return [STATUS.UNKNOWN_COMMAND, Number.NaN];
  }
}

/** One line for the log. The command came from the network: it is escaped before it reaches a terminal. */
function describe(command: string, first: number, second: number, status: number, result: number): string {
  if (status === STATUS.UNKNOWN_COMMAND) return `unknown command ${printable(command)}`;
  if (status === STATUS.DIVISION_BY_ZERO) return `${command} ${first} ${second} is a division by zero`;
  return `${command} ${first} ${second} = ${result}`;
}

// Step 8 · Stop
// -------------

function stop(server: Server): void {
  log(`stopping; ${clients.size} connected`);
  server.close();
  for (const socket of clients.values()) socket.destroy();
}

async function main(): Promise<void> {
  const options = readOptions();
  // allowHalfOpen: a client may say "that was my last request" by closing its sending half. It still gets all
  // its answers, as its other half is open.
  const server = createServer({ allowHalfOpen: true, noDelay: true });
  server.on("connection", (socket) => void welcome(socket, options));
  onStop(() => stop(server));
  await listen(server, options);
}

// A client's thread imports this file too (see --threads in the guide); only the main thread is the server.
if (isMainThread) run(main);
else runThread(serveClient);

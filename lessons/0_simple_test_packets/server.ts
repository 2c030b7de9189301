/**
 * Lesson 0 · the server: many clients, each tested again and again: is it alive?
 *
 * What you learn here: how one process serves many clients at once, how it knows which of them are there, and
 * how it gets rid of one that does not answer while the others notice nothing.
 *
 * ```text
 *   server                                client 3
 *     │ ── 03 00 00 00  01 00 00 00 ──▶      │     test 1, as soon as the client is there
 *     │ ◀── 03 00 00 00  01 00 00 00 ──      │     the same bytes: it is alive
 *     │        … a second later …            │
 *     │ ── 03 00 00 00  02 00 00 00 ──▶      │     test 2
 *     │        … three seconds …             │     nothing comes
 *     ✕ closes the socket, leaves the list         "client 3 left: no answer in time …"
 * ```
 *
 * Run it: `npx tsx lessons/0_simple_test_packets/server.ts`, then `client.ts` in other terminals, as many as
 * you like. Ctrl-C ends each. The guide is `README.md` beside this file; its steps are the steps below.
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
import { log, logPacket, silencePackets } from "../../src/log.ts";
import { onStop, run } from "../../src/program.ts";
import { runThread, startThread } from "../../src/threads.ts";
import { LAST_SEQUENCE, TEST_PACKET } from "./protocol.ts";

// Step 1 · Read the command line
// ------------------------------
// Every number below can be set by a flag; these are the values without one. 127.0.0.1 is this machine and
// nobody else: a server that listens on 0.0.0.0 can be reached by everyone in the café.

const FLAGS = {
  host: textFlag("ADDRESS", "127.0.0.1", "address to listen on; 0.0.0.0 lets other machines in"),
  port: numberFlag("N", 9000, 0, 65535, "port to listen on; 0 takes any free one"),
  timeout: millisecondsFlag(3000, 1, "how long a client may take to answer a test packet"),
  interval: millisecondsFlag(1000, 0, "how long a client rests between two test packets"),
  "max-clients": numberFlag("N", undefined, 1, 1_000_000, "clients at once (default 16384, or 128 threads)"),
  threads: switchFlag("give each client a thread of its own instead of a task"),
  quiet: switchFlag("log who comes and leaves, but no packets"),
};

type Options = ReturnType<typeof readOptions>;

function readOptions() {
  const { options } = readCommandLine("server.ts [flags]", FLAGS);
  if (options.quiet) silencePackets();
  return options;
}

// Step 2 · Keep the clients in a list
// -----------------------------------
// The list says who is there: `clients.size` is how many. It is a Map from the id to the socket, so that a
// client is found and removed without searching through all the others.

const clients = new Map<number, Socket>();

/** Ids are never used twice while the server runs: client 3 in the log is always the same client. */
let nextId = 1;

// Step 3 · Listen
// ---------------
// A listening socket is the server's front door. It carries no data: each client that connects gets a socket
// of its own, and Node hands it to us in a "connection" event.

async function listen(server: Server, options: Options): Promise<void> {
  server.listen({ host: options.host, port: options.port, backlog: BACKLOG });
  await once(server, "listening"); // throws if the port is in use
  const { port } = server.address() as AddressInfo; // the one we got, where we asked for 0
  log(`listening on ${options.host}:${port}`);

  // From here on an error concerns one client that could not be accepted. It is lost; the others go on.
  server.on("error", (error) => log(`could not accept a client: ${error.message}`, "yellow"));
}

/** Connections that may wait to be accepted. Node's default is 511; of a larger crowd some would be kept waiting. */
const BACKLOG = 4096;

// Step 4 · Welcome a client: an id, a place in the list, a handler of its own
// ----------------------------------------------------------------------------
// This runs once for each client, from its arrival to its departure. `await` lets the
// others run: while this client's handler waits for bytes, theirs go on.

async function welcome(socket: Socket, options: Options): Promise<void> {
  // A client that reset its connection at once has no address any more.
  const from = socket.remotePort ? `${socket.remoteAddress}:${socket.remotePort}` : "an address unknown";
  // Every socket takes a file descriptor. The last one stays spare, so that we can say why we turn clients away.
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

  goodbye(id, socket, reason);
}

/** A client that is a task costs this server about 20 KiB: 16384 of them are 320 MiB. */
const MAX_TASKS = 16384;
/** A client that has a thread costs 12 to 21 MiB, as the runtime is: 128 of them are 2 GiB. */
const MAX_THREADS = 128;

// Step 5 · Handle one client, from top to bottom
// ----------------------------------------------
// The heart of the lesson. In the Python original this was the body of a thread; it reads the same here, with
// an `await` wherever the thread would have waited.

/** What a handler needs to know of the command line, in milliseconds. */
export interface ClientOptions {
  /** How long the client may take to answer. */
  readonly timeout: number;
  /** How long it rests between two tests. */
  readonly interval: number;
}

/**
 * Tests one client until it leaves or fails.
 *
 * @param connection - the client's connection
 * @param id - the client's id
 * @param options - the times, in milliseconds
 * @returns why the client has to leave
 * @throws ConnectionError if the client closed or reset the connection, or did not answer in time
 */
export async function handleClient(
  connection: Connection,
  id: number,
  { timeout, interval }: ClientOptions,
): Promise<string> {
  for (let sequence = 1; ; sequence = sequence === LAST_SEQUENCE ? 1 : sequence + 1) {
    const deadline = deadlineIn(timeout);
    await connection.write(TEST_PACKET.pack(id, sequence), deadline);

    // The whole answer, all eight bytes, has until the deadline: a client that sends a byte a second does not
    // win time with each of them.
    const answer = await connection.read(TEST_PACKET.size, deadline);
    const [answeredId, answeredSequence] = TEST_PACKET.unpack(answer);
    if (answeredId !== id || answeredSequence !== sequence) {
      return `wrong answer: expected id ${id} sequence ${sequence}, got id ${answeredId} sequence ${answeredSequence}`;
    }
    logPacket(() => `client ${id} answered test ${sequence}`);

    // A pause during which the client has nothing to say. A plain timer would do, but it would not notice a
    // client that leaves in the meantime.
    const spoke = await connection.waitForBytes(deadlineIn(interval));
    if (spoke) return `it answered before test ${sequence + 1} was asked`;
  }
}

/** Serves one client, as a task or on a thread, and says why it left. */
async function serveClient(connection: Connection, id: number, options: ClientOptions): Promise<string> {
  const reason = await handleClient(connection, id, options).catch(describe);
  connection.destroy();
  return reason;
}

function describe(error: Error): string {
  const late = error instanceof ConnectionError && error.code === "DEADLINE";
  return late ? `no answer in time: ${error.message}` : error.message;
}

// Step 6 · Say goodbye
// --------------------
// However the handler ended, by its last line or by an error, it ends here: the socket is closed, the client is
// off the list, the log says why. Nothing of one client's trouble gets past this point, which is why the other
// clients notice nothing.

function goodbye(id: number, socket: Socket, reason: string): void {
  socket.destroy();
  clients.delete(id);
  log(`client ${id} left: ${reason}; ${clients.size} remain`, "yellow");
}

// Step 7 · Stop
// -------------
// Ctrl-C: no more clients, then goodbye to those who are here. The operating system would close the sockets of a
// dead process too; doing it ourselves shows what belongs to whom.

function stop(server: Server): void {
  log(`stopping; ${clients.size} connected`);
  server.close();
  for (const socket of clients.values()) socket.destroy();
}

/** The whole server: its options, its front door, and what opens it and closes it. */
async function main(): Promise<void> {
  const options = readOptions();
  const server = createServer({
    // A client may close the half of the connection that it sends on, and still read. Without this, Node would
    // close the other half, too.
    allowHalfOpen: true,
    // Send small packets at once instead of waiting for more to fill a segment (Nagle's algorithm, RFC 896).
    noDelay: true,
  });
  // void: nobody awaits it; each client has its own course.
  server.on("connection", (socket) => void welcome(socket, options));
  onStop(() => stop(server));
  await listen(server, options);
}

// A client's thread imports this file too (see --threads in the guide); only the main thread is the server.
if (isMainThread) run(main);
else runThread(serveClient);

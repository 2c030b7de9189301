/**
 * The load that broadcast.ts puts on a server: clients of lesson 2 that walk and listen, all in this process.
 *
 *     broadcast_load.ts PORT PID CLIENTS MOVES DEAF SECONDS
 *
 * Each of CLIENTS moves MOVES times a second, and DEAF of them never read. The clients come, hear of all the others,
 * walk for a while, and then everything is counted for SECONDS and printed as JSON.
 *
 * How old is a position when it arrives? x and y are 32 bits, and here they hold no place but the microsecond at which
 * the move was sent. Everyone who hears of it can tell its age, for all clients have the same clock. A move counts from
 * when it was really sent. How late that was is reported too: it tells how long the load generator's own event loop makes
 * anything wait, and so how much of an age may be its fault.
 *
 * It must be cheaper than any server that it measures. So all bytes come into one array, and of each position it looks
 * at the time alone; nothing is allocated and nothing unpacked.
 *
 * @module
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import process from "node:process";
import { setInterval } from "node:timers";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { POSITION } from "../../lessons/2_simple_broadcast_test/protocol.ts";
import { Histogram, microseconds, type Percentiles, stamp } from "./ages.ts";
import { cpuSeconds, readNumbers, residentBytes } from "./processes.ts";

/** What broadcast_load.ts prints. */
export interface BroadcastLoad {
  /** Positions that clients heard while it measured. */
  readonly deliveries: number;
  /** For how long it measured; 0 if the server was stuck before that. */
  readonly seconds: number;
  /** How old the positions were when they arrived, in milliseconds; NaN where none did. */
  readonly age: Percentiles;
  /** How late the load generator was to send a move, in milliseconds. */
  readonly late: Percentiles;
  /** How much of a processor the load generator used, 0 … 1. */
  readonly busy: number;
  /** Positions that came in one read. */
  readonly perRead: number;
  /** Processor time that the server used, in seconds; NaN if it cannot be measured. */
  readonly serverCpu: number;
  /** Memory of the server in bytes, at the start and after each quarter of the time; NaN if it cannot be measured. */
  readonly memory: readonly number[];
}

const [port, pid, clients, moves, deaf, seconds] = readNumbers("broadcast_load.ts", [
  "PORT",
  "PID",
  "CLIENTS",
  "MOVES",
  "DEAF",
  "SECONDS",
]);

/** The share of the time that everybody walks before anything is counted: a server has to warm up. */
const WARM_UP = 0.4;

/** How many clients come at the same time. */
const AT_ONCE = 50;

/** A server from which nothing has come for so long, in milliseconds, while it should, is stuck. */
const STUCK = 3000;

/** Moves until the buffers of a deaf client, ours and the system's, are full: 384 KiB. */
const FILL = 48 * 1024;
/** How many of them are on their way at once. */
const PIECE = 1024;

const ages = new Histogram();
const lates = new Histogram();
let isMeasuring = false;
/** Bytes that have arrived at all clients, and in how many reads. */
let arrived = 0;
let reads = 0;
const memory: number[] = [];
let cpuBefore = process.cpuUsage();
let serverCpuBefore = Number.NaN;

// With `onread`, bytes come into this one array and not through the layers of a stream.
const received = Buffer.alloc(64 * 1024);
const view = new DataView(received.buffer, received.byteOffset);

/** A client that reads. */
interface Client {
  readonly socket: Socket;
  /** How many bytes it has heard. */
  bytes: number;
}

function startClient(): Client {
  const socket = connect({
    host: "127.0.0.1",
    port,
    noDelay: true,
    onread: { buffer: received, callback: (size) => hear(client, size) },
  });
  const client: Client = { socket, bytes: 0 };
  socket.on("error", (error) => fail(error.message));
  socket.on("close", () => fail("the server closed a connection"));
  return client;
}

function hear(client: Client, size: number): boolean {
  arrived += size;
  reads++;
  if (isMeasuring) {
    const now = microseconds();
    // A position that came in two pieces is counted, but it tells no age.
    let at = (POSITION.size - (client.bytes % POSITION.size)) % POSITION.size;
    for (; at + POSITION.size <= size; at += POSITION.size) {
      const age = (now - view.getUint32(at + 4, true)) >>> 0;
      if (age > 2 ** 31) fail("what came was no position");
      ages.add(age);
    }
  }
  client.bytes += size;
  return true;
}

function fail(message: string): never {
  console.error(`load: ${message}`);
  process.exit(1);
}

/** Waits until something is true; ends the program if meanwhile nothing comes from the server. */
async function until(isTrue: () => boolean): Promise<void> {
  let before = -1;
  let silentSince = 0;
  while (!isTrue()) {
    if (arrived !== before) silentSince = performance.now();
    before = arrived;
    if (performance.now() - silentSince > STUCK) finish(0, 0);
    await setTimeout(10);
  }
}

/** Prints what was measured, and ends the program. */
function finish(deliveries: number, measured: number): never {
  const { user, system } = process.cpuUsage(cpuBefore);
  const load: BroadcastLoad = {
    deliveries,
    seconds: measured,
    age: ages.percentiles(),
    late: lates.percentiles(),
    busy: (user + system) / 1e6 / measured,
    perRead: deliveries / reads,
    serverCpu: (cpuSeconds(pid) ?? Number.NaN) - serverCpuBefore,
    memory,
  };
  console.log(JSON.stringify(load));
  process.exit(0);
}

// Everybody comes
// ---------------
// Those who do not read come first, and their buffers are filled while there are few others: at a position now and then it
// would take minutes until a server notices. Before anyone moves, each client has heard of everyone once.

const readers: Client[] = [];

/** Starts the clients that do not read. Calling the returned function lets them walk. */
async function startDeaf(): Promise<() => void> {
  const file = fileURLToPath(new URL("broadcast_deaf.py", import.meta.url));
  const child = spawn("python3", [file, `${port}`, `${deaf}`, `${deaf * moves}`], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.on("exit", () => fail("the clients that do not read have ended"));
  await once(child.stdout, "data");
  return () => child.stdin.write("walk\n");
}

/** Has one client move until those that do not read have full buffers. It waits until it has heard itself. */
async function fill(client: Client): Promise<void> {
  const places = Buffer.concat(Array.from({ length: PIECE }, stamp));
  for (let left = FILL; left > 0; left -= PIECE) {
    const { bytes } = client;
    client.socket.write(places);
    await until(() => client.bytes >= bytes + PIECE * POSITION.size);
  }
}

async function join(): Promise<void> {
  const client = startClient();
  readers.push(client);
  await until(() => client.bytes >= POSITION.size);
}

const letDeafWalk = deaf > 0 ? await startDeaf() : () => {};
await join();
const [first] = readers as [Client];
if (deaf > 0) await fill(first);
while (readers.length < clients - deaf) {
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, clients - deaf - readers.length) }, join));
}
const filled = deaf > 0 ? FILL : 0;
await until(() =>
  readers.every(({ bytes }, index) => bytes >= (clients + (index === 0 ? filled : 0)) * POSITION.size),
);

// Everybody walks
// ---------------
// Not all at once: moves are spread evenly over the time.

const perMillisecond = (readers.length * moves) / 1000;
const walkFrom = performance.now();
let moved = 0;
letDeafWalk();
setInterval(() => {
  for (const due = (performance.now() - walkFrom) * perMillisecond; moved < due; moved++) {
    readers[moved % readers.length]?.socket.write(stamp());
    if (isMeasuring) lates.add((performance.now() - walkFrom - moved / perMillisecond) * 1000);
  }
}, 1);

await setTimeout(seconds * WARM_UP * 1000);
cpuBefore = process.cpuUsage();
serverCpuBefore = cpuSeconds(pid) ?? Number.NaN;
arrived = reads = 0;
isMeasuring = true;
const startedAt = performance.now();
for (let quarter = 1; quarter <= 4; quarter++) {
  memory.push(residentBytes(pid) ?? Number.NaN);
  await setTimeout(startedAt + (seconds * 1000 * quarter) / 4 - performance.now());
}
memory.push(residentBytes(pid) ?? Number.NaN);
finish(arrived / POSITION.size, (performance.now() - startedAt) / 1000);

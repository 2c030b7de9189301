/**
 * The load that cluster.ts puts on the servers of lesson 3: clients that walk and listen, spread evenly over the
 * servers, and all in this process.
 *
 *     cluster_load.ts BROKER_PORT BROKER_PID CLIENTS MILLISECONDS PORT PID [PORT PID …]
 *
 * It has four parts:
 *
 * 1. The clients come, and wait until each has heard about all the others.
 * 2. Each moves once a second, and for MILLISECONDS everything is counted. How old positions are is measured as in
 *    broadcast_load.ts, apart for those of a client's own server and those of the others.
 * 3. Each moves once more. Each client must hear where everyone ended up: a position that it doesn't hear is a lost update.
 *    Meanwhile this process subscribes at the broker as one more server does, and counts the messages.
 * 4. The last server is killed, if there are several. How long does it take until everyone has heard that its clients
 *   have left?
 *
 * @module
 */

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import process from "node:process";
import { clearInterval, setInterval } from "node:timers";
import { setTimeout } from "node:timers/promises";
import { connectAsync } from "mqtt";
import { POSITION } from "../../lessons/2_simple_broadcast_test/protocol.ts";
import { ALL_TOPICS, KIND, unpackMessage } from "../../lessons/3_simple_cluster_test/protocol.ts";
import { readCommandLine, wholeNumber } from "../../src/command_line.ts";
import { Histogram, microseconds, NOWHERE, type Percentiles, stamp } from "./ages.ts";
import { cpuSeconds } from "./processes.ts";

/** What cluster_load.ts prints. */
export interface ClusterLoad {
  /** Positions that clients heard while it measured. */
  readonly deliveries: number;
  /** For how long it measured. */
  readonly seconds: number;
  /** How old positions of a client's own server were, in milliseconds. */
  readonly own: Percentiles;
  /** The same for positions of other servers; NaN where there are none. */
  readonly other: Percentiles;
  /** How late the load generator was to send a move, in milliseconds. */
  readonly late: Percentiles;
  /** Processor time in seconds, by process; NaN if it cannot be measured. */
  readonly cpu: { readonly servers: number; readonly broker: number; readonly load: number };
  /** What the broker was sent while each client moved once. */
  readonly broker: { readonly moves: number; readonly messages: number; readonly beats: number };
  /** Pairs of clients of which one never heard where the other one ended up. */
  readonly lost: number;
  /** Until when clients heard that a client of the killed server has left, in milliseconds; NaN where none was killed. */
  readonly told: { readonly p50: number; readonly last: number };
}

const { arguments: numbers } = readCommandLine(
  "cluster_load.ts BROKER_PORT BROKER_PID CLIENTS MILLISECONDS PORT PID [PORT PID …]",
  {},
  (words) => {
    if (words.length < 6 || words.length % 2 === 1) throw new RangeError("a server is a port and a pid");
    return words.map((word) => wholeNumber("each argument", word, 0, 2 ** 31));
  },
);
const [brokerPort, brokerPid, count, time] = numbers as [number, number, number, number];
const servers = Array.from({ length: (numbers.length - 4) / 2 }, (_, index) => ({
  port: numbers[4 + 2 * index] as number,
  pid: numbers[5 + 2 * index] as number,
  /** The ids of its clients: a server counts up from a random number. */
  lowest: Number.POSITIVE_INFINITY,
  highest: 0,
}));

/** The share of the time that everybody walks before anything is counted: servers have to warm up. */
const WARM_UP = 0.4;
/** How many clients come at the same time. */
const AT_ONCE = 50;
/** When nothing new has come for so long, in milliseconds, nothing will. A beat comes every 0.8 s, and puts right what was lost. */
const STUCK = 10_000;

const ages = { own: new Histogram(), other: new Histogram(), late: new Histogram() };
/** What is done with each position. */
let part: "comes" | "walks" | "ends" | "killed" = "comes";
let isMeasuring = false;
/** Bytes that have arrived at all clients. */
let arrived = 0;

// With `onread`, bytes come into this one array and not through the layers of a stream.
const received = Buffer.alloc(64 * 1024);
const view = new DataView(received.buffer, received.byteOffset);

/** A client. */
interface Client {
  readonly socket: Socket;
  readonly server: (typeof servers)[number];
  /** 0 until it knows. */
  id: number;
  /** How many bytes it has heard. */
  bytes: number;
  /** The start of a position whose rest hasn't come yet. */
  readonly piece: Buffer;
  /** The last x and y that it has heard about each client, by the client's index in `clients`. */
  readonly newest: Uint32Array;
}

const clients: Client[] = [];
const indexes = new Map<number, number>();
/** The last x and y that each client has sent. */
const sent = new Uint32Array(count);

async function join(): Promise<void> {
  const server = servers[clients.length % servers.length] as (typeof servers)[number];
  const socket = connect({
    host: "127.0.0.1",
    port: server.port,
    noDelay: true,
    onread: { buffer: received, callback: (size) => hear(client, size) },
  });
  const client: Client = {
    socket,
    server,
    id: 0,
    bytes: 0,
    piece: Buffer.alloc(POSITION.size),
    newest: new Uint32Array(count),
  };
  clients.push(client);
  socket.on("error", (error) => lost(client, error.message));
  socket.on("close", () => lost(client, "a server closed a connection"));
  await until(() => client.id !== 0);
}

function lost(client: Client, message: string): void {
  if (part !== "killed" || client.server !== servers.at(-1)) fail(message);
}

function fail(message: string): never {
  console.error(`load: ${message}`);
  process.exit(1);
}

/** Takes what has come. It must be cheap: a million positions a second arrive here. */
function hear(client: Client, size: number): boolean {
  arrived += size;
  const has = client.bytes % POSITION.size;
  client.bytes += size;
  let at = 0;
  if (has > 0) {
    at = Math.min(POSITION.size - has, size);
    received.copy(client.piece, has, 0, at);
    if (has + at < POSITION.size) return true;
    heard(client, client.piece.readUInt32LE(0), client.piece.readUInt32LE(4));
  }
  for (; at + POSITION.size <= size; at += POSITION.size) {
    heard(client, view.getUint32(at, true), view.getUint32(at + 4, true));
  }
  received.copy(client.piece, 0, at, size);
  return true;
}

function heard(client: Client, id: number, place: number): void {
  const { server } = client;
  if (part === "comes") {
    if (client.id === 0) client.id = id; // the first position that a client hears is its own
  } else if (part === "walks") {
    if (!isMeasuring) return;
    const age = (microseconds() - place) >>> 0;
    if (age > 2 ** 31) fail("what came was no position");
    (id >= server.lowest && id <= server.highest ? ages.own : ages.other).add(age);
  } else if (part === "ends") {
    const index = indexes.get(id);
    if (index !== undefined) client.newest[index] = place;
  } else if (place === NOWHERE) {
    told.push(performance.now());
  }
}

/** Waits until something is true. Returns false if there is no progress meanwhile. */
async function until(isTrue: () => boolean, progress = () => arrived): Promise<boolean> {
  let before = -1;
  let since = 0;
  while (!isTrue()) {
    if (progress() !== before) since = performance.now();
    before = progress();
    if (performance.now() - since > STUCK) return false;
    await setTimeout(10);
  }
  return true;
}

// Everybody comes
// ---------------

while (clients.length < count) {
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, count - clients.length) }, join));
}
if (!(await until(() => clients.every(({ bytes }) => bytes >= count * POSITION.size)))) {
  fail("not all clients have heard about each other");
}
for (const [index, { id, server }] of clients.entries()) {
  indexes.set(id, index);
  server.lowest = Math.min(server.lowest, id);
  server.highest = Math.max(server.highest, id);
}

// Everybody walks
// ---------------
// Not all at once: moves are spread evenly over the second.

part = "walks";
const perMillisecond = count / 1000;
const walkFrom = performance.now();
let moved = 0;
let end = Number.POSITIVE_INFINITY;
const walking = setInterval(() => {
  for (const due = Math.min((performance.now() - walkFrom) * perMillisecond, end); moved < due; moved++) {
    const place = stamp();
    clients[moved % count]?.socket.write(place);
    sent[moved % count] = Buffer.from(place).readUInt32LE();
    if (isMeasuring) ages.late.add((performance.now() - walkFrom - moved / perMillisecond) * 1000);
  }
}, 1);

/** Processor time so far. */
function cpu(): ClusterLoad["cpu"] {
  const seconds = (pid: number) => cpuSeconds(pid) ?? Number.NaN;
  return {
    servers: servers.reduce((sum, { pid }) => sum + seconds(pid), 0),
    broker: seconds(brokerPid),
    load: seconds(process.pid),
  };
}

await setTimeout(time * WARM_UP);
const cpuBefore = cpu();
const arrivedBefore = arrived;
const startedAt = performance.now();
isMeasuring = true;
await setTimeout(time);
isMeasuring = false;
const seconds = (performance.now() - startedAt) / 1000;
const deliveries = (arrived - arrivedBefore) / POSITION.size;
const cpuAfter = cpu();

// Everybody moves for the last time
// ---------------------------------

const broker = { moves: count, messages: 0, beats: 0 };
const spy = await connectAsync(`mqtt://127.0.0.1:${brokerPort}`, { protocolVersion: 4, reconnectPeriod: 0 });
spy.on("message", (_topic, bytes) => {
  const kind = unpackMessage(bytes)?.kind;
  if (kind === KIND.MOVES) broker.messages++;
  if (kind === KIND.BEAT) broker.beats++;
});
await spy.subscribeAsync(ALL_TOPICS);
part = "ends";
end = moved + count;
await until(
  () => moved === end,
  () => moved,
);
clearInterval(walking);

function missing(): number {
  let sum = 0;
  for (const { newest } of clients) {
    for (let index = 0; index < count; index++) if (newest[index] !== sent[index]) sum++;
  }
  return sum;
}
await until(() => missing() === 0);
const lostUpdates = missing();
await spy.endAsync();

// A server is killed
// ------------------

const told: number[] = [];
let killedAt = Number.NaN;
if (servers.length > 1) {
  const killed = servers.at(-1) as (typeof servers)[number];
  const dead = clients.filter(({ server }) => server === killed).length;
  part = "killed";
  killedAt = performance.now();
  process.kill(killed.pid, "SIGKILL");
  await once((clients.find(({ server }) => server === killed) as Client).socket, "close");
  await until(
    () => told.length === dead * (count - dead),
    () => told.length,
  );
  if (told.length !== dead * (count - dead)) fail(`${told.length} of ${dead * (count - dead)} were told`);
}

const load: ClusterLoad = {
  deliveries,
  seconds,
  own: ages.own.percentiles(),
  other: ages.other.percentiles(),
  late: ages.late.percentiles(),
  cpu: {
    servers: cpuAfter.servers - cpuBefore.servers,
    broker: cpuAfter.broker - cpuBefore.broker,
    load: cpuAfter.load - cpuBefore.load,
  },
  broker,
  lost: lostUpdates,
  // The times came in order.
  told: {
    p50: (told[told.length >> 1] ?? Number.NaN) - killedAt,
    last: (told.at(-1) ?? Number.NaN) - killedAt,
  },
};
console.log(JSON.stringify(load));
process.exit(0);

/**
 * Exercise 3.5 · The whole server: our solution, with lesson 2's handler and JSON between the servers. The lesson's
 * server.ts sends bytes instead, and only what has changed. It adds limits, a log and a polite goodbye.
 *
 * @module
 */

import { randomInt, randomUUID } from "node:crypto";
import { createServer } from "node:net";
import process from "node:process";
import { clearTimeout, setInterval, setTimeout } from "node:timers";
import { connect, type MqttClient } from "mqtt";
import { type Bus, OneThread } from "#lessons/2_simple_broadcast_test/bus.ts";
import { handleClient, nowhere } from "#lessons/2_simple_broadcast_test/handler.ts";
import { POSITION } from "#lessons/2_simple_broadcast_test/protocol.ts";
import { Connection } from "#src/connection.ts";

const [port = 0, timeout = 60_000] = process.argv.slice(2, 4).map(Number);
const [broker = "mqtt://127.0.0.1:1883", serverTimeout = "5000"] = process.argv.slice(4);

/** The server sends this many beats in the time for which another server may be silent. */
const BEATS = 6;
/** Moves leave together, after this many milliseconds at most: all that happens in between costs one message. */
const TOGETHER = 20;
/** A stranger may invent servers, so only this many are remembered. */
const MOST_SERVERS = 100;

/** What a server says: everything it knows about its own clients. */
interface State {
  /** The run of the server, and its connection to the broker: the newest has the largest number. */
  readonly session: string;
  readonly connection: number;
  /** The number of this message. Each message of a session has a larger one than those before. */
  readonly count: number;
  /** The newest message that it has heard from each other server. This answers all of them. */
  readonly heard: Readonly<Record<string, number>>;
  /** Where its clients are: id, x and y. */
  readonly places: readonly (readonly [number, number, number])[];
}

/** Another server. */
interface Server {
  connection: number;
  count: number;
  /** The newest of our messages that it has answered. */
  answered: number;
  isAlive: boolean;
  readonly clients: Set<number>;
}

const session = randomUUID();
const topic = `room/${session}`;
let connection = 0;
let count = 0;
/** The numbers of our last beats, the oldest first. A server that has answered none of them is gone. */
const beats: number[] = new Array(BEATS).fill(1);
const servers = new Map<string, Server>();

// Our own clients
// ---------------
// Lesson 2's bus reaches our own clients. What other servers say is published there as well, so a newcomer hears about
// all clients.

const here = new OneThread();
const own = new Set<number>();

const bus: Bus = {
  publish(id, bytes) {
    own.add(id);
    here.publish(id, bytes);
    tellSoon();
  },
  subscribe: (id, listener) => here.subscribe(id, listener),
  leave(id, bytes) {
    own.delete(id);
    here.leave(id, bytes);
    tellSoon();
  },
};

// To the other servers
// --------------------

let client: MqttClient;
let timer: ReturnType<typeof setTimeout> | undefined;
/** Whether the broker has not yet taken our last message. Until then we send nothing: the next one says everything anyway. */
let isFull = false;

function connectToBroker(): void {
  const goodbye = JSON.stringify({ session, connection: ++connection });
  const will = { topic, payload: Buffer.from(goodbye), qos: 0, retain: false } as const;
  // The library could reconnect by itself, but then with the same will, and nobody could tell an old will from a new
  // one.
  client = connect(broker, { protocolVersion: 4, reconnectPeriod: 0, will });
  isFull = false;
  client.subscribe("room/+");
  client.on("connect", tell);
  client.on("message", (topic, bytes) => hear(topic, bytes.toString()));
  client.on("error", () => client.end(true));
  client.on("close", () => setTimeout(connectToBroker, 250 + randomInt(500)));
}

function tellSoon(): void {
  timer ??= setTimeout(tell, TOGETHER);
}

function tell(): void {
  clearTimeout(timer);
  timer = undefined;
  if (!client.connected || isFull) return; // the next beat is soon
  const heard = Object.fromEntries([...servers].map(([session, { count }]) => [session, count]));
  const places = [...own].flatMap((id) => {
    const bytes = here.newest.get(id);
    return bytes ? [POSITION.unpack(bytes)] : [];
  });
  const state: State = { session, connection, count: ++count, heard, places };
  isFull = true;
  client.publish(topic, JSON.stringify(state), () => {
    isFull = false;
  });
}

function isLately(answered: number): boolean {
  return answered >= (beats[0] as number) && answered <= count;
}

function beat(): void {
  tell();
  beats.push(++count); // even if nothing could be sent: then nobody answers, and all are gone
  beats.shift();
  for (const server of servers.values()) {
    if (!isLately(server.answered)) bury(server);
  }
}

// From the other servers
// ----------------------

function hear(topic: string, text: string): void {
  const state = readState(text);
  if (!state || state.session === session || topic !== `room/${state.session}`) return;
  const known = servers.get(state.session);
  if ("goodbye" in state) {
    if (known?.connection === state.connection) bury(known);
    return;
  }
  if (known && state.count <= known.count) return; // old, or here for the second time
  if (!known && servers.size >= MOST_SERVERS) forgetTheDead();
  const server = known ?? { connection: 0, count: 0, answered: 0, isAlive: false, clients: new Set() };
  servers.set(state.session, server);
  server.connection = state.connection;
  server.count = state.count;
  if (!known) tellSoon(); // it can't believe us before we have answered
  server.answered = state.heard[session] ?? 0;
  // Only a server that is alive knows a number that we have just sent.
  if (!isLately(server.answered)) return;
  server.isAlive = true;
  const missing = new Set(server.clients);
  for (const [id, x, y] of state.places) {
    missing.delete(id);
    if (own.has(id)) continue;
    const bytes = POSITION.pack(id, x, y);
    const before = here.newest.get(id);
    server.clients.add(id);
    if (!before || Buffer.compare(before, bytes) !== 0) here.publish(id, bytes);
  }
  for (const id of missing) remove(server, id);
}

/** Reads a message: a state, or a goodbye. Anyone may publish anything, so what is neither is undefined. */
function readState(
  text: string,
): State | (Pick<State, "session" | "connection"> & { goodbye: true }) | undefined {
  try {
    const { session, connection, count, heard, places } = JSON.parse(text);
    if (typeof session !== "string" || !Number.isInteger(connection)) return undefined;
    if (count === undefined) return { session, connection, goodbye: true };
    if (!Number.isInteger(count) || typeof heard !== "object" || heard === null) return undefined;
    for (const [id, x, y] of places) POSITION.pack(id, x, y); // throws if they don't fit
    return { session, connection, count, heard, places };
  } catch {
    return undefined;
  }
}

function bury(server: Server): void {
  server.isAlive = false;
  for (const id of server.clients) remove(server, id);
}

function remove(server: Server, id: number): void {
  server.clients.delete(id);
  here.leave(id, nowhere(id));
}

function forgetTheDead(): void {
  for (const [session, { isAlive }] of servers) if (!isAlive) servers.delete(session);
}

// The server
// ----------
// Servers can't ask each other for each id, so each counts up from a random number.

let lastId = randomInt(2 ** 30);

async function serve(connection: Connection, id: number): Promise<void> {
  try {
    await handleClient(connection, id, bus, timeout);
  } finally {
    await connection.close();
  }
}

connectToBroker();
setInterval(beat, Number(serverTimeout) / BEATS);
createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
  serve(new Connection(socket), ++lastId).catch(() => {}); // it broke off, or took too long
}).listen(port, "127.0.0.1");

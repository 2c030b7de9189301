/**
 * Step 5 · Beats. In step 4, the clients of a server that froze stayed on the map until the broker noticed, and those
 * of a server that died together with the broker stayed there forever.
 *
 *   npx tsx lessons/3_simple_cluster_test/steps/5_beats.ts [PORT] [BROKER]
 *
 * Now servers test each other, as lesson 0's server tests its clients. Each sends a numbered beat twice a second, and each
 * beat says which beats of the others it has heard.
 */

import { randomInt } from "node:crypto";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { connect } from "mqtt";
import { iterUnpack, pack, unpack } from "../../../src/struct.ts";

// The port to listen on: 9003 unless you give another. 0 takes any free port. Then the broker.
const port = Number(process.argv[2] ?? 9003);
const url = process.argv[3] ?? "mqtt://127.0.0.1:1883";
const NOWHERE = -32768; // as x and y: the client has left

const INTERVAL = 500; // milliseconds from one beat to the next
const PATIENCE = 6; // a server that has answered none of our last six beats is gone

type Positions = Map<number, Uint8Array>; // by the client's id
interface Server {
  number: number; // its newest beat
  answered: number; // the newest of our beats that it has answered; at first, our newest beat when it was first heard
  isAlive: boolean; // whether it has answered a beat at all
  clients: Positions;
}
const servers = new Map<number, Server>(); // the other servers, by their session
const own: Positions = new Map(); // our clients
const sockets = new Map<number, Socket>();

// Each run of a server counts up from a random number. Two runs are very unlikely to use the same ids.
let lastId = randomInt(2 ** 30);

const session = randomInt(2 ** 32); // the number of this run
let number = randomInt(2 ** 31); // of our newest beat
const topic = `room/${session.toString(16).padStart(8, "0")}`;

// Our will. Nothing is retained any longer: a beat tells a newcomer soon enough, and the broker keeps no old news.
const will = { topic, payload: Buffer.of(), qos: 0, retain: false } as const;
const broker = connect(url, { protocolVersion: 4, queueQoSZero: false, will });
broker.subscribe("room/+", () => console.log("subscribed to room/+"));
broker.on("connect", tellServers);
broker.on("error", (error) => console.log(`no broker: ${error.message}`));
broker.on("message", (from, message) => {
  if (from !== topic) hear(Number.parseInt(from.slice("room/".length), 16), message);
});

// A message says: our newest beat, and how many we have heard; the newest beat of each other server; all our clients.
function tellServers() {
  const heard = [...servers].map(([session, { number }]) => pack("<II", session, number));
  broker.publish(topic, Buffer.concat([pack("<II", number, heard.length), ...heard, ...own.values()]));
}

function hear(from: number, message: Uint8Array) {
  const server = servers.get(from) ?? { number: 0, answered: number, isAlive: false, clients: new Map() };
  if (message.length === 0) {
    update(server, message); // its will
    return;
  }
  servers.set(from, server);
  const [itsNumber, count] = unpack("<II", message.subarray(0, 8));
  server.number = itsNumber;
  const clientsStart = 8 + count * 8;
  for (const [whose, heard] of iterUnpack("<II", message.subarray(8, clientsStart))) {
    if (whose !== session || heard > number || number - heard >= PATIENCE) continue;
    server.answered = heard;
    server.isAlive = true;
  }
  // A server that hasn't answered may be old news, so we don't believe it yet.
  if (server.isAlive) update(server, message.subarray(clientsStart));
}

// Our next beat. Time is counted in beats: a server that was frozen doesn't blame the others for that time.
setInterval(() => {
  number++;
  for (const [from, server] of servers) {
    if (number - server.answered <= PATIENCE) continue;
    servers.delete(from);
    update(server, Buffer.of());
  }
  tellServers();
}, INTERVAL);

// Another server has said where all of its clients are. Our clients hear what is new.
function update(server: Server, message: Uint8Array) {
  const before = server.clients;
  const now: Positions = new Map();
  for (const [id, x, y] of iterUnpack("<ihh", message)) now.set(id, pack("<ihh", id, x, y));
  server.clients = now;
  for (const [id, position] of now) {
    if (Buffer.compare(position, before.get(id) ?? Buffer.of()) !== 0) tellClients(position);
  }
  for (const id of before.keys()) if (!now.has(id)) tellClients(pack("<ihh", id, NOWHERE, NOWHERE));
}

function tellClients(position: Uint8Array) {
  for (const socket of sockets.values()) socket.write(position);
}

function move(id: number, position: Uint8Array) {
  own.set(id, position);
  tellClients(position);
  tellServers();
}

async function handleClient(socket: Socket, id: number) {
  // A newcomer first hears its own position, so it knows who it is. Then it hears where the others are.
  const position = pack("<ihh", id, 30, 10);
  const others = [...servers.values()].flatMap(({ clients }) => [...clients.values()]);
  for (const bytes of [position, ...own.values(), ...others]) socket.write(bytes);
  move(id, position);
  sockets.set(id, socket);
  console.log(`client ${id} came`);

  let received = Buffer.alloc(0);
  for await (const chunk of socket) {
    received = Buffer.concat([received, chunk]);
    const whole = received.subarray(0, received.length - (received.length % 4));
    received = received.subarray(whole.length);
    for (const [x, y] of iterUnpack("<hh", whole)) {
      if (x === NOWHERE && y === NOWHERE) return;
      move(id, pack("<ihh", id, x, y));
    }
  }
}

const server = createServer((socket) => {
  const id = ++lastId;
  socket.on("error", () => {}); // it ends the handler's loop as well
  handleClient(socket, id)
    .catch(() => {})
    .finally(() => {
      sockets.delete(id);
      console.log(`client ${id} left`);
      own.delete(id);
      tellClients(pack("<ihh", id, NOWHERE, NOWHERE));
      tellServers();
    });
});

// Such as: the port is in use.
server.on("error", (error) => {
  console.error(error.message);
  process.exit(1);
});

server.listen(port, "127.0.0.1", () => {
  console.log(`listening on 127.0.0.1:${(server.address() as AddressInfo).port}`);
});

// The lesson's server adds what a real one needs. It trusts nothing that comes from the broker, keeps little for a
// broker that is slow, and sends the moves of one moment in one message.

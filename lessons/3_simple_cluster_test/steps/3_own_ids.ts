/**
 * Step 3 · Ids that don't collide. In step 2, both servers had a client 1, and a server that started later knew the other
 * server's clients only once they moved.
 *
 *   npx tsx lessons/3_simple_cluster_test/steps/3_own_ids.ts [PORT] [BROKER]
 *
 * Now no two servers count the same ids, and the broker keeps each server's newest message for servers that start later.
 */

import { randomInt } from "node:crypto";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { connect } from "mqtt";
import { iterUnpack, pack } from "../../../src/struct.ts";

// The port to listen on: 9003 unless you give another. 0 takes any free port. Then the broker.
const port = Number(process.argv[2] ?? 9003);
const url = process.argv[3] ?? "mqtt://127.0.0.1:1883";
const NOWHERE = -32768; // as x and y: the client has left

type Positions = Map<number, Uint8Array>; // by the client's id
const servers = new Map<string, Positions>(); // the other servers' clients, by the server's topic
const own: Positions = new Map(); // our clients
const sockets = new Map<number, Socket>();

// Each run of a server counts up from a random number. Two runs are very unlikely to use the same ids.
let lastId = randomInt(2 ** 30);

const topic = `room/${randomInt(2 ** 32)
  .toString(16)
  .padStart(8, "0")}`;
// Nothing is queued while the broker is away, because we publish everything again when it is back.
const broker = connect(url, { protocolVersion: 4, queueQoSZero: false });
broker.subscribe("room/+", () => console.log("subscribed to room/+"));
broker.on("connect", tellServers);
broker.on("error", (error) => console.log(`no broker: ${error.message}`));
broker.on("message", (from, message) => {
  if (from !== topic) update(from, message);
});

// The message says where all of our clients are. It is retained: the broker keeps the newest one of each topic, and
// delivers it to servers that subscribe later.
function tellServers() {
  broker.publish(topic, Buffer.concat([...own.values()]), { retain: true });
}

// Another server has said where all of its clients are. Our clients hear what is new.
function update(from: string, message: Uint8Array) {
  const before = servers.get(from) ?? new Map();
  const now: Positions = new Map();
  for (const [id, x, y] of iterUnpack("<ihh", message)) now.set(id, pack("<ihh", id, x, y));
  servers.set(from, now);
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
  const others = [own, ...servers.values()].flatMap((positions) => [...positions.values()]);
  for (const bytes of [position, ...others]) socket.write(bytes);
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

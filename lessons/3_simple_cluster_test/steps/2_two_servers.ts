/**
 * Step 2 · Two servers. Each is a short version of lesson 2's server. A message broker carries what their clients do.
 *
 *   npx tsx lessons/3_simple_cluster_test/broker.ts
 *   npx tsx lessons/3_simple_cluster_test/steps/2_two_servers.ts           in a second terminal
 *   npx tsx lessons/3_simple_cluster_test/steps/2_two_servers.ts 9013      in a third
 *   npx tsx lessons/2_simple_broadcast_test/client.ts --port 9003          clients, in others
 *
 * From here on the package `mqtt` speaks MQTT for us. It also reconnects when the broker comes back.
 */

import { randomInt } from "node:crypto";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { connect } from "mqtt";
import { iterUnpack, pack, unpack } from "../../../src/struct.ts";

// The port to listen on: 9003 unless you give another. 0 takes any free port. Then the broker.
const port = Number(process.argv[2] ?? 9003);
const url = process.argv[3] ?? "mqtt://127.0.0.1:1883";
const NOWHERE = -32768; // as x and y: the client has left

const sockets = new Map<number, Socket>(); // this server's clients
const positions = new Map<number, Uint8Array>(); // the newest position of each client in the room, for newcomers
let lastId = 0;

// A random topic for each server. The broker delivers our own messages to us as well, and this is how we know them.
const topic = `room/${randomInt(2 ** 32)
  .toString(16)
  .padStart(8, "0")}`;
const broker = connect(url, { protocolVersion: 4 }); // 4 is MQTT 3.1.1
// "+" stands for any one level of a topic.
broker.subscribe("room/+", () => console.log("subscribed to room/+"));
broker.on("error", (error) => console.log(`no broker: ${error.message}`));
broker.on("message", (from, position) => {
  if (from !== topic) tellAll(position);
});

// Tells this server's clients. Lesson 2 shows what a slow client needs.
function tellAll(position: Uint8Array) {
  const [id, x, y] = unpack("<ihh", position);
  if (x === NOWHERE && y === NOWHERE) positions.delete(id);
  else positions.set(id, position);
  for (const socket of sockets.values()) socket.write(position);
}

// Tells our clients, and the other servers.
function publish(position: Uint8Array) {
  tellAll(position);
  broker.publish(topic, Buffer.from(position));
}

async function handleClient(socket: Socket, id: number) {
  // A newcomer first hears its own position, so it knows who it is. Then it hears where the others are.
  const position = pack("<ihh", id, 30, 10);
  for (const bytes of [position, ...positions.values()]) socket.write(bytes);
  publish(position);
  sockets.set(id, socket);
  console.log(`client ${id} came`);

  let received = Buffer.alloc(0);
  for await (const chunk of socket) {
    received = Buffer.concat([received, chunk]);
    const whole = received.subarray(0, received.length - (received.length % 4));
    received = received.subarray(whole.length);
    for (const [x, y] of iterUnpack("<hh", whole)) {
      if (x === NOWHERE && y === NOWHERE) return;
      publish(pack("<ihh", id, x, y));
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
      publish(pack("<ihh", id, NOWHERE, NOWHERE));
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

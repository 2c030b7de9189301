/**
 * Step 3 · The newest. Step 2 forgot what there was no room for, and left a slow client with a wrong map.
 *
 *   npx tsx lessons/2_simple_broadcast_test/steps/3_the_newest.ts
 *
 * Now the newest position of each client waits until there is room again. That is enough: to know where everyone is, one
 * need not know where they have been. What is still wrong: a client that never reads again may stay forever, and so may
 * one that says nothing.
 */

import { type AddressInfo, createServer, type Socket } from "node:net";
import { iterUnpack, pack } from "../../../src/struct.ts";

const port = Number(process.argv[2] ?? 9002);
const NOWHERE = -32768;

interface Client {
  socket: Socket;
  position: Uint8Array;
  waiting: Map<number, Uint8Array>; // for which there was no room: the newest position of each client, by id
}
const clients = new Map<number, Client>();
let lastId = 0;

function tellAll(id: number, position: Uint8Array) {
  for (const { socket, waiting } of clients.values()) {
    // A newer position takes the place of the one before, so that at most one of each client waits.
    if (socket.writableNeedDrain) waiting.set(id, position);
    else socket.write(position);
  }
}

const server = createServer((socket) => {
  const id = ++lastId;
  const client: Client = { socket, position: pack("<ihh", id, 30, 10), waiting: new Map() };
  clients.set(id, client);
  tellAll(id, client.position);
  for (const other of clients.values()) if (other !== client) socket.write(other.position);
  console.log(`client ${id} came; ${clients.size} connected`);

  // All is sent, so there is room again.
  socket.on("drain", () => {
    for (const position of client.waiting.values()) socket.write(position);
    client.waiting.clear();
  });

  let received = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    received = Buffer.concat([received, chunk]);
    const whole = received.subarray(0, received.length - (received.length % 4));
    received = received.subarray(whole.length);
    for (const [x, y] of iterUnpack("<hh", whole)) {
      if (x === NOWHERE && y === NOWHERE) {
        socket.destroy();
        return;
      }
      client.position = pack("<ihh", id, x, y);
      tellAll(id, client.position);
    }
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    clients.delete(id);
    console.log(`client ${id} left; ${clients.size} remain`);
    tellAll(id, pack("<ihh", id, NOWHERE, NOWHERE));
  });
});

setInterval(() => {
  let unsent = 0;
  for (const { socket } of clients.values()) unsent += socket.writableLength;
  const memory = (process.memoryUsage.rss() / 1e6).toFixed(0);
  if (unsent > 0) console.log(`${(unsent / 1e6).toFixed(1)} MB unsent; memory: ${memory} MB`);
}, 1000);

server.listen(port, "127.0.0.1", () => {
  console.log(`listening on 127.0.0.1:${(server.address() as AddressInfo).port}`);
});

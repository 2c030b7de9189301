/**
 * Step 2 · Only where there is room. Step 1 kept in memory whatever a client did not read.
 *
 *   npx tsx lessons/2_simple_broadcast_test/steps/2_only_where_there_is_room.ts
 *
 * Now a client whose buffer is full is written nothing more, so it costs nothing more. What is wrong now: what it was not
 * told, it never learns. When it reads again its map is wrong, and stays wrong for whoever moves no more.
 */

import { type AddressInfo, createServer, type Socket } from "node:net";
import { iterUnpack, pack } from "../../../src/struct.ts";

const port = Number(process.argv[2] ?? 9002);
const NOWHERE = -32768;

interface Client {
  socket: Socket;
  position: Uint8Array;
}
const clients = new Map<number, Client>();
let lastId = 0;

function tellAll(position: Uint8Array) {
  for (const { socket } of clients.values()) {
    // True from the write that filled the socket's buffer (16 KiB) until all of it is sent.
    if (socket.writableNeedDrain) continue;
    socket.write(position);
  }
}

const server = createServer((socket) => {
  const id = ++lastId;
  const client: Client = { socket, position: pack("<ihh", id, 30, 10) };
  clients.set(id, client);
  tellAll(client.position);
  for (const other of clients.values()) if (other !== client) socket.write(other.position);
  console.log(`client ${id} came; ${clients.size} connected`);

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
      tellAll(client.position);
    }
  });
  socket.on("error", () => {});
  socket.on("close", () => {
    clients.delete(id);
    console.log(`client ${id} left; ${clients.size} remain`);
    tellAll(pack("<ihh", id, NOWHERE, NOWHERE));
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

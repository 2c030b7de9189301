/**
 * Step 4 · Deadlines. In step 3 a client that said nothing, or took nothing, could stay forever.
 *
 *   npx tsx lessons/2_simple_broadcast_test/steps/4_deadlines.ts
 *
 * Now each client has two clocks, and is closed when either has run too long. What is still missing, and is in `server.ts`:
 * threads; turns for the others while one moves without end; and a bound for clients that come and go while one is full.
 */

import { type AddressInfo, createServer, type Socket } from "node:net";
import { iterUnpack, pack } from "../../../src/struct.ts";

const port = Number(process.argv[2] ?? 9002);
const NOWHERE = -32768;
const TIMEOUT = 3000; // in milliseconds. The lesson's server has a minute, which is long to watch

interface Client {
  socket: Socket;
  position: Uint8Array;
  waiting: Map<number, Uint8Array>;
  spoke: number; // when its last place came
  hadRoom: number; // when something could last be written to it
}
const clients = new Map<number, Client>();
let lastId = 0;

function tellAll(id: number, position: Uint8Array) {
  for (const { socket, waiting } of clients.values()) {
    if (socket.writableNeedDrain) waiting.set(id, position);
    else socket.write(position);
  }
}

const server = createServer((socket) => {
  const id = ++lastId;
  const position = pack("<ihh", id, 30, 10);
  const client: Client = { socket, position, waiting: new Map(), spoke: Date.now(), hadRoom: Date.now() };
  clients.set(id, client);
  tellAll(id, client.position);
  for (const other of clients.values()) if (other !== client) socket.write(other.position);
  console.log(`client ${id} came; ${clients.size} connected`);
  socket.on("drain", () => {
    for (const position of client.waiting.values()) socket.write(position);
    client.waiting.clear();
    client.hadRoom = Date.now();
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
      client.spoke = Date.now();
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
  const now = Date.now();
  for (const client of clients.values()) {
    if (!client.socket.writableNeedDrain) client.hadRoom = now;
    if (now - Math.min(client.spoke, client.hadRoom) > TIMEOUT) client.socket.destroy();
  }
}, 1000);

server.listen(port, "127.0.0.1", () => {
  console.log(`listening on 127.0.0.1:${(server.address() as AddressInfo).port}`);
});

/**
 * Step 1 · Everybody hears. Each move of a client is written to all clients, in the loop that anyone would write.
 *
 *   npx tsx lessons/2_simple_broadcast_test/steps/1_everybody_hears.ts
 *   npx tsx lessons/2_simple_broadcast_test/client.ts                    in other terminals
 *
 * It works until a client does not read. Whatever is written to that one stays in the server's memory, and nothing limits
 * how much. Left out until step 4: deadlines, so a client that says nothing may stay forever.
 */

import { type AddressInfo, createServer, type Socket } from "node:net";
import { iterUnpack, pack } from "../../../src/struct.ts";

// The port to listen on, 9002 unless another is given; 0 stands for any that is free.
const port = Number(process.argv[2] ?? 9002);
const NOWHERE = -32768; // as x and y: the client has left

interface Client {
  socket: Socket;
  position: Uint8Array; // the newest, for whoever comes later
}
const clients = new Map<number, Client>();
let lastId = 0;

// The position is packed once, and the same eight bytes are written to each.
function tellAll(position: Uint8Array) {
  for (const { socket } of clients.values()) socket.write(position);
}

const server = createServer((socket) => {
  const id = ++lastId;
  // Everyone starts in the middle of the room.
  const client: Client = { socket, position: pack("<ihh", id, 30, 10) };
  // All are told of it, itself included: so it knows who it is. Then it is told who is there.
  clients.set(id, client);
  tellAll(client.position);
  for (const other of clients.values()) if (other !== client) socket.write(other.position);
  console.log(`client ${id} came; ${clients.size} connected`);

  let received = Buffer.alloc(0);
  socket.on("data", (chunk) => {
    // All places that are whole. What is left over is the beginning of the next, and stays.
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
  socket.on("error", () => {}); // its "close" follows
  socket.on("close", () => {
    clients.delete(id);
    console.log(`client ${id} left; ${clients.size} remain`);
    tellAll(pack("<ihh", id, NOWHERE, NOWHERE));
  });
});

// Once a second, if anything waits to be sent: how much, and how much memory the server takes.
setInterval(() => {
  let unsent = 0;
  for (const { socket } of clients.values()) unsent += socket.writableLength;
  const memory = (process.memoryUsage.rss() / 1e6).toFixed(0);
  if (unsent > 0) console.log(`${(unsent / 1e6).toFixed(1)} MB unsent; memory: ${memory} MB`);
}, 1000);

server.listen(port, "127.0.0.1", () => {
  console.log(`listening on 127.0.0.1:${(server.address() as AddressInfo).port}`);
});

/**
 * Step 3 · Only where there is room. In step 2, one client that did not read held up all the others.
 *
 *   npx tsx lessons/2_simple_broadcast_test/steps/3_only_where_there_is_room.ts
 *
 * Now the loop waits for nobody, and leaves out each client whose buffer is full.
 */

import { type AddressInfo, createServer, type Socket } from "node:net";
import { iterUnpack, pack } from "../../../src/struct.ts";

// The port to listen on: 9002 unless you give another. 0 takes any free port.
const port = Number(process.argv[2] ?? 9002);
const NOWHERE = -32768; // as x and y: the client has left

interface Client {
  socket: Socket;
  position: Uint8Array; // the newest, for clients that come later
}
const clients = new Map<number, Client>();
let lastId = 0;

// The position is packed once. Every client gets the same eight bytes.
function tellAll(position: Uint8Array) {
  for (const { socket } of clients.values()) {
    // True from the write that filled the socket's buffer (16 KiB) until all of it is sent.
    if (socket.writableNeedDrain) continue;
    socket.write(position);
  }
}

async function handleClient(socket: Socket, id: number) {
  // Everyone starts in the middle of the room.
  const client: Client = { socket, position: pack("<ihh", id, 30, 10) };
  // A newcomer first hears its own position, so it knows who it is. Then it hears where the others are.
  for (const { position } of [client, ...clients.values()]) socket.write(position);
  tellAll(client.position);
  clients.set(id, client);
  console.log(`client ${id} came; ${clients.size} connected`);

  let received = Buffer.alloc(0);
  for await (const chunk of socket) {
    // Take all whole places. The rest is the beginning of the next one, and stays.
    received = Buffer.concat([received, chunk]);
    const whole = received.subarray(0, received.length - (received.length % 4));
    received = received.subarray(whole.length);
    for (const [x, y] of iterUnpack("<hh", whole)) {
      if (x === NOWHERE && y === NOWHERE) return; // this ends the loop over the socket, which closes it
      client.position = pack("<ihh", id, x, y);
      tellAll(client.position);
    }
  }
}

const server = createServer((socket) => {
  const id = ++lastId;
  socket.on("error", () => {}); // it ends the handler's loop as well
  handleClient(socket, id)
    .catch(() => {})
    .finally(() => {
      clients.delete(id);
      console.log(`client ${id} left; ${clients.size} remain`);
      tellAll(pack("<ihh", id, NOWHERE, NOWHERE));
    });
});

// Once a second, if anything is waiting to be sent: how much, and how much memory the server uses.
setInterval(() => {
  let unsent = 0;
  for (const { socket } of clients.values()) unsent += socket.writableLength;
  const memory = (process.memoryUsage.rss() / 1e6).toFixed(0);
  if (unsent > 0) console.log(`${(unsent / 1e6).toFixed(1)} MB unsent; memory: ${memory} MB`);
}, 1000);

// Such as: the port is in use.
server.on("error", (error) => {
  console.error(error.message);
  process.exit(1);
});

server.listen(port, "127.0.0.1", () => {
  console.log(`listening on 127.0.0.1:${(server.address() as AddressInfo).port}`);
});

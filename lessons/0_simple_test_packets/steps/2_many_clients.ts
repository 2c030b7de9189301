/**
 * Step 2 · Many clients. In step 1 all clients had one id and one sequence, and so they were sent each other's tests.
 *
 *   npx tsx lessons/0_simple_test_packets/steps/2_many_clients.ts
 *
 * Now each has its own, and the server keeps a list of its clients. What is still wrong: it takes each chunk for one
 * whole answer. Send it an answer in two pieces and it ends, for everybody.
 */

import { type AddressInfo, createServer, type Socket } from "node:net";
import { pack, unpack } from "../../../src/struct.ts";

const port = Number(process.argv[2] ?? 9000);

// The list. With the id as its key, any client can be found, and none has the id of another.
const clients = new Map<number, Socket>();
let lastId = 0;

const server = createServer((socket) => {
  // These variables belong to this call of the function, so every client has its own.
  const id = ++lastId;
  let sequence = 0;

  clients.set(id, socket);
  console.log(`client ${id} came; ${clients.size} connected`);

  function sendTest() {
    sequence += 1;
    socket.write(pack("<ii", id, sequence));
  }

  sendTest();

  socket.on("data", (chunk) => {
    // unpack wants exactly eight bytes. Given three, it throws; nobody catches that here, so the process ends.
    const [answeredId, answered] = unpack("<ii", chunk);
    console.log(`client ${answeredId} answered test ${answered}`);
    setTimeout(sendTest, 1000);
  });
});

server.listen(port, "127.0.0.1", () => {
  console.log(`listening on 127.0.0.1:${(server.address() as AddressInfo).port}`);
});

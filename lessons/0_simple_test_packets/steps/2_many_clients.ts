/**
 * Step 2 · Many clients. In step 1 all clients shared one id and one sequence, so each was sent some of the others' tests.
 *
 *   npx tsx lessons/0_simple_test_packets/steps/2_many_clients.ts
 *
 * Now each client has an id and a sequence of its own, and the server keeps a list of its clients.
 */

import { type AddressInfo, createServer, type Socket } from "node:net";
import { pack, unpack } from "../../../src/struct.ts";

const port = Number(process.argv[2] ?? 9000);

// The list. Each client is found by its id, and no id is used twice.
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
    const [answeredId, answered] = unpack("<ii", chunk);
    console.log(`client ${answeredId} answered test ${answered}`);
    setTimeout(sendTest, 1000);
  });
});

server.on("error", (error) => {
  console.error(error.message);
  process.exitCode = 1;
});

server.listen(port, "127.0.0.1", () => {
  console.log(`listening on 127.0.0.1:${(server.address() as AddressInfo).port}`);
});

/**
 * Step 1 · The smallest server. It sends a client a test packet, prints the answer, rests a second, and sends the next test.
 *
 *   npx tsx lessons/0_simple_test_packets/steps/1_one_client.ts
 *   npx tsx lessons/0_simple_test_packets/steps/client.ts           in another terminal
 *
 * Read it from top to bottom. It has one function for a client that connects, and one for bytes that arrive.
 */

import { type AddressInfo, createServer } from "node:net";
import { pack, unpack } from "../../../src/struct.ts";

// The port to listen on: 9000, or the one that you give. 0 means any free port.
const port = Number(process.argv[2] ?? 9000);

// How many tests have been sent.
let sequence = 0;

// The operating system accepts the connections. Node calls this function for each of them, with a socket of its own.
const server = createServer((socket) => {
  function sendTest() {
    sequence += 1;
    // Two numbers become eight bytes: the id, always 1 here, and the sequence.
    socket.write(pack("<ii", 1, sequence));
  }

  sendTest();

  // Called whenever bytes arrive. Nothing waits here: between two calls the program is free for something else.
  socket.on("data", (chunk) => {
    const [id, answered] = unpack("<ii", chunk);
    console.log(`client ${id} answered test ${answered}`);
    setTimeout(sendTest, 1000);
  });
});

// Another program may be listening on the port already.
server.on("error", (error) => {
  console.error(error.message);
  process.exitCode = 1;
});

// 127.0.0.1: only programs on this machine can connect.
server.listen(port, "127.0.0.1", () => {
  console.log(`listening on 127.0.0.1:${(server.address() as AddressInfo).port}`);
});

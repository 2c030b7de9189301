/**
 * Step 1 · The smallest server: it sends a client a test packet, prints the answer, and sends the next.
 *
 *   npx tsx lessons/0_simple_test_packets/steps/1_one_client.ts
 *   npx tsx lessons/0_simple_test_packets/steps/client.ts           in another terminal
 *
 * It is good for one client. Start a second, and look at the sequences that each of them is sent.
 */

import { type AddressInfo, createServer } from "node:net";
import { pack, unpack } from "../../../src/struct.ts";

// The port to listen on, 9000 unless another is given; 0 stands for any that is free.
const port = Number(process.argv[2] ?? 9000);

// How many tests have been sent. Here is the mistake: there is one such number, however many clients come.
let sequence = 0;

// The operating system accepts the connections. Each one arrives here as a socket of its own.
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

// 127.0.0.1: only programs on this machine can connect.
server.listen(port, "127.0.0.1", () => {
  console.log(`listening on 127.0.0.1:${(server.address() as AddressInfo).port}`);
});

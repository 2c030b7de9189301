/**
 * The smallest client of lesson 0. It prints whatever arrives, and sends it back: that is all that an answer is.
 *
 *   npx tsx lessons/0_simple_test_packets/steps/client.ts
 */

import { connect } from "node:net";

// The server's port: 9000, or the one that you give, as in `client.ts 9005`.
const port = Number(process.argv[2] ?? 9000);

// 127.0.0.1 is this machine. The client has a port as well; the operating system picks any free one.
const socket = connect(port, "127.0.0.1");

// A chunk is what has just arrived: some bytes, not always cut where you would cut them. The client sends them all back, so it
// needn't know where a packet ends. It prints each byte as two hexadecimal digits: 3 is 03, 255 is FF.
socket.on("data", (chunk) => {
  const hex = [...chunk].map((byte) => byte.toString(16).padStart(2, "0").toUpperCase());
  console.log(hex.join(" "));
  socket.write(chunk);
});

// No server is listening, or the connection broke.
socket.on("error", (error) => console.log(error.message));
socket.on("close", () => console.log("the connection is closed"));

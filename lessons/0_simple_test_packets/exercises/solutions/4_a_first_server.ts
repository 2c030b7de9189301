/**
 * Exercise 0.4 · A first server: our solution.
 *
 * @module
 */

import { createServer, type Server } from "node:net";
import { TEST_PACKET } from "#lessons/0_simple_test_packets/protocol.ts";

/**
 * Starts a server that sends each client its first test: ids 1, 2, 3, … and sequence 1. It leaves their connections open.
 *
 * @param port - where to listen, on 127.0.0.1
 * @returns the server
 */
export function startServer(port: number): Server {
  // Outside the function of a client, or each client would be number 1.
  let lastId = 0;
  const server = createServer((socket) => {
    const id = ++lastId;
    socket.on("error", () => {
      // The client broke off. It is gone, and the others are not.
    });
    socket.write(TEST_PACKET.pack(id, 1));
  });
  return server.listen(port, "127.0.0.1");
}

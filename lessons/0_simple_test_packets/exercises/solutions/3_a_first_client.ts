/**
 * Exercise 0.3 · A first client: our solution.
 *
 * @module
 */

import { connect } from "node:net";
import { TEST_PACKET } from "#lessons/0_simple_test_packets/protocol.ts";

/**
 * Connects to a server on this machine, answers its first test, and ends the connection.
 *
 * @param port - where the server listens, on 127.0.0.1
 * @returns the sequence of the test
 * @throws Error if nobody listens there, or if the server ends before it has sent a test
 */
export function answerOneTest(port: number): Promise<number> {
  // Events become a promise: whichever comes first settles it, and what comes later changes nothing.
  return new Promise((resolve, reject) => {
    const socket = connect(port, "127.0.0.1");
    socket.on("data", (chunk) => {
      const [, sequence] = TEST_PACKET.unpack(chunk);
      socket.write(chunk);
      // Only this side's half: what was written before it is still sent.
      socket.end();
      resolve(sequence);
    });
    socket.on("end", () => reject(new Error("the server has ended without a test")));
    socket.on("error", reject);
  });
}

/**
 * Exercise 0.7 · A deadline: our solution.
 *
 * @module
 */

import type { Socket } from "node:net";

/**
 * Reads an answer that has to come in time.
 *
 * @param socket - the client's; nobody else reads from it
 * @param size - how many bytes the answer has; a client sends no more than that
 * @param timeout - how long the whole answer may take from now on, in milliseconds
 * @returns the answer
 * @throws Error if it does not come in time, and then the socket is destroyed; or if the client leaves before
 */
export function readAnswer(socket: Socket, size: number, timeout: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    let answer: Uint8Array = new Uint8Array(0);
    // Started once. In the listener of "data" it would start anew with each byte, and a byte now and then would do.
    const timer = setTimeout(() => {
      reject(new Error(`timed out after ${answer.length} of ${size} bytes`));
      socket.destroy();
    }, timeout);
    const take = (chunk: Uint8Array) => {
      answer = Buffer.concat([answer, chunk]);
      if (answer.length < size) return;
      clearTimeout(timer);
      // The next answer has a call of its own, with listeners of its own.
      socket.off("data", take);
      resolve(answer);
    };
    const leave = () => {
      clearTimeout(timer);
      reject(new Error(`the client left after ${answer.length} of ${size} bytes`));
    };
    socket.on("data", take);
    socket.once("end", leave);
    socket.once("error", leave);
    socket.once("close", leave);
  });
}

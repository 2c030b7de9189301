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
    // Started once. In the listener of "data" it would restart with each byte, so a byte now and then would be enough.
    const timer = setTimeout(() => fail("timed out"), timeout);
    const take = (chunk: Uint8Array) => {
      answer = Buffer.concat([answer, chunk]);
      if (answer.length < size) return;
      stop();
      resolve(answer);
    };
    const leave = () => fail("the client left");
    const fail = (why: string) => {
      stop();
      reject(new Error(`${why} after ${answer.length} of ${size} bytes`));
      socket.destroy();
    };
    // The next answer has a call of its own, with a timer and listeners of its own.
    const stop = () => {
      clearTimeout(timer);
      socket.off("data", take).off("end", leave).off("error", leave).off("close", leave);
    };
    socket.on("data", take).on("end", leave).on("error", leave).on("close", leave);
  });
}

/**
 * Lesson 1 · the naive server: most people's first server looks like this.
 *
 *   npx tsx lessons/1_simple_math_server/naive_server.ts
 *
 * When bytes arrive, it unpacks a request, computes, and writes the answer. Ask it with `client.ts SUMA 2 3`, and it
 * answers 5. The guide, README.md, asks what an attacker can do to it: make your guesses while you read.
 */

import { type AddressInfo, createServer } from "node:net";
import { pack, unpackFrom } from "../../src/struct.ts";

const port = Number(process.argv[2] ?? 9001);

const OPERATIONS: Record<string, (first: number, second: number) => number> = {
  SUMA: (first, second) => first + second,
  RESTA: (first, second) => first - second,
  MULTIPLICACION: (first, second) => first * second,
  DIVISION: (first, second) => first / second,
};

const server = createServer((socket) => {
  // Node calls this each time bytes have arrived, and hands over those bytes.
  socket.on("data", (chunk) => {
    const [length, first, second] = unpackFrom("<ihh", chunk);
    const command = chunk.subarray(8, 8 + length).toString();
    const operation = OPERATIONS[command];
    const result = operation ? operation(first, second) : Number.NaN;
    console.log(`${command} ${first} ${second} = ${result}`);
    socket.write(pack("<id", operation ? 0 : 1, result));
  });
});

server.listen(port, "127.0.0.1", () => {
  console.log(`listening on 127.0.0.1:${(server.address() as AddressInfo).port}`);
});

/**
 * Lesson 1 · the naive server. It is wrong on purpose: it takes each chunk that arrives for one request.
 *
 *   npx tsx lessons/1_simple_math_server/naive_server.ts
 *
 * Most first servers look like this, and they work, as long as each request happens to arrive in one piece and alone.
 * Ask it with `client.ts SUMA 2 3`, and all is well. Then attack it: `npm run attack 1 pieces`.
 *
 * What else it leaves out: it believes the length, prints what strangers send, looks their commands up in an object that
 * has inherited some of its own, listens to no errors, and waits forever.
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
  // "data" says: here are some bytes. It does not say: here is a request.
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

/**
 * Nothing runs this. Each promise here floats, in one of the ways that a program can forget one, and the comment above
 * it allows that. Such a comment is an error where the linter finds nothing to allow: if it ever misses one of these,
 * `npm run check` fails.
 *
 * @module
 */

import { once } from "node:events";
import { createServer } from "node:net";
import { setTimeout } from "node:timers/promises";
import { expect } from "vitest";
import type { Connection } from "../../src/connection.ts";

async function answer(): Promise<number> {
  return 5;
}

/** Promises that nobody waits for. */
export function forgotten(connection: Connection): void {
  // oxlint-disable-next-line typescript/no-floating-promises
  connection.write(new Uint8Array(8), 0); // a promise only when the peer does not read
  // oxlint-disable-next-line typescript/no-floating-promises
  for (let i = 0; i < 2; i++) connection.write(new Uint8Array(8), 0);
  // oxlint-disable-next-line typescript/no-floating-promises
  connection.read(8, 0);
  // oxlint-disable-next-line typescript/no-floating-promises
  connection.close();
  // oxlint-disable-next-line typescript/no-floating-promises
  answer();
  // oxlint-disable-next-line typescript/no-floating-promises
  answer().then(() => {});
  // oxlint-disable-next-line typescript/no-floating-promises
  answer().finally(() => {});
  // oxlint-disable-next-line typescript/no-floating-promises
  Promise.all([answer(), answer()]);
  // oxlint-disable-next-line typescript/no-floating-promises
  void answer();
  // oxlint-disable-next-line typescript/no-floating-promises
  void answer().then(() => {});
}

/** The same with promises that Node and Vitest make. */
export function forgottenElsewhere(): void {
  const server = createServer();
  // oxlint-disable-next-line typescript/no-floating-promises
  once(server, "listening");
  // oxlint-disable-next-line typescript/no-floating-promises
  setTimeout(5);
  // oxlint-disable-next-line typescript/no-floating-promises
  expect(answer()).resolves.toBe(5);
}

/** Async functions whose caller never looks at what they return. */
export function misused(): void {
  // oxlint-disable-next-line typescript/no-misused-promises
  createServer(async () => {
    await answer();
  });
  // oxlint-disable-next-line typescript/no-misused-promises
  [1, 2].forEach(async () => {
    await answer();
  });
}

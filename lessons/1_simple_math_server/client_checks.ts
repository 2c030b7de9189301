/**
 * Lesson 1 · the checks of a client: `npm run check-client 1 COMMAND … {port} …`, in any language. It asks what it likes,
 * at once when it has connected and then again and again.
 *
 * @module
 */

import { type Attacker, NotWithstood, PROMPTLY, seconds } from "../../src/attack.ts";
import type { ClientChecks } from "../../src/check.ts";
import { printable } from "../../src/log.ts";
import { COMMAND_LIMIT, COMMANDS, PACKETS, REQUEST, RESPONSE, STATUS } from "./protocol.ts";

const RESULT = 1234.5;
const IN_TEXT = /\b1234\.5\b/;

/** Reads a request, which must be one that a server can answer. */
async function expectRequest(client: Attacker, limit?: number): Promise<void> {
  const head = await client.read(REQUEST.size, "a request (its first 8 bytes)", limit);
  const [length] = REQUEST.unpack(head);
  if (length !== 0 && length % 2 ** 24 === 0) {
    throw new NotWithstood("its numbers are in the opposite byte order: the lowest byte must come first.");
  }
  if (length < 1 || length > COMMAND_LIMIT) {
    throw new NotWithstood(
      `it sent a length of ${length}; a command has 1 to ${COMMAND_LIMIT} bytes, and the length comes first.`,
    );
  }
  const text = await client.read(length, `the command, of ${length} bytes as its request says,`);
  let command: string;
  try {
    command = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(text);
  } catch {
    throw new NotWithstood("the command is not UTF-8.");
  }
  if (!COMMANDS.some((known) => known === command)) {
    throw new NotWithstood(
      `it asked for ${printable(command)}; the commands are ${COMMANDS.join(", ")}, with nothing before or behind.`,
    );
  }
}

/** What `npm run check-client 1` knows. */
export const CLIENT_CHECKS: ClientChecks = {
  packets: PACKETS,
  timeout: 5000,
  interval: 10_000,
  stages: [
    {
      title: "it sends a request that a server can read",
      cause: 'Pack "<ihh", the length of the command in bytes first, and then the bytes of the command.',
      run: (client) => expectRequest(client),
    },
    {
      title: "it prints the result",
      cause: 'Read twelve bytes, unpack "<id", and print the second of the two numbers.',
      async run(client, subject) {
        await expectRequest(client);
        await client.send(RESPONSE.pack(STATUS.OK, RESULT));
        await subject.prints(IN_TEXT, `the result, ${RESULT}`);
      },
    },
    {
      title: "a response in twelve pieces: it waits for all of them",
      cause: "One chunk was taken for one response. Collect what arrives until there are twelve bytes.",
      async run(client, subject) {
        await expectRequest(client);
        await client.drip(RESPONSE.pack(STATUS.OK, RESULT), 50);
        await subject.prints(IN_TEXT, `the result, ${RESULT}`);
      },
    },
    {
      title: "it goes on asking, after an unknown command and a division by zero too",
      cause: "Only status 3 ends the conversation. After the others, ask again.",
      async run(client, _subject, { interval }) {
        for (const status of [STATUS.UNKNOWN_COMMAND, STATUS.DIVISION_BY_ZERO]) {
          await expectRequest(client, interval + PROMPTLY);
          await client.send(RESPONSE.pack(status, Number.NaN));
        }
        await expectRequest(client, interval + PROMPTLY);
      },
    },
    {
      title: "it does not wait forever for a response",
      cause: "A read needs a deadline: a server that has hung never closes, and never answers.",
      async run(client, subject, { timeout }) {
        await expectRequest(client);
        await client.send(RESPONSE.pack(STATUS.OK, RESULT).subarray(0, 6));
        if (await subject.ends(timeout + PROMPTLY)) return;
        throw new NotWithstood(
          `half a response came, and it still waited ${seconds(timeout + PROMPTLY)} later.`,
        );
      },
    },
  ],
};

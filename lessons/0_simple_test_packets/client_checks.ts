/**
 * Lesson 0 · the checks of a client: `npm run check-client 0 COMMAND … {port} …`, in any language.
 *
 * @module
 */

import { type Attacker, NotWithstood } from "../../src/attack.ts";
import type { ClientChecks } from "../../src/check.ts";
import { unpack } from "../../src/struct.ts";
import { PACKETS, TEST_PACKET } from "./protocol.ts";

/** Reads the answer to a test. It must be the same eight bytes. */
async function expectAnswer(client: Attacker, id: number, sequence: number): Promise<void> {
  const answer = await client.read(TEST_PACKET.size, `the answer to id ${id} sequence ${sequence}`);
  const [gotId, gotSequence] = TEST_PACKET.unpack(answer);
  if (gotId === id && gotSequence === sequence) return;
  const [bigId, bigSequence] = unpack(">ii", answer);
  const guess =
    bigId === id && bigSequence === sequence
      ? " The bytes are in the opposite order: the lowest must come first."
      : "";
  throw new NotWithstood(
    `to id ${id} sequence ${sequence} it answered id ${gotId} sequence ${gotSequence}.${guess}`,
  );
}

/** What `npm run check-client 0` knows. */
export const CLIENT_CHECKS: ClientChecks = {
  packets: PACKETS,
  timeout: 60_000,
  interval: 0,
  stages: [
    {
      title: "it answers a test with the same eight bytes",
      cause: "Read eight bytes, and write just these back. Nothing has to be unpacked for that.",
      async run(client) {
        await client.send(TEST_PACKET.pack(3, 1));
        await expectAnswer(client, 3, 1);
      },
    },
    {
      title: "it answers test after test, whatever the numbers",
      cause:
        "Answer in a loop, and answer what came: not numbers that you counted, nor the low byte of each.",
      async run(client) {
        for (const [id, sequence] of [
          [258, 1],
          [258, 2],
          [2 ** 31 - 1, 0x01020304],
          [258, 3],
        ] as const) {
          await client.send(TEST_PACKET.pack(id, sequence));
          await expectAnswer(client, id, sequence);
        }
      },
    },
    {
      title: "it says nothing that it was not asked",
      cause: "An answer is written once, after its test has come, and nothing else is ever written.",
      async run(client) {
        await client.isSilent("it sent something before the first test.");
        await client.send(TEST_PACKET.pack(3, 1));
        await expectAnswer(client, 3, 1);
        await client.isSilent("it sent more than the answer.");
      },
    },
    {
      title: "a test in eight pieces: it waits for all of them",
      cause: "One chunk was taken for one test. Collect what arrives until there are eight bytes.",
      async run(client) {
        const test = TEST_PACKET.pack(3, 0x01020304);
        await client.drip(test.subarray(0, 7), 50);
        await client.isSilent("it answered before the test was complete.");
        await client.send(test.subarray(7));
        await expectAnswer(client, 3, 0x01020304);
      },
    },
    {
      title: "three tests in one piece: it answers each, in order",
      cause:
        "Only the first test of a chunk was looked at. After each answer, look whether the next is there already.",
      async run(client) {
        await client.send(Buffer.concat([1, 2, 3].map((sequence) => TEST_PACKET.pack(3, sequence))));
        for (const sequence of [1, 2, 3]) await expectAnswer(client, 3, sequence);
      },
    },
  ],
};

/**
 * Lesson 0 · the checks of a client: what a program that answers tests has to do.
 *
 * `npm run check-client 0 "… {port}"` runs them on any client of the lesson, in any language: `client.ts`,
 * `steps/client.ts`, or yours.
 *
 * @module
 */

import type { ClientChecks } from "../../src/checks/client_stages.ts";
import { CheckFailed, explained, type Peer } from "../../src/checks/peer.ts";
import { LAST_SEQUENCE, PACKETS, TEST_PACKET } from "./protocol.ts";

/** How long to check that a client with no reason to speak stays silent, in milliseconds. */
const QUIET = 200;

/** An id of four different bytes: one is a line end, and two are not text. */
const LARGE_ID = 0x01c3_0a84;

/** Tests the client, which must send the same eight bytes back. */
async function expectAnswer(client: Peer, id: number, sequence: number): Promise<void> {
  await client.send(TEST_PACKET.pack(id, sequence));
  await readAnswer(client, id, sequence);
}

async function readAnswer(client: Peer, id: number, sequence: number): Promise<void> {
  const answer = await client.read(TEST_PACKET.size, `the answer to test ${sequence}`);
  const test = TEST_PACKET.pack(id, sequence);
  if (Buffer.compare(answer, test) === 0) return;
  const [gotId, gotSequence] = TEST_PACKET.unpack(answer);
  const [asked, answered] = [`id ${id} sequence ${sequence}`, `id ${gotId} sequence ${gotSequence}`];
  throw new CheckFailed(`it answered the test ${asked} with ${answered}.`, "wrong", guess(test, answer));
}

/** The likely cause of a wrong answer, if it shows in the bytes. */
function guess(test: Uint8Array, answer: Uint8Array): string | undefined {
  const [id, sequence] = TEST_PACKET.unpack(test);
  const [gotId, gotSequence] = TEST_PACKET.unpack(answer);
  const isAnswer = (bytes: Uint8Array) => Buffer.compare(bytes.subarray(0, answer.length), answer) === 0;
  const asText = (encoding: "utf8" | "latin1") => Buffer.from(Buffer.from(test).toString(encoding), "utf8");

  if (isAnswer(Buffer.from(test).swap32()))
    return "The bytes of each number are in the opposite order: the lowest comes first.";
  if (gotId === sequence && gotSequence === id) return "The id comes first, and then the sequence.";
  if (gotId === id && gotSequence === sequence + 1)
    return "The client counts up. The server does that: send back the bytes of the test.";
  if (isAnswer(asText("utf8")) || isAnswer(asText("latin1")))
    return "It decodes the bytes as text, but they aren't text.";
  const isCut = (got: number, sent: number) => got !== sent && got === (sent & 0xff);
  if (isCut(gotId, id) || isCut(gotSequence, sequence))
    return "Each number has four bytes, not only the lowest.";
  if (gotId === 1 && id !== 1) return "The server gives the id, and it is not always 1.";
  return undefined;
}

/** The checks of `npm run check-client 0`. */
export const CLIENT_CHECKS: ClientChecks = {
  timeout: 60_000,
  interval: 1000,
  packets: PACKETS,
  begin: (client) => expectAnswer(client, 1, 1),

  stages: [
    {
      title: "it sends nothing before it is tested",
      cause: "The server begins. Read a test first, then write the answer.",
      fits: ["spoke"],
      async run(program) {
        const client = await program.connect();
        await client.isSilent("it sent something before any test.", QUIET);
      },
    },
    {
      title: "it answers a test with the same eight bytes",
      cause: "Read the eight bytes of the test, and write them back. You don't have to pack anything.",
      async run(program) {
        await expectAnswer(await program.connect(), 3, 1);
      },
    },
    {
      title: "it answers the next tests, too, and is silent in between",
      cause:
        "Read and answer in a loop, for as long as the server is there. Between two tests it may be silent.",
      fits: ["silence", "closed", "reset"],
      async run(program) {
        const client = await program.connect();
        for (const sequence of [1, 2, 3]) {
          await expectAnswer(client, 1, sequence);
          const wrong = `after its answer to test ${sequence} it sent something more.`;
          await explained(client.isSilent(wrong, program.interval), {
            spoke: "It answers a test more than once. Send one answer for each test, and nothing in between.",
          });
        }
      },
    },
    {
      title: "it answers whatever the numbers are",
      cause:
        "An answer is the test itself: send back all the bytes that came, and look at them only to print them.",
      async run(program) {
        const client = await program.connect();
        // A server that has run for years: sequences of one byte to four, and the largest.
        for (const sequence of [7, 0x0102, 0x0d_02ff80, LAST_SEQUENCE]) {
          await expectAnswer(client, LARGE_ID, sequence);
        }
      },
    },
    {
      title: "a test in eight pieces: TCP carries bytes, not packets",
      cause:
        "It treated each chunk as one test. Collect what arrives until there are eight bytes, or send back whatever comes.",
      async run(program) {
        const client = await program.connect();
        await client.drip(TEST_PACKET.pack(1, 1), program.pause);
        await explained(readAnswer(client, 1, 1), {
          silence:
            "It threw the pieces away, or waits for all eight bytes in one chunk. Keep what has arrived, and append what comes next.",
        });
        await expectAnswer(client, 1, 2);
      },
    },
    {
      title: "two tests in one piece: two answers, in their order",
      cause:
        "It looked at only the first test of the chunk. After each answer, check whether the next test is already there.",
      fits: ["silence", "closed", "reset"],
      async run(program) {
        const client = await program.connect();
        await client.send(Buffer.concat([TEST_PACKET.pack(1, 1), TEST_PACKET.pack(1, 2)]));
        await explained(readAnswer(client, 1, 1), {
          silence:
            "It answers neither of two tests that come in one chunk. Take eight bytes, and leave the rest for the next test.",
          wrong:
            "It looked at only the last test of the chunk, or answers in a different order. Take eight bytes at a time, from the front.",
        });
        await readAnswer(client, 1, 2);
      },
    },
  ],
};

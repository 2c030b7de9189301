/**
 * Lesson 0 · the checks of a client: what a program has to do that is tested.
 *
 * `npm run check-client 0 "… {port}"` does them, on any client of the lesson in any language: on `client.ts`, on
 * `steps/client.ts`, on yours.
 *
 * @module
 */

import type { ClientChecks } from "../../src/checks/client_stages.ts";
import { CheckFailed, type Peer } from "../../src/checks/peer.ts";
import { LAST_SEQUENCE, PACKETS, TEST_PACKET } from "./protocol.ts";

/** How long a client must be silent that has no reason to speak, in milliseconds. */
const QUIET = 200;

/** An id in which each byte is another, and one is a line end. Two are no text. */
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
  throw new CheckFailed(`to the test ${asked} it answered ${answered}.${guess(test, answer)}`);
}

/** What may have gone wrong with an answer, if it shows in the bytes. */
function guess(test: Uint8Array, answer: Uint8Array): string {
  const [id, sequence] = TEST_PACKET.unpack(test);
  const [gotId, gotSequence] = TEST_PACKET.unpack(answer);
  const isAnswer = (bytes: Uint8Array) => Buffer.compare(bytes.subarray(0, answer.length), answer) === 0;
  const asText = (encoding: "utf8" | "latin1") => Buffer.from(Buffer.from(test).toString(encoding), "utf8");

  if (isAnswer(Buffer.from(test).swap32()))
    return " The bytes of each number are in the opposite order: the lowest comes first.";
  if (gotId === sequence && gotSequence === id) return " The id comes first, and then the sequence.";
  if (gotId === id && gotSequence === sequence + 1) return " It is the server that counts up.";
  if (isAnswer(asText("utf8")) || isAnswer(asText("latin1")))
    return " The bytes were taken for text, and they are none.";
  const isCut = (got: number, sent: number) => got !== sent && got === (sent & 0xff);
  if (isCut(gotId, id) || isCut(gotSequence, sequence))
    return " Each number has four bytes, not only the lowest.";
  if (gotId === 1 && id !== 1) return " It is the server that gives the id, and not always 1.";
  return "";
}

/** What `npm run check-client 0` knows. */
export const CLIENT_CHECKS: ClientChecks = {
  timeout: 60_000,
  interval: 1000,
  packets: PACKETS,
  begin: (client) => expectAnswer(client, 1, 1),

  stages: [
    {
      title: "it sends nothing before it is tested",
      cause: "It is the server that begins. Read a test first, then write the answer.",
      async run(program) {
        const client = await program.connect();
        await client.isSilent("it sent something before any test.", QUIET);
      },
    },
    {
      title: "it answers a test with the same eight bytes",
      cause: "Read the eight bytes of the test, and write them back. Nothing has to be packed anew.",
      async run(program) {
        await expectAnswer(await program.connect(), 3, 1);
      },
    },
    {
      title: "it answers the next tests, too, and is silent in between",
      cause: "Read and answer in a loop, once for each test, for as long as the server is there.",
      async run(program) {
        const client = await program.connect();
        for (const sequence of [1, 2, 3]) {
          await expectAnswer(client, 1, sequence);
          const wrong = `after its answer to test ${sequence} it sent something more.`;
          await client.isSilent(wrong, program.interval);
        }
      },
    },
    {
      title: "it answers whatever the numbers are",
      cause: "An answer is the test itself: send back what came, all of it, and look at it only to print it.",
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
        "One chunk was taken for one test. Collect what arrives until there are eight bytes, or send back whatever comes.",
      async run(program) {
        const client = await program.connect();
        await client.drip(TEST_PACKET.pack(1, 1), program.pause);
        await readAnswer(client, 1, 1);
        await expectAnswer(client, 1, 2);
      },
    },
    {
      title: "two tests in one piece: two answers, in their order",
      cause:
        "Only the first test of a chunk was looked at. After each answer, look whether the next test is there already.",
      async run(program) {
        const client = await program.connect();
        await client.send(Buffer.concat([TEST_PACKET.pack(1, 1), TEST_PACKET.pack(1, 2)]));
        await readAnswer(client, 1, 1);
        await readAnswer(client, 1, 2);
      },
    },
  ],
};

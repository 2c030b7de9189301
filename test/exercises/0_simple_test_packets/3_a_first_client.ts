import type * as Ours from "#lessons/0_simple_test_packets/exercises/solutions/3_a_first_client.ts";
import { PACKETS, TEST_PACKET } from "#lessons/0_simple_test_packets/protocol.ts";
import { freePort, Host } from "#src/checks/host.ts";
import { CheckFailed } from "#src/checks/peer.ts";
import { packetFrom } from "#src/packets.ts";
import { compare, exercise, fail, samePacket } from "../assertions.ts";
import { describeValue } from "../draw.ts";
import { PROMPTLY, Started } from "../sockets.ts";

type AnswerOneTest = typeof Ours.answerOneTest;

/** How long a client is given to do something that it should not, in milliseconds. */
const A_MOMENT = 30;

/** What stands behind an answer that does not come. */
const NO_ANSWER: readonly (readonly [RegExp, string])[] = [
  [
    /did not arrive/,
    'The test has arrived, and nothing was sent: is there a listener for "data", and does it call `socket.write`?',
  ],
  [
    /^the client closed/,
    "First `socket.write(chunk)`, then `socket.end()`, which still sends everything written before it. `destroy` throws that away.",
  ],
  [
    /^only/,
    "An answer is all eight bytes, as they arrived: `socket.write(chunk)`. Don't turn them into text, and don't send only some of them.",
  ],
];

/** Lets the client connect, tests it, and gives what it returned. */
async function test(answerOneTest: AnswerOneTest, id: number, sequence: number) {
  const host = await Host.listen(PACKETS, PROMPTLY);
  const started = new Started("answerOneTest", () => answerOneTest(host.port));
  const client = await started.during(host.accept("your client"));
  const hasSpoken = await client.speaks(A_MOMENT);
  if (started.settled && "value" in started.settled) {
    fail(
      `\`answerOneTest\` returned ${describeValue(started.settled.value)} before the server had sent its test.`,
      'Return a promise, `new Promise((resolve, reject) => { … })`, and call `resolve` in the listener for "data".',
    );
  }
  if (hasSpoken) {
    fail(
      "Your client sent something before the server had sent its test.",
      'The server begins. Whatever you send belongs in the listener for "data".',
    );
  }
  if (host.count > 1) fail("Your client connected twice.", "`connect` once is enough.");
  const packet = TEST_PACKET.pack(id, sequence);
  await client.send(packet);
  const reading = client.read(TEST_PACKET.size, `the answer to test ${sequence}`);
  const answer = await started.during(reading).catch((error: unknown) => {
    if (!(error instanceof CheckFailed)) throw error;
    fail(error.message, NO_ANSWER.find(([pattern]) => pattern.test(error.message))?.[1]);
  });
  samePacket(
    () => answer,
    packet,
    packetFrom(PACKETS, "client"),
    `The answer to test ${sequence} of client ${id}:`,
    [
      [
        TEST_PACKET.pack(id, sequence + 1),
        "The sequence was counted up: that is the server's job. An answer is the same eight bytes.",
      ],
      [TEST_PACKET.pack(1, sequence), "The id is always 1, but the server chooses it."],
      [
        TEST_PACKET.pack(3, 1),
        "That is the answer to the previous test: send back the bytes that have arrived.",
      ],
      [
        Buffer.from(Buffer.from(packet).toString()).subarray(0, TEST_PACKET.size),
        "The bytes were turned into text and back (by `toString`, `setEncoding` or a template), and bytes that aren't text were lost. Send the chunk itself.",
      ],
    ],
  );
  return { host, started, client };
}

export default exercise<typeof Ours>({
  exports: ["answerOneTest"],
  hints: [
    {
      for: /^connects|^returns|^ends the/,
      text: '`const socket = connect(port, "127.0.0.1");` gives you the socket at once, before it is connected. Everything else happens in its events.',
    },
    {
      for: /^connects|^ends the/,
      text: 'In `socket.on("data", (chunk) => { … })`, `chunk` holds the eight bytes. `socket.write(chunk)` sends them back, and `socket.end()` says that you will send no more.',
    },
    {
      for: /^connects|^returns/,
      text: "To return a promise, put everything into `return new Promise((resolve, reject) => { … });`, and call `resolve(sequence)` once you have sent the answer.",
    },
    {
      for: /^is rejected/,
      text: 'Turn each failure into a rejection: `socket.on("error", reject)`, and `socket.on("end", () => reject(new Error("…")))` if the server ends first.',
    },
  ],
  checks: {
    "connects, and answers with the same eight bytes": async ({ answerOneTest }) => {
      const { host } = await test(answerOneTest, 3, 1);
      host.close();
    },
    "returns the sequence": async ({ answerOneTest }) => {
      for (const [id, sequence] of [
        [3, 1],
        [456, 66_051], // C8 01 …: no UTF-8
      ] as const) {
        const { host, started } = await test(answerOneTest, id, sequence);
        const came = await started.value("the test was answered");
        compare(came, sequence, `What \`answerOneTest\` returned after test ${sequence} of client ${id}:`, [
          [id, "That is the id. The sequence is the second number of the packet."],
          [
            TEST_PACKET.pack(id, sequence),
            "Those are the bytes. `TEST_PACKET.unpack(chunk)` turns them into two numbers.",
          ],
          [
            Buffer.from(TEST_PACKET.pack(id, sequence)),
            "Those are the bytes. `TEST_PACKET.unpack(chunk)` turns them into two numbers.",
          ],
          [
            TEST_PACKET.unpack(TEST_PACKET.pack(id, sequence)),
            "Those are both numbers. Only the sequence is wanted, the second of them.",
          ],
          [
            Buffer.from(TEST_PACKET.pack(id, sequence)).readInt32BE(4),
            "It was read with its highest byte first. The lowest comes first: `TEST_PACKET.unpack(chunk)`.",
          ],
          [sequence & 0xff, "That is only the lowest byte of the sequence: unpack all four."],
          [undefined, "The promise was resolved with nothing: `resolve(sequence)`."],
        ]);
        host.close();
      }
    },
    "ends the connection after the answer": async ({ answerOneTest }) => {
      const { host, client, started } = await test(answerOneTest, 3, 1);
      await started.during(client.untilClosed()).catch((error: unknown) => {
        if (!(error instanceof CheckFailed)) throw error;
        if (/sent something/.test(error.message))
          fail("After the answer your client sent something more.", "One test, one answer: `write` once.");
        fail(
          "After the answer the connection stays open.",
          "`socket.end()` says that this was all. The server waits for that.",
        );
      });
      if (client.socket.errored) {
        fail(
          "Your client broke the connection off (TCP's reset) instead of ending it.",
          "`socket.end()` says goodbye once everything that was written has been sent.",
        );
      }
      host.close();
    },
    "is rejected when nobody listens": async ({ answerOneTest }) => {
      const port = await freePort();
      const started = new Started("answerOneTest", () => answerOneTest(port));
      await started.error('no server listens on that port, and the socket emits "error"');
    },
    "is rejected when the server ends without a test": async ({ answerOneTest }) => {
      const host = await Host.listen(PACKETS, PROMPTLY);
      const started = new Started("answerOneTest", () => answerOneTest(host.port));
      const client = await started.during(host.accept("your client"));
      client.end();
      await started.error('the server has ended without a test, and the socket has emitted "end"');
      host.close();
    },
  },
});

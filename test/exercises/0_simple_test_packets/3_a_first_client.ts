import type * as Ours from "#lessons/0_simple_test_packets/exercises/solutions/3_a_first_client.ts";
import { PACKETS, TEST_PACKET } from "#lessons/0_simple_test_packets/protocol.ts";
import { freePort, Host } from "#src/check.ts";
import { packetFrom } from "#src/packets.ts";
import { compare, exercise, samePacket } from "../check.ts";
import { PROMPTLY, Started } from "../sockets.ts";

type AnswerOneTest = typeof Ours.answerOneTest;

/** Lets the client connect, tests it, and gives what it came back with. */
async function test(answerOneTest: AnswerOneTest, id: number, sequence: number) {
  const host = await Host.listen(PACKETS, PROMPTLY);
  const started = new Started("answerOneTest", () => answerOneTest(host.port));
  const client = await started.during(host.accept("your client"));
  const packet = TEST_PACKET.pack(id, sequence);
  await client.send(packet);
  const answer = await started.during(client.read(TEST_PACKET.size, `the answer to test ${sequence}`));
  samePacket(
    () => answer,
    packet,
    packetFrom(PACKETS, "client"),
    `The answer to test ${sequence} of client ${id}:`,
    [
      [
        TEST_PACKET.pack(id, sequence + 1),
        "The sequence was counted up: that is the server's part. An answer is the same eight bytes.",
      ],
      [TEST_PACKET.pack(1, sequence), "The id is always 1: it is the server that gives it."],
    ],
  );
  return { host, started, client };
}

export default exercise<typeof Ours>({
  exports: ["answerOneTest"],
  hints: [
    '`const socket = connect(port, "127.0.0.1");` gives the socket at once, before it is connected. What follows happens in its events.',
    'In `socket.on("data", (chunk) => { … })`, `chunk` is the eight bytes. `socket.write(chunk)` sends them back, and `socket.end()` says that this was all.',
    "To return a promise, put all of it into `return new Promise((resolve, reject) => { … });`, and call `resolve(sequence)` when the answer is sent.",
    'What can go wrong becomes a rejection: `socket.on("error", reject)`, and `socket.on("end", () => reject(new Error("…")))` if the server ends first.',
  ],
  checks: {
    "connects, and answers with the same eight bytes": async ({ answerOneTest }) => {
      const { host } = await test(answerOneTest, 3, 1);
      host.close();
    },
    "comes back with the sequence": async ({ answerOneTest }) => {
      for (const [id, sequence] of [
        [3, 1],
        [258, 66_051],
      ] as const) {
        const { host, started } = await test(answerOneTest, id, sequence);
        const came = await started.value("the test was answered");
        compare(
          came,
          sequence,
          `What \`answerOneTest\` came back with after test ${sequence} of client ${id}:`,
          [
            [id, "That is the id. The sequence is the second number of the packet."],
            [
              TEST_PACKET.pack(id, sequence),
              "Those are the bytes. `TEST_PACKET.unpack(chunk)` makes the two numbers of them.",
            ],
            [
              Buffer.from(TEST_PACKET.pack(id, sequence)),
              "Those are the bytes. `TEST_PACKET.unpack(chunk)` makes the two numbers of them.",
            ],
            [
              TEST_PACKET.unpack(TEST_PACKET.pack(id, sequence)),
              "Those are both numbers. Only the sequence is wanted, the second of them.",
            ],
            [sequence & 0xff, "That is only the lowest byte of the sequence: unpack all four."],
            [undefined, "The promise was resolved with nothing: `resolve(sequence)`."],
          ],
        );
        host.close();
      }
    },
    "ends the connection after the answer": async ({ answerOneTest }) => {
      const { host, client, started } = await test(answerOneTest, 3, 1);
      await started.during(client.untilClosed());
      host.close();
    },
    "is rejected when nobody listens": async ({ answerOneTest }) => {
      const port = await freePort();
      const started = new Started("answerOneTest", () => answerOneTest(port));
      await started.error('nobody listens on that port, and the socket has an "error"');
    },
    "is rejected when the server ends without a test": async ({ answerOneTest }) => {
      const host = await Host.listen(PACKETS, PROMPTLY);
      const started = new Started("answerOneTest", () => answerOneTest(host.port));
      const client = await started.during(host.accept("your client"));
      client.end();
      await started.error('the server has ended without a test, and the socket has an "end"');
      host.close();
    },
  },
});

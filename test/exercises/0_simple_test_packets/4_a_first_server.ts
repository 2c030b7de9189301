import type * as Ours from "#lessons/0_simple_test_packets/exercises/solutions/4_a_first_server.ts";
import { PACKETS, TEST_PACKET } from "#lessons/0_simple_test_packets/protocol.ts";
import type { Attacker, Target } from "#src/attack.ts";
import { packetFrom } from "#src/packets.ts";
import { exercise, fail, samePacket } from "../check.ts";
import { serve } from "../sockets.ts";

const TEST = packetFrom(PACKETS, "server");

/** Starts the learner's server, and gives what connects to it. */
async function start(startServer: typeof Ours.startServer): Promise<Target> {
  return (await serve(startServer, PACKETS)).target;
}

async function expectTest(client: Attacker, id: number, after = ""): Promise<void> {
  const came = await client.read(TEST_PACKET.size, `test 1 of client ${id}`);
  samePacket(() => came, TEST_PACKET.pack(id, 1), TEST, `The first test of client ${id}${after}:`, [
    [
      TEST_PACKET.pack(1, 1),
      "Every client gets the id 1: the number of the last id must outlive the function of one client.",
    ],
    [
      TEST_PACKET.pack(id - 1, 1),
      id === 1
        ? "The first id is 1, not 0."
        : "An id was given twice: count all clients that ever came, not those that are here.",
    ],
    [TEST_PACKET.pack(id, id), "The sequence counts the tests of one client, so each client's first is 1."],
    [TEST_PACKET.pack(id, 0), "The first sequence is 1, not 0."],
    [TEST_PACKET.pack(0, 1), "Every client gets the id 0; the first id is 1."],
    [TEST_PACKET.pack(0, 0), "The first id and the first sequence are 1, not 0."],
  ]);
}

export default exercise<typeof Ours>({
  exports: ["startServer"],
  hints: [
    "`const server = createServer((socket) => { … });` The function is called once for each client; what is outside of it is there once for all of them.",
    "`socket.write(TEST_PACKET.pack(id, 1))` sends a test. Where does `id` come from? A `let lastId = 0` before `createServer`, counted up in the function.",
    'A socket\'s error needs a listener, even one that does nothing: `socket.on("error", () => {})`.',
    'In the end `server.listen(port, "127.0.0.1")`, and `return server`.',
  ],
  checks: {
    "listens, and sends a client its first test": async ({ startServer }) => {
      const target = await start(startServer);
      await expectTest(await target.connect("client"), 1);
      await target.leave();
    },
    "gives each client an id of its own, and nobody an old one": async ({ startServer }) => {
      const target = await start(startServer);
      const first = await target.connect("client A");
      await expectTest(first, 1);
      await expectTest(await target.connect("client B"), 2);
      await first.leave();
      await expectTest(await target.connect("client C"), 3, ", after client 1 has left");
      await target.leave();
    },
    "starts anew with each server": async ({ startServer }) => {
      const target = await start(startServer);
      const client = await target.connect("client A");
      const [id] = TEST_PACKET.unpack(await client.read(TEST_PACKET.size, "test 1"));
      if (id !== 1) {
        fail(
          `The first client of another server got the id ${id}, not 1.`,
          "The number of the last id is kept outside of `startServer`, so all servers share it. Put it inside.",
        );
      }
      await target.leave();
    },
    "leaves the connections open": async ({ startServer }) => {
      const target = await start(startServer);
      const client = await target.connect("client");
      await expectTest(client, 1);
      const closed = await client.untilClosed(150).then(
        () => true,
        () => false,
      );
      if (closed) {
        fail(
          "The server closed the connection after the first test.",
          "`end` and `destroy` close it. `write` sends, and leaves it open for the next test.",
        );
      }
      await target.leave();
    },
    "goes on when a client breaks its connection off": async ({ startServer }) => {
      const target = await start(startServer);
      const broken = await target.connect("client A");
      await expectTest(broken, 1);
      await broken.reset();
      await expectTest(await target.connect("client B"), 2, ", after client 1 broke off");
      await target.leave();
    },
  },
});

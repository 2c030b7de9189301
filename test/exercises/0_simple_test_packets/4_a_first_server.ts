import { once } from "node:events";
import { type AddressInfo, connect } from "node:net";
import type * as Ours from "#lessons/0_simple_test_packets/exercises/solutions/4_a_first_server.ts";
import { PACKETS, TEST_PACKET } from "#lessons/0_simple_test_packets/protocol.ts";
import { CheckFailed, type Peer } from "#src/checks/peer.ts";
import type { ServerUnderTest } from "#src/checks/server_under_test.ts";
import { packetFrom } from "#src/packets.ts";
import { exercise, fail, samePacket } from "../assertions.ts";
import { serve } from "../sockets.ts";

const TEST = packetFrom(PACKETS, "server");

/** More than a byte can count. */
const CROWD = 256;

/** Long enough for what a server should not do, in milliseconds. */
const A_MOMENT = 150;

/** Starts the learner's server, and gives what connects to it. */
async function start(
  startServer: typeof Ours.startServer,
): Promise<{ target: ServerUnderTest; port: number }> {
  const { target, server } = await serve(startServer, PACKETS);
  return { target, port: (server.address() as AddressInfo).port };
}

/** Reads a first test. */
async function readTest(client: Peer, who: string, isFirst: boolean): Promise<Uint8Array> {
  try {
    return await client.read(TEST_PACKET.size, `test 1 of ${who}`);
  } catch (error) {
    if (!(error instanceof CheckFailed)) throw error;
    if (/^only/.test(error.message))
      fail(error.message, "A test is eight bytes, `TEST_PACKET.pack(id, 1)`, not text.");
    if (!/did not arrive/.test(error.message))
      fail(
        error.message,
        "Every client is welcome: nothing may close its connection, and no limit is asked for.",
      );
    fail(
      error.message,
      isFirst
        ? "The client says nothing by itself: it waits for the test. So `socket.write(…)` belongs directly in the function that `createServer` calls."
        : "One client was served and this one was not. `createServer` calls its function for each, with a `socket` of its own: use that one.",
    );
  }
}

/** Nothing more may come, and the connection stays open. */
async function expectSilence(client: Peer, after: string): Promise<void> {
  const wrong = await client.untilClosed(A_MOMENT).then(
    () => "closed",
    (error: Error) => (/sent something/.test(error.message) ? "sent" : undefined),
  );
  if (wrong === "closed") {
    fail(
      `The server closed the connection ${after}.`,
      "`end` and `destroy` close it. `write` sends, and leaves it open for the next test.",
    );
  }
  if (wrong) {
    fail(
      `The server sent something more ${after}.`,
      "Each client gets its first test, and that is all: no further tests, no echo, nothing about other clients.",
    );
  }
}

async function expectTest(client: Peer, id: number, after = ""): Promise<void> {
  const came = await readTest(client, `client ${id}`, id === 1);
  samePacket(() => came, TEST_PACKET.pack(id, 1), TEST, `The first test of client ${id}${after}:`, [
    [
      TEST_PACKET.pack(1, 1),
      "Every client gets the id 1: keep the last id outside the function that serves one client.",
    ],
    [
      TEST_PACKET.pack(id - 1, 1),
      id === 1
        ? "The first id is 1, not 0."
        : "An id was given twice. Count every client that has ever connected, not those that are connected now.",
    ],
    [TEST_PACKET.pack(id, id), "The sequence counts the tests of one client, so each client's first is 1."],
    [TEST_PACKET.pack(id, 0), "The first sequence is 1, not 0."],
    [TEST_PACKET.pack(0, 1), "Every client gets the id 0; the first id is 1."],
    [TEST_PACKET.pack(0, 0), "The first id and the first sequence are 1, not 0."],
  ]);
}

export default exercise<typeof Ours>({
  exports: ["startServer"],
  limit: 4000,
  hints: [
    {
      for: /^listens|^gives|^serves|^starts/,
      text: "`const server = createServer((socket) => { … });` calls the function once for each client. A variable outside of the function is shared by all clients.",
    },
    {
      for: /^listens|^gives|^serves|^starts/,
      text: "`socket.write(TEST_PACKET.pack(id, 1))` sends a test. For `id`, put `let lastId = 0` in front of `createServer`, and count it up in the function.",
    },
    {
      for: /^leaves/,
      text: "`end` and `destroy` close a connection. After `write`, this server does nothing: it waits for what the client does.",
    },
    {
      for: /^goes on/,
      text: 'A socket needs a listener for its error, even one that does nothing: `socket.on("error", () => {})`.',
    },
    { for: /^listens|^starts/, text: 'Finish with `server.listen(port, "127.0.0.1")` and `return server`.' },
  ],
  checks: {
    "listens, and sends a client its first test": async ({ startServer }) => {
      const { target } = await start(startServer);
      await expectTest(await target.connect("client"), 1);
      await target.leave();
    },
    "gives each client an id of its own, and never an old one": async ({ startServer }) => {
      const { target, port } = await start(startServer);
      const first = await target.connect("client A");
      await expectTest(first, 1);
      await expectTest(await target.connect("client B"), 2);
      await first.leave();
      await expectTest(await target.connect("client C"), 3, ", after client 1 has left");
      const crowd = Array.from({ length: CROWD }, async () => {
        const socket = connect(port, "127.0.0.1").resume();
        await once(socket, "data").finally(() => socket.destroy());
      });
      await Promise.all(crowd);
      await expectTest(await target.connect("client D"), CROWD + 4, `, after ${CROWD} more`);
      await target.leave();
    },
    "serves two clients that connect at the same time": async ({ startServer }) => {
      const { target } = await start(startServer);
      const clients = await Promise.all(["client A", "client B"].map((name) => target.connect(name)));
      const ids: number[] = [];
      for (const client of clients) {
        const [id] = TEST_PACKET.unpack(await readTest(client, "one of two clients", false));
        if (ids.includes(id)) {
          fail(
            `Both got the id ${id}.`,
            "Take the id at once and keep it, `const id = ++lastId`: when you look later, `lastId` is another client's.",
          );
        }
        ids.push(id);
      }
      for (const client of clients) await expectSilence(client, "after the first test");
      await target.leave();
    },
    "starts again with each server": async ({ startServer }) => {
      const { target } = await start(startServer);
      const client = await target.connect("client A");
      const [id] = TEST_PACKET.unpack(await client.read(TEST_PACKET.size, "test 1"));
      if (id !== 1) {
        fail(
          `The first client of another server got the id ${id}, not 1.`,
          "The last id is kept outside of `startServer`, so all servers share it. Put it inside.",
        );
      }
      await target.leave();
    },
    "leaves the connections open": async ({ startServer }) => {
      const { target } = await start(startServer);
      const client = await target.connect("client");
      await expectTest(client, 1);
      await expectSilence(client, "after the first test");
      await client.send(TEST_PACKET.pack(1, 1));
      await expectSilence(client, "after the answer");
      await target.leave();
    },
    "goes on when a client breaks its connection off": async ({ startServer }) => {
      const { target } = await start(startServer);
      const broken = await target.connect("client A");
      await expectTest(broken, 1);
      await broken.reset();
      const next = await target
        .connect("client B")
        .catch(() =>
          fail(
            "After client 1 has broken off its connection, the server no longer accepts anybody.",
            "An error of one client's socket ends that client, and not the server: no `server.close()` there.",
          ),
        );
      await expectTest(next, 2, ", after client 1 broke off");
      await target.leave();
    },
  },
});

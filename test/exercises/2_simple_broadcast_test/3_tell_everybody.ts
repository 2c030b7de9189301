import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import type * as Ours from "#lessons/2_simple_broadcast_test/exercises/solutions/3_tell_everybody.ts";
import {
  describe,
  isNowhere,
  NOWHERE,
  PACKETS,
  PLACE,
  POSITION,
} from "#lessons/2_simple_broadcast_test/protocol.ts";
import type { Attacker, Target } from "#src/attack.ts";
import { packetFrom } from "#src/packets.ts";
import { exercise, fail, type Mistakes, samePacket } from "../check.ts";
import { clientsOf } from "../sockets.ts";

const PACKET = packetFrom(PACKETS, "server");
const [X, Y] = [30, 10];

/** A server whose clients the learner's room welcomes. */
async function open(Room: typeof Ours.Room): Promise<Target> {
  const room = new Room();
  const server = createServer({ noDelay: true }, (socket) => room.welcome(socket)).listen(0, "127.0.0.1");
  await once(server, "listening");
  server.unref();
  return clientsOf((server.address() as AddressInfo).port, PACKETS);
}

/** Reads the next position that a client is told. It must be this one. */
async function hears(
  client: Attacker,
  who: string,
  [id, x, y]: readonly [id: number, x: number, y: number],
  when: string,
  mistakes: Mistakes = [],
): Promise<void> {
  const expected = describe(id, x, y);
  const came = await client.read(POSITION.size, `“${expected}”, which ${who} should be told ${when},`);
  samePacket(() => came, POSITION.pack(id, x, y), PACKET, `What ${who} is told ${when}:`, mistakes);
}

/** Connects, and reads its own position. */
async function join(target: Target, id: number): Promise<Attacker> {
  const client = await target.connect(`client ${id}`);
  await hears(client, `client ${id}`, [id, X, Y], "first, when it comes", [
    [POSITION.pack(0, X, Y), "The first id is 1: count up before it is given."],
    [
      POSITION.pack(1, X, Y),
      "Every client gets the id 1, or is told of the others before it is told of itself.",
    ],
    [
      POSITION.pack(id - 1, X, Y),
      "It is told of another before it is told of itself, or ids begin with 0, or come back.",
    ],
  ]);
  return client;
}

const place = (x: number, y: number) => PLACE.pack(x, y);

export default exercise<typeof Ours>({
  exports: ["Room"],
  hints: [
    "A `Map` from the id to what is needed of each client: its socket, to tell it; its newest position, to tell newcomers. One private function that writes bytes to all of them does most of it.",
    "In this order: the newcomer's own position to its socket; the positions of all others to its socket; its position to all others; and only then into the Map.",
    "`PLACE` is 4 bytes: keep what is left of a chunk, put the next chunk behind it, and take 4 as long as there are 4. Then `POSITION.pack(id, x, y)` to all, and remember it.",
    '`socket.on("error", () => {})`, because an error nobody listens to ends the process; and in `socket.on("close", …)`: first `delete(id)`, then NOWHERE, NOWHERE to all who are left.',
  ],
  checks: {
    "tells a client first who it is and where": async ({ Room }) => {
      const target = await open(Room);
      await join(target, 1);
      await target.leave();
    },
    "tells a client of its own moves": async ({ Room }) => {
      const target = await open(Room);
      const client = await join(target, 1);
      const asIs =
        "That is the place as it came. To the others it needs an id in front: `POSITION.pack(id, x, y)`.";
      for (const [x, y] of [
        [12, 7],
        [-300, 258],
        [NOWHERE, 5],
      ] as const) {
        await client.send(place(x, y));
        await hears(client, "client 1", [1, x, y], `after it has moved to ${x} ${y}`, [
          [POSITION.pack(1, y, x), "x and y have changed places."],
          [POSITION.pack(1, X, Y), "That is where it was before."],
          [POSITION.pack(1, X + x, Y + y), "A place says where the client is, not how far it went."],
          [place(x, y), asIs],
        ]);
      }
      await target.leave();
    },
    "tells a newcomer who is there and where they are now, and the others of the newcomer": async ({
      Room,
    }) => {
      const target = await open(Room);
      const first = await join(target, 1);
      await first.send(place(12, 7));
      await hears(first, "client 1", [1, 12, 7], "after it has moved");
      const second = await join(target, 2);
      await hears(second, "client 2", [1, 12, 7], "after its own position", [
        [
          POSITION.pack(1, X, Y),
          "That is where client 1 was at first. Remember the newest position of each.",
        ],
        [
          POSITION.pack(2, X, Y),
          "It is told of itself twice: put it into the Map only after the others were told.",
        ],
      ]);
      await hears(first, "client 1", [2, X, Y], "when client 2 has come", [
        [
          POSITION.pack(1, 12, 7),
          "It is told of itself again. Only the newcomer has to be told who is there.",
        ],
      ]);
      await second.isSilent(
        "client 2 was told more than of itself and of client 1, before anyone moved.",
        100,
      );
      await target.leave();
    },
    "tells everybody of each move": async ({ Room }) => {
      const target = await open(Room);
      const clients = [await join(target, 1)];
      for (const id of [2, 3]) {
        const newcomer = await join(target, id);
        for (const [index, other] of clients.entries()) {
          await hears(newcomer, `client ${id}`, [index + 1, X, Y], "after its own position");
          await hears(other, `client ${index + 1}`, [id, X, Y], `when client ${id} has come`);
        }
        clients.push(newcomer);
      }
      for (const [mover, client] of clients.entries()) {
        await client.send(place(mover, 258));
        for (const [index, hearer] of clients.entries()) {
          await hears(
            hearer,
            `client ${index + 1}`,
            [mover + 1, mover, 258],
            `when client ${mover + 1} has moved`,
            [
              [
                POSITION.pack(index + 1, mover, 258),
                "The id is the hearer's. It must be the one's that moved.",
              ],
            ],
          );
        }
      }
      await target.leave();
    },
    "puts places together, whatever chunks they come in": async ({ Room }) => {
      const target = await open(Room);
      const client = await join(target, 1);
      await client.send(Buffer.concat([place(1, 2), place(3, 4), place(5, 6).subarray(0, 3)]));
      await hears(client, "client 1", [1, 1, 2], "after two places and a half came in one chunk");
      await hears(client, "client 1", [1, 3, 4], "after two places and a half came in one chunk");
      await client.isSilent("half a place was told as if it were a whole one.", 100);
      await client.send(Buffer.concat([place(5, 6).subarray(3), place(7, 8)]));
      await hears(client, "client 1", [1, 5, 6], "when the rest of a place has come");
      await hears(client, "client 1", [1, 7, 8], "when one more has come behind that rest");
      await target.leave();
    },
    "keeps the pieces of two clients apart": async ({ Room }) => {
      const target = await open(Room);
      const first = await join(target, 1);
      await first.send(place(258, 259).subarray(0, 2));
      const second = await join(target, 2);
      await hears(first, "client 1", [2, X, Y], "when client 2 has come");
      await hears(second, "client 2", [1, X, Y], "after its own position");
      await second.send(place(4, 5));
      await hears(
        second,
        "client 2",
        [2, 4, 5],
        "after it has moved, while half a place of client 1 is there",
        [
          [
            POSITION.pack(2, 258, 4),
            "Client 1 had sent half a place before: what is left of a chunk belongs to one client.",
          ],
        ],
      );
      await target.leave();
    },
    "tells those who remain once of each who leaves, however it leaves": async ({ Room }) => {
      const target = await open(Room);
      const stays = await join(target, 1);
      const ways: [string, (client: Attacker) => Promise<void>][] = [
        ["said goodbye", (client) => client.leave()],
        ["broke off", (client) => client.reset()],
        [
          "left inside of a place",
          async (client) => {
            await client.send(place(1, 1).subarray(0, 3));
            await client.leave();
          },
        ],
      ];
      for (const [index, [how, leave]] of ways.entries()) {
        const id = 2 + index;
        const leaver = await join(target, id);
        await hears(leaver, `client ${id}`, [1, X, Y], "after its own position", [
          [POSITION.pack(id - 1, X, Y), `Client ${id - 1} has left, and is still in the Map.`],
        ]);
        await leaver.isSilent(
          `client ${id} was told of somebody who had left before it came: client ${id - 1} is still in the Map.`,
          50,
        );
        await hears(stays, "client 1", [id, X, Y], `when client ${id} has come`);
        await leave(leaver);
        await hears(stays, "client 1", [id, NOWHERE, NOWHERE], `when client ${id} ${how}`);
        await stays.isSilent(`when client ${id} ${how}, the others were told more than once.`, 100);
      }
      await target.leave();
    },
    "starts anew with each room": async ({ Room }) => {
      const target = await open(Room);
      const client = await target.connect("client 1");
      const [id, x, y] = POSITION.unpack(await client.read(POSITION.size, "its own position"));
      if (id !== 1 || isNowhere(x, y)) {
        fail(
          `The first client of another room got the id ${id}.`,
          "What is `static`, or outside of the class, exists only once: put the ids and the clients into the class.",
        );
      }
      await target.leave();
    },
  },
});

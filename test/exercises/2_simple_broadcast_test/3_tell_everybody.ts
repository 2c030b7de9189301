import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import type * as Ours from "#lessons/2_simple_broadcast_test/exercises/solutions/3_tell_everybody.ts";
import { describe, isNowhere, PACKETS, PLACE } from "#lessons/2_simple_broadcast_test/protocol.ts";
import { exercise, fail, SLOWNESS } from "../assertions.ts";
import { PROMPTLY, type Served, serve } from "../sockets.ts";
import { allHear, crowd, hearLeaving, moveAndHear, type Position, Walker } from "./walker.ts";

/** How long a client may say nothing where that is not checked, and where it is, in milliseconds. */
const LONG = 60_000;
const SHORT = 500 * SLOWNESS;

async function withServer(
  startServer: typeof Ours.startServer,
  use: (served: Served) => Promise<void>,
  timeout = LONG,
): Promise<void> {
  const served = await serve((port) => startServer(port, timeout), PACKETS);
  await use(served);
  await served.target.leave();
  served.server.close();
}

/** Who has been silent for too long must be closed, too. */
async function expectClosed({ socket }: Walker): Promise<void> {
  if (!socket.destroyed) await Promise.race([once(socket, "close"), pause(PROMPTLY)]);
  if (socket.destroyed) return;
  fail(
    "Client 2 was silent for too long, all were told that it has left, and its connection is still open.",
    "Close it, with `socket.destroy()`: it costs memory until then. (`end` waits for the client to close as well.)",
  );
}

export default exercise<typeof Ours>({
  exports: ["startServer"],
  hints: [
    {
      for: /./,
      text: "A handler knows only its own client. What all handlers share belongs outside of them, inside `startServer`, like `lastId`: a `Set` with the sockets of all connected clients.",
    },
    {
      for: /own moves|everybody else|every place/,
      text: "`for (const other of sockets) other.write(position)` tells everybody. Pack the position once, before the loop: it holds the id of the client that has moved.",
    },
    {
      for: /remain|breaks|says nothing|forgets/,
      text: "However the reading ends, it throws, so the `finally` runs: once, and whichever way the client left. There you take the socket off the set and tell the others.",
    },
    {
      for: /remain|breaks|says nothing|forgets/,
      text: "In `finally`: `sockets.delete(socket); socket.destroy();` and then `for (const other of sockets) other.write(POSITION.pack(id, NOWHERE, NOWHERE));`",
    },
  ],
  checks: {
    "tells a client about its own moves": ({ startServer }) =>
      withServer(startServer, async (served) => {
        const all = await crowd(served, 1);
        for (const walker of all) await moveAndHear(walker, [12, 7], all);
      }),
    "tells everybody else as well": ({ startServer }) =>
      withServer(startServer, async (served) => {
        const all = await crowd(served, 4);
        for (const [index, walker] of all.entries())
          await moveAndHear(walker, [300 * index, -index - 1], all);
      }),
    "tells every place, in the order in which it came": ({ startServer }) =>
      withServer(startServer, async (served) => {
        const [first, second, third] = (await crowd(served, 3)) as [Walker, Walker, Walker];
        const all = [first, second, third];
        await second.move([1, 2], [3, 4], [5, 6]);
        const some = "Tell everybody about all three places, in order, including the one in between.";
        for (const walker of all) {
          for (const [x, y] of [
            [1, 2],
            [3, 4],
            [5, 6],
          ] as const) {
            const after = "client 2 sent the places 1 2, 3 4 and 5 6 in one piece";
            await walker.hears([2, x, y], after, () => some, some);
          }
        }
        await third.client.send(PLACE.pack(7, 8).subarray(0, 3));
        await moveAndHear(first, [9, 10], all);
        await third.client.send(PLACE.pack(7, 8).subarray(3));
        const pieces = "A place that comes in two pieces is still one place.";
        await allHear(all, [3, 7, 8], "client 3 sent the place 7 8 in two pieces", () => pieces);
      }),
    "tells all who remain when a client says goodbye": ({ startServer }) =>
      withServer(startServer, async (served) => {
        const [first, second, third, fourth] = (await crowd(served, 4)) as [Walker, Walker, Walker, Walker];
        await moveAndHear(second, [12, 7], [first, second, third, fourth]);
        second.client.end();
        await hearLeaving(2, "client 2 ended its connection", [first, third, fourth]);
        await fourth.client.send(PLACE.pack(1, 1).subarray(0, 2));
        fourth.client.end();
        await hearLeaving(4, "client 4 ended its connection in the middle of a place", [first, third]);
        await moveAndHear(await Walker.come(served, 5), [5, 5], []);
      }),
    "tells them when its connection breaks, and goes on": ({ startServer }) =>
      withServer(startServer, async (served) => {
        const [first, second, third] = (await crowd(served, 3)) as [Walker, Walker, Walker];
        await moveAndHear(second, [12, 7], [first, second, third]);
        await second.client.reset();
        await hearLeaving(2, "the connection of client 2 broke", [first, third]);
        const fourth = await Walker.come(served, 4);
        await moveAndHear(fourth, [1, 1], [first, third, fourth]);
      }),
    "tells them when it says nothing for too long": ({ startServer }) =>
      withServer(
        startServer,
        async (served) => {
          const [first, second] = (await crowd(served, 2)) as [Walker, Walker];
          await second.client.send(PLACE.pack(1, 1).subarray(0, 2));
          // Client 1 is never silent for that long, and hears of itself until client 2 is closed.
          const silence = `Client 2 was silent for ${SHORT} ms, so it should have been closed. Whichever way it leaves, tell the others in \`finally\`.`;
          const end = performance.now() + 2 * SHORT;
          for (let y = 0; performance.now() < end; y++) {
            await first.move([0, y]);
            await first.next("it moved", () => "It was not told about its own move.");
            const [id, heardX, heardY] = first.heard.at(-1) as Position;
            if (id !== 1) {
              if (id === 2 && isNowhere(heardX, heardY)) return await expectClosed(second);
              fail(
                `While client 2 was silent, client 1 heard that ${describe(id, heardX, heardY)}.`,
                "It should have heard that client 2 has left: `POSITION.pack(id, NOWHERE, NOWHERE)`.",
              );
            }
            await pause(SHORT / 20);
          }
          fail(
            `Client 2 said nothing for ${2 * SHORT} ms, and only ${SHORT} are allowed. Client 1 was not told that it has left.`,
            silence,
          );
        },
        SHORT,
      ),
    "forgets a client that has left": ({ startServer }) =>
      withServer(startServer, async (served) => {
        const [first, second, third] = (await crowd(served, 3)) as [Walker, Walker, Walker];
        second.client.end();
        await hearLeaving(2, "client 2 ended its connection", [first, third]);
        let writes = 0;
        second.socket.write = () => {
          writes++;
          return true;
        };
        await moveAndHear(third, [1, 1], [first, third]);
        if (writes > 0)
          fail(
            "Client 3 moved, and the server also wrote to the socket of client 2, which left before.",
            "Take its socket off your list when it leaves: otherwise the list grows forever, and so does the work.",
          );
      }),
    "keeps two servers apart": ({ startServer }) =>
      withServer(startServer, (one) =>
        withServer(startServer, async (other) => {
          const [here] = await crowd(one, 1);
          const [there] = await crowd(other, 1);
          if (!here || !there) return;
          await moveAndHear(here, [1, 1], [here]);
          await there.move([2, 2]);
          await there.next("it moved", () => "It was not told about its own move.");
          if (there.heard.at(-1)?.[1] === 1)
            fail(
              "A client of one server heard about a move by a client of another server.",
              "The list of sockets is outside of `startServer`, so all servers share it. Put it inside.",
            );
        }),
      ),
  },
});

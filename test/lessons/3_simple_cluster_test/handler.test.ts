/** Lesson 2's handler, over lesson 2's bus and over lesson 3's: it is the same function, and clients can't tell. */

import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, test } from "vitest";
import { type Bus, OneThread } from "../../../lessons/2_simple_broadcast_test/bus.ts";
import { handleClient } from "../../../lessons/2_simple_broadcast_test/handler.ts";
import { BetweenMachines } from "../../../lessons/3_simple_cluster_test/bus.ts";
import { Connection } from "../../../src/connection.ts";
import { redirectLog } from "../../../src/log.ts";
import { endWith } from "../harness.ts";
import { NOWHERE, place } from "../packets.ts";
import { Walker } from "../walker.ts";
import { startAedes } from "./cluster.ts";

/** Two servers, or two doors of one server, that share a room through these buses. */
async function doors(buses: readonly Bus[]): Promise<{ port: number }[]> {
  return Promise.all(
    buses.map(async (bus, door) => {
      let id = 1000 * door;
      const server = createServer((socket) => {
        handleClient(new Connection(socket), ++id, bus, 60_000).catch(() => socket.destroy());
      });
      endWith(() => server.close());
      await once(server.listen(0, "127.0.0.1"), "listening");
      return { port: (server.address() as AddressInfo).port };
    }),
  );
}

async function between(names: string[]): Promise<Bus[]> {
  const { url } = await startAedes();
  return names.map((name) => {
    const bus = new BetweenMachines({ broker: url, name, serverTimeout: 1000 });
    endWith(() => bus.close());
    return bus;
  });
}

test.each([
  [
    "one thread",
    async () => {
      const bus = new OneThread();
      return [bus, bus];
    },
  ],
  ["machines", () => between(["A", "B"])],
])("over a bus between %s two clients see each other connect, move and leave", async (_, openBuses) => {
  const log = redirectLog(() => {});
  endWith(() => redirectLog(log));
  const [a, b] = (await doors(await openBuses())) as [{ port: number }, { port: number }];
  const one = await Walker.join(a);
  await one.moves(1, 1);
  const two = await Walker.join(b);
  await two.moves(2, 2);
  await one.hears(two.self, 2, 2);
  await two.knows((map) => map.get(one.self) === "1 1");
  one.peer.send(place(3, 3));
  await two.hears(one.self, 3, 3);
  one.peer.send(place(NOWHERE, NOWHERE));
  await two.hears(one.self, NOWHERE, NOWHERE);
  expect(two.map.size).toBe(1);
});

/** A server that is checked. */

import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { PACKETS } from "../../../lessons/0_simple_test_packets/protocol.ts";
import { ServerUnderTest } from "../../../src/checks/server_under_test.ts";

/** A server that does this to each client, as it is seen from outside. */
async function underTest(onClient: (client: Socket, stop: () => void) => void): Promise<ServerUnderTest> {
  const server = createServer((client) => {
    client.on("error", () => {});
    onClient(client, () => server.close());
  }).listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return new ServerUnderTest({ host: "127.0.0.1", port }, { timeout: 3000, interval: 1000 }, PACKETS);
}

test("a server that serves listens, whether it speaks first or not: one look is enough", async () => {
  let looks = 0;
  const look = (client: Socket) => {
    looks++;
    return client.resume();
  };
  const silent = await underTest(look);
  const first = await underTest((client) => look(client).write("hello"));
  expect(await Promise.all([silent.listens(), first.listens()])).toEqual([true, true]);
  expect(looks).toBe(2);
});

test("a server that closes every client at once listens all the same", async () => {
  const server = await underTest((client) => client.end());
  expect(await server.listens()).toBe(true);
});

test.each(["end", "resetAndDestroy"] as const)(
  "a program that is dying accepts one more client and closes it (%s): it doesn't listen",
  async (how) => {
    const server = await underTest((client, stop) => {
      stop();
      client[how]();
    });
    expect(await server.listens()).toBe(false);
  },
);

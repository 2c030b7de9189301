/** The server that a client is checked with. */

import { once } from "node:events";
import { connect } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { PACKETS } from "../../../lessons/0_simple_test_packets/protocol.ts";
import { freePort, Host } from "../../../src/checks/host.ts";
import { redirectLog } from "../../../src/log.ts";

redirectLog(() => {});

async function host(promptly = 5000): Promise<Host> {
  const one = await Host.listen(PACKETS, promptly);
  onTestFinished(() => one.close());
  return one;
}

async function client(port: number) {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  onTestFinished(() => void socket.destroy());
  await once(socket, "connect");
  return socket;
}

async function untilCounted(one: Host, count: number): Promise<void> {
  while (one.count < count) await new Promise((resolve) => setImmediate(resolve));
}

test("a client that resets its connection at once is told that, and not that nothing came in time", async () => {
  const one = await host();
  const socket = await client(one.port);
  await untilCounted(one, 1);
  socket.resetAndDestroy();
  await once(socket, "close");
  const peer = await one.accept("client");
  await expect(peer.read(4, "a request")).rejects.toThrow(
    "the connection was reset before a request arrived.",
  );
});

test("what a client sends before it is accepted is not lost", async () => {
  const one = await host();
  const socket = await client(one.port);
  socket.write("early");
  await untilCounted(one, 1);
  const peer = await one.accept("client");
  expect(Buffer.from(await peer.read(5, "a word")).toString()).toBe("early");
});

test("clients are accepted in the order in which they connect, and each is waited for", async () => {
  const one = await host();
  const waiting = one.accept("first");
  const first = await client(one.port);
  const peer = await waiting;
  first.write("1");
  expect(Buffer.from(await peer.read(1, "a word")).toString()).toBe("1");
  await client(one.port);
  const second = await one.accept("second");
  expect(one.count).toBe(2);
  expect(await second.speaks(1)).toBe(false);
});

test("says that no client connected", async () => {
  await expect((await host(10)).accept("client")).rejects.toThrow("no client connected within 10 ms.");
});

test("closing it ends its connections, and nothing listens there any more", async () => {
  const one = await host();
  const socket = await client(one.port);
  socket.resume();
  await untilCounted(one, 1);
  const closed = once(socket, "close");
  one.close();
  await closed;
  const late = connect(one.port, "127.0.0.1");
  const [error] = await once(late, "error");
  expect(error.code).toBe("ECONNREFUSED");
});

test("a free port is free", async () => {
  const late = connect(await freePort(), "127.0.0.1");
  const [error] = await once(late, "error");
  expect(error.code).toBe("ECONNREFUSED");
});

/** The rough client of the attacks, where the attacks themselves cannot show what it does. */

import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { expect, onTestFinished, test } from "vitest";
import { ServerUnderTest } from "../../../src/checks/server_under_test.ts";

test("what it sends has left before its goodbye, however busy the program is", async () => {
  const server = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const accepted = once(server, "connection");
  const { port } = server.address() as AddressInfo;
  const target = new ServerUnderTest({ host: "127.0.0.1", port }, { timeout: 3000, interval: 100 }, []);
  const attacker = await target.connect();
  const [socket] = (await accepted) as [Socket];
  const came = buffer(socket);

  // Written at the very end of a turn, they leave at the end of the next one; the timers of that come before.
  const sent = new Promise<void>((resolve) => {
    setImmediate(() => resolve(attacker.send(Buffer.from("two places")).then(() => attacker.end())));
  });
  setImmediate(() => {
    const end = performance.now() + 20;
    while (performance.now() < end);
  });

  await sent;
  expect(String(await came)).toBe("two places");
  await target.leave();
});

/** The rough client of the attacks, where the attacks themselves cannot show what it does. */

import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { buffer } from "node:stream/consumers";
import { setImmediate as aTurn } from "node:timers/promises";
import { describe, expect, onTestFinished, test } from "vitest";
import { CheckFailed } from "../../../src/checks/peer.ts";
import { ServerUnderTest } from "../../../src/checks/server_under_test.ts";

/** A server that knows nothing of the lessons, a client of it, and the server's end of their connection. */
async function connect() {
  const server = createServer().listen(0, "127.0.0.1");
  onTestFinished(() => void server.close());
  await once(server, "listening");
  const accepted = once(server, "connection");
  const { port } = server.address() as AddressInfo;
  const target = new ServerUnderTest({ host: "127.0.0.1", port }, { timeout: 3000, interval: 100 }, []);
  onTestFinished(() => target.leave());
  const attacker = await target.connect();
  const [socket] = (await accepted) as [Socket];
  onTestFinished(() => void socket.on("error", () => {}).destroy());
  return { attacker, socket };
}

test("what it sends has left before its goodbye, however busy the program is", async () => {
  const { attacker, socket } = await connect();
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
});

describe("a flood", () => {
  const MOST = 30_000_000;
  const bytes = new Uint8Array(64_000);

  test("ends when the server takes no more, though it serves others", async () => {
    const { attacker, socket } = await connect();
    socket.pause();
    let served = 0;
    const serve = async () => void served++;
    expect(await attacker.flood(bytes, MOST, false, serve, 100)).toBe("stopped reading");
    expect(served).toBe(2);
  });

  test("goes on while the server is merely too busy to read", async () => {
    const { attacker, socket } = await connect();
    socket.pause();
    // It has time for others only when it has time to read.
    const serve = async () => {
      socket.resume();
      while (socket.bytesRead < attacker.socket.bytesWritten) await aTurn();
    };
    await expect(attacker.flood(bytes, MOST, false, serve, 100)).rejects.toThrow(
      "it took 30.0 MB and did not stop: one client can fill its memory.",
    );
  });

  test("fails when the server serves nobody else any more", async () => {
    const { attacker, socket } = await connect();
    socket.pause();
    const serve = () => Promise.reject(new CheckFailed("no answer came.", "silence"));
    const flooding = attacker.flood(bytes, MOST, false, serve, 100);
    await expect(flooding).rejects.toThrow(
      /^it took \d+\.\d MB, and then did not serve another client: no answer came\.$/,
    );
    // The sign is that of taking too much: what one reads then is the flood's own cause.
    await expect(flooding).rejects.toMatchObject({ sign: "wrong" });
  });
});

import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { PACKETS } from "../../lessons/0_simple_test_packets/protocol.ts";
import type { Connection } from "../../src/connection.ts";
import { deadlineIn } from "../../src/deadline.ts";
import { redirectLog, showPackets } from "../../src/log.ts";
import { type Handler, Server, type ServerOptions } from "../../src/server.ts";

// A server in this process, whose log goes to an array. What only a whole program shows is tested in test/lessons.

const lines: string[] = [];
let onLine = () => {};
redirectLog((line) => {
  lines.push(line);
  onLine();
});

/** The first line that matches, now or later. */
async function line(pattern: RegExp): Promise<string> {
  for (;;) {
    const found = lines.find((text) => pattern.test(text));
    if (found !== undefined) return found;
    await new Promise<void>((resolve) => {
      onLine = resolve;
    });
  }
}

const OPTIONS: ServerOptions = {
  host: "127.0.0.1",
  port: 0,
  timeout: 10_000,
  "max-clients": undefined,
  threads: false,
  bytes: false,
  quiet: false,
};

const servers: Server<ServerOptions>[] = [];
const peers: Socket[] = [];

beforeEach(() => {
  lines.length = 0;
  showPackets("words");
});
afterEach(async () => {
  for (const peer of peers.splice(0)) peer.destroy();
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function listen(
  handler: Handler<ServerOptions>,
  options: Partial<ServerOptions> = {},
  firstId?: number,
) {
  const lesson = { handler, packets: PACKETS, module: import.meta.url };
  const server = new Server(lesson, { ...OPTIONS, ...options }, firstId);
  servers.push(server);
  return { server, port: await server.listen() };
}

/** A client. It closes when the server does, unless it is stubborn. */
async function join(port: number, { host = "127.0.0.1", stubborn = false } = {}): Promise<Socket> {
  const peer = connect({ host, port, noDelay: true, allowHalfOpen: true });
  peers.push(peer);
  peer.on("error", () => {});
  if (!stubborn) peer.once("end", () => peer.end());
  await once(peer, "connect");
  return peer;
}

/** All that a client receives until the server says that nothing follows. */
async function received(peer: Socket): Promise<string> {
  let text = "";
  peer.on("data", (chunk) => {
    text += chunk;
  });
  await once(peer, "end");
  return text;
}

/** Whether a client that was turned away without a byte is reset when it sends something before it closes. */
async function isReset(peer: Socket): Promise<boolean> {
  const closed = new Promise<boolean>((resolve) => peer.once("close", resolve));
  expect(await received(peer)).toBe("");
  // The first byte provokes the reset, and a later one meets it. That nothing comes makes no event.
  for (let bytes = 0; bytes < 5 && !peer.destroyed; bytes++) {
    peer.write("x");
    await sleep(20);
  }
  peer.end();
  return closed;
}

/** Answers each byte with the same byte. */
const echo: Handler<ServerOptions> = async (connection, _id, { timeout }) => {
  for (;;) await connection.write(await connection.read(1, deadlineIn(timeout)), deadlineIn(timeout));
};

describe("a client", () => {
  it("gets an id and a place in the list, and is off the list when it leaves", async () => {
    const { port } = await listen(echo);
    const first = await join(port);
    await line(new RegExp(`^client 1 came from 127\\.0\\.0\\.1:${first.localPort}; 1 connected$`));
    await join(port);
    await line(/^client 2 came from .*; 2 connected$/);
    first.end();
    await line(/^client 1 left: the peer closed the connection; 1 remain$/);
    await join(port);
    await line(/^client 3 came from .*; 2 connected$/);
  });

  it.each<[string, Handler<ServerOptions>, string]>([
    ["what its handler returns", async () => "it was wrong", "it was wrong"],
    [
      "its handler's error",
      async () => Promise.reject(new TypeError("no\nsuch thing")),
      "its handler threw: no",
    ],
    [
      "its handler's error, thrown at once",
      () => {
        throw new Error("at once");
      },
      "its handler threw: at once",
    ],
    ["what is no error at all", async () => Promise.reject(undefined), "its handler threw: undefined"],
    [
      "a deadline that passed",
      async (connection) => `${await connection.read(1, 0)}`,
      "timed out after 0 of 1 bytes",
    ],
  ])("leaves for %s, and the others stay", async (_, handler, reason) => {
    let clients = 0;
    const { port } = await listen((...args) => (++clients === 1 ? echo(...args) : handler(...args)));
    const other = await join(port);
    await join(port);
    expect(await line(/^client 2 left/)).toBe(`client 2 left: ${reason}; 1 remain`);
    other.write("e");
    expect(String((await once(other, "data"))[0])).toBe("e");
  });

  it("gets its last answer though its handler ends at once", async () => {
    const { port } = await listen(async (connection) => {
      await connection.write(new TextEncoder().encode("bye"), deadlineIn(1000));
      return "that was all";
    });
    expect(await received(await join(port))).toBe("bye");
  });

  it("that comes over IPv6 is logged in brackets, as is the address to listen on", async () => {
    const { port } = await listen(echo, { host: "::1" });
    expect(lines).toEqual([`listening on [::1]:${port}`]);
    const peer = await join(port, { host: "::1" });
    await line(new RegExp(`^client 1 came from \\[::1\\]:${peer.localPort};`));
  });
});

describe("too many clients", () => {
  // A polite goodbye waits for a second, and all forty must come within it: a busy machine may need another try.
  it("are turned away politely, but only so many at once", { retry: 2 }, async () => {
    const { port } = await listen(echo, { "max-clients": 1 });
    await join(port);
    await line(/^client 1 came/);
    const crowd = await Promise.all(Array.from({ length: 40 }, () => join(port, { stubborn: true })));
    // What it still sends is thrown away where it was turned away politely, and meets a reset where it was not.
    const lost = await Promise.all(crowd.map(isReset));
    expect(lost.filter(Boolean)).toHaveLength(8);
    const reason = /^turned away 127\.0\.0\.1:\d+: the limit is reached: 1 connected \(--max-clients\)$/;
    expect(lines.filter((text) => reason.test(text))).toHaveLength(40);

    // The crowd has gone, so there is time for politeness again.
    expect(await isReset(await join(port, { stubborn: true }))).toBe(false);
  });

  it("are those that would need an id beyond the largest int", async () => {
    const { port } = await listen(echo, {}, 2 ** 31 - 1);
    await join(port);
    await line(/^client 2147483647 came from .*; 1 connected$/);
    expect(await received(await join(port))).toBe("");
    await line(/^turned away \S+: all ids have been used; restart the server$/);
  });
});

describe("stop", () => {
  it("lets a handler finish the answer it is working on, and sends it", async () => {
    let finish = () => {};
    const working = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const { server, port } = await listen(async (connection: Connection) => {
      for (;;) {
        const question = await connection.read(1, deadlineIn(10_000));
        await working;
        await connection.write(question, deadlineIn(10_000));
      }
    });
    const peer = await join(port);
    const answers = received(peer);
    peer.write("ab");
    for (let turns = 0; turns < 20; turns++) await turn();

    const stopped = server.stop();
    finish();
    // It has read "b" too, but has not begun to answer it.
    expect(await answers).toBe("a");
    await stopped;
    expect(lines.slice(-2)).toEqual([
      "stopping; 1 connected",
      "client 1 left: the server is stopping; 0 remain",
    ]);
    await expect(once(connect(port, "127.0.0.1"), "connect")).rejects.toThrow("ECONNREFUSED");
  });

  it("ends though a client does not close and a handler does not end", async () => {
    const { server, port } = await listen((_, id) =>
      id === 1 ? new Promise(() => {}) : echo(_, id, OPTIONS),
    );
    const stuck = await join(port, { stubborn: true });
    const stubborn = await join(port, { stubborn: true });
    await line(/^client 2 came/);
    const ended = Promise.all([once(stuck.resume(), "end"), once(stubborn.resume(), "end")]);
    await server.stop();
    await ended;
  });

  it("without a client ends at once", async () => {
    const { server } = await listen(echo);
    await server.stop();
    expect(lines.at(-1)).toBe("stopping; 0 connected");
  });
});

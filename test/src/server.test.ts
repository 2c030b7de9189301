import { once } from "node:events";
import { connect, Server as NetServer, type Socket } from "node:net";
import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PACKETS } from "../../lessons/0_simple_test_packets/protocol.ts";
import { type Connection, ConnectionError, WRITE_LIMIT } from "../../src/connection.ts";
import { deadlineIn } from "../../src/deadline.ts";
import { logPacket, redirectLog, showPackets } from "../../src/log.ts";
import { type Handler, Server, type ThreadedServerOptions } from "../../src/server.ts";
import type { ClientThread } from "../../src/threads.ts";

// Files of tests may share a process. Here the modules are loaded again, with what is mocked below.
vi.hoisted(() => vi.resetModules());
afterAll(() => vi.resetModules());

/** What the test has instead of the system: the file descriptors that a process may have, its threads, its listener. */
const system = vi.hoisted(() => ({
  open: 0,
  mayOpen: 0,
  listener: undefined as NetServer | undefined,
  limits: undefined as string | undefined,
  startThread: undefined as ((socket: Socket) => Promise<ClientThread>) | undefined,
}));
vi.mock("node:fs", async (importOriginal) => {
  const original = await importOriginal<typeof import("node:fs")>();
  const readFileSync = (file: string, encoding: "utf8") =>
    file === "/proc/self/limits" ? (system.limits ?? fail()) : original.readFileSync(file, encoding);
  const fail = () => {
    throw new Error("ENOENT");
  };
  const openSync = () => (system.open < system.mayOpen ? ++system.open : fail());
  const closeSync = () => system.open--;
  return { ...original, readFileSync, openSync, closeSync };
});
vi.mock("node:net", async (importOriginal) => {
  const original = await importOriginal<typeof import("node:net")>();
  const createServer = (options: object) => {
    system.listener = original.createServer(options);
    return system.listener;
  };
  return { ...original, createServer };
});
vi.mock("../../src/threads.ts", async (importOriginal) => ({
  ...(await importOriginal<object>()),
  startThread: (socket: Socket) => system.startThread?.(socket),
}));
// The server takes its timers from here, and not from where Vitest can put its own.
vi.mock("node:timers", async (importOriginal) => ({
  ...(await importOriginal<object>()),
  setTimeout: (...args: Parameters<typeof setTimeout>) => setTimeout(...args),
  clearTimeout: (...args: Parameters<typeof clearTimeout>) => clearTimeout(...args),
}));

/** From here on no time passes, as far as timers can tell. */
function stopClock(): void {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
}

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

const OPTIONS: ThreadedServerOptions = {
  host: "127.0.0.1",
  port: 0,
  timeout: 10_000,
  "max-clients": undefined,
  threads: false,
  bytes: false,
  quiet: false,
  times: false,
};

const servers: Server<ThreadedServerOptions>[] = [];
const peers: Socket[] = [];

beforeEach(() => {
  lines.length = 0;
  showPackets("words");
  system.limits = "";
});
afterEach(async () => {
  vi.useRealTimers();
  for (const peer of peers.splice(0)) peer.destroy();
  await Promise.all(servers.splice(0).map((server) => server.stop()));
});

async function listen(
  handler: Handler<ThreadedServerOptions>,
  options: Partial<ThreadedServerOptions> = {},
  firstId?: number,
  left?: (id: number) => unknown,
) {
  const lesson = {
    handler,
    packets: PACKETS,
    module: import.meta.url,
    ...(left && { left }),
    ...(firstId && { firstId }),
  };
  const server = new Server(lesson, { ...OPTIONS, ...options });
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
  if (!peer.readableEnded) await once(peer, "end");
  return text;
}

/** Whether a client that was turned away without a byte is reset when it sends something before it closes. */
async function isReset(peer: Socket): Promise<boolean> {
  const closed = new Promise<boolean>((resolve) => peer.once("close", resolve));
  expect(await received(peer)).toBe("");
  // The first byte provokes the reset, and a later one meets it. That nothing comes makes no event.
  for (let turns = 0; turns < 100 && !peer.destroyed; turns++) {
    if (turns % 20 === 0) peer.write("x");
    await turn();
  }
  peer.end();
  return closed;
}

/** Answers each byte with the same byte. */
const echo: Handler<ThreadedServerOptions> = async (connection, _id, { timeout }) => {
  for (;;) await connection.write(await connection.read(1, deadlineIn(timeout)), deadlineIn(timeout));
};

describe("a client", () => {
  it("gets an id and a place in the list, and is off the list when it leaves", async () => {
    const { port } = await listen(echo);
    const first = await join(port);
    await line(new RegExp(`^client 1 connected from 127\\.0\\.0\\.1:${first.localPort}; 1 connected$`));
    await join(port);
    await line(/^client 2 connected from .*; 2 connected$/);
    first.end();
    await line(/^client 1 left: the peer closed the connection; 1 remain$/);
    await join(port);
    await line(/^client 3 connected from .*; 2 connected$/);
  });

  it.each<[string, Handler<ThreadedServerOptions>, string | RegExp]>([
    ["what its handler returns", async () => "it was wrong", "it was wrong"],
    [
      "its handler's error",
      async () => Promise.reject(new TypeError("no\nsuch thing")),
      /^its handler threw: no \(at test\/src\/server\.test\.ts:\d+\)$/,
    ],
    [
      "its handler's error, thrown at once",
      () => {
        throw new Error("at once");
      },
      /^its handler threw: at once \(at test\/src\/server\.test\.ts:\d+\)$/,
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
    const [, why] = /^client 2 left: (.*); 1 remain$/.exec(await line(/^client 2 left/)) ?? [];
    expect(why).toEqual(typeof reason === "string" ? reason : expect.stringMatching(reason));
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

  it("gets a large last answer too, though its handler ends at once and it takes its time", async () => {
    let sent = 0;
    let handlerEnds = () => {};
    const handlerEnded = new Promise<void>((resolve) => {
      handlerEnds = resolve;
    });
    const { port } = await listen(async (connection) => {
      const piece = new Uint8Array(WRITE_LIMIT);
      for (let waits = false; !waits; sent += piece.length) {
        const write = Promise.resolve(connection.write(piece, deadlineIn(10_000)));
        // Every buffer on the way is full once a write waits longer than this.
        waits = await Promise.race([write.then(() => false), sleep(50, true)]);
      }
      handlerEnds();
      return "that was all";
    });
    const peer = await join(port);
    await handlerEnded;
    await turn();
    let taken = 0;
    peer.on("data", (chunk) => {
      taken += chunk.length;
    });
    await once(peer, "end");
    expect(taken).toBe(sent);
  });

  it("is shown byte by byte where bytes are asked for, and not in words as well", async () => {
    const { port } = await listen(
      async (connection, id, { timeout }) => {
        await connection.read(2, deadlineIn(timeout));
        logPacket(() => `client ${id}: words`);
        return "it was read";
      },
      { bytes: true },
    );
    (await join(port)).write(Uint8Array.of(1, 0));
    await line(/^client 1 left: it was read/);
    expect(lines.filter((text) => /^client 1(:| →)/.test(text))).toEqual([
      expect.stringMatching(/^client 1 → 01 00 … +2 of 8 bytes of an answer$/),
    ]);
  });

  it("gets its last answer though its handler has met an error of its connection", async () => {
    const { port } = await listen(async (connection) => {
      await connection.write(new TextEncoder().encode("bye"), deadlineIn(1000));
      throw new ConnectionError("TRUNCATED", "the peer closed in the middle of a packet");
    });
    expect(await received(await join(port))).toBe("bye");
  });

  it("that missed its deadline is closed at once, though it does not close", async () => {
    stopClock();
    const { port } = await listen(async () => {
      throw new ConnectionError("DEADLINE", "timed out");
    });
    await join(port, { stubborn: true });
    await line(/^client 1 left: timed out; 0 remain$/);
  });

  it("has a thread where clients have threads, and leaves with it", async () => {
    let leave = (_reason: string) => {};
    const left = new Promise<string>((resolve) => {
      leave = resolve;
    });
    system.startThread = async () => ({ name: "thread 7", left, stopReading: leave });
    const { port } = await listen(echo, { threads: true });
    const peer = await join(port, { stubborn: true });
    await line(/^client 1 is served by thread 7$/);
    leave("it was done");
    await line(/^client 1 left: it was done; 0 remain$/);
    await once(peer.resume(), "end");
  });

  it("that comes over IPv6 is logged in brackets, as is the address to listen on", async () => {
    const { port } = await listen(echo, { host: "::1" });
    expect(lines).toEqual([`listening on [::1]:${port}`]);
    const peer = await join(port, { host: "::1" });
    await line(new RegExp(`^client 1 connected from \\[::1\\]:${peer.localPort};`));
  });
});

describe("a client that could not be accepted", () => {
  it("is lost, and the others notice nothing", async () => {
    const { port } = await listen(echo);
    system.listener?.emit("error", new Error("accept EMFILE"));
    expect(lines.at(-1)).toBe("could not accept a client: accept EMFILE");
    const peer = await join(port);
    peer.write("e");
    expect(String((await once(peer, "data"))[0])).toBe("e");
  });
});

describe("too many clients", () => {
  it("are turned away politely, but only so many at once", async () => {
    stopClock(); // a polite goodbye waits for a second, and all forty must come within it
    const { port } = await listen(echo, { "max-clients": 1 });
    await join(port);
    await line(/^client 1 connected/);
    const crowd = await Promise.all(Array.from({ length: 40 }, () => join(port, { stubborn: true })));
    const reason = /^turned away 127\.0\.0\.1:\d+: the limit is reached: 1 connected \(--max-clients\)$/;
    while (lines.filter((text) => reason.test(text)).length < 40) await turn();
    // What it still sends is thrown away where it was turned away politely, and meets a reset where it was not.
    const lost = await Promise.all(crowd.map(isReset));
    expect(lost.filter(Boolean)).toHaveLength(8);
    // The crowd has gone, so there is time for politeness again.
    expect(await isReset(await join(port, { stubborn: true }))).toBe(false);
  });

  it.each([
    [{ "max-clients": 2 }, 66, "2 connected (--max-clients)", 2],
    [{ "max-clients": 3 }, 66, "2 connected, and no file descriptors for more (ulimit -n)", 2],
    [{ threads: true }, 64 + 12, "0 connected, and no file descriptors for more (ulimit -n)", 0],
    [{ threads: true }, 64 + 2 * 13, "2 connected, and no file descriptors for more (ulimit -n)", 2],
    [{ threads: true }, 4096, "128 connected (--max-clients)", 128],
    [{}, 64 + 130, "130 connected, and no file descriptors for more (ulimit -n)", 130],
  ])("are more than %j and %d file descriptors allow: %s", async (options, descriptors, limit, clients) => {
    system.limits = `Max processes  7  8  processes\nMax open files            ${descriptors}     99999    files\n`;
    system.startThread = (socket) => {
      const left = once(socket, "close").then(() => "closed");
      return Promise.resolve({ name: "thread", left, stopReading: () => socket.destroy() });
    };
    const { port } = await listen(echo, options);
    for (let client = 0; client <= clients; client++) await join(port);
    expect(await line(/^turned away/)).toMatch(`the limit is reached: ${limit}`);
    expect(lines.filter((text) => / connected from /.test(text))).toHaveLength(clients);
  });

  it.each(["", "Max open files            unlimited   unlimited   files\n"])(
    "are not limited by file descriptors where the system says %j",
    async (limits) => {
      system.limits = limits;
      const { port } = await listen(echo, { "max-clients": 1 });
      await join(port);
      await join(port);
      expect(await line(/^turned away/)).toMatch("the limit is reached: 1 connected (--max-clients)");
    },
  );

  describe("where the operating system does not say how many file descriptors there are", () => {
    const note = (clients: number, assumed: number) =>
      `accepting ${clients} clients at most: the operating system does not say how many file descriptors there are, so this assumes ${assumed}`;

    it.each([
      ["are more than it has turned out to have", 64 + 1, [], 1],
      ["are more than are certain to be there", 9999, [note(2048 - 64, 2048)], 2048 - 64],
      ["are more than are likely to be there, if that cannot be tried", 0, [note(256 - 64, 256)], 256 - 64],
    ])("%s", async (_, mayOpen, notes, clients) => {
      system.limits = undefined;
      system.mayOpen = mayOpen;
      const { port } = await listen(echo);
      expect(lines).toEqual([`listening on 127.0.0.1:${port}`, ...notes]);
      expect(system.open).toBe(0);
      for (let client = 0; client <= Math.min(clients, 1); client++) await join(port);
      await line(clients === 1 ? /^turned away .*: 1 connected, and no file descr/ : /; 2 connected$/);
    });

    it("need no guess where fewer are let in anyway", async () => {
      system.limits = undefined;
      const { port } = await listen(echo, { "max-clients": 5 });
      expect(lines).toEqual([`listening on 127.0.0.1:${port}`]);
    });
  });

  it("may wait to be accepted in a long queue", async () => {
    const listening = vi.spyOn(NetServer.prototype, "listen");
    await listen(echo);
    expect(listening.mock.calls[0]?.[0]).toMatchObject({ backlog: 4096 });
    listening.mockRestore();
  });

  it.each([
    [1024, 128, 832],
    [20_000, 2500, 16384],
    [1_000_000, 4096, 16384],
  ])(
    "do not wait to be accepted on a Deno with %d file descriptors",
    async (descriptors, waiting, clients) => {
      // Deno accepts all that wait at once, and must not run out of descriptors over it.
      const versions = vi.spyOn(process, "versions", "get").mockReturnValue({ deno: "2" } as never);
      system.limits = `Max open files ${descriptors} 1 files\n`;
      const listening = vi.spyOn(NetServer.prototype, "listen");
      await listen(echo);
      expect(listening.mock.calls[0]?.[0]).toMatchObject({ backlog: waiting });
      expect(64 + waiting + clients).toBeLessThanOrEqual(descriptors);
      versions.mockRestore();
      listening.mockRestore();
    },
  );

  it("are those that would need an id beyond the largest int", async () => {
    const { port } = await listen(echo, {}, 2 ** 31 - 1);
    await join(port);
    await line(/^client 2147483647 connected from .*; 1 connected$/);
    expect(await received(await join(port))).toBe("");
    await line(/^turned away \S+: all ids have been used; restart the server$/);
  });
});

describe("a lesson's left()", () => {
  const broken = () => {
    throw new TypeError("it is undefined");
  };
  it.each([
    ["throws", broken],
    ["rejects", async () => broken()],
  ])("that %s is logged with its line, and the server stops as soon as ever", async (_, left) => {
    stopClock();
    const { server, port } = await listen(echo, {}, 1, left);
    const first = await join(port);
    await join(port);
    await line(/^client 2 connected/);
    first.end();
    await line(
      /^left\(\) threw after client 1 had left: it is undefined \(at test\/src\/server\.test\.ts:\d+\)$/,
    );
    await server.stop();
    await line(/^left\(\) threw after client 2 had left/);
  });
});

describe("stop", () => {
  it("lets a handler finish the answer it is working on, and sends it, and then takes no longer", async () => {
    stopClock();
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
    await join(port);
    await line(/^client 1 connected/);
    const peer = await join(port);
    const answers = received(peer);
    peer.write("ab");
    for (let turns = 0; turns < 20; turns++) await turn();

    const stopped = server.stop();
    await line(/^client 1 left: the server is stopping; 1 remain$/);
    finish();
    // It has read "b" too, but has not begun to answer it.
    expect(await answers).toBe("a");
    await stopped;
    expect(lines.slice(-3)).toEqual([
      "stopping; 2 connected",
      "client 1 left: the server is stopping; 1 remain",
      "client 2 left: the server is stopping; 0 remain",
    ]);
    await expect(once(connect(port, "127.0.0.1"), "connect")).rejects.toThrow("ECONNREFUSED");
  });

  it("ends though a client does not close and a handler does not end", async () => {
    const { server, port } = await listen((_, id) =>
      id === 1 ? new Promise(() => {}) : echo(_, id, OPTIONS),
    );
    const stuck = await join(port, { stubborn: true });
    const stubborn = await join(port, { stubborn: true });
    await line(/^client 2 connected/);
    const ended = Promise.all([once(stuck.resume(), "end"), once(stubborn.resume(), "end")]);
    await server.stop();
    await ended;
  });

  it("has threads read no more, and closes a client whose thread has not started", async () => {
    stopClock();
    const { server, port } = await listen(echo, { threads: true });
    system.startThread = async () => {
      let stopReading = (_reason: string) => {};
      const left = new Promise<string>((resolve) => {
        stopReading = resolve;
      });
      return { name: "thread 1", left, stopReading };
    };
    await join(port);
    await line(/^client 1 is served by thread 1$/);
    system.startThread = async (socket) => {
      await once(socket, "close");
      return { name: "no thread", left: Promise.resolve("it was too late"), stopReading: () => {} };
    };
    await join(port);
    await line(/^client 2 connected/);
    await server.stop();
    await line(/^client 1 left: the server is stopping; /);
    await line(/^client 2 left: it was too late; 0 remain$/);
  });

  it("without a client ends at once", async () => {
    stopClock();
    const { server } = await listen(echo);
    const stopped = server.stop();
    vi.advanceTimersByTime(0);
    await stopped;
    expect(lines.at(-1)).toBe("stopping; 0 connected");
  });
});

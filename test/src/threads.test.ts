import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { EventEmitter, once } from "node:events";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Connection } from "../../src/connection.ts";
import { deadlineIn } from "../../src/deadline.ts";
import compile, { compiled } from "../compiled.ts";

// A thread can only be tried as the lessons use it: a server in a process of its own, which starts a thread for
// each client. The fixture's clients ask, in one byte, for the accident that their thread shall have.

await compile();

let server: ChildProcessWithoutNullStreams;
let errors = "";
const lines: string[] = [];
const news = new EventEmitter().setMaxListeners(0);
const sockets: Socket[] = [];
let port = 0;
let wellBehaved: Client;

/** The first line that the server has printed, or will, that matches. */
async function line(pattern: RegExp): Promise<string> {
  for (;;) {
    const found = lines.find((text) => pattern.test(text));
    if (found !== undefined) return found;
    await once(news, "line");
  }
}

interface Client {
  readonly id: number;
  readonly socket: Socket;
  readonly connection: Connection;
  send(what: string): void;
  /** Why the client left, as the server says. */
  left(): Promise<string | undefined>;
}

const deadline = () => deadlineIn(60_000);

async function newClient(): Promise<Client> {
  const socket = connect({ host: "127.0.0.1", port, noDelay: true, allowHalfOpen: true });
  sockets.push(socket);
  await once(socket, "connect");
  const connection = new Connection(socket);
  const greeting = new TextDecoder().decode(await connection.read("hello 12".length, deadline()));
  const id = Number(greeting.slice("hello ".length));
  return {
    id,
    socket,
    connection,
    send: (what) => void socket.write(what),
    left: async () => (await line(new RegExp(`^client ${id} left: `))).split(" left: ")[1],
  };
}

async function echo({ connection, send }: Client): Promise<void> {
  send("e");
  expect(await connection.read(1, deadline())).toEqual(Uint8Array.of("e".charCodeAt(0)));
}

async function closes({ connection }: Client): Promise<void> {
  await expect(async () => connection.read(1, deadline())).rejects.toThrow(/closed|lost/);
}

beforeAll(async () => {
  server = spawn(process.execPath, [compiled("test/fixtures/threads_server.ts")]);
  createInterface({ input: server.stdout }).on("line", (text) => {
    lines.push(text);
    news.emit("line");
  });
  server.stderr.setEncoding("utf8").on("data", (text) => {
    errors += text;
  });
  port = Number((await line(/^listening on /)).split(" ").at(-1));
  wellBehaved = await newClient();
});

afterAll(() => {
  for (const socket of sockets) socket.destroy();
  server.kill("SIGKILL");
});

describe.concurrent("a client on a thread of its own", () => {
  it("is served by a thread that no other client has", async () => {
    const clients = await Promise.all([newClient(), newClient()]);
    const threads = await Promise.all(
      clients.map(async ({ id }) => (await line(new RegExp(`^client ${id} has`))).split(" ").at(-1)),
    );
    expect(new Set(threads).size).toBe(2);
    await Promise.all(clients.map(echo));
  });

  it("leaves when it closes, and the reason is what the handler's read threw", async () => {
    const client = await newClient();
    client.socket.end();
    expect(await client.left()).toBe("its handler threw: the peer closed the connection");
    await closes(client);
  });

  it("leaves when it resets", async () => {
    const client = await newClient();
    client.socket.resetAndDestroy();
    expect(await client.left()).toBe("its handler threw: the connection was lost (ECONNRESET)");
  });

  it("gets all of a large last answer, in order, though it has ended and its thread too", async () => {
    const client = await newClient();
    client.socket.end("b");
    for (let i = 0; i < 64; i++) {
      const piece = await client.connection.read(64 * 1024, deadline());
      expect([piece[0], piece.every((byte) => byte === piece[0])]).toEqual([i, true]);
    }
    await closes(client);
    expect(await client.left()).toBe("it got four megabytes");
  });

  it("makes its thread wait when it does not read, and cannot keep it from closing", async () => {
    const client = await newClient();
    client.socket.pause();
    client.send("w");
    expect(await client.left()).toBe("its handler threw: timed out: the peer does not read");
  });

  it("is made to wait when its thread does not read", async () => {
    const client = await newClient();
    client.socket.write(new Uint8Array(1 + 32 * 1024 * 1024).fill("p".charCodeAt(0)));
    // The thread pauses before this byte. A server that went on taking bytes for it would have them all by now.
    await client.connection.read(1, deadline());
    expect(client.socket.writableLength).toBeGreaterThan(16 * 1024 * 1024);
    expect(await client.left()).toBe("it sent 32 megabytes");
  });

  it("finds the lines of its thread in the server's log, before its own end", async () => {
    const client = await newClient();
    client.send("l");
    expect(await client.left()).toBe("it asked for a line");
    expect(lines.indexOf("a line from the thread")).toBeGreaterThan(0);
    expect(lines.indexOf("a line from the thread")).toBeLessThan(
      lines.indexOf(`client ${client.id} left: it asked for a line`),
    );
  });

  it.each([
    ["whose handler throws", "t", "its handler threw: thrown by the handler"],
    ["whose handler throws nothing", "u", "its handler threw: undefined"],
    ["whose thread crashes", "c", "its thread crashed: thrown by nobody's handler"],
    ["whose thread crashes of nothing", "n", "its thread crashed: null"],
    ["whose thread calls process.exit", "x", "its thread ended"],
    ["whose thread wants all memory", "m", /^its thread crashed: .*memory/],
  ])("%s is closed, and the reason told", async (_what, accident, reason) => {
    const client = await newClient();
    client.send(accident);
    await closes(client);
    expect(await client.left()).toMatch(reason);
  });
});

describe("the server", () => {
  it("serves the others while a thread is busy forever, and stops when told to all the same", async () => {
    const busy = await newClient();
    busy.send("s");
    // It has been there all along.
    await echo(wellBehaved);
    await echo(await newClient());

    const ended = once(server, "exit");
    server.kill("SIGTERM");
    const [code] = await ended;
    // Windows has no signals: the server there is ended, not told to stop.
    if (process.platform !== "win32") expect(code).toBe(0);
    await closes(busy);
    await closes(wellBehaved);
  });

  it("has printed nothing on standard error, whatever happened to its threads", () => {
    expect(errors).toBe("");
  });
});

/** What a server says when somebody asks how much waits for whom. */

import { existsSync } from "node:fs";
import process from "node:process";
import { expect, test } from "vitest";
import {
  clientCommand,
  LESSON_2,
  Peer,
  Program,
  serverCommand,
  serverRuntime,
  startServer,
} from "../harness.ts";
import { place } from "../packets.ts";

/** Only Linux tells; Deno may not read the file without a permission, and Bun's sockets read ahead. */
const TELLS_QUEUES =
  existsSync("/proc/net/tcp") && serverRuntime === "" && !process.env["LESSON_CLIENT_RUNTIME"];

interface Status {
  clients: { id: number; positions: number; sending?: number; unread?: number }[];
}

async function startWithStatus(...flags: string[]) {
  const server = await startServer(LESSON_2, "--status-port", "0", ...flags);
  const [, url = ""] = await server.line(/^the status is at (http:\/\/127\.0\.0\.1:\d+\/status\.json)$/);
  expect(server.lines[0]).toBe(`listening on 127.0.0.1:${server.port}`);
  const ask = async () => (await (await fetch(url)).json()) as Status;
  return { server, url, ask };
}

test("a server tells who is there and that nothing waits for a client that reads", async () => {
  const { server, ask } = await startWithStatus();
  expect(await ask()).toEqual({ clients: [] });
  const peer = await Peer.connect(server.port);
  await peer.read(8);
  await expect.poll(ask).toMatchObject({ clients: [{ id: 1, positions: 0 }] });
  peer.end();
  await expect.poll(ask).toEqual({ clients: [] });
});

test("it tells how many positions wait for a client that doesn't read: one of each, however often they move", async () => {
  const { server, ask } = await startWithStatus("--quiet");
  const deaf = await Peer.connect(server.port);
  deaf.socket.pause();
  const walkers = [await Peer.connect(server.port), await Peer.connect(server.port)];
  // They read, so only the first client is slow.
  for (const { socket } of walkers) socket.resume();
  const steps = Buffer.concat(Array.from({ length: 20_000 }, (_, nth) => place(nth % 60, 3)));
  const waiting = async () => {
    for (const { socket } of walkers) socket.write(steps);
    return (await ask()).clients.find(({ id }) => id === 1)?.positions;
  };
  await expect.poll(waiting, { timeout: 50_000, interval: 100 }).toBe(2);
  const { clients } = await ask();
  const [slow] = clients;
  if (TELLS_QUEUES) {
    expect((slow?.sending ?? 0) + (slow?.unread ?? 0)).toBeGreaterThan(100_000);
  }
});

test.skipIf(!TELLS_QUEUES)(
  "what client.ts leaves unread, when it is deaf, waits where its operating system tells",
  async () => {
    const { server, ask } = await startWithStatus();
    const deaf = new Program(clientCommand(LESSON_2, "--port", String(server.port), "--deaf-after", "1"));
    await deaf.line(/^deaf from now on/);
    const walker = await Peer.connect(server.port);
    const unread = async () => {
      for (let nth = 0; nth < 10; nth++) walker.send(place(nth, 3));
      return (await ask()).clients.find(({ id }) => id === 1)?.unread;
    };
    // Less than Node would read ahead.
    await expect.poll(unread).toBeGreaterThan(200);
    expect((await ask()).clients[0]?.positions).toBe(0);
  },
);

test("only this machine may ask, and only for that", async () => {
  const { url } = await startWithStatus();
  expect((await fetch(url, { method: "POST" })).status).toBe(405);
  expect((await fetch(url.replace("status.json", "server.ts"))).status).toBe(404);
});

test("nobody is told without the flag", async () => {
  const server = await startServer(LESSON_2);
  const peer = await Peer.connect(server.port);
  await peer.read(8);
  await server.line(/^client 1 connected/);
  expect(server.lines.filter((line) => line.includes("status"))).toEqual([]);
});

test("a port that is in use, and --threads, are refused in one line that names the flag", async () => {
  const { url } = await startWithStatus();
  const { port } = new URL(url);
  const inUse = await new Program(serverCommand(LESSON_2, "--port", "0", "--status-port", port)).exit();
  expect(inUse.code).toBe(1);
  expect(inUse.stderr).toMatch(new RegExp(`^port ${port} is in use.*--status-port\\.\\n$`));
  const threads = await new Program(
    serverCommand(LESSON_2, "--port", "0", "--status-port", "0", "--threads"),
  ).exit();
  expect(threads).toMatchObject({ code: 1, stdout: "" });
  expect(threads.stderr).toMatch(/^--status-port and --threads exclude each other.*\n$/);
});

/** The map as a client, in this process: its pauses end when a test says so. */

import { once } from "node:events";
import { connect } from "node:net";
import { afterAll, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { closedPort, FakeServer, type Peer } from "../harness.ts";

const started = vi.hoisted(() => ({
  main: async () => {},
  stop: async () => {},
  pauses: [] as { milliseconds: number; end: () => void }[],
}));
vi.mock("../../../src/program.ts", async (original) => ({
  ...(await original<object>()),
  run: (main: () => Promise<void>) => Object.assign(started, { main }),
  onStop: (stop: () => Promise<void>) => Object.assign(started, { stop }),
}));
vi.mock("node:timers/promises", async (original) => ({
  ...(await original<object>()),
  setTimeout: (milliseconds: number) =>
    new Promise<void>((end) => void started.pauses.push({ milliseconds, end })),
}));

// Other files may share this process: they get modules of their own.
afterAll(() => vi.resetModules());

let lines: string[];
beforeEach(() => {
  lines = [];
  started.pauses = [];
});

/** Long, and different from the pauses between two visits. */
const INTERVAL = 7777;

/** Starts a map that visits a server. Says whether it has ended. */
async function startMap(port: number, ...flags: string[]): Promise<{ hasEnded(): boolean }> {
  const { argv } = process;
  vi.resetModules(); // each map is a program of its own
  await import("../../../lessons/2_simple_broadcast_test/map.ts");
  const { redirectLog } = await import("../../../src/log.ts");
  redirectLog((line) => void lines.push(line));
  process.argv = ["node", "map.ts", `--port=${port}`, "--http-port=0", `--interval=${INTERVAL}`, ...flags];
  let ended = false;
  const end = () => {
    ended = true;
  };
  started.main().then(end, end);
  process.argv = argv;
  onTestFinished(() => started.stop());
  return { hasEnded: () => ended };
}

/** Waits for a pause to begin. */
async function pause(): Promise<{ milliseconds: number; end: () => void }> {
  await vi.waitFor(() => expect(started.pauses).not.toEqual([]), { timeout: 10_000, interval: 1 });
  return started.pauses.shift() as { milliseconds: number; end: () => void };
}

/** Tells a map that it is client 5, at 12 7. */
const welcome = (peer: Peer) => peer.send(Buffer.from("050000000c000700", "hex"));

const tries = () => lines.filter((line) => line.endsWith("Trying again."));

test("tries again after pauses that double up to four seconds, and says only once why", async () => {
  const port = await closedPort();
  await startMap(port);
  const pauses = [];
  for (let count = 0; count < 6; count++) {
    const { milliseconds, end } = await pause();
    pauses.push(milliseconds);
    if (count < 5) end();
  }
  expect(pauses).toEqual([250, 500, 1000, 2000, 4000, 4000]);
  expect(tries()).toEqual([expect.stringMatching(/^connection refused/)]);
  // While the last pause lasts, it does not try: this client tries three times in the meantime.
  for (let count = 0; count < 3; count++) await once(connect(port, "127.0.0.1"), "error");
  expect(started.pauses).toEqual([]);
});

test("starts again with a short pause after each visit, and says again why a visit ended", async () => {
  const server = await FakeServer.start();
  await startMap(server.port);
  (await server.accept()).end();
  const first = await pause();
  first.end();
  (await server.accept()).end();
  const second = await pause();
  expect(tries()).toHaveLength(1);
  second.end();
  const peer = await server.accept();
  welcome(peer);
  const rest = await pause();
  peer.end();
  // The map still rests in the room when the connection is lost.
  const third = await pause();
  expect([first, second, rest, third].map(({ milliseconds }) => milliseconds)).toEqual([
    250,
    500,
    INTERVAL,
    250,
  ]);
  expect(tries()).toEqual(Array(2).fill(expect.stringMatching(/^connection lost: the peer closed/)));
});

test("repeats its place after each interval, however long that is, and shows no bytes", async () => {
  const server = await FakeServer.start();
  await startMap(server.port, "--timeout=5000");
  const peer = await server.accept();
  welcome(peer);
  for (let count = 0; count < 3; count++) {
    const { milliseconds, end } = await pause();
    expect(milliseconds).toBe(INTERVAL);
    end();
    expect((await peer.read(4)).toString("hex")).toBe("0c000700");
  }
  expect(lines.join("\n")).not.toContain("│");
});

test("shows its bytes with --bytes", async () => {
  const server = await FakeServer.start();
  await startMap(server.port, "--bytes");
  const peer = await server.accept();
  welcome(peer);
  (await pause()).end();
  await peer.read(4);
  const shown = lines.filter((line) => line.includes("│"));
  expect(shown).toEqual([
    expect.stringMatching(/^← 05 00 00 00 │ 0C 00 │ 07 00 +position: client 5 is at 12 7$/),
    expect.stringMatching(/^→ 0C 00 │ 07 00 +place: 12 7$/),
  ]);
});

test("closes the connection to a server that does not answer, and tries again", async () => {
  const server = await FakeServer.start();
  await startMap(server.port, "--timeout=200");
  const peer = await server.accept();
  expect(await peer.rest()).toHaveLength(0);
  expect((await pause()).milliseconds).toBe(250);
  expect(tries()).toEqual([expect.stringMatching(/^the server does not answer/)]);
});

test("stops with a goodbye, and that is no lost connection", async () => {
  const server = await FakeServer.start();
  const map = await startMap(server.port);
  const peer = await server.accept();
  welcome(peer);
  await pause();
  expect(map.hasEnded()).toBe(false);
  let saidGoodbye = false;
  const goodbye = peer.rest().then(() => {
    saidGoodbye = true;
  });
  await started.stop();
  expect(saidGoodbye).toBe(true);
  await goodbye;
  await vi.waitFor(() => expect(map.hasEnded()).toBe(true), { timeout: 10_000, interval: 1 });
  expect(tries()).toEqual([]);
  expect(lines.at(-1)).toBe("closing the connection");
});

/** The handler by itself: between a client that does what a test says and a bus that the test watches. */

import { duplexPair } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { afterAll, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { type Bus, OneThread } from "../../../lessons/2_simple_broadcast_test/bus.ts";
import { BURST, handleClient } from "../../../lessons/2_simple_broadcast_test/handler.ts";
import { Connection } from "../../../src/connection.ts";
import { redirectLog, showPackets } from "../../../src/log.ts";
import { NOWHERE, type Position, place, positionsIn } from "../packets.ts";

// Other files may share this process: they get modules of their own.
afterAll(() => vi.resetModules());

let lines: string[];
beforeEach(() => {
  lines = [];
  showPackets("words");
  const before = redirectLog((line) => void lines.push(line));
  onTestFinished(() => void redirectLog(before));
});

/** A client that is being served, and what it has heard. */
class Client {
  readonly heard: Position[] = [];
  readonly left: Promise<string>;
  readonly #far;

  constructor(id: number, bus: Bus) {
    const [near, far] = duplexPair();
    this.#far = far;
    far.on("data", (bytes: Buffer) => this.heard.push(...positionsIn(bytes)));
    this.left = handleClient(new Connection(near), id, bus, 10_000);
    this.left.catch(() => {});
  }

  send(...places: [x: number, y: number][]): void {
    this.#far.write(Buffer.concat(places.map(([x, y]) => place(x, y))));
  }

  end(): void {
    this.#far.end();
  }

  async hears(expected: Position): Promise<void> {
    await vi.waitFor(() => expect(this.heard.at(-1)).toEqual(expected), { timeout: 10_000, interval: 1 });
  }
}

/** What a bus is told, with its bytes read. */
function watched(bus: OneThread): Position[] {
  const told: Position[] = [];
  bus.subscribe(99, (_, bytes) => void told.push(...positionsIn(Buffer.from(bytes))));
  return told;
}

test("a client hears first who it is, then who is there, and appears to the others", async () => {
  const bus = new OneThread();
  const first = new Client(1, bus);
  first.send([7, 8]);
  await first.hears({ id: 1, x: 7, y: 8 });
  const second = new Client(2, bus);
  await second.hears({ id: 1, x: 7, y: 8 });
  const [self] = second.heard;
  expect(second.heard).toEqual([{ id: 2, x: self?.x, y: self?.y }, first.heard[1]]);
  expect(first.heard.slice(2)).toEqual([self]);
  expect(lines).toEqual(["client 1 is at 7 8"]);
});

test("clients start at places of their own, all in the room", () => {
  const bus = new OneThread();
  const starts = watched(bus);
  for (let id = 1; id <= 50; id++) new Client(id, bus);
  expect(starts).toHaveLength(50);
  for (const { x, y } of starts) expect(0 <= x && x < 60 && 0 <= y && y < 20, `${x} ${y}`).toBe(true);
  // All 50 in one column or row: that happens once in 20^49 runs.
  expect(new Set(starts.map(({ x }) => x)).size).toBeGreaterThan(1);
  expect(new Set(starts.map(({ y }) => y)).size).toBeGreaterThan(1);
});

test("the others are told once that a client has left, whichever way", async () => {
  const bus = new OneThread();
  const told = watched(bus);
  const gone = (id: number) => told.filter((position) => position.id === id && position.x === NOWHERE);
  const polite = new Client(1, bus);
  polite.send([1, 1], [NOWHERE, NOWHERE], [2, 2]);
  expect(await polite.left).toBe("it said that it is nowhere");
  const vanished = new Client(2, bus);
  vanished.end();
  await expect(vanished.left).rejects.toMatchObject({ code: "CLOSED" });
  for (const id of [1, 2]) expect(gone(id)).toEqual([{ id, x: NOWHERE, y: NOWHERE }]);
  expect(told).not.toContainEqual({ id: 1, x: 2, y: 2 });
});

test("nothing that a client sends is published before it has heard who is there", async () => {
  const here = new OneThread();
  const told = watched(here);
  let answer = () => {};
  const bus: Bus = {
    publish: (id, bytes) => here.publish(id, bytes),
    leave: (id, bytes) => here.leave(id, bytes),
    subscribe: () => new Promise<void>((resolve) => (answer = resolve)),
  };
  const client = new Client(1, bus);
  client.send([5, 5]);
  for (let turns = 0; turns < 10; turns++) await turn();
  expect(told).toHaveLength(1); // where it starts
  answer();
  await vi.waitFor(() => expect(told.at(-1)).toEqual({ id: 1, x: 5, y: 5 }), {
    timeout: 10_000,
    interval: 1,
  });
});

test("a client that sends places without end gives the others a turn after each burst", async () => {
  const bus = new OneThread();
  const told = watched(bus);
  const client = new Client(1, bus);
  client.send(...Array.from({ length: 20 * BURST }, (_, x): [number, number] => [x, 1]));
  let most = 0;
  for (let before = 0; before <= 20 * BURST; before = told.length) {
    await turn();
    most = Math.max(most, told.length - before);
  }
  expect(told.at(-1)).toEqual({ id: 1, x: 20 * BURST - 1, y: 1 });
  // A burst takes one turn, and at most two of them meet in one.
  expect(most).toBeGreaterThanOrEqual(BURST - 1);
  expect(most).toBeLessThanOrEqual(2 * BURST);
});

test("the server's main thread tells the others about a client whose handler could not", async () => {
  vi.resetModules();
  const serveLesson = vi.fn();
  vi.doMock("../../../src/server.ts", async (original) => ({ ...(await original<object>()), serveLesson }));
  onTestFinished(() => void vi.doUnmock("../../../src/server.ts"));
  await import("../../../lessons/2_simple_broadcast_test/server.ts");
  const { openBus } = await import("../../../lessons/2_simple_broadcast_test/bus.ts");
  const [lesson] = serveLesson.mock.calls[0] ?? [];
  const bus = openBus(false);
  const told = watched(bus as OneThread);
  bus.publish(3, Buffer.from("0300000005000500", "hex"));
  lesson.left(3, { threads: false });
  lesson.left(3, { threads: false });
  expect(told.slice(1)).toEqual([{ id: 3, x: NOWHERE, y: NOWHERE }]);
});

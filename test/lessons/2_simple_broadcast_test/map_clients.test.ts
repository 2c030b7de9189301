/** What the page of the map keeps in mind, without a browser. */

import { afterAll, beforeEach, expect, test, vi } from "vitest";
import { LESSON_2 } from "../harness.ts";

/** The page's scripts are JavaScript, whose types are checked for a browser: see map/tsconfig.json. */
const load = () => import(`../../../lessons/${LESSON_2}/map/clients.js`);

let page: Awaited<ReturnType<typeof load>>;
let now = 0;
beforeEach(async () => {
  vi.resetModules();
  page = await load();
  now = 10_000;
  vi.spyOn(performance, "now").mockImplementation(() => now);
});
afterAll(() => {
  vi.restoreAllMocks();
  vi.resetModules();
});

/** Everything, as the map tells it to a page. */
const whole = (...places: unknown[]) => ({
  server: "127.0.0.1:9002",
  connected: true,
  self: 9,
  places,
  more: false,
});
const changes = (moved: unknown, left: unknown = [], moves: unknown = 0) => ({
  moved,
  left,
  moves,
  more: false,
});
const ids = () => [...page.room.clients.keys()];

test("knows nothing at first", () => {
  expect(page.room).toMatchObject({ isConnected: false, more: false, self: 0 });
  expect(page.movesPerSecond()).toBe(0);
});

test("begins with everything, and forgets what was before", () => {
  page.begin(whole([1, 2, 3], [9, 0, 0]));
  page.change({ ...changes([], [1], 40), more: true });
  expect(page.room).toMatchObject({ more: true, leaving: [{ id: 1 }] });
  page.begin({ ...whole([4, 5, 6]), more: true });
  expect(page.room).toMatchObject({ server: "127.0.0.1:9002", isConnected: true, self: 9, more: true });
  expect(page.room.leaving).toEqual([]);
  expect(page.movesPerSecond()).toBe(0);
  expect(page.room.clients.get(4)).toEqual({
    id: 4,
    place: { x: 5, y: 6 },
    shown: { x: 5, y: 6 },
    trail: [],
    waiting: undefined,
    hasSpoken: true,
    since: Number.NEGATIVE_INFINITY,
    until: Number.POSITIVE_INFINITY,
  });
  page.begin({});
  expect(page.room).toMatchObject({ isConnected: false, self: 0, more: false });
  expect(ids()).toEqual([]);
});

test("says who came and who left, and keeps those that left until their dots have vanished", () => {
  page.begin(whole([1, 1, 1]));
  expect(page.change(changes([[2, 5, 5]], [1, 77]))).toEqual([
    { id: 1, what: "left" },
    { id: 2, what: "came" },
  ]);
  expect(ids()).toEqual([2]);
  expect(page.room.leaving).toMatchObject([{ id: 1, until: 10_000 }]);
  expect(page.room.clients.get(2)).toMatchObject({ since: 10_000 });
  const crowd = Array.from({ length: 150 }, (_, index) => 100 + index);
  page.change(changes(crowd.map((id) => [id, 1, 1])));
  page.change(changes([], crowd));
  expect(page.room.leaving.map(({ id }: { id: number }) => id)).toEqual(crowd.slice(-100));
});

test("a client that moves leaves a trail of at most 14 places; one that stands still leaves none", () => {
  page.begin(whole([1, 0, 0]));
  const { trail } = page.room.clients.get(1);
  for (const place of [
    [0, 0],
    [1, 0],
    [1, 1],
    [1, 1],
  ])
    expect(page.change(changes([[1, ...place]]))).toEqual([]);
  expect(trail).toEqual([
    { x: 0, y: 0 },
    { x: 1, y: 0 },
  ]);
  expect(page.room.clients.get(1).place).toEqual({ x: 1, y: 1 });
  for (let x = 2; x <= 13; x++) page.change(changes([[1, x, 1]]));
  expect(trail).toHaveLength(14);
  expect(trail[0]).toEqual({ x: 0, y: 0 });
  page.change(changes([[1, 14, 1]]));
  expect(trail).toHaveLength(14);
  expect(trail[0]).toEqual({ x: 1, y: 0 });
});

test("draws no more than 2000 clients, whatever it is told", () => {
  page.begin(whole(...Array.from({ length: 3000 }, (_, id) => [id, 1, 1])));
  expect(page.room.clients.size).toBe(2000);
  expect(page.change(changes([[5000, 1, 1]]))).toEqual([]);
  expect(page.change(changes([[5000, 1, 1]], [7]))).toEqual([
    { id: 7, what: "left" },
    { id: 5000, what: "came" },
  ]);
  expect(page.room.clients.size).toBe(2000);
});

test("a newcomer's first jump is no walk: the server put it somewhere, and it says where it really is", () => {
  page.begin(whole([9, 0, 0]));
  page.change(changes([[1, 50, 3]]));
  const client = page.room.clients.get(1);
  page.change(changes([[1, 2, 18]]));
  expect(client).toMatchObject({ place: { x: 2, y: 18 }, shown: { x: 2, y: 18 }, trail: [] });
  page.change(changes([[1, 3, 18]]));
  expect(client.trail).toEqual([{ x: 2, y: 18 }]);
  // One that begins to walk where the server put it leaves a trail at once.
  page.change(changes([[2, 50, 3]]));
  page.change(changes([[2, 47, 4]]));
  expect(page.room.clients.get(2).trail).toEqual([{ x: 50, y: 3 }]);
  // Only the first jump is the server's.
  page.change(changes([[2, 10, 4]]));
  expect(page.room.clients.get(2).trail).toEqual([
    { x: 50, y: 3 },
    { x: 47, y: 4 },
  ]);
});

test("counts moves over four seconds, and none once everybody has left", () => {
  page.begin(whole([1, 0, 0], [9, 0, 0]));
  page.change(changes([], [], 20));
  now += 3999;
  page.change(changes([], [], 4));
  expect(page.movesPerSecond()).toBe(6);
  now += 1;
  expect(page.movesPerSecond()).toBe(1);
  page.change(changes([], [1], 40));
  expect(page.movesPerSecond()).toBe(0);
});

test("notes what waits for whom, until it is told otherwise", () => {
  page.begin({ ...whole([1, 0, 0], [2, 0, 0], [3, 0, 0]), waiting: [[1, 0, 500]] });
  const waiting = (id: number) => page.room.clients.get(id).waiting;
  expect(waiting(1)).toEqual({ positions: 0, bytes: 500 });
  page.change(changes([[2, 1, 0]]));
  expect(waiting(1)).toEqual({ positions: 0, bytes: 500 });
  // A few bytes are on their way to everybody all the time. A position in an outbox isn't on its way.
  const told = [
    [2, 0, 64],
    [3, 1, 0],
    [77, 5, 5],
    [1, "5", 5],
  ];
  page.change({ ...changes([]), waiting: told });
  expect([1, 2, 3].map(waiting)).toEqual([undefined, undefined, { positions: 1, bytes: 0 }]);
  page.change({ ...changes([]), waiting: null });
  expect(waiting(3)).toBeUndefined();
});

test("takes whole numbers and nothing else", () => {
  const junk = [[1, 2], [1, 2, 3, 4], [1, 2, "3"], [1e300, 1, 1], "abc", null, { length: 3 }];
  page.begin({ ...whole(...junk, [2, 3, 4]), self: "9", connected: "yes", more: 1, server: 5 });
  expect(ids()).toEqual([2]);
  expect(page.room).toMatchObject({ self: 0, isConnected: false, more: false, server: "5" });
  expect(page.change({ moved: {}, left: {}, moves: "7", more: "yes" })).toEqual([]);
  expect(page.change(changes(junk, ["2", null, {}], 1e300))).toEqual([]);
  expect(page.movesPerSecond()).toBe(0);
  expect(ids()).toEqual([2]);
});

test("knows where the room ends, and gives each client one of seven colours", () => {
  const outside = [
    [-1, 0],
    [60, 0],
    [0, -1],
    [0, 20],
  ].map(([x, y]) => page.isOutside({ x, y }));
  const inside = [
    [0, 0],
    [59, 19],
  ].map(([x, y]) => page.isOutside({ x, y }));
  expect([...outside, ...inside]).toEqual([true, true, true, true, false, false]);
  expect([1, 2, 7, 8, 0, -6].map(page.colourNumber)).toEqual([0, 1, 6, 0, 6, 0]);
});

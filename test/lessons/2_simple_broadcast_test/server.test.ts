import { describe, expect, test } from "vitest";
import { HAS_SIGNALS, LESSON_2, MODES, memoryOf, Peer, serverRuntime, startServer } from "../harness.ts";
import { NOWHERE, type Position, place, positionsIn, readPosition } from "../packets.ts";
import { dice, sendInPieces } from "../siege.ts";
import { Walker } from "../walker.ts";
import { movingWitness } from "../witness.ts";

const GONE = `${NOWHERE} ${NOWHERE}`;

describe.each(MODES)("lesson 2's server, clients as $mode", ({ mode, flags }) => {
  const start = (...more: string[]) => startServer(LESSON_2, ...more, ...flags);
  /** Filling the buffers of two systems takes a while. The same code is tested with threads by `npm run test:runtimes`. */
  const fills = test.runIf(mode === "tasks" || serverRuntime !== "");

  test("tells a client first who it is and where, in the room, then who is there; and the others of it", async () => {
    const server = await start();
    const first = await Walker.join(server);
    await first.moves(1, 1);
    const second = await Walker.join(server);
    await first.hears(second.self, second.heard[0]?.x ?? -1, second.heard[0]?.y ?? -1);
    await second.hears(first.self, 1, 1);

    const third = await Walker.join(server);
    await second.moves(2, 2);
    await third.hears(second.self, 2, 2);
    expect(third.map.get(first.self)).toBe("1 1");
    expect([first.self, second.self, third.self]).toEqual([1, 2, 3]);
    for (const { heard, self, map } of [first, second, third]) {
      const [{ id, x, y } = { id: 0, x: -1, y: -1 }] = heard;
      expect(id).toBe(self);
      expect(0 <= x && x < 60 && 0 <= y && y < 20, `${x} ${y} is in the room`).toBe(true);
      expect(map.has(first.self)).toBe(true);
    }
    // Whoever is told of the newcomer is told its place, once.
    expect(third.of(third.self)).toHaveLength(1);
  });

  test("tells everybody of every move, the sender too, in the order in which it was sent", async () => {
    const server = await start();
    const walkers = await Promise.all([1, 2, 3].map(() => Walker.join(server)));
    const moves = Array.from({ length: 200 }, (_, index) => index);
    for (const [number, { peer, self }] of walkers.entries()) {
      const stream = Buffer.concat(moves.map((x) => place(x, self)));
      sendInPieces(peer, stream, dice(number).below).catch(() => {});
    }
    for (const walker of walkers) {
      for (const { self } of walkers) {
        if (walker.map.get(self) !== `199 ${self}`) await walker.hears(self, 199, self);
      }
    }
    for (const walker of walkers) {
      for (const { self } of walkers) {
        const after = walker.of(self).filter((spot) => spot.endsWith(` ${self}`));
        expect(after.slice(-200), `what ${walker.self} heard of ${self}`).toEqual(
          moves.map((x) => `${x} ${self}`),
        );
      }
    }
  });

  test("takes any two shorts for a place, but for nowhere", async () => {
    const server = await start();
    const [mover, other] = [await Walker.join(server), await Walker.join(server)];
    for (const [x, y] of [
      [-1, -1],
      [60, 20],
      [32767, -32767],
      [NOWHERE, 0],
      [0, NOWHERE],
      [NOWHERE, NOWHERE + 1],
    ] as const) {
      await mover.moves(x, y);
      await other.hears(mover.self, x, y);
    }
    mover.peer.send(place(NOWHERE, NOWHERE));
    await other.hears(mover.self, NOWHERE, NOWHERE);
    expect(await server.reasonOf(mover.peer)).toMatch(/nowhere/);
    await mover.peer.rest();
  });

  test("tells everyone once of each who leaves, whichever way", async () => {
    const server = await start();
    const stays = await Walker.join(server);
    const ways: ((peer: Peer) => void)[] = [
      (peer) => peer.end(),
      (peer) => peer.reset(),
      (peer) => peer.end(place(1, 1).subarray(0, 3)),
      (peer) => peer.send(place(NOWHERE, NOWHERE)),
      (peer) => peer.end(Buffer.concat([place(5, 5), place(NOWHERE, NOWHERE), place(6, 6)])),
    ];
    for (const leave of mode === "tasks" ? ways : ways.slice(1, 3)) {
      const leaver = await Walker.join(server);
      await stays.hears(leaver.self, leaver.heard[0]?.x ?? -1, leaver.heard[0]?.y ?? -1);
      await leaver.moves(3, 3);
      leave(leaver.peer);
      await stays.hears(leaver.self, NOWHERE, NOWHERE);
      await server.reasonOf(leaver.self);
      await stays.moves(0, leaver.self);
      const [gone] = stays.of(leaver.self).slice(-1);
      expect(gone).toBe(GONE);
      expect(stays.of(leaver.self).filter((spot) => spot === GONE)).toHaveLength(1);
      expect(stays.of(leaver.self)).not.toContain("6 6");
    }
    // Whoever comes now never hears of them.
    const late = await Walker.join(server);
    await late.moves(9, 9);
    expect([...late.map.keys()].toSorted()).toEqual([stays.self, late.self]);
  });

  test("closes a client that sends no whole place in time, and the others notice nothing but that", async () => {
    const server = await start("--timeout", "3000");
    const witness = movingWitness(await Peer.connect(server.port));
    await witness.hasMissedNothing();
    const silent = await Walker.join(server);
    const half = await Walker.join(server);
    half.peer.send(place(1, 1).subarray(0, 3));
    expect(await server.reasonOf(silent.peer)).toMatch(/^timed out after 0 of 4 bytes/);
    expect(await server.reasonOf(half.peer)).toMatch(/^timed out after 3 of 4 bytes/);
    await witness.hasMissedNothing();
  });

  /** More than the buffers of two systems hold, in positions of eight bytes. */
  const MANY = 1_000_000;
  /** So many at once, in positions: no more than what is kept for a client that is slow for a moment. */
  const AT_ONCE = 5000;

  fills(
    "keeps only the newest for a client that does not read, and tells it the present when it does",
    async () => {
      const server = await start("--quiet");
      const mover = await Walker.join(server);
      const leaver = await Walker.join(server);
      const still = await Walker.join(server);
      await still.moves(7, 7);
      const deaf = await Peer.connect(server.port, { reads: false });
      await server.idOf(deaf);
      const before = memoryOf(server.pid);

      // Each move says its number in its two shorts. It reads what it is told, or it would be slow itself.
      for (let sent = 0; sent < MANY; sent += AT_ONCE) {
        await mover.movesOften(Array.from({ length: AT_ONCE }, (_, index) => numbered(sent + index)));
        if (sent !== MANY / 2) continue;
        leaver.peer.end();
        await mover.hears(leaver.self, NOWHERE, NOWHERE);
      }
      const grown = memoryOf(server.pid) - before;

      deaf.startReading();
      const heard: Position[] = [];
      const [x, y] = numbered(MANY - 1);
      const isNewest = (position: Position) =>
        position.id === mover.self && position.x === x && position.y === y;
      for (let news: Position[] = []; !news.some(isNewest); ) {
        news = positionsIn(await deaf.readAll(8));
        for (const position of news) heard.push(position);
      }
      // The mover's newest came: whatever else had to be told came with it, but for the order.
      deaf.send(place(1, 1));
      const self = heard[0]?.id;
      while (heard.at(-1)?.id !== self || heard.length === 1) heard.push(await readPosition(deaf));

      const numbers = heard.filter(({ id }) => id === mover.self).slice(1);
      expect(numbers.length, "positions of the mover that it was told").toBeLessThan(MANY - AT_ONCE);
      const order = numbers.map(({ x, y }) => (x + 30_000) * 50_000 + y + 25_000);
      expect(order).toEqual(order.toSorted((a, b) => a - b));
      expect(heard.filter(({ id }) => id === leaver.self).at(-1)).toEqual({
        id: leaver.self,
        x: NOWHERE,
        y: NOWHERE,
      });
      expect(heard.filter(({ id }) => id === still.self)).toEqual([{ id: still.self, x: 7, y: 7 }]);
      if (process.platform === "linux") expect(grown).toBeLessThan((mode === "tasks" ? 128 : 512) * 2 ** 20);
    },
  );

  fills("closes a client that takes nothing for --timeout, though it speaks", async () => {
    const server = await start("--quiet", "--timeout", "2000");
    const mover = await Walker.join(server);
    const deaf = await Peer.connect(server.port, { reads: false });
    const speaking = setInterval(() => deaf.socket.destroyed || deaf.send(place(1, 1)), 500);
    let over = false;
    const reason = server.reasonOf(deaf).finally(() => {
      over = true;
    });
    const moves = Array.from({ length: AT_ONCE }, () => [3, 3] as const);
    while (!over) {
      await mover.movesOften(moves);
      await new Promise((resolve) => setTimeout(resolve, 10)); // it fills the buffers, not the processor
    }
    clearInterval(speaking);
    expect(await reason).toMatch(/^timed out: the peer does not read/);
    await mover.moves(5, 5);
  });

  test("every survivor of random cuts, resets and half-closes knows exactly who is where", async () => {
    const server = await start("--quiet");
    const crowd = mode === "tasks" ? 50 : 12;
    const walkers = await Promise.all(Array.from({ length: crowd }, () => Walker.join(server)));
    const survivors: Walker[] = [];
    await Promise.all(
      walkers.map(async (walker, number) => {
        const { below, pick } = dice(number);
        const spot = () => place(below(60), below(20));
        const stream = Buffer.concat(Array.from({ length: 5 + below(40) }, spot));
        await sendInPieces(walker.peer, stream, below);
        const fate = pick(["stays", "stays", "leaves", "resets", "half a place", "nowhere"]);
        if (fate === "stays") survivors.push(walker);
        else if (fate === "leaves") walker.peer.end();
        else if (fate === "resets") walker.peer.reset();
        else if (fate === "half a place") walker.peer.end(spot().subarray(0, 1 + below(3)));
        else walker.peer.send(place(NOWHERE, NOWHERE));
      }),
    );
    await server.when("all others to leave", () => server.listed === survivors.length || undefined);

    // Each moves to where nobody was before: whoever has heard of all these has heard of everything before them.
    for (const { peer, self } of survivors) peer.send(place(1000 + self, 1000));
    const late = await Walker.join(server);
    survivors.push(late);
    await late.moves(1000 + late.self, 1000);
    for (const walker of survivors) {
      for (const { self } of survivors) {
        const spot = `${1000 + self} 1000`;
        if (walker.map.get(self) !== spot) await walker.hears(self, 1000 + self, 1000);
      }
      const expected = survivors.map(({ self }) => [self, `${1000 + self} 1000`] as const);
      expect(sorted(walker.map), `the map of client ${walker.self}`).toEqual(sorted(new Map(expected)));
    }
  });

  test.runIf(HAS_SIGNALS && serverRuntime !== "")(
    "stops at once, though a client does not read",
    async () => {
      const server = await start("--quiet");
      const mover = await Walker.join(server);
      const deaf = await Peer.connect(server.port, { reads: false });
      await server.idOf(deaf);
      const moves = Array.from({ length: AT_ONCE }, () => [3, 3] as const);
      for (let sent = 0; sent < MANY / 2; sent += AT_ONCE) await mover.movesOften(moves);
      const { stdout } = await server.stops();
      expect(stdout).toMatch(/stopping; 2 connected/);
      expect(positionsIn(await mover.peer.rest()).every(({ id }) => id > 0)).toBe(true);
    },
  );
});

/** A number up to 2.5 thousand million as a place, never nowhere. */
function numbered(number: number): [x: number, y: number] {
  return [Math.floor(number / 50_000) - 30_000, (number % 50_000) - 25_000];
}

function sorted(map: ReadonlyMap<number, string>): [number, string][] {
  return [...map].toSorted(([a], [b]) => a - b);
}

import { describe, expect, test } from "vitest";
import { HAS_SIGNALS, LESSON_3, memoryOf, type Program, type Server } from "../harness.ts";
import { NOWHERE, place } from "../packets.ts";
import { Walker } from "../walker.ts";
import { BROKERS, meets, startAedes, startMember, startRoom, stranger } from "./cluster.ts";

const GONE = `${NOWHERE} ${NOWHERE}`;

/** Freezes a program, as `kill -STOP` does. */
const freeze = (program: Program) => process.kill(program.pid, "SIGSTOP");
const thaw = (program: Program) => process.kill(program.pid, "SIGCONT");

/** How often somebody was told that a client had gone. */
const goodbyes = (walker: Walker, id: number) => walker.of(id).filter((where) => where === GONE).length;

/** A client of a server, at a place of its own. */
async function walkerAt(server: Server, x: number, y: number): Promise<Walker> {
  const walker = await Walker.join(server);
  await walker.moves(x, y);
  return walker;
}

describe.each(BROKERS)("one room over $name", ({ start }) => {
  test("clients of two servers see each other connect, move and leave", async () => {
    const { url } = await start();
    const [a, b] = (await startRoom(url, ["A", "B"])) as [Server, Server];
    const [one, two] = [await walkerAt(a, 1, 1), await walkerAt(b, 2, 2)];
    await one.hears(two.self, 2, 2);
    await two.knows((map) => map.get(one.self) === "1 1");
    expect(one.self).not.toBe(two.self);

    for (let x = 0; x < 20; x++) await one.moves(x, 777);
    await two.hears(one.self, 19, 777);
    const seen = two.of(one.self).filter((where) => where.endsWith(" 777"));
    expect(seen).toEqual(seen.toSorted((p, q) => Number.parseInt(p, 10) - Number.parseInt(q, 10)));

    const three = await Walker.join(b);
    await three.knows((map) => map.size === 3);
    expect(three.heard[0]?.id).toBe(three.self);
    one.peer.end();
    await two.hears(one.self, NOWHERE, NOWHERE);
    await three.hears(one.self, NOWHERE, NOWHERE);
  });

  test("a server that ends says so, and one that is killed is missed by its will", async () => {
    const { url } = await start();
    const [a, b, c] = (await startRoom(url, ["A", "B", "C"])) as [Server, Server, Server];
    const watcher = await Walker.join(a);
    const [onB, onC] = [await walkerAt(b, 2, 2), await walkerAt(c, 3, 3)];
    await watcher.knows((map) => map.has(onB.self) && map.has(onC.self));
    await b.stops();
    await watcher.hears(onB.self, NOWHERE, NOWHERE);
    await c.exit("SIGKILL");
    await watcher.hears(onC.self, NOWHERE, NOWHERE);
    expect([goodbyes(watcher, onB.self), goodbyes(watcher, onC.self)]).toEqual([1, 1]);
  });

  test.runIf(HAS_SIGNALS)(
    "a server that freezes is missed, and its clients are back when it wakes",
    async () => {
      const { url } = await start();
      const [a, b] = (await startRoom(url, ["A", "B"], "--server-timeout", "3000")) as [Server, Server];
      const [one, two] = [await walkerAt(a, 1, 1), await walkerAt(b, 2, 2)];
      await one.knows((map) => map.has(two.self));
      freeze(b);
      await one.hears(two.self, NOWHERE, NOWHERE);
      one.peer.send(place(5, 5));
      two.peer.send(place(6, 6));
      thaw(b);
      await one.hears(two.self, 6, 6);
      await two.hears(one.self, 5, 5);
      // It slept itself, so it has no reason to think that the others had gone.
      expect(goodbyes(two, one.self)).toBe(0);
    },
  );

  test("while the broker is dead each server serves its own, and then all see all again", async () => {
    const broker = await start();
    const [a, b] = (await startRoom(broker.url, ["A", "B"], "--server-timeout", "1000")) as [Server, Server];
    const [one, two] = [await walkerAt(a, 1, 1), await walkerAt(b, 2, 2)];
    await one.knows((map) => map.has(two.self));
    await broker.program.exit("SIGKILL");
    await one.hears(two.self, NOWHERE, NOWHERE);
    const three = await walkerAt(a, 3, 3);
    await one.hears(three.self, 3, 3);
    expect([...three.map.keys()].sort()).toEqual([one.self, three.self].sort());
    two.peer.send(place(9, 9));

    await broker.again();
    await one.hears(two.self, 9, 9);
    await two.knows((map) => map.get(three.self) === "3 3" && map.get(one.self) === "1 1");
  });

  test("a server that was started without a broker finds it, and has ids of its own", async () => {
    const broker = await start();
    await broker.program.exit("SIGKILL");
    const [a, b] = await Promise.all([startMember(broker.url, "A"), startMember(broker.url, "B")]);
    await a.line(/^no broker at 127\.0\.0\.1:\d+: .*; trying again$/);
    const [one, two] = [await walkerAt(a, 1, 1), await walkerAt(b, 2, 2)];
    expect(one.self).not.toBe(two.self);
    await broker.again();
    await one.hears(two.self, 2, 2);
    await two.knows((map) => map.get(one.self) === "1 1");
  });

  test("two servers with one name both work", async () => {
    const { url } = await start();
    const [a, b] = (await startRoom(url, ["A", "A"])) as [Server, Server];
    const [one, two] = [await walkerAt(a, 1, 1), await walkerAt(b, 2, 2)];
    await one.hears(two.self, 2, 2);
    expect(a.lines.filter((line) => line.startsWith("lost"))).toEqual([]);
  });

  test("what is stored of the dead shows nobody", async () => {
    const broker = await start();
    const spy = await stranger(broker.url);
    const stored: { topic: string; bytes: Buffer }[] = [];
    spy.on("message", (topic, bytes) => stored.push({ topic, bytes }));
    await spy.subscribeAsync("#");
    const [a, b] = (await startRoom(broker.url, ["A", "B"])) as [Server, Server];
    const ghost = await walkerAt(b, 7, 7);
    const watcher = await Walker.join(a);
    await watcher.knows((map) => map.has(ghost.self));
    await b.exit("SIGKILL");
    await watcher.hears(ghost.self, NOWHERE, NOWHERE);

    // All that the dead server ever said comes back, as from a broker that had kept it.
    for (const { topic, bytes } of stored) spy.publish(topic, bytes, { retain: true });
    const c = await startMember(broker.url, "C");
    await meets(c, ["A"]);
    const newcomer = await walkerAt(c, 8, 8);
    await watcher.hears(newcomer.self, 8, 8);
    expect(newcomer.heard.some(({ id }) => id === ghost.self)).toBe(false);
    expect(goodbyes(watcher, ghost.self)).toBe(1);
    expect(watcher.map.has(ghost.self)).toBe(false);
  });

  test("junk moves nobody, ends nothing and costs little", async () => {
    const { url } = await start();
    const [a, b] = (await startRoom(url, ["A", "B"])) as [Server, Server];
    const [one, two] = [await walkerAt(a, 1, 1), await walkerAt(b, 2, 2)];
    await one.knows((map) => map.has(two.self));
    const topics = new Set<string>();
    const spy = await stranger(url);
    spy.on("message", (topic) => topics.add(topic));
    await spy.subscribeAsync("room/+");
    one.peer.send(place(3, 3));
    two.peer.send(place(4, 4));
    await one.hears(two.self, 4, 4);
    await two.hears(one.self, 3, 3);
    const before = memoryOf(a.pid);

    const positions = Buffer.alloc(8 * 200);
    for (let at = 0; at < positions.length; at += 8)
      positions.writeInt32LE(at % 16 ? one.self : two.self, at);
    for (let number = 0; number < 3000; number++) {
      const junk = Buffer.from(Array.from({ length: number % 70 }, () => Math.floor(Math.random() * 256)));
      spy.publish(`room/${number.toString(16).padStart(8, "0")}`, junk, { retain: number % 2 === 0 });
    }
    for (const topic of topics) {
      for (const kind of [1, 2, 3]) {
        spy.publish(topic, Buffer.concat([Buffer.from([kind, 1, 2, 3, 4]), positions]));
        spy.publish(topic, Buffer.from([kind, 0, 0, 0, 0]), { retain: true });
      }
      spy.publish(topic, Buffer.alloc(1_000_000, 2));
    }
    await spy.publishAsync("room/junk", "done", { qos: 1 });

    one.peer.send(place(5, 5));
    two.peer.send(place(6, 6));
    await one.hears(two.self, 6, 6);
    await two.hears(one.self, 5, 5);
    expect(one.of(two.self).slice(-2)).toEqual(["4 4", "6 6"]);
    expect(two.of(one.self).slice(-2)).toEqual(["3 3", "5 5"]);
    expect(memoryOf(a.pid) - before).toBeLessThan(64e6);
  });
});

test.runIf(HAS_SIGNALS)(
  "a broker that is frozen costs no memory, and misses nobody's newest place",
  async () => {
    const broker = await startAedes();
    const [a, b] = (await startRoom(broker.url, ["A", "B"], "--server-timeout", "2000")) as [Server, Server];
    const [one, two] = [await walkerAt(a, 1, 1), await walkerAt(b, 2, 2)];
    await one.knows((map) => map.has(two.self));
    const before = memoryOf(a.pid);
    freeze(broker.program);
    for (let round = 0; round < 200; round++) {
      await one.movesOften(Array.from({ length: 1000 }, (_, x) => [x, round] as const));
    }
    expect(memoryOf(a.pid) - before).toBeLessThan(64e6);
    thaw(broker.program);
    await two.knows((map) => map.get(one.self) === "999 199");
  },
);

test.each(["http://127.0.0.1", "127.0.0.1:1883", "mqtt://"])("%s is no broker", async (url) => {
  const { Program, serverCommand } = await import("../harness.ts");
  const { code, stderr } = await new Program(serverCommand(LESSON_3, "--broker", url)).exit();
  expect(code).toBe(2);
  expect(stderr).toMatch(
    /^--broker must be a URL that begins with mqtt:\/\/ or mqtts:\/\/, not .*\nusage: /i,
  );
});

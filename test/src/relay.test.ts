/** The relay by itself, between two sockets. `npm run network` is tested from outside in test/lessons/network.test.ts. */

import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { expect, onTestFinished, test } from "vitest";
import { PACKETS } from "../../lessons/1_simple_math_server/protocol.ts";
import { Hand } from "../../lessons/network/hand.ts";
import { Journal, MOST_EVENTS, MOST_KEPT_CONNECTIONS } from "../../lessons/network/journal.ts";
import { readRecipe } from "../../lessons/network/recipe.ts";
import { Relay, type RelayEvent, type RelayedConnection, SPACING } from "../../src/relay.ts";

/** A client, a relay and a server. Every wait is bounded by the test's own limit. */
async function through(watch: (event: RelayEvent) => void = () => {}) {
  const events: RelayEvent[] = [];
  let wake = () => {};
  const server = createServer({ allowHalfOpen: true });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const accepted = once(server, "connection") as Promise<[Socket]>;
  let connection: RelayedConnection | undefined;
  const relay = await Relay.listen({
    port: 0,
    to: { host: "127.0.0.1", port: (server.address() as AddressInfo).port },
    begin: (begun) => {
      connection ??= begun;
    },
    watch: (event) => {
      events.push(event);
      watch(event);
      wake();
    },
  });
  const client = connect({ port: relay.port, host: "127.0.0.1", allowHalfOpen: true });
  const [far] = await accepted;
  for (const socket of [client, far]) socket.on("error", () => {});
  onTestFinished(() => {
    relay.close();
    server.close();
    client.destroy();
    far.destroy();
  });
  /** Waits for an event. */
  const until = async (isIt: (event: RelayEvent) => boolean): Promise<RelayEvent> => {
    for (;;) {
      const found = events.find(isIt);
      if (found) return found;
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  if (!connection) throw new Error("the relay has begun nothing");
  return { relay, connection, client, far, events, until };
}

const has =
  (is: "came" | "left" | "thrown away", item: string) =>
  (event: RelayEvent): boolean =>
    event.is === is &&
    (typeof event.item === "string" ? event.item : Buffer.from(event.item).toString()) === item;

test("two releases leave apart, and a mode that passes leaves no space", async () => {
  const { connection, client, until } = await through();
  const way = connection["to-server"];
  way.setMode("hold");
  client.write("abc");
  await until(has("came", "abc"));
  expect(way.heldSize).toBe(3);
  expect(Buffer.from(way.peek(2)).toString()).toBe("ab");
  way.release(1);
  way.release(1);
  const [a, b] = [await until(has("left", "a")), await until(has("left", "b"))];
  expect(b.at - a.at).toBeGreaterThan(SPACING - 2);
});

test("what is held keeps its order: later bytes wait behind it, whatever the mode", async () => {
  const { connection, client, far, until } = await through();
  const way = connection["to-server"];
  way.setMode("hold");
  client.write("first");
  await until(has("came", "first"));
  way.setMode("stop reading");
  expect(way.heldSize).toBe(5);
  way.setMode("pass");
  client.end("second");
  let text = "";
  for await (const chunk of far) text += chunk;
  expect(text).toBe("firstsecond");
});

test("a FIN that is held goes with all, not with a number of bytes", async () => {
  const { connection, client, until, events } = await through();
  const way = connection["to-server"];
  way.setMode("hold");
  client.end("ab");
  await until(has("came", "FIN"));
  expect(way.heldEnd).toBe("FIN");
  way.release(2);
  await until(has("left", "ab"));
  expect(events.some(has("left", "FIN"))).toBe(false);
  way.release();
  await until(has("left", "FIN"));
  expect(way.heldEnd).toBeUndefined();
});

test("after an end nothing leaves: what is held and what comes is thrown away, and a second end is nothing", async () => {
  const { connection, client, until, events } = await through();
  const way = connection["to-server"];
  way.setMode("hold");
  client.write("held");
  await until(has("came", "held"));
  way.end("FIN");
  way.end("RST");
  await until(has("left", "FIN"));
  client.write("late");
  await until(has("thrown away", "late"));
  expect(events.some(has("thrown away", "held"))).toBe(true);
  expect(events.some(has("left", "RST"))).toBe(false);
});

test("what is still held, or under way, when the connection breaks is thrown away", async () => {
  const { connection, client, far, until, events } = await through();
  const way = connection["to-server"];
  way.setMode("hold");
  client.write("on the way, held");
  await until(has("came", "on the way, held"));
  way.setDelay(60_000);
  way.release(10);
  far.resetAndDestroy();
  await until(({ is }) => is === "closed");
  const lost = events.flatMap((event) =>
    event.is === "thrown away" && typeof event.item !== "string" ? [Buffer.from(event.item).toString()] : [],
  );
  expect(lost).toEqual(["on the way", ", held"]);
});

test("a connection is kept until both sides are closed", async () => {
  const { relay, client, far, until } = await through();
  expect([...relay.connections.keys()]).toEqual([1]);
  client.end();
  far.end();
  await until(({ is }) => is === "closed");
  expect(relay.connections.size).toBe(0);
});

test("a hand releases what is missing of a packet, and says what it did", async () => {
  const done: string[] = [];
  let hand: Hand | undefined;
  const { connection, client, until } = await through((event) => hand?.notice(event));
  hand = new Hand(connection, PACKETS, ({ do: what }) => done.push(what));
  const [hold, five] = readRecipe("hold →\nrelease → 5");
  if (!hold || !five) throw new Error("there are two steps");
  expect(hand.do(hold)).toBe(true);
  client.write("four");
  await until(has("came", "four"));
  expect(hand.do(five)).toBe(false);
  expect(done).toEqual(["mode"]);
  const over = hand.carryOut([five]);
  client.write("5");
  await over;
  await until(has("left", "four5"));
  expect(done).toEqual(["mode", "release"]);
});

test("a journal keeps the newest events, and forgets the oldest connection that is closed", async () => {
  const { connection } = await through();
  const journal = new Journal(PACKETS);
  const hand = new Hand(connection, PACKETS, () => {});
  for (let id = 1; id <= MOST_KEPT_CONNECTIONS; id++) journal.open({ ...connection, id }, hand);
  for (let count = 0; count < MOST_EVENTS + 5; count++) journal.write(1, "note", `${count}`);
  expect(journal.eventsOf(1)).toHaveLength(MOST_EVENTS);
  expect(journal.eventsOf(1)?.[0]).toMatchObject({ number: 6, text: "5" });
  journal.note({ is: "closed", at: performance.now(), connection: 2 });
  journal.open({ ...connection, id: 99 }, hand);
  expect(journal.eventsOf(2)).toBeUndefined();
  expect(journal.eventsOf(1)).toBeDefined();
  expect(journal.eventsOf(99)).toEqual([]);
  expect(journal.recipeOf(2)).toBeUndefined();
});

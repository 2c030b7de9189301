import { BroadcastChannel, MessageChannel } from "node:worker_threads";
import { describe, expect, test } from "vitest";
import { BetweenThreads, type News, OneThread } from "../../../lessons/2_simple_broadcast_test/bus.ts";
import { compiled } from "../../compiled.ts";
import { listening, Peer, Server } from "../harness.ts";

/** Somebody who writes down what it hears. */
function ear(): {
  heard: string[];
  news: News[];
  listener: (from: number, bytes: Uint8Array, news: News) => void;
} {
  const heard: string[] = [];
  const all: News[] = [];
  const listener = (from: number, bytes: Uint8Array, news: News) => {
    heard.push(`${from} ${Buffer.from(bytes)}${news === "left" ? " last" : ""}`);
    all.push(news);
  };
  return { heard, news: all, listener };
}

const text = (words: string) => Buffer.from(words);

describe("the bus of one thread", () => {
  test("tells a subscriber the newest of each other, and then everything, its own too", () => {
    const bus = new OneThread();
    bus.publish(1, text("old"));
    bus.publish(1, text("new"));
    bus.publish(2, text("mine"));
    const { heard, listener } = ear();
    bus.subscribe(2, listener);
    expect(heard).toEqual(["1 new"]);
    bus.publish(2, text("moved"));
    bus.publish(1, text("newer"));
    expect(heard).toEqual(["1 new", "2 moved", "1 newer"]);
  });

  test("tells all others once that someone has left, and forgets it", () => {
    const bus = new OneThread();
    const [leaver, stays, late] = [ear(), ear(), ear()];
    bus.subscribe(1, leaver.listener);
    bus.subscribe(2, stays.listener);
    bus.publish(1, text("here"));
    bus.leave(1, text("bye"));
    bus.leave(1, text("bye"));
    bus.publish(2, text("alone"));
    bus.subscribe(3, late.listener);
    expect(leaver.heard).toEqual(["1 here"]);
    expect(stays.heard).toEqual(["1 here", "1 bye last", "2 alone"]);
    expect(late.heard).toEqual(["2 alone"]);
  });

  test("says of each message whether its client has just come, has moved, or has left", () => {
    const bus = new OneThread();
    const { heard, news, listener } = ear();
    bus.subscribe(1, listener);
    bus.publish(2, text("here"));
    bus.publish(2, text("there"));
    bus.leave(2, text("bye"));
    bus.publish(2, text("back"));
    expect(heard).toHaveLength(4);
    expect(news).toEqual(["came", "moved", "left", "came"]);
  });

  test("says nothing of someone who leaves and never said anything", () => {
    const bus = new OneThread();
    const { heard, listener } = ear();
    bus.subscribe(1, listener);
    bus.leave(2, text("bye"));
    expect(heard).toEqual([]);
  });

  test("gives everyone the same bytes: what is told to many is packed once", () => {
    const bus = new OneThread();
    const heard: Uint8Array[] = [];
    for (const id of [1, 2, 3]) bus.subscribe(id, (_, bytes) => void heard.push(bytes));
    const bytes = text("here");
    bus.publish(1, bytes);
    expect(heard.length).toBe(3);
    expect(heard.every((same) => same === bytes)).toBe(true);
  });
});

test("a newcomer's thread never goes back in time: what the others said since it asked is newer than the answer", async () => {
  const others = new BroadcastChannel("positions");
  const asked = new Promise((resolve) => {
    others.onmessage = (event) => resolve((event as { data: unknown }).data);
  });
  const bus = new BetweenThreads();
  const { heard, listener } = ear();
  bus.publish(2, text("mine"));
  const subscribed = bus.subscribe(2, listener);
  expect(await asked).toMatchObject([
    { type: "publish", id: 2 },
    { type: "subscribe", id: 2 },
  ]);

  others.postMessage([
    { type: "publish", id: 1, bytes: text("newer") },
    { type: "leave", id: 3, bytes: text("bye") },
  ]);
  const newest = [
    [1, text("newest when asked")],
    [2, text("mine")],
    [3, text("still here when asked")],
    [4, text("there")],
  ] as const;
  others.postMessage([{ type: "newest", to: 9, newest: new Map([[5, text("for someone else")]]) }]);
  others.postMessage([
    { type: "newest", to: 2, newest: new Map(newest) },
    { type: "publish", id: 4, bytes: text("moved") },
  ]);
  await subscribed;
  bus.publish(2, text("moved too"));
  others.close();
  expect(heard).toEqual(["4 there", "1 newer", "4 moved", "2 moved too"]);
});

test("what a thread said last is heard before the main thread says that its client has left, however late it comes", async () => {
  const others = new BroadcastChannel("positions");
  const bus = new BetweenThreads();
  const { heard, listener } = ear();
  const subscribed = bus.subscribe(11, listener);
  others.postMessage([{ type: "newest", to: 11, newest: new Map() }]);
  await subscribed;

  // A port is looked at after the channel, which was made before it. So what is posted here comes in the next turn.
  const end = new MessageChannel();
  const over = new Promise<void>((resolve) => {
    others.onmessage = (event) => {
      const [message] = (event as { data: { type: string }[] }).data;
      if (message?.type === "leave") resolve();
    };
  });
  end.port2.on("message", () => {
    others.postMessage([{ type: "publish", id: 12, bytes: text("its last") }]);
    bus.leave(12, text("bye"));
  });
  end.port1.postMessage("the thread has ended");
  await over;
  others.close();
  end.port1.close();
  expect(heard.slice(-2)).toEqual(["12 its last", "12 bye last"]);
});

test("a client whose thread has crashed is told to all as one that left, once, and to no newcomer", async () => {
  const program = compiled("test/fixtures/broadcast_server.ts");
  const server = await listening(new Server([process.execPath, program, "--port", "0", "--threads"]));
  const join = async () => {
    const peer = await Peer.connect(server.port);
    const id = await server.idOf(peer);
    return { id, peer, hears: async () => (await peer.read(2)).toString("latin1") };
  };
  const told = (from: number, what: string) => String.fromCharCode(from) + what;

  const stays = await join();
  stays.peer.send(text("a"));
  expect(await stays.hears()).toBe(told(1, "a"));
  const crashes = await join();
  expect(await stays.hears()).toBe(told(2, "."));
  expect(await crashes.hears()).toBe(told(1, "a"));
  crashes.peer.send(text("x"));
  expect(await stays.hears()).toBe(told(2, "x"));
  expect(await stays.hears()).toBe(told(2, "-"));
  expect(await server.reasonOf(crashes.id)).toMatch(/its thread ended/);

  const late = await join();
  expect(await late.hears()).toBe(told(1, "a"));
  expect(await stays.hears()).toBe(told(3, "."));
  stays.peer.send(text("b"));
  expect(await late.hears()).toBe(told(1, "b"));
  expect(await stays.hears()).toBe(told(1, "b"));
});

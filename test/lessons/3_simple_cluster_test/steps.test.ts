import { describe, expect, test } from "vitest";
import { MQTT_PACKETS } from "../../../lessons/3_simple_cluster_test/protocol.ts";
import { encode } from "../../../src/packets.ts";
import { hexDigits } from "../../../src/printable.ts";
import {
  HAS_SIGNALS,
  LESSON_3,
  type Server,
  startStep,
  startStepOn,
  startTalk,
  stepFile,
} from "../harness.ts";
import { NOWHERE } from "../packets.ts";
import { Walker } from "../walker.ts";
import { BROKERS, startAedes, stranger } from "./cluster.ts";

/** Starts a step as a server of a room, and waits until it hears the others. */
async function startMember(step: string, url: string): Promise<Server> {
  const server = await startStep(stepFile(LESSON_3, step), url);
  await server.line(/^subscribed to room/);
  return server;
}

/** Starts two servers and a broker, with a client on each server that knows the other. */
async function startRoom(step: string) {
  const broker = await startAedes();
  const [a, b] = [await startMember(step, broker.url), await startMember(step, broker.url)];
  const [one, two] = [await Walker.join(a), await Walker.join(b)];
  await one.knows((map) => map.has(two.self));
  await two.knows((map) => map.has(one.self));
  return { broker, a, b, one, two };
}

describe.each(BROKERS)("step 1 with $name", ({ start }) => {
  test("connects, subscribes, publishes and hears itself, and prints these bytes", async () => {
    const { url } = await start();
    const talk = startTalk(stepFile(LESSON_3, "1"), url);
    await talk.line(/^← PUBLISH/);
    expect(talk.lines).toEqual([
      "→ CONNECT   10 13 00 04 4D 51 54 54 04 02 00 00 00 07 62 79 20 68 61 6E 64",
      "← CONNACK   20 02 00 00",
      "→ SUBSCRIBE 82 0B 00 01 00 06 72 6F 6F 6D 2F 23 00",
      "← SUBACK    90 03 00 01 00",
      "→ PUBLISH   30 0E 00 04 72 6F 6F 6D 03 00 00 00 0C 00 07 00",
      "← PUBLISH   30 0E 00 04 72 6F 6F 6D 03 00 00 00 0C 00 07 00",
    ]);
    const described = MQTT_PACKETS.map((packet) => hexDigits(encode(packet, packet.example ?? {})));
    expect(described).toEqual(talk.lines.flatMap((line) => /^→ \w+ +(.+)/.exec(line)?.[1] ?? []));
    const other = await stranger(url);
    await other.publishAsync("room/x", Buffer.from("hello"));
    await talk.line(/^← PUBLISH {3}30 0D 00 06 72 6F 6F 6D 2F 78 68 65 6C 6C 6F$/);
  });
});

test("step 1 says in one line that there is no broker, and exits with 1", async () => {
  const broker = await startAedes();
  await broker.program.exit("SIGKILL");
  const { code, stderr } = await startTalk(stepFile(LESSON_3, "1"), broker.url).exit();
  expect(code).toBe(1);
  expect(stderr).toMatch(/^.*ECONNREFUSED.*\n$/);
});

test("in step 2, clients of two servers see each other move, but both servers have a client 1", async () => {
  const { url } = await startAedes();
  const [a, b] = [await startMember("2", url), await startMember("2", url)];
  const [one, two] = [await Walker.join(a), await Walker.join(b)];
  expect([one.self, two.self]).toEqual([1, 1]);
  await one.moves(5, 6);
  await two.hears(1, 5, 6);
  one.peer.end();
  await two.hears(1, NOWHERE, NOWHERE);
});

test.each(["3", "4", "5"])(
  "in step %s, clients of two servers see each other connect, move and leave, whatever came first",
  async (step) => {
    const { broker, one, two } = await startRoom(step);
    expect(two.self).not.toBe(one.self);
    await one.moves(5, 6);
    await two.hears(one.self, 5, 6);

    const late = await Walker.join(await startMember(step, broker.url));
    await late.knows((map) => map.size === 3);
    expect(late.heard[0]?.id).toBe(late.self);
    one.peer.end();
    await two.hears(one.self, NOWHERE, NOWHERE);
    await late.hears(one.self, NOWHERE, NOWHERE);
  },
);

test("in step 3, the clients of a server that was killed stay on the map of everyone who comes", async () => {
  const { broker, a, one } = await startRoom("3");
  await a.exit("SIGKILL");
  const late = await Walker.join(await startMember("3", broker.url));
  await late.knows((map) => map.has(one.self));
});

test.each(["4", "5"])("in step %s, the clients of a server that was killed leave the map", async (step) => {
  const { broker, a, one, two } = await startRoom(step);
  await a.exit("SIGKILL");
  await two.hears(one.self, NOWHERE, NOWHERE);
  const late = await Walker.join(await startMember(step, broker.url));
  await late.knows((map) => map.has(two.self));
  expect(late.of(one.self)).toEqual([]);
});

test("in step 4, an old message that the broker has kept is believed, and in step 5 it is not", async () => {
  const { url } = await startAedes();
  const other = await stranger(url);
  const ghost = Buffer.from("0b0000001e000a00", "hex"); // client 11 is at 30 10
  await other.publishAsync("room/0000beef", ghost, { qos: 1, retain: true });
  const walker = await Walker.join(await startMember("4", url));
  await walker.knows((map) => map.has(11));

  const beat = Buffer.concat([Buffer.from("0100000000000000", "hex"), ghost]); // beat 1, which answers nothing
  await other.publishAsync("room/0000beef", beat, { qos: 1, retain: true });
  const [a, b] = [await startMember("5", url), await startMember("5", url)];
  const [one, two] = [await Walker.join(a), await Walker.join(b)];
  await one.knows((map) => map.has(two.self));
  await two.moves(1, 2);
  await one.hears(two.self, 1, 2);
  expect(one.of(11)).toEqual([]);
});

test.runIf(HAS_SIGNALS)(
  "in step 5, the clients of a server that freezes leave the map, and are back when it wakes",
  async () => {
    const { a, one, two } = await startRoom("5");
    process.kill(a.pid, "SIGSTOP");
    await two.hears(one.self, NOWHERE, NOWHERE);
    process.kill(a.pid, "SIGCONT");
    await two.hears(one.self, 30, 10);
    await one.moves(3, 4);
    await two.hears(one.self, 3, 4);
    expect(one.of(two.self)).toEqual(["30 10"]);
  },
);

test("in step 5, the clients of a server that dies together with the broker leave the map", async () => {
  const { broker, a, one, two } = await startRoom("5");
  await Promise.all([broker.program.exit("SIGKILL"), a.exit("SIGKILL")]);
  await two.hears(one.self, NOWHERE, NOWHERE);
  await broker.again();
  const late = await Walker.join(await startMember("5", broker.url));
  await late.knows((map) => map.has(two.self));
  expect(late.of(one.self)).toEqual([]);
});

test.each(["2", "3", "4", "5"])(
  "step %s says in one line that its port is in use, and exits with 1",
  async (step) => {
    const { url } = await startAedes();
    const { port } = await startMember(step, url);
    const { code, stdout, stderr } = await startStepOn(stepFile(LESSON_3, step), port, url).exit();
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toMatch(/^.*EADDRINUSE.*\n$/);
  },
);

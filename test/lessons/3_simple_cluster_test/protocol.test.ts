import fc from "fast-check";
import { expect, test } from "vitest";
import {
  KIND,
  type Message,
  MQTT_PACKETS,
  packMessage,
  sessionOf,
  topicOf,
  unpackMessage,
} from "../../../lessons/3_simple_cluster_test/protocol.ts";
import { encode, PacketSplitter } from "../../../src/packets.ts";
import { drawLine } from "../../../src/wire.ts";

const int = fc.integer({ min: 0, max: 2 ** 32 - 1 });
const positions = fc.array(fc.uint8Array({ minLength: 8, maxLength: 8 }), { maxLength: 20 });
const gone = fc.record({ kind: fc.constant(KIND.GONE), link: int });
const moves = fc.record({ kind: fc.constant(KIND.MOVES), link: int, positions });
const beat = fc.record({
  kind: fc.constant(KIND.BEAT),
  link: int,
  number: int,
  name: fc.string({ maxLength: 64 }),
  heard: fc.array(fc.tuple(int, int), { maxLength: 5 }).map((pairs) => new Map(pairs)),
  positions,
});
const message: fc.Arbitrary<Message> = fc.oneof(gone, moves, beat);

/** A message whose positions can be compared, whatever kind of bytes they are. */
function comparable(given: Message | undefined) {
  return given && "positions" in given
    ? { ...given, positions: given.positions.map((position) => [...position]) }
    : given;
}

test("a message is unpacked as it was packed", () => {
  fc.assert(
    fc.property(message, (given) => {
      expect(comparable(unpackMessage(packMessage(given)))).toEqual(comparable(given));
    }),
  );
});

test("the bytes are those of the drawings", () => {
  const position = Uint8Array.of(3, 0, 0, 0, 12, 0, 7, 0);
  const link = 0x04030201;
  expect(Buffer.from(packMessage({ kind: KIND.GONE, link })).toString("hex")).toBe("0301020304");
  expect(Buffer.from(packMessage({ kind: KIND.MOVES, link, positions: [position] })).toString("hex")).toBe(
    "0201020304" + "030000000c000700",
  );
  const heard = new Map([[0x1f0c99a2, 7]]);
  const bytes = packMessage({ kind: KIND.BEAT, link, number: 9, name: "A", heard, positions: [position] });
  expect(Buffer.from(bytes).toString("hex")).toBe(
    "0101020304" + "09000000" + "0100" + "01000000" + "01" + "41" + "a2990c1f07000000" + "030000000c000700",
  );
});

/** A beat without a name that tells about nobody. */
const EMPTY_BEAT = { kind: KIND.BEAT, link: 1, number: 1, name: "", heard: new Map(), positions: [] };

test("a beat may have no name, and tell about nobody", () => {
  expect(unpackMessage(packMessage(EMPTY_BEAT))).toEqual(EMPTY_BEAT);
});

test("a name is cut to 64 bytes", () => {
  const bytes = packMessage({ ...EMPTY_BEAT, name: "x".repeat(65) });
  expect(unpackMessage(bytes)).toMatchObject({ name: "x".repeat(64) });
});

test("a message that isn't exactly as long as it says is none", () => {
  fc.assert(
    fc.property(message, fc.integer({ min: 1, max: 7 }), (given, count) => {
      const bytes = packMessage(given);
      expect(unpackMessage(Buffer.concat([bytes, Buffer.alloc(count)]))).toBeUndefined();
      expect(unpackMessage(bytes.subarray(0, bytes.length - 1))).toBeUndefined();
    }),
  );
});

test("a beat of which only a part arrived is none, and neither is one of an unknown kind", () => {
  const beat = packMessage({ ...EMPTY_BEAT, name: "A" });
  for (let length = 0; length < beat.length; length++)
    expect(unpackMessage(beat.subarray(0, length)), `${length} bytes`).toBeUndefined();
  expect(unpackMessage(Buffer.concat([Buffer.of(4), beat.subarray(1)]))).toBeUndefined();
});

test("junk is no message, and never throws", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 60 }), (bytes) => {
      const read = unpackMessage(bytes);
      if (read) expect([...packMessage(read)].length).toBe(bytes.length);
      bytes[0] = 4;
      expect(unpackMessage(bytes)).toBeUndefined();
    }),
  );
  expect(unpackMessage(new Uint8Array())).toBeUndefined();
  // The lengths that a beat claims to have reach far past its end.
  const claims = Buffer.alloc(200, 0xff);
  claims[0] = KIND.BEAT;
  expect(unpackMessage(claims)).toBeUndefined();
});

test("a topic names its session", () => {
  expect(topicOf(0x1f)).toBe("room/0000001f");
  fc.assert(fc.property(int, (session) => sessionOf(topicOf(session)) === session));
  for (const topic of [
    "room/",
    "room/1f",
    "room/0000001F",
    "room/0000001f/x",
    "xroom/0000001f",
    "room/0000001g",
  ]) {
    expect(sessionOf(topic), topic).toBeUndefined();
  }
});

test("the packets of step 1 are drawn field by field, and say what they mean", () => {
  const lines = MQTT_PACKETS.map((packet) => {
    const [whole] = new PacketSplitter(packet).push(encode(packet, packet.example ?? {}));
    return whole && drawLine("→ ", packet, whole).replaceAll(/ {2,}/g, "  ");
  });
  expect(lines).toEqual([
    "→ 10 │ 13 │ 00 04 │ 4D 51 54 54 │ 04 │ 02 │ 00 00 │ 00 07 │ 62 79 20 68 61 6E 64  connect: I speak MQTT, level 4, and my name is by hand",
    "→ 82 │ 0B │ 00 01 │ 00 06 │ 72 6F 6F 6D 2F 23 │ 00  subscribe: tell me what is published on room/#, at most once each",
    "→ 30 │ 0E │ 00 04 │ 72 6F 6F 6D │ 03 00 00 00 0C 00 07 00  publish: tell everyone who has subscribed to room: 03 00 00 00 0C 00 07 00",
  ]);
});

import type * as Ours from "#lessons/3_simple_cluster_test/exercises/solutions/2_a_publish.ts";
import { packPublish as pack } from "#lessons/3_simple_cluster_test/exercises/solutions/2_a_publish.ts";
import { hexDigits } from "#src/printable.ts";
import { compare, exercise, fail, type Mistakes } from "../assertions.ts";
import { describeValue } from "../draw.ts";
import { sameBytes } from "./bytes.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);
const hex = (packet: Uint8Array) => hexDigits(packet);

/** Changes one byte. */
function changed(packet: Uint8Array, at: number, value: number): Uint8Array {
  return packet.map((byte, index) => (index === at ? value : byte));
}

/** What typical mistakes make of a short packet. */
function packMistakes(topic: string, payload: Uint8Array): Mistakes {
  const right = pack(topic, payload);
  const body = Buffer.from(topic);
  const length = right.length - 2;
  return [
    [
      hex(changed(right, 0, 3)),
      "The 3 belongs in the upper four bits of the first byte, so that byte is 0x30: `3 << 4`.",
    ],
    [
      hex(bytes(...right.subarray(0, 2), right[3] ?? 0, right[2] ?? 0, ...right.subarray(4))),
      "The topic's length is the wrong way round: in MQTT the highest byte comes first.",
    ],
    [
      hex(changed(right, 1, length - 2)),
      "The remaining length counts the two bytes of the topic's length, too.",
    ],
    [hex(changed(right, 1, length + 2)), "The remaining length counts only what comes after it."],
    [
      hex(changed(right, 1, payload.length)),
      "The remaining length counts everything after it, not only the payload.",
    ],
    [
      hex(changed(changed(right, 3, topic.length), 1, length - body.length + topic.length)),
      "A topic's length counts the bytes of its UTF-8. `é` is one character and two bytes.",
    ],
    [
      hex(changed(right, 3, topic.length)),
      "A topic's length counts the bytes of its UTF-8. `é` is one character and two bytes.",
    ],
    [
      hex(bytes(0x30, length - 1, body.length, ...body, ...payload)),
      "The topic's length takes two bytes, even if it is small.",
    ],
    [
      hex(bytes(0x30, length - 2, ...body, ...payload)),
      "The topic's length is missing: nobody can tell where the topic ends.",
    ],
    [hex(right.subarray(0, right.length - payload.length)), "The payload is missing."],
  ];
}

function checkPack(packPublish: typeof Ours.packPublish, topic: string, payload: Uint8Array): void {
  const what = `\`packPublish\` of ${describeValue(topic)} and the payload ${hex(payload) || "(empty)"}:`;
  sameBytes(() => packPublish(topic, payload), pack(topic, payload), what, packMistakes(topic, payload));
}

/** A message in words, so that it can be compared. */
function inWords(message: unknown): string {
  if (message === undefined || message === null || typeof message !== "object") return describeValue(message);
  const { topic, payload, isRetained } = message as Partial<Ours.Message>;
  const shown = payload instanceof Uint8Array ? hex(payload) : describeValue(payload);
  return `topic ${describeValue(topic)}, payload ${shown || "empty"}, isRetained ${describeValue(isRetained)}`;
}

/** Reads a packet, and compares the result in words. */
function checkRead(
  readPublish: typeof Ours.readPublish,
  packet: Uint8Array,
  expected: Ours.Message | undefined,
  mistakes: (readonly [Ours.Message | undefined, string])[] = [],
  otherwise?: string,
): void {
  const start = hex(packet.subarray(0, 16));
  const what = `\`readPublish\` of ${start}${packet.length > 16 ? " …" : ""}:`;
  const came = readPublish(packet);
  if (came !== undefined && came?.payload instanceof Uint8Array === false)
    fail(`${what}\n\nIt is ${describeValue(came)}.`, "The payload should be a Uint8Array.");
  const known = mistakes.map(([wrong, sentence]) => [inWords(wrong), sentence] as const);
  const rest: Mistakes = otherwise === undefined ? [] : [[/./, otherwise]];
  compare(inWords(came), inWords(expected), what, [...known, ...rest]);
}

const ROOM = { topic: "room/1", payload: bytes(7, 8, 9), isRetained: false };

export default exercise<typeof Ours>({
  exports: ["packPublish", "readPublish"],
  hints: [
    {
      for: /^packs/,
      text: "`const name = Buffer.from(topic)` is the topic's bytes, so `name.length` counts bytes. The remaining length is `2 + name.length + payload.length`.",
    },
    {
      for: /^packs/,
      text: "Put it together with `Buffer.concat`: 0x30, the remaining length of exercise 3.1, `name.length >> 8`, `name.length & 0xff`, the topic, the payload.",
    },
    {
      for: /^reads|^says|^skips|^refuses|^keeps/,
      text: "Byte 1 begins the remaining length: skip every byte whose highest bit is 1, and then one more byte. Cut off what you have skipped, and count from there.",
    },
    {
      for: /^says|^skips|^refuses/,
      text: "`packet[0] >> 4` is the type, `packet[0] & 1` is retain, and `packet[0] & 6` isn't 0 if there is a packet id. Compare where the payload begins with how many bytes there are.",
    },
  ],
  checks: {
    "packs the drawing's example": ({ packPublish }) => {
      checkPack(packPublish, ROOM.topic, ROOM.payload);
    },
    "packs a topic that isn't ASCII, and an empty payload": ({ packPublish }) => {
      checkPack(packPublish, "café/1", bytes(1));
      checkPack(packPublish, "room/2", bytes());
    },
    "packs more than 127 bytes": ({ packPublish }) => {
      for (const length of [119, 120, 300, 20_000]) {
        const payload = new Uint8Array(length).fill(0x55);
        const right = pack(ROOM.topic, payload);
        const came = packPublish(ROOM.topic, payload);
        if (Buffer.compare(came, right) === 0) continue;
        fail(
          `\`packPublish\` of "room/1" and ${length} bytes:\n\n  expected  ${hex(right.subarray(0, 12))} …\n  got       ${hex(came.subarray(0, 12))} …`,
          "From 128 on, the remaining length takes more than one byte: exercise 3.1.",
        );
      }
      const topic = "x".repeat(300);
      const came = packPublish(topic, bytes(1));
      if (Buffer.compare(came, pack(topic, bytes(1))) !== 0)
        fail(
          `\`packPublish\` of a topic of 300 bytes begins with ${hex(came.subarray(0, 8))} …`,
          "The topic's length takes two bytes: 300 is 01 2C.",
        );
    },
    "reads the drawing's example": ({ readPublish }) => {
      checkRead(readPublish, pack(ROOM.topic, ROOM.payload), ROOM, [
        [{ ...ROOM, payload: bytes(0x31, 7, 8, 9) }, "The payload begins a byte too early."],
        [
          undefined,
          "This is a PUBLISH, and all of it is there. Is the topic's length the right way round? The highest byte comes first.",
        ],
      ]);
      const cafe = { topic: "café/1", payload: bytes(1), isRetained: false };
      checkRead(readPublish, pack(cafe.topic, cafe.payload), cafe, [
        [
          { ...cafe, topic: "cafÃ©/1" },
          "The topic is UTF-8, not one byte for each character: `new TextDecoder().decode(…)`.",
        ],
      ]);
    },
    "reads more than 127 bytes": ({ readPublish }) => {
      for (const length of [120, 20_000]) {
        const payload = new Uint8Array(length).fill(0x55);
        const otherwise =
          "From 128 on, the remaining length takes more than one byte, so the rest begins later.";
        checkRead(readPublish, pack(ROOM.topic, payload), { ...ROOM, payload }, [], otherwise);
      }
      const long = { ...ROOM, topic: "x".repeat(300) };
      const otherwise = "The topic's length is 300 here, 01 2C: it takes both bytes.";
      checkRead(readPublish, pack(long.topic, long.payload), long, [], otherwise);
    },
    "says whether it was retained": ({ readPublish }) => {
      const packet = changed(pack(ROOM.topic, ROOM.payload), 0, 0x31);
      checkRead(readPublish, packet, { ...ROOM, isRetained: true }, [
        [ROOM, "The first byte is 31: its lowest bit says that the message was retained."],
        [undefined, "The first byte is 31: a PUBLISH, with a flag. Only the upper four bits are the type."],
      ]);
    },
    "skips the packet id": ({ readPublish }) => {
      const withId = (first: number) =>
        Buffer.concat([bytes(first, 13, 0, 6), Buffer.from(ROOM.topic), bytes(0, 10), ROOM.payload]);
      // 3A has the flag 08, too: the same message once more.
      for (const first of [0x32, 0x34, 0x3a]) {
        checkRead(readPublish, withId(first), ROOM, [
          [
            { ...ROOM, isRetained: true },
            `The first byte is ${hex(bytes(first))}. Retain is the lowest bit; the other bits mean other things.`,
          ],
          [
            { ...ROOM, payload: bytes(0, 10, 7, 8, 9) },
            `The first byte is ${hex(bytes(first))}: quality of service ${(first >> 1) & 3}. Then a packet id of two bytes comes before the payload, and isn't part of it.`,
          ],
        ]);
      }
    },
    "refuses other packets, and a topic that is longer than the packet": ({ readPublish }) => {
      const connack = bytes(0x20, 2, 0, 0);
      const ping = bytes(0xd0, 0);
      for (const packet of [connack, ping])
        checkRead(
          readPublish,
          packet,
          undefined,
          [],
          "The upper four bits of the first byte aren't 3: this isn't a PUBLISH.",
        );
      const late =
        "The topic would end after the packet does. A stranger may send that, so compare before you read.";
      checkRead(readPublish, bytes(0x30, 5, 0, 200, 0x72, 0x6f, 0x6f), undefined, [], late);
      checkRead(readPublish, bytes(0x30, 5, 0xff, 0xff, 0x72, 0x6f, 0x6f), undefined, [], late);
      checkRead(readPublish, bytes(0x30, 0), undefined, [], "There isn't even a topic's length in it.");
    },
    "keeps nothing of the packet's memory": ({ readPublish }) => {
      const memory = new Uint8Array(40);
      const packet = pack(ROOM.topic, ROOM.payload);
      memory.set(packet, 9);
      const message = readPublish(memory.subarray(9, 9 + packet.length));
      const larger =
        "The packet was a part of a larger piece of memory: `packet.buffer` is all of that. Read from `packet` itself.";
      compare(inWords(message), inWords(ROOM), "`readPublish` of a packet in the middle of a chunk:", [
        [/./, larger],
      ]);
      memory.fill(0x55);
      const reused =
        "The chunk was overwritten with the next one, and the payload with it. `subarray` is a view of the same memory; `slice` makes a copy (a Buffer's doesn't, so use `Uint8Array.from`).";
      compare(inWords(message), inWords(ROOM), "The same message, after the chunk was overwritten:", [
        [/./, reused],
      ]);
    },
  },
});

import { readFileSync } from "node:fs";
import type * as Ours from "#lessons/0_simple_test_packets/exercises/solutions/1_pack_a_test_packet.ts";
import { PACKETS, TEST_PACKET } from "#lessons/0_simple_test_packets/protocol.ts";
import { packetFrom } from "#src/packets.ts";
import { exercise, fail, type Mistakes, samePacket } from "../assertions.ts";

const TEST = packetFrom(PACKETS, "server");

/** What typical mistakes make of two numbers. */
function mistakes(id: number, sequence: number): Mistakes {
  const bytesOf = (number: number, shifts: readonly number[]) =>
    shifts.map((shift) => (number >> shift) & 0xff);
  const both = (shifts: readonly number[]) =>
    Uint8Array.of(...bytesOf(id, shifts), ...bytesOf(sequence, shifts));
  /** Bytes by division. */
  const digits = (base: number, round: (quotient: number) => number) =>
    Uint8Array.from(
      [id, sequence].flatMap((n) => [0, 1, 2, 3].map((place) => round(n / base ** place) % base)),
    );
  const nibbles = Buffer.from(
    [id, sequence].map((n) => [...n.toString(16).padStart(8, "0")].reverse().join("")).join(""),
    "hex",
  );
  return [
    [
      both([0, 0, 0, 0]),
      "All four bytes are the lowest. `>>` binds more tightly than `&`, so `n & 0xff00 >> 8` is `n & 0xff`: write `(n >> 8) & 0xff`.",
    ],
    [
      both([0, 8, 16, 32]),
      "The last byte repeats the first: an int has 32 bits, and `n >> 32` is `n` again. The shifts are 0, 8, 16 and 24.",
    ],
    [digits(256, Math.round), "The bytes are those of rounded quotients: `Math.floor`, not `Math.round`."],
    [digits(255, Math.floor), "A byte has 256 values, 0 to 255: divide by 256, not by 255."],
    [
      nibbles,
      "The hexadecimal digits are reversed, not the bytes: a byte is two digits, and these stay as they are.",
    ],
    [TEST_PACKET.pack(id, 1), "The sequence is always 1. Use the parameter `sequence`."],
    [TEST_PACKET.pack(3, sequence), "The id is always 3. Use the parameter `id`."],
    [both([0, 8, 16, 16]), "The fourth byte repeats the third: each needs its own shift, 0, 8, 16 and 24."],
    [
      both([0, 8, 8, 8]),
      "The third and fourth byte repeat the second: each needs its own shift, 0, 8, 16 and 24.",
    ],
    [
      both([0, 4, 8, 12]),
      "The shifts are half of what they should be: a byte has eight bits, so they are 0, 8, 16 and 24.",
    ],
    [both([0, 1, 2, 3]), "`>>` counts bits, not bytes: the shifts are 0, 8, 16 and 24."],
    [both([8, 0, 24, 16]), "The bytes are swapped in pairs: the shifts are 0, 8, 16 and 24, in this order."],
    [
      both([16, 24, 0, 8]),
      "The two halves of each number are swapped: the shifts are 0, 8, 16 and 24, in this order.",
    ],
    [
      Uint8Array.of(...bytesOf(id, [0, 8, 16, 24]), ...bytesOf(sequence, [24, 16, 8, 0])),
      "`sequence` has its bytes in the opposite order, `id` is right.",
    ],
  ];
}

const check = (pack: typeof Ours.packTestPacket, id: number, sequence: number) =>
  samePacket(
    () => pack(id, sequence),
    TEST_PACKET.pack(id, sequence),
    TEST,
    `The packet of client ${id}, test ${sequence}:`,
    mistakes(id, sequence),
  );

export default exercise<typeof Ours>({
  exports: ["packTestPacket"],
  hints: [
    {
      for: /^packs|^makes/,
      text: "Start with eight zero bytes: `new Uint8Array(8)`. Fill in the bytes of `id`, then those of `sequence`, and return the array.",
    },
    {
      for: /more than one byte|largest/,
      text: "`number & 0xff` is the lowest byte of a number. `number >> 8` moves the next byte into its place.",
    },
    {
      for: /more than one byte|largest|by hand/,
      text: "The four bytes of a number are `number & 0xff`, `(number >> 8) & 0xff`, `(number >> 16) & 0xff` and `(number >> 24) & 0xff`, in this order.",
    },
    {
      for: /^packs|^makes|by hand/,
      text: "Write a function that returns the four bytes of one number as an array. Then `Uint8Array.of(...packInt(id), ...packInt(sequence))`.",
    },
  ],
  checks: {
    "packs small numbers into eight bytes": ({ packTestPacket }) => {
      check(packTestPacket, 3, 1);
    },
    "packs numbers of more than one byte, the lowest first": ({ packTestPacket }) => {
      check(packTestPacket, 300, 258);
      check(packTestPacket, 0x01020304, 0x0a0b0c0d);
    },
    "packs the largest numbers that fit": ({ packTestPacket }) => {
      check(packTestPacket, 2 ** 31 - 1, 2 ** 31 - 2);
    },
    "makes a new packet each time": ({ packTestPacket }) => {
      const first = packTestPacket(1, 1);
      packTestPacket(2, 2);
      samePacket(
        () => first,
        TEST_PACKET.pack(1, 1),
        TEST,
        "The packet of client 1, after the packet of client 2 was made:",
        [
          [
            TEST_PACKET.pack(2, 2),
            "Both packets are the same array, so the second overwrote the first: make the array inside the function.",
          ],
        ],
      );
    },
    "does it by hand": (_, file) => {
      const code = readFileSync(file, "utf8").replace(/\/\*.*?\*\/|\/\/[^\n]*/gs, "");
      const [tool] =
        /\b(TEST_PACKET|Struct|DataView|pack|packInto|write\w*Int\w+|\w*Int32Array)\b/.exec(code) ?? [];
      if (tool) {
        const why =
          "That does the work that this exercise is about. Make an array of eight numbers, and a Uint8Array of it.";
        fail(`The bytes are right, but made with \`${tool}\`.`, why);
      }
    },
  },
});

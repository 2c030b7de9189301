import type * as Ours from "#lessons/0_simple_test_packets/exercises/solutions/1_pack_a_test_packet.ts";
import { PACKETS, TEST_PACKET } from "#lessons/0_simple_test_packets/protocol.ts";
import { packetFrom } from "#src/packets.ts";
import { exercise, type Mistakes, samePacket } from "../check.ts";

const TEST = packetFrom(PACKETS, "server");

/** What typical mistakes make of two numbers. */
function mistakes(id: number, sequence: number): Mistakes {
  const bytesOf = (number: number, shifts: readonly number[]) =>
    shifts.map((shift) => (number >> shift) & 0xff);
  const both = (shifts: readonly number[]) =>
    Uint8Array.of(...bytesOf(id, shifts), ...bytesOf(sequence, shifts));
  return [
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
      "The two halves of each number have changed places: the shifts are 0, 8, 16 and 24, in this order.",
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
    "Eight bytes: `new Uint8Array(8)`, all of them 0. Fill in the ones of `id`, then those of `sequence`, and return it.",
    "`number & 0xff` is the lowest byte of a number. `number >> 8` moves the next byte into its place.",
    "The four bytes of a number are `number & 0xff`, `(number >> 8) & 0xff`, `(number >> 16) & 0xff` and `(number >> 24) & 0xff`, in this order.",
    "Write a function for one number that returns these four as an array. Then `Uint8Array.of(...packInt(id), ...packInt(sequence))`.",
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
  },
});

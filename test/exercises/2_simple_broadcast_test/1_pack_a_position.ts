import type * as Ours from "#lessons/2_simple_broadcast_test/exercises/solutions/1_pack_a_position.ts";
import { NOWHERE, PACKETS, POSITION } from "#lessons/2_simple_broadcast_test/protocol.ts";
import { packetFrom } from "#src/packets.ts";
import { hexDigits } from "#src/printable.ts";
import { pack } from "#src/struct.ts";
import { exercise, type Mistakes, samePacket, sameValue } from "../assertions.ts";

const PACKET = packetFrom(PACKETS, "server");

/** Turns each number into the short that a mistake makes of it. */
function distorted(id: number, x: number, y: number, distort: (value: number) => number): Uint8Array {
  return pack("<iHH", id, distort(x) & 0xffff, distort(y) & 0xffff);
}

/** What typical mistakes make of a position. */
function mistakes(id: number, x: number, y: number): Mistakes {
  return [
    [pack(">ihh", id, x, y), "Your numbers have their highest byte first. The lowest must come first."],
    [pack("<iii", id, x, y), "You wrote four bytes each for x and y. A short has two."],
    [
      distorted(id, x, y, Math.abs),
      "The sign was lost: −1 is packed as 65536 − 1, which is FF FF. `value & 0xff` and `value >> 8` do that by themselves.",
    ],
    [
      distorted(id, x, y, (value) => (value & 0xff) | ((Math.trunc(value / 256) & 0xff) << 8)),
      "The low bytes are right. Cutting off the fraction rounds towards 0, so −1 / 256 becomes 0, and its high byte becomes 00. Use `value >> 8`, or `Math.floor`.",
    ],
    [
      distorted(id, x, y, (value) => (value < 0 ? ~-value : value)),
      "Negative numbers are off by one: −1 is 65536 − 1. After you flip all the bits, add 1.",
    ],
    [
      distorted(id, x, y, (value) => (value < 0 ? 0x8000 | -value : value)),
      "The highest bit is not a minus sign in front of the number: −1 is 65536 − 1, which is FF FF.",
    ],
    [distorted(id, x, y, (value) => Math.max(value, 0)), "Negative numbers became 0."],
  ];
}

const check = (packPosition: typeof Ours.packPosition, id: number, x: number, y: number) =>
  samePacket(
    () => packPosition(id, x, y),
    POSITION.pack(id, x, y),
    PACKET,
    `The position of client ${id} at ${x} ${y}:`,
    mistakes(id, x, y),
  );

/** Asks about a position, and says of a wrong answer what it was taken in by. */
function checkLeft(
  hasLeft: typeof Ours.hasLeft,
  position: readonly [id: number, x: number, y: number],
  expected: boolean,
  mistake: string,
): void {
  const bytes = POSITION.pack(...position);
  const [id, x, y] = position;
  sameValue(
    () => hasLeft(bytes),
    expected,
    `\`hasLeft\` of the position of client ${id} at ${x} ${y}, ${hexDigits(bytes)}:`,
    [
      [!expected, mistake],
      [undefined, "`hasLeft` returns nothing: is a `return` missing?"],
    ],
  );
}

export default exercise<typeof Ours>({
  exports: ["packPosition", "hasLeft"],
  hints: [
    {
      for: /^packs|^writes|^makes/,
      text: "Pack the id as in exercise 0.1. Pack x and y in the same way, but in two bytes: the lowest first.",
    },
    {
      for: /^packs|^writes/,
      text: "`value & 0xff` is the lowest byte of a number, and `value >> 8` is the rest of it. That works for negative numbers too: −1 & 0xff is 255, and −1 >> 8 is −1.",
    },
    {
      for: /^sees|^and who|who has not|^looks/,
      text: "−32768 in two bytes is 00 80. `hasLeft` can compare bytes: `position[4]` to `position[7]`, all four of them.",
    },
    {
      for: /./,
      text: "`Uint8Array.of(id, id >> 8, id >> 16, id >> 24, x, x >> 8, y, y >> 8)`: a Uint8Array keeps the lowest byte of each. `hasLeft`: bytes 4 and 6 are 0x00, and 5 and 7 are 0x80.",
    },
  ],
  checks: {
    "packs the lesson's example": ({ packPosition }) => {
      check(packPosition, 3, 12, 7);
    },
    "writes every byte, the lowest first": ({ packPosition }) => {
      check(packPosition, 258, 1027, 515);
      check(packPosition, 0x01020304, 300, 0x0506);
    },
    "packs negative numbers, and the ends of a short's range": ({ packPosition }) => {
      check(packPosition, 300, 300, -1);
      check(packPosition, 5, -2, -300);
      check(packPosition, 7, 32767, -32767);
      check(packPosition, 9, NOWHERE, NOWHERE);
    },
    "makes a new position each time": ({ packPosition }) => {
      const first = packPosition(1, 2, 3);
      packPosition(4, 5, 6);
      samePacket(
        () => first,
        POSITION.pack(1, 2, 3),
        PACKET,
        "The position of client 1 at 2 3, after that of client 4 at 5 6 was packed:",
        [
          [
            POSITION.pack(4, 5, 6),
            "Both positions are the same memory, so the second overwrote the first: make the array inside the function.",
          ],
        ],
      );
    },
    "sees who has left, whatever the id": ({ hasLeft }) => {
      const missed =
        "x and y are both −32768, so it has left. If you read them with `|` and `<<`, the bytes 00 80 make 32768: compare with that, or compare the bytes.";
      checkLeft(hasLeft, [3, NOWHERE, NOWHERE], true, missed);
      checkLeft(hasLeft, [300, NOWHERE, NOWHERE], true, "This client has left: the id does not matter.");
    },
    "and who has not": ({ hasLeft }) => {
      const any = "A client is there unless x and y are both −32768.";
      checkLeft(hasLeft, [3, 12, 7], false, any);
      checkLeft(hasLeft, [3, NOWHERE, 7], false, "x alone isn't enough: y must be −32768 as well.");
      checkLeft(hasLeft, [3, 12, NOWHERE], false, "y alone isn't enough: x must be −32768 as well.");
      checkLeft(hasLeft, [3, 0, 0], false, "0 0 is a place like any other: a corner of the room.");
      checkLeft(hasLeft, [3, -1, -1], false, "−1 −1 is a place like any other.");
      checkLeft(hasLeft, [3, -5, -9], false, "A negative place isn't a goodbye: only −32768 −32768 is.");
      const high = "The high byte of −32767 is 80 as well: compare the low bytes too.";
      checkLeft(hasLeft, [3, -32767, -32767], false, high);
      checkLeft(hasLeft, [3, 32767, 32767], false, any);
      checkLeft(
        hasLeft,
        [3, 256, 256],
        false,
        "The low bytes of 256 are 0 as well: compare the high bytes too.",
      );
      const found = "Those bytes are the id: x and y begin at byte 4.";
      checkLeft(hasLeft, [0x00800080, 0, 0], false, found);
      checkLeft(hasLeft, [-0x7fff8000, 12, 7], false, found);
    },
    "looks only at the eight bytes that it is given": ({ hasLeft }) => {
      // Part of a chunk: a view into a larger piece of memory.
      const chunk = Buffer.concat([POSITION.pack(1, NOWHERE, NOWHERE), POSITION.pack(2, 5, 5)]);
      const what =
        "`hasLeft` of the second eight bytes of a chunk whose first eight say that client 1 has left:";
      const mistake =
        "The memory behind an array may be larger than the array: `position.buffer` is all of it. Use `position[4]`.";
      sameValue(() => hasLeft(new Uint8Array(chunk).subarray(8)), false, what, [[true, mistake]]);
    },
  },
});

import type * as Ours from "#lessons/3_simple_cluster_test/exercises/solutions/1_remaining_length.ts";
import { hexDigits } from "#src/printable.ts";
import { exercise, type Mistakes, sameValue } from "../assertions.ts";
import { sameBytes } from "./bytes.ts";

/** The longest packet of MQTT. */
const LARGEST = 268_435_455;

/** The groups of seven bits, the lowest first. */
function groupsOf(length: number): number[] {
  const groups: number[] = [];
  for (let rest = length; rest > 0 || groups.length === 0; rest = Math.floor(rest / 128)) {
    groups.push(rest % 128);
  }
  return groups;
}

function encoded(length: number): number[] {
  return groupsOf(length).map((group, index, all) => (index < all.length - 1 ? group + 128 : group));
}

function encodeMistakes(length: number): Mistakes {
  const groups = groupsOf(length);
  const right = encoded(length);
  const hex = (bytes: number[]) => hexDigits(Uint8Array.from(bytes));
  return [
    [
      hex(groups),
      "No byte says that another one follows. Set the highest bit (0x80) of every byte but the last.",
    ],
    [
      hex(groups.map((group) => group + 128)),
      "The last byte says that another one follows. Its highest bit must be 0.",
    ],
    [
      hex(groups.map((group, index) => (index < groups.length - 1 ? group : group + 128))),
      "The highest bit is the wrong way round: 1 says that another byte follows.",
    ],
    [
      hex(groups.toReversed().map((group, index, all) => (index < all.length - 1 ? group + 128 : group))),
      "The highest seven bits come first. The lowest must.",
    ],
    [
      hex([...right.slice(0, -1), (right.at(-1) ?? 0) + 128, 0]),
      "There is a byte too many, and it holds nothing: 127 still fits into one byte, and so on. Stop as soon as no bits are left.",
    ],
    [
      "",
      "There are no bytes at all: 0 takes one byte as well. Write a byte first, and then ask whether bits are left.",
    ],
    [
      hex([length % 256, ...(length > 255 ? [Math.floor(length / 256) % 256] : [])]),
      "Eight bits of the number went into each byte. Only seven do.",
    ],
    [hex([length % 256]), "Only one byte came, with the lowest eight bits. Go on as long as bits are left."],
  ];
}

function checkEncode(encodeLength: typeof Ours.encodeLength, ...lengths: number[]): void {
  for (const length of lengths) {
    const expected = Uint8Array.from(encoded(length));
    sameBytes(() => encodeLength(length), expected, `\`encodeLength(${length})\`:`, encodeMistakes(length));
  }
}

function checkDecode(
  decodeLength: typeof Ours.decodeLength,
  bytes: readonly number[],
  expected: Ours.Decoded | "incomplete" | "malformed",
  mistakes: Mistakes = [],
): void {
  const given = Uint8Array.from(bytes);
  const what = `\`decodeLength\` of ${bytes.length === 0 ? "no bytes" : hexDigits(given)}:`;
  sameValue(() => decodeLength(given), expected, what, mistakes);
}

/** What typical mistakes make of these bytes. */
function decodeMistakes(length: number): Mistakes {
  const bytes = encoded(length);
  const groups = groupsOf(length);
  const size = bytes.length;
  const sum = (values: readonly number[], base: number) =>
    values.reduce((total, value, index) => total + value * base ** index, 0);
  return [
    [
      { length: sum(bytes, 128), size },
      "The highest bit of a byte isn't part of the number. Take it off: `byte & 0x7f`.",
    ],
    [
      { length: sum(groups, 256), size },
      "A byte holds seven bits, so the next one counts 128 times as much, not 256.",
    ],
    [
      { length: sum(groups.toReversed(), 128), size },
      "The first byte holds the lowest seven bits, not the highest.",
    ],
    [{ length: groups[0], size: 1 }, "Another byte follows, because the highest bit is 1."],
    [{ length, size: size - 1 }, "`size` counts the last byte as well."],
    [{ length, size: size + 1 }, "`size` counts the bytes of the length only, not the packet's first byte."],
    ["incomplete", "All bytes of the length are there: the last one has a highest bit of 0."],
    [
      "malformed",
      "Four bytes are allowed. Only a fourth byte that says that another one follows is malformed.",
    ],
    [length, "Return an object with `length` and `size`: the caller has to know where the rest begins."],
  ];
}

export default exercise<typeof Ours>({
  exports: ["encodeLength", "decodeLength"],
  hints: [
    {
      for: /^encodes/,
      text: "`length & 0x7f` is the lowest seven bits, and `length >> 7` is the rest. Go on until the rest is 0. `do … while` writes at least one byte.",
    },
    {
      for: /^encodes/,
      text: "If the rest isn't 0, another byte follows, so set the highest bit: `byte | 0x80`.",
    },
    {
      for: /^decodes|^waits|^refuses|^leaves/,
      text: "Go through at most four bytes. `byte & 0x7f` is what a byte holds, and byte number n counts `2 ** (7 * n)` times as much.",
    },
    {
      for: /^waits|^refuses/,
      text: "`bytes[n]` is undefined if that byte has not arrived: then it is incomplete. If the loop ends after four bytes, all of them said that another one follows.",
    },
  ],
  checks: {
    "encodes a small number in one byte": ({ encodeLength }) => {
      checkEncode(encodeLength, 5, 127, 0);
    },
    "encodes a larger one in as few bytes as possible": ({ encodeLength }) => {
      checkEncode(encodeLength, 321, 128, 16_383, 16_384, 300_000, 2_097_151, 2_097_152, LARGEST);
    },
    "decodes what the drawing shows": ({ decodeLength }) => {
      for (const length of [5, 0, 127, 321, 128]) {
        checkDecode(
          decodeLength,
          encoded(length),
          { length, size: encoded(length).length },
          decodeMistakes(length),
        );
      }
    },
    "decodes three and four bytes": ({ decodeLength }) => {
      for (const length of [300_000, 16_384, 2_097_152, LARGEST]) {
        checkDecode(
          decodeLength,
          encoded(length),
          { length, size: encoded(length).length },
          decodeMistakes(length),
        );
      }
    },
    "leaves alone what follows the length": ({ decodeLength }) => {
      const mistakes: Mistakes = [
        [{ length: 5, size: 4 }, "`size` is how many bytes the length took, not how many are there."],
        [{ length: 5, size: 5 }, "`size` is how many bytes the length took, not how many are there."],
        [
          "malformed",
          "What follows the length is the packet's own: stop at the first byte whose highest bit is 0.",
        ],
      ];
      checkDecode(decodeLength, [5, 0x80, 0x80, 0x80], { length: 5, size: 1 }, mistakes);
      checkDecode(decodeLength, [0xc1, 0x02, 0xff, 0xff, 0xff, 0xff], { length: 321, size: 2 }, mistakes);
    },
    "waits for bytes that have not arrived": ({ decodeLength }) => {
      const tooEarly =
        "The last byte says that another one follows, but it has not arrived yet. That isn't an error, but there is no number yet: return `incomplete`.";
      for (const bytes of [[], [0x80], [0xc1], [0xff, 0xff], [0xff, 0xff, 0xff]]) {
        const size = bytes.length;
        const length = bytes.reduce((total, byte, index) => total + (byte & 0x7f) * 128 ** index, 0);
        checkDecode(decodeLength, bytes, "incomplete", [
          [{ length, size }, tooEarly],
          [{ length, size: size + 1 }, tooEarly],
          [{ length: Number.NaN, size: size + 1 }, tooEarly],
          ["malformed", tooEarly],
        ]);
      }
    },
    "refuses a length that goes on after four bytes": ({ decodeLength }) => {
      const endless =
        "The fourth byte says that another one follows, and MQTT allows only four. If you wait for more, or go on counting, a stranger decides how long.";
      for (const bytes of [
        [0x80, 0x80, 0x80, 0x80],
        [0xff, 0xff, 0xff, 0xff, 0x01],
        [0x80, 0x80, 0x80, 0x80, 0x80, 0x00],
      ]) {
        const limits = [4, 5, 6].map((size) => {
          const groups = bytes.slice(0, size).map((byte) => byte & 0x7f);
          // With `<<` and `|` a bit that is shifted too far comes in again from below.
          return { length: groups.reduce((total, group, index) => total | (group << (7 * index)), 0), size };
        });
        const added = bytes
          .slice(0, 5)
          .reduce((total, byte, index) => total + (byte & 0x7f) * 128 ** index, 0);
        checkDecode(decodeLength, bytes, "malformed", [
          ["incomplete", endless],
          [{ length: added, size: 5 }, endless],
          ...limits.map((limit): [unknown, string] => [limit, endless]),
        ]);
      }
    },
  },
});

import { readFileSync } from "node:fs";
import type * as Ours from "#lessons/1_simple_math_server/exercises/solutions/1_pack_a_request.ts";
import * as lesson from "#lessons/1_simple_math_server/protocol.ts";
import { packetFrom } from "#src/packets.ts";
import { pack } from "#src/struct.ts";
import { exercise, fail, type Mistakes, samePacket } from "../assertions.ts";

const REQUEST = packetFrom(lesson.PACKETS, "client");

/** Copies whole arrays: a text of 70,000 bytes is joined for each mistake, and byte by byte that takes most of a second. */
function join(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

/** A request of these parts, right or wrong. */
function request(format: string, values: readonly number[], text: Uint8Array): Uint8Array {
  return join(pack(format, ...values), text);
}

/** What typical mistakes make of a request. */
function mistakes(command: string, first: number, second: number): Mistakes {
  const text = new TextEncoder().encode(command);
  const letters = command.length;
  const oneByteEach = Uint8Array.from(command, (letter) => letter.charCodeAt(0));
  const encode16 = new Uint8Array(Buffer.from(command, "utf16le"));
  const clamp = (value: number) => value & 0xffff;
  const low = (value: number) => (value << 24) >> 24;
  const upper = new TextEncoder().encode(command.toUpperCase());
  const found: [Uint8Array, string][] = [
    [
      request(">ihh", [text.length, first, second], text),
      "All numbers have their highest byte first. The last argument of `setInt32` and `setInt16` is `true` for the lowest first.",
    ],
    [
      request("<i", [text.length], join(pack(">hh", first, second), text)),
      "The length is right, but the two values have their highest byte first. `setInt16` needs the `true` as well.",
    ],
    [
      join(pack(">i", text.length), pack("<hh", first, second), text),
      "The two values are right, but the length has its highest byte first. `setInt32` needs the `true` as well.",
    ],
    [
      request("<iii", [text.length, first, second], text),
      "You wrote four bytes for each value. A short has two, and `setInt16` writes it.",
    ],
    [
      request("<iff", [text.length, first, second], text),
      "You wrote each value as a float of four bytes. A short is an integer of two, and `setInt16` writes it.",
    ],
    [
      request("<ibbh", [text.length, low(first), low(second), 0], text),
      "Your `second` begins at byte 5, which is too early. A short has two bytes: `first` takes bytes 4 and 5, `second` 6 and 7, and `setInt16` writes both.",
    ],
    [
      request("<hhi", [first, second, text.length], text),
      "The fields are in another order: first the length, then the two values.",
    ],
    [text, "Only the command is there: eight bytes belong in front of it."],
    [
      copiedTo0(text, first, second),
      "The command was copied to the beginning, over the header: `request.set(text, 8)` leaves room for that.",
    ],
    [
      request("<ihh", [upper.length, first, second], upper),
      "The command was turned into capitals: send it as it was given.",
    ],
    [request("<ihh", [text.length, second, first], text), "`first` and `second` are swapped."],
    [
      request("<ihh", [text.length + 8, first, second], text),
      "The length counts the header, too. It should count only the command.",
    ],
    [request("<ihh", [text.length, first, first], text), "`second` holds the value of `first`."],
    [
      request("<hhh", [(text.length << 16) >> 16, first, second], text),
      "You wrote only two bytes for the length. It is an int, and `setInt32` writes all four.",
    ],
    [
      request("<ihh", [text.length, first, second], new Uint8Array(text.length)),
      "The header is right, but there are only zeros where the command should be: was the text never copied into it?",
    ],
    [
      request("<ihh", [text.length, first, second], new Uint8Array(0)),
      "The header is right, but the command does not follow it.",
    ],
    ...[text.length, encode16.length].map((length): [Uint8Array, string] => [
      request("<ihh", [length, first, second], encode16),
      "The command has two bytes for each letter: that is UTF-16. A `TextEncoder` makes UTF-8.",
    ]),
    [
      request("<ihh", [text.length + 1, first, second], join(text, Uint8Array.of(0))),
      "A 0 follows the command, as in C. Here nothing marks its end: the length says where it is.",
    ],
    [
      join(text, pack("<ihh", text.length, first, second)),
      "The command comes before the header. It belongs after the header, from byte 8 on.",
    ],
    [request("<ihh", [0, first, second], text), "The length is 0: it was never written."],
    // What setInt32 leaves behind, when it writes a short and the next call overwrites two bytes of it.
    [
      shortsAsInts(text, first, second),
      "You used `setInt32` for a short. It writes four bytes, and the last two of them belong to something else.",
    ],
  ];
  if (letters !== text.length) {
    found.push(
      [
        request("<ihh", [letters, first, second], text),
        "Your length counts letters. It must count bytes: use the length of the encoded text, not `command.length`.",
      ],
      [
        request("<ihh", [letters, first, second], text.slice(0, letters)),
        "There is room for as many bytes as the command has letters, and the rest is cut off: encode the text first, and take the length of that.",
      ],
      [
        request("<ihh", [letters, first, second], oneByteEach),
        "Each letter became one byte, with `charCodeAt`: ñ takes two in UTF-8, and a duck four. A `TextEncoder` knows.",
      ],
      [
        request("<ihh", [text.length, first, second], text.slice(0, letters)),
        "The command is cut off after as many bytes as it has letters: the size of the array needs the encoded length.",
      ],
    );
  }
  if (first >= 0 && second >= 0 && (first > 255 || second > 255)) {
    found.push([
      request("<ihh", [text.length, first & 0xff, second & 0xff], text),
      "Only the lowest byte of each value came through: `setInt16` writes two.",
    ]);
  }
  if (first < 0 || second < 0) {
    found.push([
      request("<iHH", [text.length, clamp(Math.abs(first)), clamp(Math.abs(second))], text),
      "The sign was lost.",
    ]);
    found.push([
      request("<ihh", [text.length, first & 0x7fff, second & 0x7fff], text),
      "The sign was lost: the highest bit holds it, and `& 0x7fff` takes it away. `setInt16` writes negative numbers as they are.",
    ]);
  }
  return found;
}

/** `setInt32` for the two shorts, at 4 and 6, and then the command over what is too much of the second. */
function shortsAsInts(text: Uint8Array, first: number, second: number): Uint8Array {
  const bytes = new Uint8Array(Math.max(8 + text.length, 10));
  const view = new DataView(bytes.buffer);
  view.setInt32(0, text.length, true);
  bytes.set(text, 8);
  view.setInt32(4, first, true);
  view.setInt32(6, second, true);
  return bytes.slice(0, 8 + text.length);
}

/** `request.set(text)`. */
function copiedTo0(text: Uint8Array, first: number, second: number): Uint8Array {
  const bytes = request("<ihh", [text.length, first, second], new Uint8Array(text.length));
  bytes.set(text);
  return bytes;
}

const check = (pack: typeof Ours.packRequest, command: string, first: number, second: number) =>
  samePacket(
    () => pack(command, first, second),
    lesson.packRequest(command, first, second),
    REQUEST,
    `The request ${command} ${first} ${second}:`,
    mistakes(command, first, second),
  );

export default exercise<typeof Ours>({
  exports: ["packRequest"],
  hints: [
    {
      for: /^packs|^counts|^makes/,
      text: "How long is a request? Eight bytes, plus the bytes of the command. So encode the command first.",
    },
    {
      for: /^packs|^counts/,
      text: "`new TextEncoder().encode(command)` gives the bytes of a text. A `DataView` of an array writes numbers into it: `new DataView(request.buffer)`.",
    },
    {
      for: /^packs the|^writes|negative|own code/,
      text: "`view.setInt32(0, text.length, true)` writes the length; `true` means that the lowest byte comes first. The values are shorts: `setInt16` at 4 and at 6, also with `true`.",
    },
    {
      for: /^packs|^counts|^makes/,
      text: "`request.set(text, 8)` copies the command in after the header. Then return `request`, the Uint8Array.",
    },
  ],
  checks: {
    "packs the lesson's example": ({ packRequest }) => {
      check(packRequest, "SUMA", 2, 3);
    },
    "writes both bytes of a value, the lowest first": ({ packRequest }) => {
      check(packRequest, "RESTA", 258, 1027);
    },
    "packs negative values and the ends of a short's range": ({ packRequest }) => {
      check(packRequest, "MULTIPLICACION", -1, -2);
      check(packRequest, "SUMA", -32768, 32767);
    },
    "packs a command of one letter": ({ packRequest }) => {
      check(packRequest, "S", 258, -1027);
    },
    "counts the bytes of the command, not its letters": ({ packRequest }) => {
      check(packRequest, "AñOS", -1, 5);
      check(packRequest, "🦆", 1, 1);
    },
    "makes a new request each time": ({ packRequest }) => {
      const first = packRequest("SUMA", 1, 1);
      packRequest("SUMA", 2, 2);
      samePacket(
        () => first,
        lesson.packRequest("SUMA", 1, 1),
        REQUEST,
        "The request SUMA 1 1, after SUMA 2 2 was packed:",
        [
          [
            lesson.packRequest("SUMA", 2, 2),
            "Both requests are the same memory, so the second overwrote the first: make the array inside the function.",
          ],
        ],
      );
    },
    "writes all four bytes of the length": ({ packRequest }) => {
      for (const letters of [150, 35_000]) {
        const command = "ñ".repeat(letters);
        const expected = lesson.packRequest(command, 1, 2);
        const short = new TextEncoder().encode(command).slice(0, lesson.COMMAND_LIMIT);
        samePacket(
          () => packRequest(command, 1, 2),
          expected,
          REQUEST,
          `A request whose command is ${letters} times ñ, ${2 * letters} bytes:`,
          [
            [
              request("<BBhhh", [expected[0] ?? 0, 0, 0, 1, 2], expected.subarray(8)),
              "Only the lowest byte of the length came through: `setInt32` writes four.",
            ],
            [
              request("<HHhh", [(2 * letters) & 0xffff, 0, 1, 2], expected.subarray(8)),
              "Only the lowest two bytes of the length came through: `setInt32` writes four.",
            ],
            [
              request("<ihh", [short.length, 1, 2], short),
              "The command was cut off after 64 bytes. That is the limit of the lesson's server, but you can pack longer ones.",
            ],
            ...mistakes(command, 1, 2),
          ],
        );
      }
    },
    "does it without the lesson's own code": (_, file) => {
      const code = readFileSync(file, "utf8").replace(/\/\*.*?\*\//gs, "");
      const [, from] =
        /\b(?:from|import)\b[\s(]*["'](#(?:lessons|src)\/[^"']+|\.[^"']+)["']/.exec(code) ?? [];
      if (from) {
        fail(
          `The bytes are right, but your file imports \`${from}\`.`,
          "That does the work that this exercise is about. A `DataView` and a `TextEncoder` are all that it takes.",
        );
      }
    },
  },
});

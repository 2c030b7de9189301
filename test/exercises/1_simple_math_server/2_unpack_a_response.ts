import type * as Ours from "#lessons/1_simple_math_server/exercises/solutions/2_unpack_a_response.ts";
import { RESPONSE } from "#lessons/1_simple_math_server/protocol.ts";
import { hexDigits } from "#src/printable.ts";
import { pack } from "#src/struct.ts";
import { exercise, type Mistakes, sameValue } from "../assertions.ts";

const WORDS = ["", "unknown command", "division by zero", "malformed request"];

/** What typical mistakes make of a response. */
function mistakes(status: number, result: number): Mistakes {
  const bytes = Buffer.from(RESPONSE.pack(status, result));
  const word = WORDS[status];
  const partly = [3, 2, 1].flatMap((size): [string, string][] => {
    const read = bytes.readUIntLE(0, size);
    if (read === status) return [];
    const sentence = `Only the first ${size === 1 ? "byte of the status was" : `${size} bytes of the status were`} read: an int has four.`;
    const known = read === 0 ? `${result}` : WORDS[read];
    return [`unknown status ${read}`, ...(known ? [known] : [])].map((text) => [text, sentence]);
  });
  const statuses: Mistakes = [
    [bytes.readInt32LE(8), "The status was looked for after the result: it is the first field."],
    [bytes.readUInt32LE(0), "The status was read without its sign: an int has one, `i`, not `I`."],
    [bytes.readInt32BE(0), "The status was read with its highest byte first: the format begins with `<`."],
    [result, "That is the result. The status is the first number."],
  ];
  return [
    ...partly,
    ...statuses
      .filter(([read]) => read !== status)
      .map(([read, sentence]) => [`unknown status ${read}`, sentence] as const),
    ...(status === 0 ? mistakesWith(bytes, result) : mistakesWithout(status, word, result)),
  ];
}

/** Those when there is a result. */
function mistakesWith(bytes: Buffer, result: number): Mistakes {
  const at4 = bytes.subarray(4);
  return [
    [result, "It is the number itself. The function should return a string: `String(result)`."],
    [`${Math.trunc(result)}`, "The fraction is gone: a double may have one."],
    [`${Math.round(result)}`, "It was rounded: a double may have a fraction."],
    [
      Number.isInteger(result) ? result.toFixed(1) : "",
      "It has a digit after the point though there is no fraction. `String(result)` writes what is there.",
    ],
    [result.toFixed(2), "It always has two digits after the point. `String(result)` writes what is there."],
    [
      `${at4.readFloatLE()}`,
      "Only four bytes of the result were read, as a float. A double has eight: `<id`.",
    ],
    [
      `${Math.fround(result)}`,
      "It went through a float, which has seven digits. A double has sixteen: leave it as it is.",
    ],
    [`${at4.readDoubleBE()}`, "The result was read with its highest byte first: the format begins with `<`."],
    [
      `${at4.readInt32LE()}`,
      "The result was read as an int of four bytes. It is a double: `d`, eight bytes.",
    ],
    [`${at4.readBigInt64LE()}`, "The result was read as an integer of eight bytes. It is a double: `d`."],
    [
      `${bytes.readDoubleLE(0)}`,
      "The result was read from byte 0, where the status is: it begins at byte 4.",
    ],
    ["0", "That is the status. The result is the second number."],
    [
      "unknown status 0",
      "Status 0 is ok. Look for one of three mistakes. A status is a number, so it never equals a string. `if (result)` treats a result of 0 as false. A `case` without `return` or `break` falls through to the next.",
    ],
    [/^ok, /, "That is what `--bytes` prints. Here only the result is asked for."],
    ["ok", "The status is ok, and then the result is what a person wants to see."],
    ["null", "`JSON.stringify` doesn't know NaN. `String(result)` does."],
    [
      /^-?[\d.]*\d,\d[\d.]*$|^-?\d{1,3}(,\d{3})+$/,
      "`toLocaleString` writes numbers as people of one country do. `String(result)` is the same everywhere.",
    ],
    [
      result === 3.5 ? "" : "3.5",
      "That is the result of the example. This one is in the bytes: unpack them.",
    ],
    [
      Number.isInteger(result) ? "" : new RegExp(`^${`${result}`.slice(0, 3).replace(".", "\\.")}\\d*$`),
      "Digits are missing: `String(result)` writes all that it takes to tell this double from others.",
    ],
    [/\0/, "These are the bytes, taken for text. They are two numbers: unpack them."],
    [
      Number.isNaN(result) ? /^\D*$/ : "",
      "The status is ok, so the result is what is asked for, whatever it is: only the status decides.",
    ],
  ];
}

/** Those when there is none. */
function mistakesWithout(status: number, word: string | undefined, result: number): Mistakes {
  const decides = `The status is ${status}, so there is no result, whatever is in its place: only the status decides.`;
  return [
    [`${result}`, decides],
    [result, decides],
    ["unknown status", "The number of the status belongs in it."],
    ["unknown status: 7", "There should be no colon in it."],
    ["malformed", 'That is the lesson\'s word for it. Here it is "malformed request", as in the drawing.'],
    [
      word ? `unknown status ${status}` : "",
      `Status ${status} has words of its own: is there a \`case\` for it, which ends with \`return\` or \`break\`?`,
    ],
    ...WORDS.flatMap((words, other): [string, string][] =>
      words && words !== word
        ? [
            [
              words,
              other === status + 1
                ? `"${words}" is status ${other}, and this is ${status}: does the \`case\` of status ${status} fall through into the next, or did you count a list from 0?`
                : `"${words}" is status ${other}, and this is ${status}.`,
            ],
          ]
        : [],
    ),
  ];
}

function check(
  describe: typeof Ours.describeResponse,
  status: number,
  result: number,
  expected: string,
  bytes = RESPONSE.pack(status, result),
): void {
  const before = bytes.slice();
  sameValue(
    () => describe(bytes),
    expected,
    `The response ${hexDigits(before.subarray(0, 4))} │ ${hexDigits(before.subarray(4))} (status ${status}, result ${result}):`,
    mistakes(status, result),
  );
  sameValue(() => bytes, before, "The response, after it was described:", [
    [
      bytes,
      "Your function has changed the bytes that it was given. They belong to its caller: only read them.",
    ],
  ]);
}

export default exercise<typeof Ours>({
  exports: ["describeResponse"],
  hints: [
    { for: /./, text: "Look at the status first: the result means something only when the status is ok." },
    {
      for: /./,
      text: '`const [status, result] = unpack("<id", response);` gives both numbers. `STATUS` has a name for each status.',
    },
    {
      for: /says why|believes|does not know/,
      text: "A `switch (status)` reads well here: one `case` for each of `STATUS`, and a `default` for a status that you do not know.",
    },
    {
      for: /gives the result|does not know/,
      text: '`case STATUS.OK: return String(result);` comes first. In the `default:`, append the number of the status to the words "unknown status".',
    },
  ],
  checks: {
    "gives the result when the status is ok": ({ describeResponse }) => {
      check(describeResponse, 0, 2.1, "2.1");
      check(describeResponse, 0, 5, "5");
      check(describeResponse, 0, 3.5, "3.5");
      check(describeResponse, 0, 1 / 3, "0.3333333333333333");
      check(describeResponse, 0, 0, "0");
      check(describeResponse, 0, -1073709056, "-1073709056");
    },
    "says why there is no result": ({ describeResponse }) => {
      check(describeResponse, 1, Number.NaN, "unknown command");
      check(describeResponse, 2, Number.NaN, "division by zero");
      check(describeResponse, 3, Number.NaN, "malformed request");
    },
    "believes the status, not the result": ({ describeResponse }) => {
      check(describeResponse, 2, 0, "division by zero");
      check(describeResponse, 1, 42, "unknown command");
      check(describeResponse, 0, Number.NaN, "NaN");
    },
    "names a status that it does not know": ({ describeResponse }) => {
      check(describeResponse, 7, Number.NaN, "unknown status 7");
      check(describeResponse, -1, 0, "unknown status -1");
      check(describeResponse, 257, 0, "unknown status 257");
      check(describeResponse, 256, 5, "unknown status 256");
      check(describeResponse, 65543, Number.NaN, "unknown status 65543");
      check(describeResponse, 2 ** 24 + 2, Number.NaN, "unknown status 16777218");
    },
    "reads bytes that are a part of a larger array": ({ describeResponse }) => {
      const room = new Uint8Array([...pack("<id", 2, 9), ...pack("<id", 0, 1.5)]);
      sameValue(
        () => describeResponse(room.subarray(12)),
        "1.5",
        "A response that follows another one in the same memory:",
        [
          [
            "division by zero",
            "Those are the first bytes of its memory, not its own: `new DataView(bytes.buffer)` begins at the start of the memory. Add `bytes.byteOffset`, or use `unpack`.",
          ],
          [
            "9",
            "Those are the first bytes of its memory, not its own: add `bytes.byteOffset`, or use `unpack`.",
          ],
        ],
      );
    },
  },
});

import type * as Ours from "#lessons/1_simple_math_server/exercises/solutions/2_unpack_a_response.ts";
import { RESPONSE } from "#lessons/1_simple_math_server/protocol.ts";
import { pack, unpack } from "#src/struct.ts";
import { exercise, type Mistakes, sameValue } from "../check.ts";
import { hex } from "../draw.ts";

const WORDS = ["", "unknown command", "division by zero", "malformed request"];

/** What typical mistakes make of a response. */
function mistakes(status: number, result: number): Mistakes {
  const bytes = RESPONSE.pack(status, result);
  const float = unpack("<f", bytes.subarray(4, 8))[0];
  const swapped = unpack(">d", bytes.subarray(4))[0];
  const found: [unknown, string][] = [];
  if (status === 0) {
    found.push(
      [result, "It is the number itself. A text was asked for: `String(result)`."],
      [`${Math.trunc(result)}`, "The fraction is gone: a double may have one."],
      [`${Math.round(result)}`, "It was rounded: a double may have a fraction."],
      [result.toFixed(1), "It always has one digit after the point. `String(result)` writes what is there."],
      [result.toFixed(2), "It always has two digits after the point. `String(result)` writes what is there."],
      [`${status}`, "That is the status. The result is the second number."],
      [`${float}`, "Only four bytes of the result were read, as a float. A double has eight: `<id`."],
      [`${swapped}`, "The result was read with its highest byte first: the format begins with `<`."],
      [`ok, ${result}`, "That is what `--bytes` prints. Here only the result is asked for."],
      ["ok", "The status is ok, and then the result is what a person wants to see."],
    );
  } else {
    const word = WORDS[status];
    found.push(
      [
        `${result}`,
        `The status is ${status}, so there is no result, whatever is in its place: only the status decides.`,
      ],
      [
        result,
        `The status is ${status}, so there is no result, whatever is in its place: only the status decides.`,
      ],
      [`unknown status ${result}`, "That is the result. The status is the first number."],
      ["unknown status", "The number of the status belongs to it."],
      ["unknown status: 7", "There is no colon in it."],
      ["malformed", 'That is the lesson\'s word for it. Here it is "malformed request", as in the drawing.'],
    );
    for (const [other, words] of WORDS.entries()) {
      if (words && words !== word)
        found.push([words, `"${words}" is status ${other}, and this is ${status}.`]);
    }
    if (status < 0)
      found.push([
        `unknown status ${status >>> 0}`,
        "The status was read without its sign: an int has one, `i`, not `I`.",
      ]);
  }
  return found;
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
    `The response ${hex(before.subarray(0, 4))} │ ${hex(before.subarray(4))} (status ${status}, result ${result}):`,
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
    "First the status, then the result: only when the status is ok does the result mean anything.",
    '`const [status, result] = unpack("<id", response);` gives both numbers. `STATUS` has a name for each status.',
    "A `switch (status)` reads well here: a `case` for each of `STATUS`, and a `default` for those that you do not know.",
    '`case STATUS.OK: return String(result);` is the first; in the `default:`, the number of the status stands behind the words "unknown status".',
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
    },
    "reads bytes that are a part of a larger array": ({ describeResponse }) => {
      const room = new Uint8Array([...pack("<id", 2, 9), ...pack("<id", 0, 1.5)]);
      sameValue(
        () => describeResponse(room.subarray(12)),
        "1.5",
        "A response that lies behind another one in the same memory:",
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

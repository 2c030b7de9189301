import type * as Ours from "#lessons/0_simple_test_packets/exercises/solutions/2_check_an_answer.ts";
import { TEST_PACKET } from "#lessons/0_simple_test_packets/protocol.ts";
import { hexDigits } from "#src/printable.ts";
import { type Check, exercise, type Mistakes, sameValue } from "../assertions.ts";

type CheckAnswer = typeof Ours.checkAnswer;

/** An answer, what was sent before it, and what it means. */
interface Case {
  readonly sent: readonly [id: number, sequence: number];
  readonly answer: Uint8Array;
  readonly verdict: Ours.Verdict;
  /** What is true of a wrong verdict here, whatever the mistake behind it is. */
  readonly facts?: Mistakes;
}

const of = (
  sent: Case["sent"],
  answer: Uint8Array | readonly [id: number, sequence: number],
  verdict: Ours.Verdict,
  facts: Mistakes = [],
): Case => ({
  sent,
  answer: answer instanceof Uint8Array ? answer : TEST_PACKET.pack(...answer),
  verdict,
  facts,
});

/** The same sentence for each of these verdicts. */
const each = (verdicts: readonly Ours.Verdict[], sentence: string): Mistakes =>
  verdicts.map((verdict) => [verdict, sentence] as const);

const SEQUENCE: Mistakes = [
  ["alive", "The two sequences differ, but that changed nothing: compare the one that came with `sequence`."],
  ["wrong", "It is this client's, and a whole packet: only its sequence differs."],
];
const ID = "Its id is another client's, so it is wrong whatever its sequence is: compare the ids first.";
const LENGTH = (count: number) =>
  `It has ${count} bytes and a packet has 8: look at the length before anything else.`;

const WHOLE = TEST_PACKET.pack(3, 300);
const ROOM = Uint8Array.of(...TEST_PACKET.pack(9, 9), ...WHOLE);

const CASES: Readonly<Record<string, readonly Case[]>> = {
  "recognises a client that is alive": [
    of([3, 300], [3, 300], "alive"),
    of([70_000, 1], [70_000, 1], "alive", [
      ["wrong", "Only the id differs from before: the id that was sent is the parameter `id`."],
    ]),
  ],
  "tells a late answer from an early one": [
    of([3, 300], [3, 299], "late", SEQUENCE),
    of([3, 300], [3, 1], "late", [
      ["wrong", "Every older test is late, not only the one just before."],
      ...SEQUENCE,
    ]),
    of([3, 300], [3, 301], "early", SEQUENCE),
    of([3, 300], [3, 900], "early", [
      ["wrong", "Every later test is early, not only the very next one."],
      ...SEQUENCE,
    ]),
    of([5, 512], [5, 299], "late", SEQUENCE),
    of([5, 3], [5, 259], "early", SEQUENCE),
    of([5, 70_000], [5, 4465], "late", SEQUENCE),
  ],
  "recognises another client's answer, whatever its sequence": [
    of([3, 300], [2, 300], "wrong", [
      ["alive", "Its sequence is right, but its id is another client's: compare the ids too."],
      ...each(["late", "early"], ID),
    ]),
    of([3, 300], [4, 299], "wrong", each(["alive", "late", "early"], ID)),
    of([3, 300], [2, 301], "wrong", each(["alive", "late", "early"], ID)),
    of([3, 300], [259, 300], "wrong", each(["alive", "late", "early"], ID)),
    of([3, 300], [65_539, 300], "wrong", each(["alive", "late", "early"], ID)),
  ],
  "does not throw when more or fewer than eight bytes came back": [
    ...[0, 4, 7].map((size) =>
      of([3, 300], WHOLE.slice(0, size), "wrong", each(["alive", "late", "early"], LENGTH(size))),
    ),
    of([3, 300], Uint8Array.of(...WHOLE, 0), "wrong", [
      ["alive", `${LENGTH(9)} Nine is one too many.`],
      ...each(["late", "early"], LENGTH(9)),
    ]),
  ],
  "reads bytes that are a part of a larger array": [
    of([3, 300], ROOM.subarray(8), "alive", [
      [
        "wrong",
        "It follows other bytes in the same memory, and `new DataView(answer.buffer)` begins where the memory does. Add `answer.byteOffset`, or use `unpack`.",
      ],
    ]),
  ],
};

/** The verdict on two numbers. */
function verdictOn(id: number, sequence: number, sentId: number, sentSequence: number): Ours.Verdict {
  if (id !== sentId) return "wrong";
  return sequence < sentSequence ? "late" : sequence > sentSequence ? "early" : "alive";
}

/** Ways of answering wrongly: whoever agrees with one in all cases has made that mistake. */
const HABITS: readonly (readonly [
  (answer: Buffer, id: number, sequence: number) => Ours.Verdict,
  sentence: string,
])[] = [
  [
    (answer, id, sequence) => verdictOn(answer.readUInt8(0), answer.readUInt8(4), id, sequence),
    "Only the lowest byte of each number was read: 300 is 2C 01 00 00, and 2C alone is 44. `unpack` reads all four.",
  ],
  [
    (answer, id, sequence) => verdictOn(answer.readUInt8(0), answer.readUInt8(4), id & 0xff, sequence & 0xff),
    "Only the lowest byte of each number was compared: 259 is 03 01 00 00, and 3 is 03 00 00 00.",
  ],
  [
    (answer, id, sequence) => verdictOn(answer.readUInt8(0), answer.readInt32LE(4), id & 0xff, sequence),
    "Only the lowest byte of the id was compared: 259 is 03 01 00 00, and 3 is 03 00 00 00.",
  ],
  [
    (answer, id, sequence) => verdictOn(answer.readInt32LE(0), answer.readUInt8(4), id, sequence & 0xff),
    "Only the lowest byte of the sequence was compared: 259 is 03 01 00 00, and 3 is 03 00 00 00.",
  ],
  [
    (answer, id, sequence) => verdictOn(answer.readUInt16LE(0), answer.readUInt16LE(4), id, sequence),
    "Only two bytes of each number were read: an int has four.",
  ],
  [
    (answer, id, sequence) => verdictOn(answer.readInt32BE(0), answer.readInt32BE(4), id, sequence),
    "The numbers were read with their highest byte first. The lowest comes first: `unpack`, or `true` for the DataView.",
  ],
  [
    (answer, id, sequence) => verdictOn(answer.readInt32LE(0), sequence, id, answer.readInt32LE(4)),
    "Late and early are the wrong way round: a smaller sequence than the one sent is an older test.",
  ],
  ...(["late", "early", "wrong"] as const).map((verdict): (typeof HABITS)[number] => [
    (answer, id, sequence) => {
      const right = verdictOn(answer.readInt32LE(0), answer.readInt32LE(4), id, sequence);
      return right === "alive" ? verdict : right;
    },
    `The bytes that were sent came back, but your verdict is "${verdict}". Compare with \`<\` and \`>\`, not \`<=\` and \`>=\`. And two arrays are never \`===\`, whatever is in them.`,
  ]),
  [
    (answer, id, sequence) => {
      const [own, other] = [`${answer.readInt32LE(4)}`, `${sequence}`];
      if (answer.readInt32LE(0) !== id) return "wrong";
      return own < other ? "late" : own > other ? "early" : "alive";
    },
    'Strings were compared, and as strings, "259" comes before "3". Compare the numbers.',
  ],
  [
    (answer, id, sequence) => {
      const sent = Buffer.from(TEST_PACKET.pack(id, sequence));
      const order = Buffer.compare(answer.subarray(4), sent.subarray(4));
      return verdictOn(answer.readInt32LE(0), order, id, 0);
    },
    "The sequences were compared byte by byte, and the lowest byte, which comes first, matters least. Compare the numbers.",
  ],
];

type Result = { readonly value: unknown; readonly after: Uint8Array } | { readonly error: unknown };

/** What the learner's function says in each case; each is tried once, when it is needed first. */
const results = new Map<Case, Result>();

function resultOf(checkAnswer: CheckAnswer, one: Case): Result {
  const found = results.get(one);
  if (found) return found;
  const answer = one.answer.byteOffset === 0 ? one.answer.slice() : one.answer;
  let result: Result;
  try {
    result = { value: checkAnswer(answer, ...one.sent), after: answer };
  } catch (error) {
    result = { error };
  }
  results.set(one, result);
  return result;
}

/** The mistake that explains all that the learner's function says. */
function habitOf(checkAnswer: CheckAnswer): string | undefined {
  const whole = Object.values(CASES)
    .flat()
    .filter(({ answer }) => answer.length === TEST_PACKET.size);
  const said = whole.map((one) => resultOf(checkAnswer, one));
  const agrees = (verdict: (typeof HABITS)[number][0]) =>
    whole.every(({ answer, sent }, index) => {
      const result = said[index];
      return result && "value" in result && result.value === verdict(Buffer.from(answer), ...sent);
    });
  return HABITS.find(([verdict]) => agrees(verdict))?.[1];
}

function check(checkAnswer: CheckAnswer, one: Case): void {
  const { answer, sent, verdict, facts = [] } = one;
  const before = hexDigits(answer);
  const result = resultOf(checkAnswer, one);
  const call = () => {
    if ("error" in result) throw result.error;
    return result.value;
  };
  sameValue(
    call,
    verdict,
    `Test ${sent[1]} of client ${sent[0]} (${hexDigits(TEST_PACKET.pack(...sent))}) got the answer ${before || "of no bytes"}:`,
    () => {
      const came = call();
      const habit = answer.length === TEST_PACKET.size ? habitOf(checkAnswer) : undefined;
      if (habit) return [[came, habit]];
      const isOdd = came !== undefined && typeof came !== "string" && !(came instanceof Promise);
      return isOdd ? [[came, 'A verdict is one of four words: "alive", "late", "early" or "wrong".']] : facts;
    },
  );
  const after = "after" in result ? result.after : answer;
  sameValue(() => after, answer, "The answer, after it was checked:", [
    [
      after,
      "Your function has changed the bytes that it was given. They belong to its caller: only read them.",
    ],
  ]);
}

export default exercise<typeof Ours>({
  exports: ["checkAnswer"],
  hints: [
    {
      for: /./,
      text: "Ask three questions, one after another: is it a packet at all? Is it from this client? Is it for this test?",
    },
    {
      for: /more or fewer|part of a larger/,
      text: "`TEST_PACKET.unpack(bytes)` gives the two numbers. It throws unless there are exactly `TEST_PACKET.size` bytes, so look at the length first.",
    },
    {
      for: /alive|more or fewer|part of a larger/,
      text: 'Begin with `if (answer.length !== TEST_PACKET.size) return "wrong";`, then `const [answeredId, answeredSequence] = TEST_PACKET.unpack(answer);`',
    },
    {
      for: /alive|late answer|another client/,
      text: 'Then write one `if` each: another id is "wrong", a smaller sequence is "late", a larger one is "early". Anything else is "alive".',
    },
  ],
  checks: Object.fromEntries(
    Object.entries(CASES).map(([title, cases]): [string, Check<typeof Ours>] => [
      title,
      ({ checkAnswer }) => {
        for (const one of cases) check(checkAnswer, one);
      },
    ]),
  ),
});

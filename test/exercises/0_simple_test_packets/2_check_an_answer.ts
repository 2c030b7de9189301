import type * as Ours from "#lessons/0_simple_test_packets/exercises/solutions/2_check_an_answer.ts";
import { TEST_PACKET } from "#lessons/0_simple_test_packets/protocol.ts";
import { exercise, type Mistakes, sameValue } from "../check.ts";
import { hex } from "../draw.ts";

type CheckAnswer = typeof Ours.checkAnswer;

function check(
  checkAnswer: CheckAnswer,
  [id, sequence]: readonly [number, number],
  answer: Uint8Array,
  verdict: Ours.Verdict,
  mistakes: Mistakes,
): void {
  const before = answer.slice();
  sameValue(
    () => checkAnswer(answer, id, sequence),
    verdict,
    `To test ${sequence} of client ${id} (${hex(TEST_PACKET.pack(id, sequence))}) came the answer ${hex(before) || "of no bytes"}:`,
    mistakes,
  );
  sameValue(() => answer, before, "The answer, after it was checked:", [
    [
      answer,
      "Your function has changed the bytes that it was given. They belong to its caller: only read them.",
    ],
  ]);
}

const SWAPPED: Mistakes = [
  ["early", "Late and early are the wrong way round: a smaller sequence than the one sent is an older test."],
  [
    "late",
    "Late and early are the wrong way round: a larger sequence than the one sent is a test still to come.",
  ],
];

const ORDER = "Its id is another client's, so it is wrong whatever its sequence is: compare the ids first.";
const LENGTH = (count: number) =>
  `It has ${count} bytes and a packet has 8: look at the length before anything else.`;

export default exercise<typeof Ours>({
  exports: ["checkAnswer"],
  hints: [
    "Three questions, one after another: is it a packet at all? Is it this client's? Is it this test's?",
    "`TEST_PACKET.unpack(bytes)` gives the two numbers, and throws unless there are exactly `TEST_PACKET.size` bytes. So look at the length first.",
    'Begin with `if (answer.length !== TEST_PACKET.size) return "wrong";`, then `const [answeredId, answeredSequence] = TEST_PACKET.unpack(answer);`',
    'Then an `if` each: another id is "wrong", a smaller sequence is "late", a larger one is "early". What is left is "alive".',
  ],
  checks: {
    "recognises a client that is alive": ({ checkAnswer }) => {
      check(checkAnswer, [3, 300], TEST_PACKET.pack(3, 300), "alive", SWAPPED);
      check(checkAnswer, [70_000, 1], TEST_PACKET.pack(70_000, 1), "alive", [
        ["wrong", "Only this id is another than before: the id that was sent is the parameter `id`."],
      ]);
    },
    "tells a late answer from an early one": ({ checkAnswer }) => {
      const alive: Mistakes = [
        [
          "alive",
          "The two sequences differ, but that changed nothing: compare the one that came with `sequence`.",
        ],
        ["wrong", "It is this client's, and a whole packet: only its sequence is another one."],
        ...SWAPPED,
      ];
      check(checkAnswer, [3, 300], TEST_PACKET.pack(3, 299), "late", alive);
      check(checkAnswer, [3, 300], TEST_PACKET.pack(3, 1), "late", [
        ["early", "Was the text or only the lowest byte compared? As numbers, 1 is smaller than 300."],
        ["wrong", "Not only the test just before is late, but every older one."],
        ...alive,
      ]);
      check(checkAnswer, [3, 300], TEST_PACKET.pack(3, 301), "early", alive);
      check(checkAnswer, [3, 300], TEST_PACKET.pack(3, 900), "early", [
        ["wrong", "Not only the very next test is early, but every later one."],
        ...alive,
      ]);
      const lowByte =
        "Only the lowest byte of the sequence was compared: 300 is 2C 01, and 1 × 256 + 43 is not later than 2 × 256.";
      check(checkAnswer, [5, 512], TEST_PACKET.pack(5, 299), "late", [
        ["early", lowByte],
        ["alive", lowByte],
      ]);
      check(checkAnswer, [5, 3], TEST_PACKET.pack(5, 259), "early", [
        [
          "alive",
          lowByte.replace(
            "300 is 2C 01, and 1 × 256 + 43 is not later than 2 × 256",
            "259 is 03 01, and 3 is 03 00",
          ),
        ],
      ]);
    },
    "recognises another client's answer, whatever its sequence": ({ checkAnswer }) => {
      const order: Mistakes = (["late", "early", "alive"] as const).map(
        (verdict) => [verdict, ORDER] as const,
      );
      check(checkAnswer, [3, 300], TEST_PACKET.pack(2, 300), "wrong", [
        ["alive", "Its sequence is right, but its id is another client's: compare the ids too."],
        ...order,
      ]);
      check(checkAnswer, [3, 300], TEST_PACKET.pack(4, 299), "wrong", order);
      check(checkAnswer, [3, 300], TEST_PACKET.pack(2, 301), "wrong", order);
      check(checkAnswer, [3, 300], TEST_PACKET.pack(259, 300), "wrong", [
        ["alive", "Only the lowest byte of the id was compared: 259 is 03 01 00 00, and 3 is 03 00 00 00."],
        ...order,
      ]);
    },
    "does not throw when more or fewer than eight bytes came back": ({ checkAnswer }) => {
      const whole = TEST_PACKET.pack(3, 300);
      for (const size of [0, 4, 7]) {
        const verdicts = (["alive", "late", "early"] as const).map(
          (verdict) => [verdict, LENGTH(size)] as const,
        );
        check(checkAnswer, [3, 300], whole.slice(0, size), "wrong", verdicts);
      }
      check(checkAnswer, [3, 300], Uint8Array.of(...whole, 0), "wrong", [
        ["alive", `${LENGTH(9)} Nine is one too many.`],
        ["early", LENGTH(9)],
        ["late", LENGTH(9)],
      ]);
    },
  },
});

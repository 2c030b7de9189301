import type { WrongAnswer } from "../wrong.ts";

const LENGTH = 'if (answer.length !== TEST_PACKET.size) return "wrong";';
const ID = 'if (answeredId !== id) return "wrong";';
const LATE = 'if (answeredSequence < sequence) return "late";';
const EARLY = 'if (answeredSequence > sequence) return "early";';

export default [
  { name: "the length not looked at", edits: [[LENGTH, ""]], says: /threw: StructError/ },
  {
    name: "only too short refused",
    edits: [[LENGTH, 'if (answer.length < TEST_PACKET.size) return "wrong";']],
    says: /StructError.*not of 9/,
  },
  {
    name: "a longer one is cut",
    edits: [
      [LENGTH, 'if (answer.length < 8) return "wrong";'],
      ["unpack(answer)", "unpackFrom(answer)"],
    ],
    says: /Nine is one too many/,
  },
  { name: "the id not looked at", edits: [[ID, ""]], says: /compare the ids/ },
  {
    name: "the id last",
    edits: [
      [ID, ""],
      [EARLY, `${EARLY}\n  ${ID}`],
    ],
    says: /compare the ids first/,
  },
  {
    name: "late and early swapped",
    edits: [
      [LATE, 'if (answeredSequence > sequence) return "late";'],
      [EARLY, 'if (answeredSequence < sequence) return "early";'],
    ],
    says: /wrong way round/,
  },
  {
    name: "only the test before is late",
    edits: [
      [
        LATE,
        `if (answeredSequence === sequence - 1) return "late";\n  if (answeredSequence < sequence) return "wrong";`,
      ],
    ],
    says: /Every older test/,
  },
  {
    name: "only the next test is early",
    edits: [
      [
        EARLY,
        `if (answeredSequence === sequence + 1) return "early";\n  if (answeredSequence > sequence) return "wrong";`,
      ],
    ],
    says: /Every later test/,
  },
  {
    name: "every other sequence is wrong",
    edits: [[LATE, 'if (answeredSequence !== sequence) return "wrong";']],
    says: /only its sequence differs/,
  },
  {
    name: "only low bytes compared",
    edits: [
      [
        "const [answeredId, answeredSequence] = TEST_PACKET.unpack(answer);",
        "const [answeredId = 0, , , , answeredSequence = 0] = answer;",
      ],
      [ID, 'if (answeredId !== (id & 0xff)) return "wrong";'],
      [LATE, 'if (answeredSequence < (sequence & 0xff)) return "late";'],
      [EARLY, 'if (answeredSequence > (sequence & 0xff)) return "early";'],
    ],
    says: /lowest byte/,
  },
  {
    name: "only low bytes read",
    edits: [
      [
        "const [answeredId, answeredSequence] = TEST_PACKET.unpack(answer);",
        "const [answeredId = 0, , , , answeredSequence = 0] = answer;",
      ],
    ],
    says: /Only the lowest byte of each number was read/,
  },
  {
    name: "the highest byte first",
    edits: [
      [
        "TEST_PACKET.unpack(answer);",
        "[0, 4].map((at) => new DataView(answer.buffer, answer.byteOffset).getInt32(at)) as [number, number];",
      ],
    ],
    says: /with their highest byte first/,
  },
  {
    name: "the memory for the bytes",
    edits: [
      [
        "TEST_PACKET.unpack(answer);",
        "[0, 4].map((at) => new DataView(answer.buffer).getInt32(at, true)) as [number, number];",
      ],
    ],
    says: /Add `answer\.byteOffset`/,
  },
  { name: "<= for <", edits: [[LATE, LATE.replace("<", "<=")]], says: /not `<=` and `>=`/ },
  {
    name: "texts compared",
    edits: [
      [LATE, 'if (`${answeredSequence}` < `${sequence}`) return "late";'],
      [EARLY, 'if (`${answeredSequence}` > `${sequence}`) return "early";'],
    ],
    says: /Strings were compared/,
  },
  {
    name: "throws instead of returning",
    edits: [[ID, 'if (answeredId !== id) throw new Error("wrong");']],
    says: /threw "wrong"\. It should return it/,
  },
  {
    name: "the last return forgotten",
    edits: [['return "alive";', "return undefined as unknown as Verdict;"]],
    says: /`return` missing/,
  },
  {
    name: "capitals",
    edits: [['return "alive";', 'return "Alive" as Verdict;']],
    says: /upper and lower case/,
  },
  { name: "changes the answer", edits: [[ID, `answer.reverse();\n  ${ID}`]], says: /changed the bytes/ },
  {
    name: "only the drawing's numbers",
    edits: [[ID, 'if (answeredId !== 3) return "wrong";']],
    says: /is the parameter `id`/,
  },
  {
    name: "async",
    edits: [
      [
        "export function checkAnswer(answer: Uint8Array, id: number, sequence: number): Verdict {",
        "export async function checkAnswer(answer: Uint8Array, id: number, sequence: number): Promise<Verdict> {",
      ],
    ],
    says: /is a promise/,
  },
] satisfies WrongAnswer[];

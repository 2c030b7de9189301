import type { WrongAnswer } from "../wrong.ts";

const WRITE = "socket.write(chunk);";
const END = "socket.end();";
const RESOLVE = "resolve(sequence);";

export default [
  {
    name: "does not answer",
    edits: [[WRITE, ""]],
    says: /before the answer to test 1 arrived|did not arrive/,
  },
  {
    name: "the promise is never resolved",
    edits: [[RESOLVE, "void sequence;"]],
    says: /is still waiting, although the test was answered.*Resolve its promise/s,
  },
  {
    name: "resolves with the id",
    edits: [["const [, sequence]", "const [sequence]"]],
    says: /That is the id/,
  },
  {
    name: "resolves with the bytes",
    edits: [[RESOLVE, "resolve(chunk as unknown as number);"]],
    says: /Those are the bytes/,
  },
  {
    name: "resolves with both",
    edits: [[RESOLVE, "resolve(TEST_PACKET.unpack(chunk) as unknown as number);"]],
    says: /both numbers/,
  },
  {
    name: "resolves with nothing",
    edits: [[RESOLVE, "resolve(undefined as unknown as number);"]],
    says: /resolved with nothing/,
  },
  {
    name: "only the low byte of the sequence",
    edits: [[RESOLVE, "resolve(sequence & 0xff);"]],
    says: /only the lowest byte/,
  },
  { name: "does not end", edits: [[END, ""]], says: /stays open.*socket\.end/s },
  {
    name: "no listener of error",
    edits: [['    socket.on("error", reject);\n', ""]],
    says: /"error" that has no listener/,
  },
  {
    name: "swallows the error",
    edits: [['socket.on("error", reject);', 'socket.on("error", () => {});']],
    says: /no server listens on that port.*(must be rejected|Reject its promise)/s,
  },
  {
    name: "no listener of end",
    edits: [['    socket.on("end", () => reject(new Error("the server has ended without a test")));\n', ""]],
    says: /ended without a test.*(must be rejected|Reject its promise)/s,
  },
  {
    name: "resolves at the end",
    edits: [['reject(new Error("the server has ended without a test"))', "resolve(0)"]],
    says: /(must be rejected|Reject its promise)/,
  },
  {
    name: "rejects with a text",
    edits: [['reject(new Error("the server has ended without a test"))', 'reject("ended")']],
    says: /Reject with an Error/,
  },
  {
    name: "counts the sequence up",
    edits: [[WRITE, "socket.write(TEST_PACKET.pack(TEST_PACKET.unpack(chunk)[0], sequence + 1));"]],
    says: /counted up/,
  },
  {
    name: "always answers as client 1",
    edits: [[WRITE, "socket.write(TEST_PACKET.pack(1, sequence));"]],
    says: /The id is always 1/,
  },
  {
    name: "always the same answer",
    edits: [[WRITE, "socket.write(TEST_PACKET.pack(3, 1));"]],
    says: /the answer to the previous test/,
  },
  {
    name: "the bytes as text",
    edits: [[WRITE, "socket.write(`${chunk}`);"]],
    says: /turned into text and back/,
  },
  {
    name: "ends before it writes",
    edits: [
      [END, ""],
      [WRITE, `${END}\n      ${WRITE}`],
    ],
    says: /First `socket\.write/,
  },
  { name: "answers twice", edits: [[WRITE, `${WRITE}\n      ${WRITE}`]], says: /sent something more/ },
  {
    name: "speaks first",
    edits: [
      [
        'connect(port, "127.0.0.1");',
        'connect(port, "127.0.0.1");\n    socket.write(TEST_PACKET.pack(1, 1));',
      ],
    ],
    says: /The server begins/,
  },
  {
    name: "does not wait for the test",
    edits: [['    socket.on("error", reject);', '    socket.on("error", reject);\n    resolve(1);']],
    says: /returned 1 before the server had sent its test/,
  },
  {
    name: "connects twice",
    edits: [
      [
        '    socket.on("error", reject);',
        '    socket.on("error", reject);\n    connect(port, "127.0.0.1").on("error", reject);',
      ],
    ],
    says: /connected twice/,
  },
  {
    name: "answers in the opposite order",
    edits: [
      [
        WRITE,
        "socket.write(Buffer.from([...chunk.subarray(0, 4).toReversed(), ...chunk.subarray(4).toReversed()]));",
      ],
    ],
    says: /opposite order/,
  },
  {
    name: "another port",
    edits: [['connect(port, "127.0.0.1")', 'connect(1, "127.0.0.1")']],
    says: /ECONNREFUSED.*port/s,
  },
  {
    name: "returns nothing",
    edits: [
      ["return new Promise((resolve, reject)", "new Promise<number>((resolve, reject)"],
      ["  });\n}", "  });\n  return undefined as unknown as Promise<number>;\n}"],
    ],
    says: /returns nothing/,
  },
] satisfies WrongAnswer[];

import type { WrongAnswer } from "../wrong.ts";

const UNPACK = 'const [status, result] = unpack("<id", response);';
const OK = "return `$" + "{result}`;";
const SWITCH = "switch (status) {";
const UNKNOWN = "return `unknown status $" + "{status}`;";

export default [
  {
    name: "the number, not its text",
    edits: [[OK, "return result as unknown as string;"]],
    says: /A text was asked for/,
  },
  { name: "an integer", edits: [[OK, "return String(Math.trunc(result));"]], says: /The fraction is gone/ },
  { name: "rounded", edits: [[OK, "return String(Math.round(result));"]], says: /rounded|fraction is gone/ },
  { name: "one digit", edits: [[OK, "return result.toFixed(1);"]], says: /one digit after the point/ },
  { name: "two digits", edits: [[OK, "return result.toFixed(2);"]], says: /two digits after the point/ },
  {
    name: "the result believed",
    edits: [[SWITCH, `if (!Number.isNaN(result)) return String(result);\n  ${SWITCH}`]],
    says: /only the status decides/,
  },
  { name: "the status for the result", edits: [[OK, "return String(status);"]], says: /That is the status/ },
  {
    name: "a float",
    edits: [
      [
        UNPACK,
        'const [status] = unpack("<i", response.subarray(0, 4));\n  const [result] = unpack("<f", response.subarray(4, 8));',
      ],
    ],
    says: /as a float/,
  },
  {
    name: "big-endian",
    edits: [[UNPACK, 'const [status, result] = unpack(">id", response);']],
    says: /highest byte first/,
  },
  {
    name: "unsigned",
    edits: [[UNPACK, 'const [status, result] = unpack("<Id", response);']],
    says: /without its sign/,
  },
  {
    name: "the low byte of the status",
    edits: [[UNPACK, 'const [, result] = unpack("<id", response);\n  const status = response[0];']],
    says: /status/,
  },
  {
    name: "words swapped",
    edits: [
      ['return "unknown command";', 'return "division by zero";'],
      [
        'case STATUS.DIVISION_BY_ZERO:\n      return "division by zero";',
        'case STATUS.DIVISION_BY_ZERO:\n      return "unknown command";',
      ],
    ],
    says: /is status 2, and this is 1/,
  },
  {
    name: "the lesson's word",
    edits: [['return "malformed request";', 'return "malformed";']],
    says: /as in the drawing/,
  },
  {
    name: "no number",
    edits: [[UNKNOWN, 'return "unknown status";']],
    says: /The number of the status belongs to it/,
  },
  { name: "a colon", edits: [["unknown status $", "unknown status: $"]], says: /no colon/ },
  {
    name: "throws",
    edits: [['return "unknown command";', 'throw new Error("unknown command");']],
    says: /It should return it/,
  },
  {
    name: "no default",
    edits: [[UNKNOWN, "return undefined as unknown as string;"]],
    says: /`return` missing/,
  },
  {
    name: "the start of the memory",
    edits: [
      [
        UNPACK,
        "const view = new DataView(response.buffer);\n  const status = view.getInt32(0, true);\n  const result = view.getFloat64(4, true);",
      ],
    ],
    says: /byteOffset/,
  },
  {
    name: "changes the bytes",
    edits: [[SWITCH, `response.fill(0);\n  ${SWITCH}`]],
    says: /changed the bytes/,
  },
] satisfies WrongAnswer[];

import type { WrongAnswer } from "../wrong.ts";

const UNPACK = 'const [status, result] = unpack("<id", response);';
const OK = "return `$" + "{result}`;";
const SWITCH = "switch (status) {";
const UNKNOWN = "return `unknown status $" + "{status}`;";

export default [
  {
    name: "the number, not its text",
    edits: [[OK, "return result as unknown as string;"]],
    says: /should return a string/,
  },
  { name: "an integer", edits: [[OK, "return String(Math.trunc(result));"]], says: /The fraction is gone/ },
  { name: "rounded", edits: [[OK, "return String(Math.round(result));"]], says: /rounded|fraction is gone/ },
  { name: "one digit", edits: [[OK, "return result.toFixed(1);"]], says: /a digit after the point though/ },
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
    says: /The number of the status belongs in it/,
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
  {
    name: "two bytes of the status",
    edits: [[UNPACK, 'const [status, , result] = unpack("<hhd", response);']],
    says: /Only the first 2 bytes of the status were read/,
  },
  {
    name: "three bytes of the status",
    edits: [
      [
        UNPACK,
        'const [, result] = unpack("<id", response);\n  const status = (Buffer.from(response).readUIntLE(0, 3) << 8) >> 8;',
      ],
    ],
    says: /Only the first 3 bytes of the status were read/,
  },
  {
    name: "the fields exchanged",
    edits: [[UNPACK, 'const [result, status] = unpack("<di", response);']],
    says: /looked for after the result/,
  },
  {
    name: "the names exchanged",
    edits: [[UNPACK, 'const [result, status] = unpack("<id", response);']],
    says: /That is the result. The status is the first number/,
  },
  {
    name: "the result from byte 0",
    edits: [
      [
        UNPACK,
        'const [status] = unpack("<i", response.subarray(0, 4));\n  const [result] = unpack("<d", response.subarray(0, 8));',
      ],
    ],
    says: /read from byte 0/,
  },
  {
    name: "an int for the result",
    edits: [[UNPACK, 'const [status, result] = unpack("<ii", response.subarray(0, 8));']],
    says: /read as an int of four bytes/,
  },
  {
    name: "eight bytes of integer",
    edits: [[UNPACK, 'const [status, result] = unpack("<iq", response);']],
    says: /read as an integer of eight bytes/,
  },
  {
    name: "too few bytes for the format",
    edits: [[UNPACK, 'const [status, result] = unpack("<if", response);']],
    says: /requires a buffer of 8 bytes for "<if", not of 12/,
  },
  {
    name: "without a status of its own",
    edits: [["case STATUS.MALFORMED:", "case 4:"]],
    says: /Status 3 has words of its own/,
  },
  {
    name: "compared with a name",
    edits: [["case STATUS.OK:", 'case "OK" as never:']],
    says: /never equals a string/,
  },
  {
    name: "0 is false",
    edits: [
      ["case STATUS.OK:\n", "case STATUS.OK:\n      if (!result) return `unknown status $" + "{status}`;\n"],
    ],
    says: /treats a result of 0 as false/,
  },
  {
    name: "a case that goes on into the next",
    edits: [["case STATUS.UNKNOWN_COMMAND:\n      return", "case STATUS.UNKNOWN_COMMAND:\n      void"]],
    says: /of status \d fall through into the next/,
  },
  {
    name: "a list that begins with 1",
    edits: [
      [
        SWITCH,
        'const words = ["unknown command", "division by zero", "malformed request"];\n  if (words[status] && status > 0) return words[status];\n  ' +
          SWITCH,
      ],
    ],
    says: /did you count a list from 0/,
  },
  {
    name: "Python's way",
    edits: [[OK, "return Number.isInteger(result) ? `$" + "{result}.0` : `$" + "{result}`;"]],
    says: /though there is no fraction/,
  },
  {
    name: "six digits",
    edits: [[OK, "return String(Number(result.toPrecision(6)));"]],
    says: /Digits are missing/,
  },
  {
    name: "through a float",
    edits: [[OK, "return String(Math.fround(result));"]],
    says: /It went through a float/,
  },
  {
    name: "a comma",
    edits: [[OK, 'return String(result).replace(".", ",");']],
    says: /as people of one country do/,
  },
  {
    name: "JSON",
    edits: [[OK, "return JSON.stringify(result);"]],
    says: /`JSON.stringify` doesn't know NaN/,
  },
  {
    name: "NaN is no result",
    edits: [[OK, 'return Number.isNaN(result) ? "no result" : String(result);']],
    says: /the result is what is asked for, whatever it is/,
  },
  {
    name: "the words of the example",
    edits: [[OK, 'return "3.5";']],
    says: /the result of the example/,
  },
  {
    name: "words in front",
    edits: [[OK, "return `result: $" + "{result}`;"]],
    says: /the rest does not belong there/,
  },
  {
    name: "an array",
    edits: [[OK, "return [status, result] as unknown as string;"]],
    says: /It should be text/,
  },
  {
    name: "the bytes as text",
    edits: [[OK, "return new TextDecoder().decode(response);"]],
    says: /taken for text/,
  },
  {
    name: "an error of its own",
    edits: [["return `unknown status $" + "{status}`;", "throw new Error(`what is $" + "{status}?`);"]],
    says: /threw "what is 7\?". It should return "unknown status 7"/,
  },
  {
    name: "printed, not returned",
    edits: [[OK, "console.log(result);\n      return undefined as never;"]],
    says: /`return` missing/,
  },
] satisfies WrongAnswer[];

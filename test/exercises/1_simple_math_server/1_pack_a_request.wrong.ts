import type { WrongAnswer } from "../wrong.ts";

const TEXT = "const text = new TextEncoder().encode(command);";
const ROOM = "const request = new Uint8Array(HEADER_SIZE + text.length);";
const LENGTH = "view.setInt32(0, text.length, true);";
const FIRST = "view.setInt16(4, first, true);";
const SECOND = "view.setInt16(6, second, true);";
const SET = "request.set(text, HEADER_SIZE);";
const RETURN = "return request;";

export default [
  {
    name: "big-endian",
    edits: [
      [LENGTH, "view.setInt32(0, text.length);"],
      [FIRST, "view.setInt16(4, first);"],
      [SECOND, "view.setInt16(6, second);"],
    ],
    says: /All numbers have their highest byte first/,
  },
  {
    name: "values big-endian",
    edits: [
      [FIRST, "view.setInt16(4, first);"],
      [SECOND, "view.setInt16(6, second);"],
    ],
    says: /`setInt16` needs the `true` as well/,
  },
  {
    name: "length big-endian",
    edits: [[LENGTH, "view.setInt32(0, text.length);"]],
    says: /`setInt32` needs the `true` as well/,
  },
  {
    name: "letters for bytes",
    edits: [[LENGTH, "view.setInt32(0, command.length, true);"]],
    says: /Your length counts letters/,
  },
  {
    name: "room for letters",
    edits: [[ROOM, "const request = new Uint8Array(HEADER_SIZE + command.length);"]],
    says: /threw: RangeError: offset is out of bounds.*too small/s,
  },
  {
    name: "ints for shorts",
    edits: [
      [FIRST, "view.setInt32(4, first, true);"],
      [SECOND, "view.setInt32(6, second, true);"],
      [SET, ""],
      [RETURN, `${SET}\n  ${RETURN}`],
    ],
    says: /threw: RangeError|You used `setInt32` for a short|four bytes/,
  },
  {
    name: "ints for shorts, then the text",
    edits: [[SECOND, "view.setInt32(6, second, true);"]],
    says: /RangeError.*past the end|You used `setInt32` for a short|`second`/s,
  },
  {
    name: "the header counted",
    edits: [[LENGTH, "view.setInt32(0, request.length, true);"]],
    says: /The length counts the header, too/,
  },
  {
    name: "values swapped",
    edits: [
      [FIRST, "view.setInt16(4, second, true);"],
      [SECOND, "view.setInt16(6, first, true);"],
    ],
    says: /swapped/,
  },
  {
    name: "the first twice",
    edits: [[SECOND, "view.setInt16(6, first, true);"]],
    says: /`second` holds the value of `first`/,
  },
  { name: "no command", edits: [[SET, ""]], says: /was the text never copied into it/ },
  {
    name: "only the header",
    edits: [[RETURN, "return request.subarray(0, HEADER_SIZE);"]],
    says: /the command does not follow it/,
  },
  {
    name: "the view returned",
    edits: [[RETURN, "return view as unknown as Uint8Array;"]],
    says: /A DataView reads and writes memory/,
  },
  {
    name: "the buffer returned",
    edits: [[RETURN, "return request.buffer as unknown as Uint8Array;"]],
    says: /An ArrayBuffer is only the memory/,
  },
  {
    name: "charCodeAt",
    edits: [[TEXT, "const text = Uint8Array.from(command, (letter) => letter.charCodeAt(0));"]],
    says: /charCodeAt|one byte/,
  },
  { name: "UTF-16", edits: [[TEXT, 'const text = Buffer.from(command, "utf16le");']], says: /UTF-16|twice/ },
  {
    name: "only low bytes",
    edits: [
      [FIRST, "view.setUint8(4, first);"],
      [SECOND, "view.setUint8(6, second);"],
    ],
    says: /lowest byte/,
  },
  {
    name: "a short length of one byte",
    edits: [[LENGTH, "view.setUint8(0, text.length);"]],
    says: /Only the lowest byte of the length/,
  },
  {
    name: "one array for all",
    edits: [
      [ROOM, "const request = ALL.subarray(0, HEADER_SIZE + text.length);"],
      ["new DataView(request.buffer)", "new DataView(request.buffer, request.byteOffset)"],
      ["const HEADER_SIZE = 8;", "const HEADER_SIZE = 8;\nconst ALL = new Uint8Array(1000);"],
    ],
    says: /make the array inside the function/,
  },
  {
    name: "the command first",
    edits: [[SET, "request.copyWithin(text.length, 0, HEADER_SIZE);\n  request.set(text, 0);"]],
    says: /The command comes before the header/,
  },
  {
    name: "the sign lost",
    edits: [
      [FIRST, "view.setInt16(4, Math.abs(first), true);"],
      [SECOND, "view.setInt16(6, Math.abs(second), true);"],
    ],
    says: /The sign was lost/,
  },
  {
    name: "a byte for each value",
    edits: [
      ["view.setInt16(4, first, true);", "view.setInt8(4, first);"],
      ["view.setInt16(6, second, true);", "view.setInt8(5, second);"],
    ],
    says: /`second` begins at byte 5/,
  },
  {
    name: "the second value at 5",
    edits: [["setInt16(6,", "setInt16(5,"]],
    says: /`second` begins at byte 5/,
  },
  {
    name: "the second value at 8",
    edits: [
      ["HEADER_SIZE = 8", "HEADER_SIZE = 10"],
      ["setInt16(6,", "setInt16(8,"],
    ],
    says: /`second` begins at byte 8\. It should begin at byte 6/,
  },
  {
    name: "floats",
    edits: [
      ["HEADER_SIZE = 8", "HEADER_SIZE = 12"],
      ["setInt16(4,", "setFloat32(4,"],
      ["setInt16(6,", "setFloat32(8,"],
    ],
    says: /You wrote each value as a float/,
  },
  {
    name: "the length last",
    edits: [
      ["setInt32(0,", "setInt32(4,"],
      ["setInt16(4,", "setInt16(0,"],
      ["setInt16(6,", "setInt16(2,"],
    ],
    says: /first the length, then the two values/,
  },
  {
    name: "a length of two bytes, and two of 0",
    edits: [["setInt32(0,", "setInt16(0,"]],
    says: /lowest two bytes of the length came through/,
  },
  {
    name: "the sign masked",
    edits: [
      ["first, true)", "first & 0x7fff, true)"],
      ["second, true)", "second & 0x7fff, true)"],
    ],
    says: /`& 0x7fff` takes it away/,
  },
  {
    name: "a 0 behind the text",
    edits: [["encode(command)", 'encode(command + "\\0")']],
    says: /as in C/,
  },
  {
    name: "capitals",
    edits: [["encode(command)", "encode(command.toUpperCase())"]],
    says: /was turned into capitals/,
  },
  {
    name: "the text over the header",
    edits: [["request.set(text, HEADER_SIZE)", "request.set(text)"]],
    says: /copied to the beginning, over the header/,
  },
  {
    name: "the text a byte too early",
    edits: [["request.set(text, HEADER_SIZE)", "request.set(text, 7)"]],
    says: /`command` begins at byte 7/,
  },
  {
    name: "latin1",
    edits: [["new TextEncoder().encode(command)", 'Buffer.from(command, "latin1")']],
    says: /Each letter became one byte/,
  },
  {
    name: "room for twelve bytes",
    edits: [["HEADER_SIZE + text.length)", "12)"]],
    says: /the array is too small/,
  },
  {
    name: "room for the longest command",
    edits: [["HEADER_SIZE + text.length)", "HEADER_SIZE + Math.max(text.length, 64))"]],
    says: /60 bytes too many follow it/,
  },
  {
    name: "cut off at the limit",
    edits: [["encode(command)", "encode(command).subarray(0, 64)"]],
    says: /cut off after 64 bytes/,
  },
  {
    name: "the command alone",
    edits: [["return request;", "return text;"]],
    says: /Only the command is there/,
  },
  {
    name: "text instead of bytes",
    edits: [["return request;", 'return Buffer.from(request).toString("latin1") as unknown as Uint8Array;']],
    says: /bytes, not text/,
  },
  {
    name: "digits",
    edits: [
      [
        "return request;",
        "return new TextEncoder().encode(`$" + "{text.length}$" + "{first}$" + "{second}$" + "{command}`);",
      ],
    ],
    says: /the digits of the numbers/,
  },
  {
    name: "the lesson's function",
    code: 'export { packRequest } from "#lessons/1_simple_math_server/protocol.ts";\n',
    says: /imports `#lessons\/1_simple_math_server\/protocol.ts`/,
  },
  {
    name: "the lesson's Struct",
    edits: [
      ["const HEADER_SIZE = 8;", 'import { pack } from "#src/struct.ts";\n\nconst HEADER_SIZE = 8;'],
      ["view.setInt32(0, text.length, true);", 'request.set(pack("<i", text.length));'],
    ],
    says: /imports `#src\/struct.ts`/,
  },
] satisfies WrongAnswer[];

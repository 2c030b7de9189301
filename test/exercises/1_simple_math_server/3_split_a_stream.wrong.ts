import type { WrongAnswer } from "../wrong.ts";

const KEEP = "this.#unread = Buffer.concat([this.#unread, chunk]);";
const WHILE = "while (this.#unread.length >= 4) {";
const LENGTH = 'const [length] = unpackFrom("<i", this.#unread);';
const SIZE = "const size = REQUEST.size + length;";
const BREAK = "if (this.#unread.length < size) break;";
const PUSH = "requests.push(this.#unread.subarray(0, size));";
const CUT = "this.#unread = this.#unread.subarray(size);";
const RETURN = "return requests;";
const SPLITTER = "const splitter = new RequestSplitter();\n";

export default [
  { name: "the chunk itself", edits: [[RETURN, "return [chunk];"]], says: /a chunk is not a request/ },
  {
    name: "an if, not a while",
    edits: [
      [WHILE, "if (this.#unread.length >= 4) {"],
      [BREAK, "if (this.#unread.length < size) return requests;"],
    ],
    says: /`while`, not `if`/,
  },
  {
    name: "forgets what came before",
    edits: [[KEEP, "this.#unread = chunk;"]],
    says: /does what came before this chunk come back/,
  },
  {
    name: "forgets the rest",
    edits: [[CUT, "this.#unread = new Uint8Array(0);"]],
    says: /Only the first was given out|come back/,
  },
  { name: "never cuts", edits: [[CUT, "break;"]], says: /a second time|`while`, not `if`/ },
  { name: "loops on the same", edits: [[CUT, ""]], says: /memory|does not end/ },
  {
    name: "the first byte is the length",
    edits: [[LENGTH, "const length = this.#unread[0] ?? 0;"]],
    says: /its first byte alone says 44/,
  },
  { name: "the header forgotten", edits: [[SIZE, "const size = length;"]], says: /8 \+|header/ },
  {
    name: "big-endian",
    edits: [[LENGTH, 'const [length] = unpackFrom(">i", this.#unread);']],
    says: /none was given out/,
  },
  {
    name: "four bytes not awaited",
    edits: [[WHILE, "while (this.#unread.length > 0) {"]],
    says: /threw: StructError/,
  },
  {
    name: "does not wait for the whole",
    edits: [[BREAK, ""]],
    says: /not a whole request yet|a chunk is not a request/,
  },
  {
    name: "only the commands",
    edits: [[PUSH, "requests.push(this.#unread.subarray(REQUEST.size, size));"]],
    says: /Only the commands/,
  },
  {
    name: "only the headers",
    edits: [[PUSH, "requests.push(this.#unread.subarray(0, REQUEST.size));"]],
    says: /Only the headers/,
  },
  {
    name: "the wrong order",
    edits: [[PUSH, "requests.unshift(this.#unread.subarray(0, size));"]],
    says: /opposite order/,
  },
  {
    name: "nothing returned",
    edits: [[RETURN, "return undefined as unknown as Uint8Array[];"]],
    says: /returns nothing/,
  },
  {
    name: "null for none",
    edits: [[RETURN, "return requests.length > 0 ? requests : (null as unknown as Uint8Array[]);"]],
    says: /an empty one if no request is whole/,
  },
  {
    name: "static",
    edits: [
      [
        "  #unread: Uint8Array = new Uint8Array(0);",
        "  static all: Uint8Array = new Uint8Array(0);\n  get #unread(): Uint8Array {\n    return RequestSplitter.all;\n  }\n  set #unread(bytes: Uint8Array) {\n    RequestSplitter.all = bytes;\n  }",
      ],
    ],
    says: /not outside of it and not `static`/,
  },
  {
    name: "a splitter for each chunk",
    edits: [
      [`  ${SPLITTER}`, ""],
      ['socket.on("data", (chunk) => {\n', `socket.on("data", (chunk) => {\n    ${SPLITTER}`],
    ],
    says: /made anew for each chunk forgets/,
  },
  {
    name: "one splitter for all sockets",
    edits: [
      [`  ${SPLITTER}`, ""],
      ["export function onRequest", `${SPLITTER}\nexport function onRequest`],
    ],
    says: /client|splitter/i,
  },
  {
    name: "only the first of a chunk",
    edits: [
      [
        "for (const request of splitter.push(chunk)) handle(request);",
        "const [request] = splitter.push(chunk);\n    if (request) handle(request);",
      ],
    ],
    says: /loop over all of them/,
  },
  {
    name: "the array handed on",
    edits: [
      [
        "for (const request of splitter.push(chunk)) handle(request);",
        "handle(splitter.push(chunk) as unknown as Uint8Array);",
      ],
    ],
    says: /Call it once for each request/,
  },
  {
    name: "nobody listens",
    edits: [['socket.on("data"', 'socket.on("lookup"']],
    says: /It was never called/,
  },
] satisfies WrongAnswer[];

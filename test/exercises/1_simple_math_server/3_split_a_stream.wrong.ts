import type { WrongAnswer } from "../wrong.ts";

const KEEP = "this.#unread = Buffer.concat([this.#unread, chunk]);";
const WHILE = "while (this.#unread.length >= 4) {";
const LENGTH = 'const [length] = unpackFrom("<i", this.#unread);';
const SIZE = "const size = REQUEST.size + length;";
const BREAK = "if (this.#unread.length < size) break;";
const PUSH = "requests.push(this.#unread.subarray(0, size));";
const CUT = "this.#unread = this.#unread.subarray(size);";
const RETURN = "return requests;";
const LOOP = "for (const request of splitter.push(chunk)) handle(request);";
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
    says: /Do you keep the bytes that came before this chunk/,
  },
  {
    name: "forgets the rest",
    edits: [[CUT, "this.#unread = new Uint8Array(0);"]],
    says: /Only the first was given out|put them in front/,
  },
  { name: "never cuts", edits: [[CUT, "break;"]], says: /a second time|`while`, not `if`/ },
  { name: "loops on the same", edits: [[CUT, ""]], says: /memory|an endless loop/ },
  {
    name: "the first byte is the length",
    edits: [[LENGTH, "const length = this.#unread[0] ?? 0;"]],
    says: /its first byte alone says 44/,
  },
  { name: "the header forgotten", edits: [[SIZE, "const size = length;"]], says: /8 \+|header/ },
  {
    name: "big-endian",
    edits: [[LENGTH, 'const [length] = unpackFrom(">i", this.#unread);']],
    says: /highest byte first/,
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
    says: /a new splitter for each chunk knows nothing/,
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
    says: /It was not called/,
  },
  {
    name: "two bytes of the length",
    edits: [[LENGTH, 'const [length] = unpackFrom("<h", this.#unread);']],
    says: /its first two alone say 4464/,
  },
  {
    name: "one byte too many",
    edits: [[BREAK, "if (this.#unread.length <= size) break;"]],
    says: /`<`, not `<=`/,
  },
  {
    name: "half the header forgotten",
    edits: [[SIZE, "const size = 4 + length;"]],
    says: /8 \+ length bytes/,
  },
  {
    name: "one length for all",
    edits: [[SIZE, "const size = 12;"]],
    says: /each request has a length of its own/,
  },
  {
    name: "the length of the one before",
    edits: [
      ["  #unread: Uint8Array", "  #length = 0;\n  #unread: Uint8Array"],
      [LENGTH, 'this.#length ||= unpackFrom("<i", this.#unread)[0];\n      const length = this.#length;'],
    ],
    says: /each request has a length of its own/,
  },
  {
    name: "the length of the chunk",
    edits: [[LENGTH, 'const [length] = unpackFrom("<i", chunk);']],
    says: /at least 4 bytes/,
  },
  {
    name: "unpack, not unpackFrom",
    edits: [["import { unpackFrom }", "import { unpack as unpackFrom }"]],
    says: /`unpackFrom` reads from the beginning of a longer array/,
  },
  {
    name: "the chunk in front",
    edits: [[KEEP, KEEP.replace("this.#unread, chunk", "chunk, this.#unread")]],
    says: /put them in front of it/,
  },
  {
    name: "no more than two",
    edits: [[RETURN, "return requests.slice(0, 2);"]],
    says: /Only 2 of the 3 values came/,
  },
  {
    name: "all requests so far",
    edits: [
      ["  #unread: Uint8Array", "  #requests: Uint8Array[] = [];\n  #unread: Uint8Array"],
      ["const requests: Uint8Array[] = [];", "const requests = this.#requests;"],
    ],
    says: /a second time/,
  },
  {
    name: "the same array each time",
    edits: [
      ["  #unread: Uint8Array", "  #requests: Uint8Array[] = [];\n  #unread: Uint8Array"],
      ["const requests: Uint8Array[] = [];", "const requests = this.#requests;\n    requests.length = 0;"],
    ],
    says: /make a new array inside `push`/,
  },
  {
    name: "the same memory each time",
    edits: [
      ["  #unread: Uint8Array", "  #memory = new Uint8Array(100_000);\n  #unread: Uint8Array"],
      [
        KEEP,
        "const bytes = Buffer.concat([this.#unread, chunk]);\n    this.#memory.set(bytes);\n    this.#unread = this.#memory.subarray(0, bytes.length);",
      ],
    ],
    says: /overwritten later/,
  },
  {
    name: "texts",
    edits: [
      [
        PUSH,
        "requests.push(new TextDecoder().decode(this.#unread.subarray(8, size)) as unknown as Uint8Array);",
      ],
    ],
    says: /Give out a request as bytes/,
  },
  {
    name: "arrays of numbers",
    edits: [[PUSH, "requests.push([...this.#unread.subarray(0, size)] as unknown as Uint8Array);"]],
    says: /Give out a request as bytes/,
  },
  {
    name: "chunks as text",
    edits: [
      [
        KEEP,
        "this.#unread = Buffer.from(Buffer.from(this.#unread).toString() + Buffer.from(chunk).toString());",
      ],
    ],
    says: /EF BF BD replaces bytes that aren't text/,
  },
  {
    name: "setEncoding",
    edits: [
      [
        'socket.on("data", (chunk) => {\n',
        'socket.setEncoding("utf8");\n  socket.on("data", (text) => {\n    const chunk = Buffer.from(text);\n',
      ],
    ],
    says: /`onRequest` calls `setEncoding`/,
  },
  {
    name: "the first without looking",
    edits: [[LOOP, "handle(splitter.push(chunk)[0] as Uint8Array);"]],
    says: /call `handle` for each request in it, and for nothing else/,
  },
  { name: "the chunk handed on", edits: [[LOOP, "handle(chunk);"]], says: /That is not a whole request/ },
  { name: "once", edits: [['socket.on("data"', 'socket.once("data"']], says: /`once` hears one chunk only/ },
  { name: "ends the socket", edits: [[LOOP, `${LOOP}\n    socket.end();`]], says: /its socket is closed/ },
  {
    name: "destroys the socket",
    edits: [[LOOP, `${LOOP}\n    socket.destroy();`]],
    says: /its socket is closed/,
  },
  { name: "pauses", edits: [[LOOP, `${LOOP}\n    socket.pause();`]], says: /`resume\(\)`/ },
  {
    name: "only at the end",
    edits: [
      [
        'socket.on("data", (chunk) => {\n',
        'const chunks: Uint8Array[] = [];\n  socket.on("data", (chunk) => chunks.push(chunk));\n  socket.on("end", () => {\n    const chunk = Buffer.concat(chunks);\n',
      ],
    ],
    says: /It was not called.*at once/,
  },
] satisfies WrongAnswer[];

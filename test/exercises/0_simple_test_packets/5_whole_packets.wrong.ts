import type { WrongAnswer } from "../wrong.ts";

const COLLECT = "this.#unread = Buffer.concat([this.#unread, chunk]);";
const WHILE = "while (this.#unread.length < count) {";
const TAKE = "const bytes = this.#unread.subarray(0, count);";
const REST = "this.#unread = this.#unread.subarray(count);";
const END = '    socket.on("end", () => this.#stop(new Error("the other side has ended")));\n';
const ERROR = '    socket.on("error", (error) => this.#stop(error));\n';
const CLOSE = '    socket.on("close", () => this.#stop(new Error("the connection is closed")));\n';

export default [
  {
    name: "a chunk is taken for a packet",
    edits: [[WHILE, "while (this.#unread.length === 0) {"]],
    says: /returned after 3 bytes.*A chunk is not a packet/s,
  },
  {
    name: "an if, not a while",
    edits: [[WHILE, "if (this.#unread.length < count) {"]],
    says: /returned after 3 bytes.*A chunk is not a packet/s,
  },
  {
    name: "forgets what came before",
    edits: [[COLLECT, "this.#unread = chunk;"]],
    says: /is still waiting|ends after/,
  },
  {
    name: "keeps what was given out",
    edits: [[REST, ""]],
    says: /Once you have given them out, you must drop them/,
  },
  {
    name: "forgets what is left over",
    edits: [[REST, "this.#unread = new Uint8Array(0);"]],
    says: /is still waiting.*only eight were given out/s,
  },
  {
    name: "gives out everything",
    edits: [
      [TAKE, "const bytes = this.#unread;"],
      [REST, "this.#unread = new Uint8Array(0);"],
    ],
    says: /You gave out more than `read` was asked for/,
  },
  {
    name: "always eight bytes",
    edits: [
      [TAKE, "const bytes = this.#unread.subarray(0, 8);"],
      [REST, "this.#unread = this.#unread.subarray(8);"],
    ],
    says: /[Uu]se `count`/,
  },
  {
    name: "nobody wakes it",
    edits: [[`${COLLECT}\n      this.#wake();`, COLLECT]],
    says: /is still waiting/,
  },
  {
    name: "only wakes, never sees an end",
    edits: [
      [END, ""],
      [CLOSE, ""],
    ],
    says: /still waits.*"end"/s,
  },
  { name: "no listener of error", edits: [[ERROR, ""]], says: /"error" that has no listener/ },
  {
    name: "swallows the error",
    edits: [
      ["(error) => this.#stop(error)", "() => {}"],
      [CLOSE, ""],
    ],
    says: /still waits.*reset/s,
  },
  {
    name: "gives what is there at the end",
    edits: [["if (this.#end) throw this.#end;", "if (this.#end) break;"]],
    says: /(must be rejected|Reject its promise)/,
  },
  {
    name: "throws away what came before the end",
    edits: [[WHILE, `if (this.#end) throw this.#end;\n    ${WHILE}`]],
    says: /Bytes that arrived before the end still count/,
  },
  {
    name: "bytes shared by all",
    edits: [
      [
        "  #unread: Uint8Array = new Uint8Array(0);",
        "  static all: Uint8Array = new Uint8Array(0);\n  get #unread(): Uint8Array {\n    return PacketReader.all;\n  }\n  set #unread(bytes: Uint8Array) {\n    PacketReader.all = bytes;\n  }",
      ],
    ],
    says: /[Kk]eep them in a field of the class/,
  },
  {
    name: "a second read waits anew",
    edits: [
      [WHILE, "do {"],
      ["      });\n    }\n", "      });\n    } while (this.#unread.length < count);\n"],
    ],
    says: /arrived before it was called/,
  },
  { name: "no listener of close", edits: [[CLOSE, ""]], says: /this side has destroyed the socket/ },
  {
    name: "only the first read is told",
    edits: [
      [
        "if (this.#end) throw this.#end;",
        "const end = this.#end;\n      this.#end = undefined;\n      if (end) throw end;",
      ],
    ],
    says: /there will be no more events/,
  },
  {
    name: "a new chunk in front",
    edits: [[COLLECT, "this.#unread = Buffer.concat([chunk, this.#unread]);"]],
    says: /Append a new one to the bytes that wait/,
  },
  {
    name: "not enough is an error",
    edits: [["if (this.#end) throw this.#end;", 'throw this.#end ?? new Error("too few");']],
    says: /Having too few bytes so far isn't an error/,
  },
  {
    name: "writes over what was given out",
    edits: [
      [
        COLLECT,
        "this.#room.set(chunk, this.#unread.length);\n      this.#unread = this.#room.subarray(0, this.#unread.length + chunk.length);",
      ],
      [
        REST,
        "this.#room.copyWithin(0, count, this.#unread.length);\n    this.#unread = this.#room.subarray(0, this.#unread.length - count);",
      ],
      [
        "  #end: Error | undefined;",
        "  #end: Error | undefined;\n  readonly #room = new Uint8Array(65_536);",
      ],
    ],
    says: /bytes that you had already given out/,
  },
  {
    name: "collects text",
    edits: [
      [
        "  #unread: Uint8Array = new Uint8Array(0);",
        '  #text = "";\n  get #unread(): Uint8Array {\n    return Buffer.from(this.#text);\n  }',
      ],
      [COLLECT, "this.#text += chunk;"],
      [TAKE, "const bytes = Buffer.from(this.#text.slice(0, count));"],
      [REST, "this.#text = this.#text.slice(count);"],
    ],
    says: /collected the bytes as text/,
  },
  {
    name: "loops without waiting",
    edits: [["      await new Promise<void>((resolve) => {\n        this.#wake = resolve;\n      });\n", ""]],
    says: /an endless loop/,
  },
] satisfies WrongAnswer[];

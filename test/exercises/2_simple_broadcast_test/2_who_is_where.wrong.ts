import type { WrongAnswer } from "../wrong.ts";

const KEEP = "this.#unread = Buffer.concat([this.#unread, chunk]);";
const WHILE = "while (this.#unread.length >= POSITION.size) {";
const UNPACK = "const [id, x, y] = POSITION.unpackFrom(this.#unread);";
const REST = "this.#unread = this.#unread.subarray(POSITION.size);";
const SELF = "this.#self ??= id;";
const DELETE = "if (isNowhere(x, y)) this.#places.delete(id);";
const SET = "else this.#places.set(id, { x, y });";
const MAP = "readonly #places = new Map<number, Place>();";
const IDS = "return [...this.#places.keys()];";
const WHERE = "return this.#places.get(id);";

export default [
  {
    name: "a chunk is a position",
    edits: [
      [KEEP, "this.#unread = chunk;"],
      [WHILE, "{"],
      [REST, ""],
    ],
    says: /`while`, not `if`|ended after/,
  },
  {
    name: "a chunk is many positions, all of them whole",
    edits: [[KEEP, "this.#unread = chunk;"]],
    says: /ended after \d of the eight bytes.*Keep them/s,
  },
  {
    name: "an if, not a while",
    edits: [[WHILE, "if (this.#unread.length >= POSITION.size) {"]],
    says: /`while`, not `if`/,
  },
  {
    name: "forgets the rest",
    edits: [
      [
        REST,
        "this.#unread = this.#unread.subarray(POSITION.size);\n      if (this.#unread.length < POSITION.size) this.#unread = new Uint8Array(0);",
      ],
    ],
    says: /ended after \d of the eight bytes/,
  },
  { name: "never gets on", edits: [[REST, ""]], says: /an endless loop/ },
  {
    name: "the rest is a view of the chunk",
    edits: [
      [KEEP, "this.#unread = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk]);"],
    ],
    says: /A `subarray` is a view/,
  },
  {
    name: "reads the memory behind the chunk",
    edits: [
      [KEEP, "this.#unread = Buffer.concat([this.#unread, new Uint8Array(chunk.buffer, 0, chunk.length)]);"],
    ],
    says: /`chunk.buffer` is all of that/,
  },
  {
    name: "keeps the bytes of each, in the chunk's memory",
    edits: [
      [MAP, "readonly #places = new Map<number, Uint8Array>();"],
      [
        KEEP,
        "const all = this.#unread.length === 0 ? chunk : Buffer.concat([this.#unread, chunk]);\n    this.#unread = all;",
      ],
      [
        REST,
        "const place = this.#unread.subarray(0, 8);\n      this.#unread = this.#unread.length < 16 ? this.#unread.slice(8) : this.#unread.subarray(8);",
      ],
      [SET, "else this.#places.set(id, place);"],
      [
        WHERE,
        "const bytes = this.#places.get(id);\n    if (!bytes) return undefined;\n    const [, x, y] = POSITION.unpack(bytes);\n    return { x, y };",
      ],
    ],
    says: /A `subarray` is a view/,
  },
  {
    name: "one object for all places",
    edits: [
      [MAP, "readonly #places = new Map<number, Place>();\n  readonly #place = { x: 0, y: 0 };"],
      [
        SET,
        "else {\n        this.#place.x = x;\n        this.#place.y = y;\n        this.#places.set(id, this.#place);\n      }",
      ],
    ],
    says: /one object for all places/,
  },
  { name: "self is the last", edits: [[SELF, "this.#self = id;"]], says: /`self` follows the last position/ },
  {
    name: "self is the highest",
    edits: [[SELF, "this.#self = Math.max(this.#self ?? 0, id);"]],
    says: /`self` (follows|is somebody else)/,
  },
  { name: "self is never set", edits: [[SELF, ""]], says: /does not know who it is/ },
  {
    name: "self is 0 at first",
    edits: [
      ["#self: number | undefined;", "#self: number | undefined = 0;"],
      [SELF, "this.#self ||= id;"],
    ],
    says: /In a new room.*`self` is 0.*undefined/s,
  },
  {
    name: "the first is not kept",
    edits: [[SELF, "if (this.#self === undefined) {\n        this.#self = id;\n        continue;\n      }"]],
    says: /not on its own map/,
  },
  {
    name: "nobody ever leaves",
    edits: [[`${DELETE}\n      ${SET}`, "if (!isNowhere(x, y)) this.#places.set(id, { x, y });"]],
    says: /has left, but is still on your map/,
  },
  {
    name: "nowhere is a place",
    edits: [[`${DELETE}\n      ${SET}`, "if (isNowhere(x, y) || id > 0) this.#places.set(id, { x, y });"]],
    says: /That isn't a place, so take the client off/,
  },
  {
    name: "nowhere by x only",
    edits: [[DELETE, "if (x === -32768 || isNowhere(x, y)) this.#places.delete(id);"]],
    says: /only if x and y are both/,
  },
  {
    name: "nowhere by y only",
    edits: [[DELETE, "if (y === -32768 || isNowhere(x, y)) this.#places.delete(id);"]],
    says: /only if x and y are both/,
  },
  {
    name: "whoever is negative has left",
    edits: [[DELETE, "if (x < 0 && y < 0 || isNowhere(x, y)) this.#places.delete(id);"]],
    says: /a negative place isn't a goodbye/,
  },
  {
    name: "a mark for those who have left",
    edits: [
      [MAP, "readonly #places = new Map<number, Place & { hasLeft?: boolean }>();"],
      [DELETE, "if (isNowhere(x, y)) this.#places.set(id, { x, y, hasLeft: true });"],
      [IDS, "return [...this.#places].filter(([, { hasLeft }]) => !hasLeft).map(([id]) => id);"],
      [WHERE, "const place = this.#places.get(id);\n    return place?.hasLeft ? undefined : place;"],
    ],
    says: /still take \d+\.\d MB.*`map.delete/s,
  },
  {
    name: "where still knows",
    edits: [
      [MAP, "readonly #places = new Map<number, Place>();\n  readonly #here = new Set<number>();"],
      [DELETE, "if (isNowhere(x, y)) this.#here.delete(id);"],
      [SET, "else this.#here.add(id) && this.#places.set(id, { x, y });"],
      [IDS, "return [...this.#here];"],
    ],
    says: /should be undefined: that client has left/,
  },
  {
    name: "the first place counts",
    edits: [[SET, "else if (!this.#places.has(id)) this.#places.set(id, { x, y });"]],
    says: /has moved on: the newest/,
  },
  {
    name: "one map for all rooms",
    edits: [[MAP, "static readonly all = new Map<number, Place>();\n  readonly #places = Room.all;"]],
    says: /Two rooms share something/,
  },
  {
    name: "unread bytes shared by all rooms",
    edits: [
      [
        "  #unread: Uint8Array = new Uint8Array(0);",
        "  static all: Uint8Array = new Uint8Array(0);\n  get #unread(): Uint8Array {\n    return Room.all;\n  }\n  set #unread(bytes: Uint8Array) {\n    Room.all = bytes;\n  }",
      ],
    ],
    says: /Two rooms share something/,
  },
  {
    name: "x and y exchanged",
    edits: [[UNPACK, "const [id, y, x] = POSITION.unpackFrom(this.#unread);"]],
    says: /x and y are swapped/,
  },
  {
    name: "read without a sign",
    edits: [
      [
        UNPACK,
        "const bytes = Buffer.from(this.#unread);\n      const id = bytes.readInt32LE(0);\n      const nowhere = isNowhere(bytes.readInt16LE(4), bytes.readInt16LE(6));\n      const x = nowhere ? -32768 : bytes.readUInt16LE(4);\n      const y = nowhere ? -32768 : bytes.readUInt16LE(6);",
      ],
    ],
    says: /read as a positive one/,
  },
  {
    name: "ids is an iterator",
    edits: [[IDS, "return this.#places.keys() as unknown as number[];"]],
    says: /It should be an array/,
  },
  {
    name: "ids are texts",
    edits: [
      [IDS, "return [...this.#places.keys()].map(String) as unknown as number[];"],
      [WHERE, "return this.#places.get(Number(id));"],
    ],
    says: /They should be numbers/,
  },
  {
    name: "ids with every move",
    edits: [
      [MAP, "readonly #places = new Map<number, Place>();\n  #all: number[] = [];"],
      [SET, "else {\n        this.#places.set(id, { x, y });\n        this.#all.push(id);\n      }"],
      [IDS, "return this.#all.filter((id) => this.#places.has(id));"],
    ],
    says: /more than once/,
  },
  {
    name: "its own array handed out",
    edits: [
      [MAP, "readonly #places = new Map<number, Place>();\n  #all: number[] = [];"],
      [SET, "else this.#places.set(id, { x, y });\n      this.#all = [...this.#places.keys()];"],
      [IDS, "return this.#all;"],
    ],
    says: /Your own array was handed out/,
  },
] satisfies WrongAnswer[];

import type { WrongAnswer } from "../wrong.ts";

const MAP = "readonly #clients = new Map<number, string>();";
const NEXT = "#nextId = 1;";
const ID = "const id = this.#nextId++;";
const LEAVE = "return this.#clients.delete(id);";
const ADDRESSES = "return [...this.#clients.values()];";

export default [
  {
    name: "the size is the next id",
    edits: [
      [ID, "const id = this.#clients.size + 1;"],
      [NEXT, ""],
    ],
    says: /has been used before/,
  },
  {
    name: "the largest id that is here",
    edits: [
      [ID, "const id = Math.max(0, ...this.#clients.keys()) + 1;"],
      [NEXT, ""],
    ],
    says: /has been used before/,
  },
  { name: "begins with 0", edits: [[NEXT, "#nextId = 0;"]], says: /The first id is 1/ },
  { name: "begins with 2", edits: [[ID, "const id = ++this.#nextId;"]], says: /The first id is 1/ },
  { name: "all get 1", edits: [[ID, "const id = this.#nextId;"]], says: /gets the id 1/ },
  {
    name: "join returns nothing",
    edits: [["return id;", "return undefined as unknown as number;"]],
    says: /`join` returns nothing/,
  },
  {
    name: "leave returns nothing",
    edits: [[LEAVE, "this.#clients.delete(id);\n    return undefined as unknown as boolean;"]],
    says: /`leave` returns nothing/,
  },
  {
    name: "leave is always true",
    edits: [[LEAVE, "this.#clients.delete(id);\n    return true;"]],
    says: /There is no client with this id/,
  },
  {
    name: "leave removes nobody",
    edits: [[LEAVE, "return this.#clients.has(id);"]],
    says: /Nobody has left/,
  },
  {
    name: "keyed by address",
    edits: [
      [MAP, "readonly #clients = new Map<string, number>();"],
      ["this.#clients.set(id, address);", "this.#clients.set(address, id);"],
      [
        LEAVE,
        "for (const [address, other] of this.#clients) if (other === id) return this.#clients.delete(address);\n    return false;",
      ],
      [ADDRESSES, "return [...this.#clients.keys()];"],
    ],
    says: /count as one/,
  },
  {
    name: "leaves by address",
    edits: [
      [
        "return this.#clients.delete(id);",
        "const address = this.#clients.get(id);\n    for (const [other, its] of this.#clients) if (its === address) this.#clients.delete(other);\n    return address !== undefined;",
      ],
    ],
    says: /Remove a client by its id/,
  },
  {
    name: "throws for nobody",
    edits: [
      [
        "return this.#clients.delete(id);",
        'if (!this.#clients.delete(id)) throw new Error("nobody");\n    return true;',
      ],
    ],
    says: /threw "nobody"\. It should return false/,
  },
  {
    name: "pairs",
    edits: [["return [...this.#clients.values()];", "return [...this.#clients] as unknown as string[];"]],
    says: /pairs of id and address/,
  },
  {
    name: "sorted",
    edits: [[ADDRESSES, "return [...this.#clients.values()].sort();"]],
    says: /They are sorted/,
  },
  {
    name: "ids for addresses",
    edits: [[ADDRESSES, "return [...this.#clients.keys()] as unknown as string[];"]],
    says: /Those are the ids/,
  },
  {
    name: "the inner array is handed out",
    edits: [
      [MAP, "readonly #clients = new Map<number, string>();\n  #all: string[] = [];"],
      [
        "this.#clients.set(id, address);",
        "this.#clients.set(id, address);\n    this.#all = [...this.#clients.values()];",
      ],
      [
        LEAVE,
        "const was = this.#clients.delete(id);\n    this.#all = [...this.#clients.values()];\n    return was;",
      ],
      [ADDRESSES, "return this.#all;"],
    ],
    says: /Your own array was handed out/,
  },
  {
    name: "an iterator",
    edits: [[ADDRESSES, "return this.#clients.values() as unknown as string[];"]],
    says: /It should be an array/,
  },
  {
    name: "static",
    edits: [[MAP, "readonly #clients = ClientList.all;\n  static all = new Map<number, string>();"]],
    says: /It is shared/,
  },
  {
    name: "the size counts all who came",
    edits: [["return this.#clients.size;", "return this.#nextId - 1;"]],
    says: /how many have ever connected/,
  },
  {
    name: "holes in an array",
    edits: [
      [
        ADDRESSES,
        "return Array.from({ length: this.#nextId - 1 }, (_, index) => this.#clients.get(index + 1)) as string[];",
      ],
    ],
    says: /a hole/,
  },
  {
    name: "size is a method",
    edits: [["get size(): number", "size(): number"]],
    says: /It should be a number: `get size/,
  },
] satisfies WrongAnswer[];

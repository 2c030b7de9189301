import type { WrongAnswer } from "../wrong.ts";

const OWN = "    socket.write(client.position);\n";
const OTHERS = "    for (const { position } of this.#clients.values()) socket.write(position);\n";
const TELL_NEW = "    this.#tellAll(client.position);\n    this.#clients.set(id, client);\n";
const MOVE = "client.position = POSITION.pack(id, ...PLACE.unpackFrom(unread));";
const DELETE = "      this.#clients.delete(id);\n";
const LAST = "this.#tellAll(POSITION.pack(id, NOWHERE, NOWHERE));";
const KEEP = "unread = Buffer.concat([unread, chunk]);";
const LOOP = "for (; unread.length >= PLACE.size; unread = unread.subarray(PLACE.size)) {";

export default [
  { name: "ids begin with 0", edits: [["++this.#lastId", "this.#lastId++"]], says: /The first id is 1/ },
  {
    name: "one id for all",
    edits: [["++this.#lastId", "(this.#lastId = 1)"]],
    says: /Every client gets the id 1/,
  },
  {
    name: "ids are how many are here",
    edits: [["++this.#lastId", "this.#clients.size + 1"]],
    says: /ids begin with 0, or come back|is told first/,
  },
  {
    name: "it is not told who it is",
    edits: [[OWN, ""]],
    says: /“client 1 is at 30 10”, which client 1.*did not come/,
  },
  {
    name: "the others first",
    edits: [[OWN + OTHERS, OTHERS + OWN]],
    says: /before it is told of itself/,
  },
  {
    name: "newcomers are not told who is there",
    edits: [[OTHERS, ""]],
    says: /“client 1 is at 12 7”, which client 2.*did not come/,
  },
  {
    name: "nobody is told of a newcomer",
    edits: [["    this.#tellAll(client.position);\n    this.#clients", "    this.#clients"]],
    says: /“client 2 is at 30 10”, which client 1.*did not come/,
  },
  {
    name: "a newcomer is told of itself twice",
    edits: [[TELL_NEW, "    this.#clients.set(id, client);\n    this.#tellAll(client.position);\n"]],
    says: /is told more|told of itself twice|What client 1 is told after/,
  },
  {
    name: "the first position is remembered, not the newest",
    edits: [
      [
        `${MOVE}\n        this.#tellAll(client.position);`,
        "this.#tellAll(POSITION.pack(id, ...PLACE.unpackFrom(unread)));",
      ],
    ],
    says: /where client 1 was at first/,
  },
  {
    name: "the sender is left out",
    edits: [
      [
        `${MOVE}\n        this.#tellAll(client.position);`,
        `${MOVE}\n        for (const other of this.#clients.values()) if (other !== client) other.socket.write(client.position);`,
      ],
    ],
    says: /“client 1 is at 12 7”, which client 1.*after it has moved/,
  },
  {
    name: "places are passed on as they come",
    edits: [[MOVE, "client.position = unread.subarray(0, 4);"]],
    says: /only 4 of the 8 bytes/,
  },
  {
    name: "x and y exchanged",
    edits: [
      [MOVE, "const [x, y] = PLACE.unpackFrom(unread);\n        client.position = POSITION.pack(id, y, x);"],
    ],
    says: /changed places/,
  },
  {
    name: "a place is how far it went",
    edits: [
      [
        MOVE,
        "const [x, y] = PLACE.unpackFrom(unread);\n        client.position = POSITION.pack(id, START.x + x, START.y + y);",
      ],
    ],
    says: /not how far it went|out of range|does not fit|threw/,
  },
  {
    name: "the hearer's id",
    edits: [
      [
        "for (const { socket } of this.#clients.values()) socket.write(position);\n  }",
        "for (const [id, { socket }] of this.#clients) {\n      const [, x, y] = POSITION.unpack(position);\n      socket.write(POSITION.pack(id, x, y));\n    }\n  }",
      ],
    ],
    says: /“client 2 is at 30 10”|The id is the hearer's|What client 1 is told when client 2 has come/,
  },
  {
    name: "a chunk is a place",
    edits: [
      [KEEP, "unread = chunk;"],
      [LOOP, "{"],
    ],
    says: /two places and a half/,
  },
  {
    name: "only the first of a chunk",
    edits: [
      [KEEP, "unread = chunk;"],
      [LOOP, "if (unread.length >= PLACE.size) {"],
    ],
    says: /two places and a half/,
  },
  {
    name: "the rest of a chunk is forgotten",
    edits: [[KEEP, "unread = chunk;"]],
    says: /the rest of a place/,
  },
  {
    name: "one rest for all clients",
    edits: [
      ["    let unread = Buffer.alloc(0);\n", ""],
      ["  #lastId = 0;\n", "  #lastId = 0;\n  #unread = Buffer.alloc(0);\n"],
      [
        `${KEEP}\n      ${LOOP}\n        ${MOVE}`,
        "this.#unread = Buffer.concat([this.#unread, chunk]);\n      for (; this.#unread.length >= PLACE.size; this.#unread = this.#unread.subarray(PLACE.size)) {\n        client.position = POSITION.pack(id, ...PLACE.unpackFrom(this.#unread));",
      ],
    ],
    says: /belongs to one client/,
  },
  { name: "nobody is told who has left", edits: [[LAST, ""]], says: /when client 2 said goodbye/ },
  {
    name: "the one that left stays in the Map",
    edits: [[DELETE, ""]],
    says: /client 2 is still in the Map/,
  },
  {
    name: "told twice",
    edits: [
      [
        'socket.on("end", () => socket.end());',
        `socket.on("end", () => {\n      ${LAST}\n      socket.end();\n    });`,
      ],
    ],
    says: /told more than once|What client 2 is told/,
  },
  {
    name: "only a goodbye counts",
    edits: [
      ['socket.on("end", () => socket.end());', ""],
      ['socket.on("close", () => {', 'socket.on("end", () => {\n      socket.end();'],
    ],
    says: /when client 3 broke off/,
  },
  {
    name: "no listener of error",
    edits: [['socket.on("error", () => {});', ""]],
    says: /"error" that nobody listens to/,
  },
  {
    name: "everything is static",
    edits: [
      ["readonly #clients = new Map", "static readonly all = new Map"],
      ["  #lastId = 0;", "  readonly #clients = Room.all;\n  static last = 0;"],
      ["++this.#lastId", "++Room.last"],
    ],
    says: /exists only once|ids begin with 0, or come back|Every client gets/,
  },
] satisfies WrongAnswer[];

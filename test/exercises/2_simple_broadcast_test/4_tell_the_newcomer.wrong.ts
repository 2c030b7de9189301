import type { WrongAnswer } from "../wrong.ts";

const MAP = "  const clients = new Map<number, { socket: Socket; position: Uint8Array }>();\n";
const START = "const start = POSITION.pack(id, randomBelow(WIDTH), randomBelow(HEIGHT));";
const SELF = "    socket.write(start);\n";
const OTHERS = "    for (const { position } of clients.values()) socket.write(position);\n";
const TELL = "    tellAll(start);\n";
const JOIN = "    clients.set(id, { socket, position: start });\n";
const MOVE = "const position = POSITION.pack(id, x, y);";
const KEEP = "        clients.set(id, { socket, position });\n";
const DELETE = "      clients.delete(id);\n";
const RANDOM = "return Math.floor(Math.random() * limit);";

export default [
  {
    name: "says nothing",
    edits: [
      [SELF, ""],
      [OTHERS, ""],
      [TELL, ""],
    ],
    says: /has connected, and heard nothing/,
  },
  {
    name: "says nothing until it moves",
    edits: [
      [SELF, ""],
      [OTHERS, ""],
      [TELL, ""],
      [
        "        tellAll(position);\n",
        "        for (const other of clients.values()) if (other.socket !== socket) socket.write(other.position);\n        tellAll(position);\n",
      ],
    ],
    says: /has connected, and heard nothing/,
  },
  {
    name: "its own position last",
    edits: [
      [SELF, ""],
      [OTHERS, `${OTHERS}    socket.write(start);\n`],
    ],
    says: /The first position must be its own, before those of the others/,
  },
  {
    name: "all who are on the list, itself among them",
    edits: [
      [JOIN, ""],
      [SELF, JOIN],
    ],
    says: /The first position must be its own, before those of the others|twice/,
  },
  {
    name: "hears of itself twice, with the others",
    edits: [
      [JOIN, ""],
      [OTHERS, `${JOIN}${OTHERS}`],
    ],
    says: /told its own position twice/,
  },
  {
    name: "hears of itself twice, when all are told",
    edits: [
      [JOIN, ""],
      [TELL, `${JOIN}${TELL}`],
    ],
    says: /told its own position twice/,
  },
  { name: "the others are not told", edits: [[TELL, ""]], says: /that somebody has connected/ },
  { name: "it is not told of the others", edits: [[OTHERS, ""]], says: /must know who is there/ },
  {
    name: "only of the one who came last",
    edits: [
      [
        OTHERS,
        "    const last = [...clients.values()].at(-1);\n    if (last) socket.write(last.position);\n",
      ],
    ],
    says: /told it about some of them/,
  },
  {
    name: "only of those who have moved",
    edits: [
      [MAP, `${MAP}  const moved = new Set<number>();\n`],
      [
        OTHERS,
        "    for (const [other, { position }] of clients) if (moved.has(other)) socket.write(position);\n",
      ],
      [KEEP, `        moved.add(id);\n${KEEP}`],
    ],
    says: /must know who is there/,
  },
  { name: "where they began", edits: [[KEEP, ""]], says: /has moved since/ },
  {
    name: "where they were before",
    edits: [
      [KEEP, ""],
      [
        "        tellAll(position);\n",
        "        tellAll(position);\n        const late = position;\n        setTimeout(() => clients.has(id) && clients.set(id, { socket, position: late }), 200);\n",
      ],
    ],
    says: /has moved since/,
  },
  {
    name: "every place that ever was",
    edits: [
      [MAP, `${MAP}  const all: Uint8Array[] = [];\n`],
      [OTHERS, "    for (const position of all) socket.write(position);\n"],
      [JOIN, `${JOIN}    all.push(start);\n`],
      [KEEP, `        all.push(position);\n${KEEP}`],
    ],
    says: /has moved since/,
  },
  {
    name: "those who have left, too",
    edits: [
      [MAP, `${MAP}  const sockets = new Set<Socket>();\n`],
      [
        "    for (const { socket } of clients.values()) socket.write(position);\n  }",
        "    for (const socket of sockets) socket.write(position);\n  }",
      ],
      [JOIN, `${JOIN}    sockets.add(socket);\n`],
      [DELETE, "      sockets.delete(socket);\n"],
    ],
    says: /Client 2 has left. Take its position off/,
  },
  {
    name: "those who have left, as nowhere",
    edits: [
      [MAP, `${MAP}  const sockets = new Set<Socket>();\n`],
      [
        "    for (const { socket } of clients.values()) socket.write(position);\n  }",
        "    for (const socket of sockets) socket.write(position);\n  }",
      ],
      [JOIN, `${JOIN}    sockets.add(socket);\n`],
      [
        DELETE,
        "      sockets.delete(socket);\n      clients.set(id, { socket, position: POSITION.pack(id, NOWHERE, NOWHERE) });\n",
      ],
    ],
    says: /never heard of the clients that left before/,
  },
  {
    name: "one array for all positions",
    edits: [
      [
        MAP,
        `${MAP}  const bytes = new Uint8Array(POSITION.size);\n  function pack(...values: [number, number, number]): Uint8Array {\n    POSITION.packInto(bytes, 0, ...values);\n    return bytes;\n  }\n`,
      ],
      [START, "const start = pack(id, randomBelow(WIDTH), randomBelow(HEIGHT));"],
      [MOVE, "const position = pack(id, x, y);"],
    ],
    says: /told its own position twice/,
  },
  {
    name: "one array for all moves",
    edits: [
      [MAP, `${MAP}  const bytes = new Uint8Array(POSITION.size);\n`],
      [MOVE, "POSITION.packInto(bytes, 0, id, x, y);\n        const position = bytes;"],
    ],
    says: /Two arrays are never equal/,
  },
  {
    name: "the id of the newcomer in all",
    edits: [
      [
        OTHERS,
        "    for (const { position } of clients.values()) {\n      const [, x, y] = POSITION.unpack(position);\n      socket.write(POSITION.pack(id, x, y));\n    }\n",
      ],
    ],
    says: /newcomer's id, but somebody else's place/,
  },
  {
    name: "another place for the others",
    edits: [[TELL, "    tellAll(POSITION.pack(id, WIDTH, HEIGHT));\n"]],
    says: /itself was told \d+ \d+. Pack its position once/,
  },
  {
    name: "everything to everybody",
    edits: [
      [
        OTHERS,
        "    for (const { position } of clients.values()) {\n      socket.write(position);\n      tellAll(position);\n    }\n",
      ],
    ],
    says: /a second time/,
  },
  {
    name: "rounded",
    edits: [[RANDOM, "return Math.round(Math.random() * limit);"]],
    says: /`Math.round` may be/,
  },
  {
    name: "begins with 1",
    edits: [[RANDOM, "return 1 + Math.floor(Math.random() * limit);"]],
    says: /That is not in the room/,
  },
  {
    name: "no whole number",
    edits: [[RANDOM, "return Math.random() * limit;"]],
    says: /nobody handled it.*StructError/s,
  },
  {
    name: "WIDTH and HEIGHT exchanged",
    edits: [[START, "const start = POSITION.pack(id, randomBelow(HEIGHT), randomBelow(WIDTH));"]],
    says: /Are WIDTH and HEIGHT swapped/,
  },
  {
    name: "nowhere at first",
    edits: [[START, "const start = POSITION.pack(id, NOWHERE, WIDTH + HEIGHT);"]],
    says: /That is not in the room/,
  },
  {
    name: "nobody is told of those who leave",
    edits: [["      tellAll(POSITION.pack(id, NOWHERE, NOWHERE));\n", ""]],
    says: /they were not told/,
  },
  {
    name: "one list for all servers",
    edits: [
      [MAP, ""],
      ["export function startServer", `${MAP}\nexport function startServer`],
    ],
    says: /all servers share it/,
  },
] satisfies WrongAnswer[];

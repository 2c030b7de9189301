import type { WrongAnswer } from "../wrong.ts";

const LIST = "  const sockets = new Set<Socket>();\n";
const ADD = "    sockets.add(socket);\n";
const LOOP = "for (const socket of sockets) socket.write(position);";
const MOVE = "tellAll(POSITION.pack(id, x, y));";
const DELETE = "      sockets.delete(socket);\n";
const DESTROY = "      socket.destroy();\n";
const LEAVE = "      tellAll(POSITION.pack(id, NOWHERE, NOWHERE));\n";
const CALL = "handleClient(socket, ++lastId).catch((error) => {";
const RETHROW = "if (!(error instanceof ConnectionError)) throw error;";
const CONNECTION = "const connection = new Connection(socket);\n";

export default [
  {
    name: "only the one who moves",
    edits: [[MOVE, "socket.write(POSITION.pack(id, x, y));"]],
    says: /You told nobody else. Keep a list/,
  },
  {
    name: "all but the one who moves",
    edits: [
      [MOVE, "for (const other of sockets) if (other !== socket) other.write(POSITION.pack(id, x, y));"],
    ],
    says: /Tell the client that has moved too/,
  },
  {
    name: "only the first and the last",
    edits: [
      [
        LOOP,
        "const all = [...sockets];\n    for (const socket of new Set([all[0], all.at(-1)])) socket?.write(position);",
      ],
    ],
    says: /Client 1 and client 4 heard it. Everyone else must hear it too/,
  },
  {
    name: "those who were there when it came",
    edits: [
      [ADD, "    sockets.add(socket);\n    const others = [...sockets];\n"],
      [MOVE, "for (const other of others) other.write(POSITION.pack(id, x, y));"],
    ],
    says: /You told nobody else/,
  },
  {
    name: "the id of the client that receives it",
    edits: [
      [LIST, "  const sockets = new Set<Socket>();\n  const ids = new Map<Socket, number>();\n"],
      [ADD, "    sockets.add(socket);\n    ids.set(socket, id);\n"],
      [MOVE, "for (const other of sockets) other.write(POSITION.pack(ids.get(other) ?? 0, x, y));"],
    ],
    says: /the id of the client that receives it/,
  },
  {
    name: "the id of whoever came last",
    edits: [[MOVE, "tellAll(POSITION.pack(lastId, x, y));"]],
    says: /The place is right, but the id isn't/,
  },
  {
    name: "the place as it came",
    edits: [[MOVE, "tellAll(PLACE.pack(x, y));"]],
    says: /a place, with no id in it/,
  },
  {
    name: "x and y exchanged",
    edits: [[MOVE, "tellAll(POSITION.pack(id, y, x));"]],
    says: /`x` and `y` are swapped/,
  },
  {
    name: "text",
    edits: [[MOVE, "tellAll(Buffer.from(`${id} ${x} ${y}`));"]],
    says: /only \d of the 8 bytes|digits/,
  },
  {
    name: "a chunk is a place",
    edits: [
      [
        `${CONNECTION}    sockets.add(socket);\n    try {\n      for (;;) {\n        const [x, y] = PLACE.unpack(await connection.read(PLACE.size, deadlineIn(timeout)));`,
        "sockets.add(socket);\n    socket.setTimeout(timeout, () => socket.destroy());\n    try {\n      for await (const chunk of socket) {\n        const [x, y] = PLACE.unpackFrom(chunk as Buffer);",
      ],
      [
        "      }\n    } finally",
        '      }\n      throw new ConnectionError("CLOSED", `${Connection.name} ${deadlineIn(0)}`);\n    } finally',
      ],
    ],
    says: /all three places, in order, including the one in between/,
  },
  {
    name: "only the newest, now and then",
    edits: [
      [LIST, "  const sockets = new Set<Socket>();\n  const newest = new Map<number, Uint8Array>();\n"],
      [
        MOVE,
        "newest.set(id, POSITION.pack(id, x, y));\n        setTimeout(() => {\n          const position = newest.get(id);\n          newest.delete(id);\n          if (position) tellAll(position);\n        }, 20);",
      ],
    ],
    says: /all three places, in order, including the one in between/,
  },
  {
    name: "nobody is told of those who leave",
    edits: [[LEAVE, ""]],
    says: /It has left, and they were not told/,
  },
  {
    name: "told after the loop, where nothing comes",
    edits: [
      [LEAVE, ""],
      [
        "    } finally {",
        "    } catch (error) {\n      if (error instanceof RangeError) tellAll(POSITION.pack(id, NOWHERE, NOWHERE));\n      throw error;\n    } finally {",
      ],
    ],
    says: /`finally` runs/,
  },
  {
    name: "told only of those who say goodbye",
    edits: [
      [LEAVE, ""],
      [
        ADD,
        '    sockets.add(socket);\n    socket.on("end", () => {\n      sockets.delete(socket);\n      tellAll(POSITION.pack(id, NOWHERE, NOWHERE));\n    });\n',
      ],
    ],
    says: /the connection of client 2 broke.*It has left, and they were not told/s,
  },
  {
    name: "not told of those who are closed",
    edits: [
      [LEAVE, ""],
      [
        ADD,
        '    sockets.add(socket);\n    for (const event of ["end", "error"]) {\n      socket.on(event, () => {\n        sockets.delete(socket);\n        tellAll(POSITION.pack(id, NOWHERE, NOWHERE));\n      });\n    }\n',
      ],
    ],
    says: /said nothing for.*in `finally`/s,
  },
  {
    name: "told twice",
    edits: [
      [
        ADD,
        '    sockets.add(socket);\n    socket.on("close", () => tellAll(POSITION.pack(id, NOWHERE, NOWHERE)));\n',
      ],
    ],
    says: /told a second time that client 2 has left/,
  },
  {
    name: "nowhere in x only",
    edits: [[LEAVE, "      tellAll(POSITION.pack(id, NOWHERE, 0));\n"]],
    says: /Nowhere means that x and y are both −32768/,
  },
  {
    name: "nowhere is 0 0",
    edits: [[LEAVE, "      tellAll(POSITION.pack(id, NOWHERE - NOWHERE, 0));\n"]],
    says: /Nowhere means that x and y are both −32768/,
  },
  {
    name: "another one is said to have left",
    edits: [[LEAVE, "      tellAll(POSITION.pack(lastId, NOWHERE, NOWHERE));\n"]],
    says: /The client that left is client 2/,
  },
  { name: "never off the list", edits: [[DELETE, ""]], says: /also wrote to the socket of client 2/ },
  {
    name: "the connection stays open",
    edits: [[DESTROY, ""]],
    says: /still open.*`socket.destroy/s,
  },
  {
    name: "one list for all servers",
    edits: [
      [LIST, ""],
      ["export function startServer", "const sockets = new Set<Socket>();\n\nexport function startServer"],
    ],
    says: /all servers share it/,
  },
  {
    name: "what a handler throws is not caught",
    edits: [[RETHROW, "throw new Error(`${ConnectionError.name}: ${error}`);"]],
    says: /nobody handled it/,
  },
  {
    name: "one client at a time",
    edits: [
      [LIST, "  const sockets = new Set<Socket>();\n  let last: Promise<unknown> = Promise.resolve();\n"],
      [CALL, "const id = ++lastId;\n    last = last.then(() => handleClient(socket, id)).catch((error) => {"],
    ],
    says: /You told nobody else/,
  },
  {
    name: "an error of any client's ends the server",
    edits: [[RETHROW, "if (error instanceof ConnectionError) server.close();"]],
    says: /(accepts nobody|no longer accepts)/,
  },
] satisfies WrongAnswer[];

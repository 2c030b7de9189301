import type { WrongAnswer } from "../wrong.ts";

const LAST = "  let lastId = 0;\n";
const ID = "const id = ++lastId;";
const WRITE = "socket.write(TEST_PACKET.pack(id, 1));";
const LISTEN = 'return server.listen(port, "127.0.0.1");';

export default [
  {
    name: "one id for all",
    edits: [
      [ID, "const id = 1;"],
      [LAST, ""],
    ],
    says: /Every client gets the id 1/,
  },
  { name: "the first id is 0", edits: [[ID, "const id = lastId++;"]], says: /The first id is 1, not 0/ },
  {
    name: "the count in the client's function",
    edits: [
      [LAST, ""],
      [ID, `let lastId = 0;\n    ${ID}`],
    ],
    says: /Every client gets the id 1/,
  },
  {
    name: "ids are how many are here",
    edits: [
      [LAST, "  const clients = new Set();\n"],
      [
        ID,
        'clients.add(socket);\n    const id = clients.size;\n    socket.on("close", () => clients.delete(socket));',
      ],
    ],
    says: /An id was given twice/,
  },
  {
    name: "the count outside of startServer",
    edits: [
      [LAST, ""],
      ["export function startServer", "let lastId = 0;\n\nexport function startServer"],
    ],
    says: /all servers share it/,
  },
  { name: "nothing sent", edits: [[WRITE, "void id;"]], says: /did not arrive within/ },
  {
    name: "echoes what comes",
    edits: [[WRITE, `${WRITE}\n    socket.pipe(socket);`]],
    says: /sent something more after the answer/,
  },
  {
    name: "sends every 50 ms",
    edits: [
      [
        WRITE,
        "const send = () => socket.write(TEST_PACKET.pack(id, 1));\n    send();\n    setInterval(send, 50);",
      ],
    ],
    says: /sent something more after the first test/,
  },
  {
    name: "looks at the id too late",
    edits: [[WRITE, "setTimeout(() => socket.write(TEST_PACKET.pack(lastId, 1)), 20 * id ** 0);"]],
    says: /when you look later/,
  },
  {
    name: "one byte for the id",
    edits: [[WRITE, "socket.write(Uint8Array.of(id, 0, 0, 0, 1, 0, 0, 0));"]],
    says: /In `id` only the lowest byte arrived/,
  },
  {
    name: "one client only",
    edits: [
      [
        "const server = createServer((socket) => {",
        'const server = createServer().once("connection", (socket) => {',
      ],
    ],
    says: /One client was served and this one was not/,
  },
  {
    name: "one client's error ends the server",
    edits: [
      ["      // The client broke off. It is gone, and the others are not.\n", "      server.close();\n"],
    ],
    says: /no `server\.close\(\)` there/,
  },
  {
    name: "the sequence is the id",
    edits: [[WRITE, "socket.write(TEST_PACKET.pack(id, id));"]],
    says: /each client's first is 1/,
  },
  {
    name: "the sequence begins with 0",
    edits: [[WRITE, "socket.write(TEST_PACKET.pack(id, 0));"]],
    says: /The first sequence is 1, not 0/,
  },
  {
    name: "closes after the test",
    edits: [[WRITE, "socket.end(TEST_PACKET.pack(id, 1));"]],
    says: /closed the connection after the first test/,
  },
  {
    name: "sends text",
    edits: [[WRITE, "socket.write([id, 1].join());"]],
    says: /only 3 of the 8 bytes|digits/,
  },
  {
    name: "no listener of error",
    edits: [['socket.on("error", () => {', 'socket.on("lookup", () => {']],
    says: /"error" that has no listener/,
  },
  { name: "never listens", edits: [[LISTEN, "return server;"]], says: /does not listen.*listen\(port/s },
  {
    name: "another port",
    edits: [[LISTEN, 'return server.listen(0, "127.0.0.1");']],
    says: /You were given \d+/,
  },
  {
    name: "on all networks",
    edits: [[LISTEN, "return server.listen(port);"]],
    says: /every network of this machine/,
  },
  {
    name: "returns nothing",
    edits: [[LISTEN, 'server.listen(port, "127.0.0.1");\n  return undefined as unknown as Server;']],
    says: /Is a `return` missing/,
  },
  {
    name: "the opposite byte order",
    edits: [
      [
        WRITE,
        "const bytes = Buffer.alloc(8);\n    bytes.writeInt32BE(id, 0);\n    bytes.writeInt32BE(1, 4);\n    socket.write(bytes);",
      ],
    ],
    says: /opposite order/,
  },
  {
    name: "async",
    edits: [
      [
        "export function startServer(port: number): Server {",
        "export async function startServer(port: number): Promise<Server> {",
      ],
    ],
    says: /An `async` function always returns a promise/,
  },
] satisfies WrongAnswer[];

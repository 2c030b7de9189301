import type { WrongAnswer } from "../wrong.ts";

const WRITE = "const room = this.connection.write(position, deadlineIn(timeout));";
const KEEP = "this.#newest.set(id, position);";
const TELL = "for (const client of clients.values()) client.tell(id, position);";
const NOWHERE = "      if (isNowhere(x, y)) return;\n";
const LEAVE = "    tellAll(id, POSITION.pack(id, NOWHERE, NOWHERE));\n";
const CATCH = ".catch(() => {}); // it broke off, or took too long";

export default [
  { name: "a blank file", code: "export {};\n", says: /without listening anywhere/ },
  {
    name: "starts outside of the room",
    edits: [["x ?? 0, y ?? 0", "(x ?? 0) + 100, y ?? 0"]],
    says: /the room is 60 wide/,
  },
  { name: "one id for all", edits: [["++lastId", "(lastId = 1)"]], says: /the same id, 1/ },
  {
    name: "the highest byte first",
    edits: [
      [
        "  client.tell(id, client.position);\n",
        "  const swapped = Buffer.from(client.position);\n  swapped.subarray(0, 4).reverse();\n  client.tell(id, swapped);\n",
      ],
    ],
    says: /opposite byte order/,
  },
  {
    name: "the sender is left out",
    edits: [[TELL, "for (const [other, client] of clients) if (other !== id) client.tell(id, position);"]],
    says: /including the one that moved/,
  },
  {
    name: "newcomers are not told who is there",
    edits: [["  for (const [other, { position }] of clients) client.tell(other, position);\n", ""]],
    says: /newcomer hears who is there/,
  },
  {
    name: "newcomers are told where everybody began",
    edits: [
      [
        "      client.position = POSITION.pack(id, x, y);\n      tellAll(id, client.position);\n",
        "      tellAll(id, POSITION.pack(id, x, y));\n",
      ],
    ],
    says: /where it was before.*newest position of every client/s,
  },
  { name: "nobody is told who has left", edits: [[LEAVE, ""]], says: /has left.*However a client leaves/s },
  {
    name: "one chunk is one place",
    edits: [
      [
        "const [x, y] = PLACE.unpack(await connection.read(PLACE.size, deadlineIn(timeout)));",
        "await connection.waitForBytes(deadlineIn(timeout));\n      const bytes = Buffer.alloc(PLACE.size);\n      for (let at = 0; at < PLACE.size; at++) {\n        bytes.set(await connection.read(1, deadlineIn(timeout)), at);\n        if (!(await connection.waitForBytes(deadlineIn(at === 3 ? 0 : 20)))) break;\n      }\n      const [x, y] = PLACE.unpack(bytes);",
      ],
    ],
    says: /treated each chunk as one place/,
  },
  {
    name: "nowhere by x alone",
    edits: [["if (isNowhere(x, y)) return;", "if (isNowhere(x, x)) return;"]],
    says: /unless both are −32768/,
  },
  {
    name: "nowhere is a place like any other",
    edits: [[NOWHERE, "      if (isNowhere(x, y)) console.log(id);\n"]],
    says: /vanish from all maps: close it/,
  },
  {
    name: "no deadline for a place",
    edits: [
      ["connection.read(PLACE.size, deadlineIn(timeout))", "connection.read(PLACE.size, deadlineIn(1e8))"],
    ],
    says: /still open.*deadline/s,
  },
  {
    name: "a client's error ends the server",
    edits: [[CATCH, ".catch((error) => {\n    if (/lost/.test(error.message)) throw error;\n  });"]],
    says: /the server has ended|has ended with/,
  },
  {
    name: "waits for the slow",
    edits: [
      [
        "  tell(id: number, position: Uint8Array): void {",
        "  async tell(id: number, position: Uint8Array): Promise<void> {",
      ],
      [
        "if (room) this.#wait(room).catch(() => {}); // its own handler finds that out when it reads",
        "await room;\n      if (this.#waiting) await this.#wait(Promise.resolve());",
      ],
      [
        "function tellAll(id: number, position: Uint8Array): void {",
        "async function tellAll(id: number, position: Uint8Array): Promise<void> {",
      ],
      [TELL, "for (const client of [...clients.values()]) await client.tell(id, position);"],
      [
        "      tellAll(id, client.position);\n      // One",
        "      await tellAll(id, client.position);\n      // One",
      ],
    ],
    says: /one slow client holds up everyone/,
  },
  {
    name: "keeps everything for the slow",
    edits: [
      ["#newest = new Map<number, Uint8Array>();", "#newest: [number, Uint8Array][] = [];"],
      [KEEP, "this.#newest.push([id, position]);"],
      ["this.#newest = new Map();", "this.#newest = [];"],
    ],
    says: /can fill the server's memory.*keep only the newest/s,
  },
  {
    name: "keeps nothing for the slow",
    edits: [[KEEP, ""]],
    says: /the last thing that the slow client heard.*must be sent as soon as there is room/s,
  },
  {
    name: "no deadline for those who take nothing",
    edits: [[WRITE, "const room = this.connection.write(position, deadlineIn(1e8));"]],
    says: /Nothing limits how long.*no room to write to it for as long as the timeout/s,
  },
] satisfies WrongAnswer[];

import type { WrongAnswer } from "../wrong.ts";

export default [
  { name: "a blank file", code: "export {};\n", says: /without listening anywhere/ },
  {
    name: "another port",
    edits: [["listen(port,", "listen(0,"]],
    says: /has not started listening after|port is `Number/,
  },
  {
    name: "one id for all",
    edits: [["const id = ++lastId;", "const id = (lastId = 1);"]],
    says: /gave the id 1 again/,
  },
  {
    name: "the sequence stands still",
    edits: [["sequence++", "sequence += 0"]],
    says: /sequence 1.*Count up for each test/s,
  },
  {
    name: "any answer taken",
    edits: [["if (Buffer.compare(answer, test) !== 0)", "if (answer.length === 0)"]],
    says: /not the answer.*compare its id/s,
  },
  {
    name: "no deadline",
    edits: [['new Error("timed out")), timeout)', 'new Error("timed out")), 1e8)']],
    says: /never again.*needs a deadline/s,
  },
  {
    name: "one chunk is one answer",
    edits: [
      ["while (this.#unread.length < size", "while (this.#unread.length < 1"],
      ["if (this.#unread.length < size) throw", "if (this.#unread.length < 1) throw"],
    ],
    says: /eight pieces.*treated each chunk as one answer/s,
  },
  {
    name: "takes whatever comes",
    edits: [
      ["    this.#socket.pause();\n    if", "    if"],
      ["    socket.pause();\n  }", "  }"],
    ],
    says: /answers without end.*Read no more/s,
  },
  {
    name: "does not stop",
    edits: [["const clients", 'process.on("SIGTERM", () => {});\nconst clients']],
    says: /still running/,
  },
] satisfies WrongAnswer[];

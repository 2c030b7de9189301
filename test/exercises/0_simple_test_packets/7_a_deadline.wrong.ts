import type { WrongAnswer } from "../wrong.ts";

const DESTROY = "      socket.destroy();\n";
const CLEAR = "      clearTimeout(timer);\n      // The next";
const TIMER = "const timer = setTimeout(() => {";
const COLLECT = "answer = Buffer.concat([answer, chunk]);";

export default [
  { name: "does not close", edits: [[DESTROY, ""]], says: /still open.*destroy/s },
  {
    name: "ends instead of destroying",
    edits: [[DESTROY, "      socket.end();\n"]],
    says: /`end` closes only this side's half/,
  },
  {
    name: "the timer is never stopped",
    edits: [[CLEAR, "      // The next"]],
    says: /stop it with `clearTimeout`/,
  },
  {
    name: "the timer begins anew with each byte",
    edits: [
      [TIMER, "let timer = setTimeout(() => {"],
      [
        COLLECT,
        `clearTimeout(timer);\n      timer = setTimeout(() => {\n        reject(new Error("timed out"));\n        socket.destroy();\n      }, timeout);\n      ${COLLECT}`,
      ],
    ],
    says: /started the time anew/,
  },
  {
    name: "the socket's own timeout",
    edits: [
      [TIMER, "const timer = setTimeout(() => {}, 0);\n    socket.setTimeout(timeout, () => {"],
      ["    }, timeout);", "    });"],
      [
        "      clearTimeout(timer);\n      // The next",
        "      clearTimeout(timer);\n      socket.setTimeout(0);\n      // The next",
      ],
    ],
    says: /started the time anew/,
  },
  {
    name: "no timer",
    edits: [
      [
        "      reject(new Error(`timed out after ${answer.length} of ${size} bytes`));\n      socket.destroy();\n",
        "",
      ],
    ],
    says: /waits forever.*nothing came/s,
  },
  {
    name: "closes and says nothing",
    edits: [
      ["      reject(new Error(`timed out after ${answer.length} of ${size} bytes`));\n", ""],
      ['    socket.once("close", leave);\n', ""],
    ],
    says: /waits forever/,
  },
  {
    name: "a chunk is taken for the answer",
    edits: [["if (answer.length < size) return;", ""]],
    says: /A chunk is not an answer/,
  },
  {
    name: "only the last chunk",
    edits: [[COLLECT, "answer = chunk;"]],
    says: /has not come back.*in two chunks/s,
  },
  { name: "the listener stays", edits: [['      socket.off("data", take);\n', ""]], says: /still listened/ },
  {
    name: "waits for those who left",
    edits: [
      ['    socket.once("end", leave);\n', ""],
      ['    socket.once("error", leave);\n', '    socket.on("error", () => {});\n'],
      ['    socket.once("close", leave);\n', ""],
    ],
    says: /waits forever.*"end"/s,
  },
  {
    name: "no listener of error",
    edits: [['    socket.once("error", leave);\n', ""]],
    says: /"error" that nobody listens to/,
  },
  {
    name: "seconds, not milliseconds",
    edits: [["    }, timeout);", "    }, timeout * 1000);"]],
    says: /waits forever.*nothing came/s,
  },
  {
    name: "bytes kept outside",
    edits: [
      ["    let answer: Uint8Array = new Uint8Array(0);\n", ""],
      [
        "export function readAnswer",
        "let answer: Uint8Array = new Uint8Array(0);\n\nexport function readAnswer",
      ],
    ],
    says: /its own place for the bytes|came back/,
  },
  {
    name: "resolves at the deadline",
    edits: [["reject(new Error(`timed out after ${answer.length} of ${size} bytes`));", "resolve(answer);"]],
    says: /must be rejected/,
  },
] satisfies WrongAnswer[];

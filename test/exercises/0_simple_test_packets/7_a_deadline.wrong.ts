import type { WrongAnswer } from "../wrong.ts";

const TIMER = 'const timer = setTimeout(() => fail("timed out"), timeout);';
const TAKE = "const take = (chunk: Uint8Array) => {";
const COLLECT = "answer = Buffer.concat([answer, chunk]);";
const DESTROY = "      socket.destroy();\n";
const DONE = "      stop();\n      resolve(answer);";
const CLEAR = "      clearTimeout(timer);\n";
const OFF = '      socket.off("data", take).off("end", leave).off("error", leave).off("close", leave);\n';
const ON = 'socket.on("data", take).on("end", leave).on("error", leave).on("close", leave);';
const ANSWER = "    let answer: Uint8Array = new Uint8Array(0);\n";
const FUNCTION = "export function readAnswer";

export default [
  { name: "does not close", edits: [[DESTROY, ""]], says: /still open.*destroy/s },
  {
    name: "ends instead of destroying",
    edits: [[DESTROY, "      socket.end();\n"]],
    says: /`end` closes only this side's half/,
  },
  { name: "the timer is never stopped", edits: [[CLEAR, ""]], says: /stop it with `clearTimeout`/ },
  {
    name: "the timer begins anew with each byte",
    edits: [
      [TIMER, TIMER.replace("const", "let")],
      [
        TAKE,
        `${TAKE}\n      clearTimeout(timer);\n      timer = setTimeout(() => fail("timed out"), timeout);`,
      ],
    ],
    says: /started the timer again/,
  },
  {
    name: "the socket's own timeout",
    edits: [[TIMER, 'const timer = undefined;\n    socket.setTimeout(timeout, () => fail("timed out"));']],
    says: /started the timer again/,
  },
  {
    name: "no timer",
    edits: [[TIMER, "const timer = undefined;"]],
    says: /still waits, although nothing came/,
  },
  {
    name: "a tenth of the time",
    edits: [[TIMER, TIMER.replace("timeout)", "timeout / 10)")]],
    says: /gave up, though the answer may take 300/,
  },
  {
    name: "seconds, not milliseconds",
    edits: [[TIMER, TIMER.replace("timeout)", "timeout * 1000)")]],
    says: /still waits, although nothing came.*count milliseconds/s,
  },
  {
    name: "one timer for all clients",
    edits: [
      [TIMER, TIMER.replace("const ", "")],
      [FUNCTION, `let timer: NodeJS.Timeout | undefined;\n\n${FUNCTION}`],
    ],
    says: /Each call needs its own timer/,
  },
  {
    name: "throws in the timer",
    edits: [[TIMER, 'const timer = setTimeout(() => {\n      throw new Error("late");\n    }, timeout);']],
    says: /Nothing can catch what a listener or a timer throws/,
  },
  {
    name: "a chunk is taken for the answer",
    edits: [["if (answer.length < size) return;", ""]],
    says: /A chunk is not an answer/,
  },
  {
    name: "eight bytes, whatever the size",
    edits: [["if (answer.length < size) return;", "if (answer.length < 8) return;"]],
    says: /`size` is the number of bytes in an answer/,
  },
  {
    name: "only the last chunk",
    edits: [[COLLECT, "answer = chunk;"]],
    says: /is still waiting.*Keep every chunk/s,
  },
  {
    name: "bytes kept outside",
    edits: [
      [ANSWER, ""],
      [FUNCTION, `${ANSWER}\n${FUNCTION}`],
    ],
    says: /its own place for the bytes/,
  },
  {
    name: "does not wait",
    edits: [
      [FUNCTION, `export async ${FUNCTION.slice(7)}`],
      ["return new Promise(", "let answer: Uint8Array = new Uint8Array(0);\n  new Promise<Uint8Array>("],
      [ANSWER, ""],
      ["  });\n}", "  }).catch(() => {});\n  return answer;\n}"],
    ],
    says: /returned before a single byte/,
  },
  {
    name: "closes whoever has answered",
    edits: [[DONE, `${DONE}\n${DESTROY}`]],
    says: /came in time, and the connection was closed all the same/,
  },
  {
    name: "waits for those who left",
    edits: [[ON, 'socket.on("data", take);']],
    says: /still waits.*"end"/s,
  },
  {
    name: "resolves at the deadline",
    edits: [["reject(new Error(`${why} after ${answer.length} of ${size} bytes`));", "resolve(answer);"]],
    says: /(must be rejected|Reject its promise)/,
  },
  { name: "the listeners stay", edits: [[OFF, ""]], says: /a listener for "data" remains/ },
  {
    name: "once is not off",
    edits: [
      [OFF, '      socket.off("data", take);\n'],
      [ON, 'socket.on("data", take).once("end", leave).once("error", leave).once("close", leave);'],
    ],
    says: /a listener for "end" remains/,
  },
  {
    name: "takes off everybody's listeners",
    edits: [[OFF, "      socket.removeAllListeners();\n"]],
    says: /removes listeners that other code added/,
  },
  {
    name: "a timer for those who left",
    edits: [
      ['const leave = () => fail("the client left");', 'const leave = () => reject(new Error("left"));'],
    ],
    says: /a timer still runs/,
  },
] satisfies WrongAnswer[];

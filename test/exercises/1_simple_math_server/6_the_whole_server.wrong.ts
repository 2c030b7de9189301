import type { WrongAnswer } from "../wrong.ts";

const PACKED = "RESPONSE.pack(...calculate(command, first, second))";
const ANSWER = `await connection.write(${PACKED}, deadline);`;
const HANDLE = "handleClient(new Connection(socket)).catch(() => {});";
const MALFORMED = "length > COMMAND_LIMIT) return await connection.write(MALFORMED, deadline);";
const LOOP =
  "while (await connection.waitForBytes(deadlineIn(timeout))) {\n      const deadline = deadlineIn(timeout);";
const IMPORT = [
  'import { deadlineIn } from "#src/deadline.ts";',
  'import { deadlineIn } from "#src/deadline.ts";\nimport { Struct } from "#src/struct.ts";',
] as const;

const KEEP = "unread = Buffer.concat([unread, chunk]);";
const CUT = "unread = unread.subarray(8 + length);";

/** A server without the kit's `Connection`, as most are begun. */
function raw(state: string, keep: string, loop: string, cut: string): string {
  return `import { createServer } from "node:net";

const [port, timeout] = process.argv.slice(2).map(Number);

function response(status, result) {
  const bytes = Buffer.alloc(12);
  bytes.writeInt32LE(status, 0);
  bytes.writeDoubleLE(result, 4);
  return bytes;
}

function calculate(command, first, second) {
  if (command === "SUMA") return response(0, first + second);
  if (command === "RESTA") return response(0, first - second);
  if (command === "MULTIPLICACION") return response(0, first * second + 0);
  if (command === "DIVISION") return second === 0 ? response(2, NaN) : response(0, first / second + 0);
  return response(1, NaN);
}

const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

createServer({ allowHalfOpen: true }, (socket) => {
  ${state}
  socket.on("error", () => {});
  socket.on("end", () => socket.end());
  socket.on("drain", () => socket.resume());
  socket.setTimeout(timeout, () => socket.destroy());
  socket.on("data", (chunk) => {
    ${keep}
    ${loop}{
      const length = unread.readInt32LE(0);
      if (length < 1 || length > 64) return socket.end(response(3, NaN));
      ${cut && "if (unread.length < 8 + length) return;"}
      let command;
      try {
        command = decoder.decode(unread.subarray(8, 8 + length));
      } catch {
        return socket.end(response(3, NaN));
      }
      if (!socket.write(calculate(command, unread.readInt16LE(4), unread.readInt16LE(6)))) socket.pause();
      ${cut}
    }
  });
}).listen(port, "127.0.0.1");
`;
}

export default [
  { name: "a blank file", code: "export {};\n", says: /without listening anywhere/ },
  {
    name: "no MULTIPLICACION",
    edits: [['case "MULTIPLICACION"', 'case "PRODUCTO"']],
    says: /MULTIPLICACION -4 3 with unknown command/,
  },
  {
    name: "a length believed",
    edits: [["if (length < 1 || length > COMMAND_LIMIT) return", "if (length < 1) return"]],
    says: /length|browser|bytes/,
  },
  { name: "UTF-8 repaired", edits: [["fatal: true", "fatal: false"]], says: /not UTF-8.*fatal/s },
  {
    name: "no deadline",
    edits: [
      [
        "  while (await connection.waitForBytes(deadlineIn(timeout))) {\n      const deadline = deadlineIn(timeout);",
        "  while (await connection.waitForBytes(deadlineIn(1e8))) {\n      const deadline = deadlineIn(1e8);",
      ],
    ],
    says: /never ends.*deadline/s,
  },

  {
    name: "a port of its own",
    edits: [["listen(port,", "listen(0,"]],
    says: /has not started listening.*process\.argv\[2\]/s,
  },
  {
    name: "the first word of the command line",
    edits: [["process.argv.slice(2)", "process.argv.slice(1)"]],
    says: /should be >= 0 and < 65536.*process\.argv\[2\]/s,
  },
  {
    name: "without a status",
    edits: [[ANSWER, ANSWER.replace(PACKED, `${PACKED}.subarray(4)`)]],
    says: /only 8 of the 12 bytes.*status 0/s,
  },
  {
    name: "a float",
    edits: [
      ["const MALFORMED", 'const FLOAT = new Struct("<if");\nconst MALFORMED'],
      IMPORT,
      [ANSWER, ANSWER.replace("RESPONSE", "FLOAT")],
    ],
    says: /only 8 of the 12 bytes/,
  },
  {
    name: "big-endian answers",
    edits: [
      ["const MALFORMED", 'const BIG = new Struct(">id");\nconst MALFORMED'],
      IMPORT,
      [ANSWER, ANSWER.replace("RESPONSE", "BIG")],
    ],
    says: /The bytes are in the opposite order/,
  },
  {
    name: "integers",
    edits: [["first / second + 0", "Math.trunc(first / second)"]],
    says: /computed with integers/,
  },
  { name: "−0", edits: [["first * second + 0", "first * second"]], says: /0 × −5 is −0/ },
  {
    name: "values without a sign",
    edits: [["REQUEST.unpackFrom(request)", 'new Struct("<iHH").unpackFrom(request)'], IMPORT],
    says: /Values are shorts with a sign/,
  },
  { name: "Infinity", edits: [["second === 0 ?", "false ?"]], says: /DIVISION 7 0 with ok, Infinity/ },
  {
    name: "any letters",
    edits: [["switch (command) {", "switch (command.toUpperCase()) {"]],
    says: /"suma" 9 2 with ok.*must match exactly/s,
  },
  {
    name: "without spaces",
    edits: [["switch (command) {", "switch (command.trim()) {"]],
    says: /"SUMA " 9 2 with ok.*a space after it/s,
  },
  {
    name: "one answer, and goodbye",
    edits: [["while (await", "if (await"]],
    says: /read in a loop, until the client leaves/,
  },
  {
    name: "an unknown command ends it",
    edits: [
      [
        ANSWER,
        `const outcome = calculate(command, first, second);\n      await connection.write(RESPONSE.pack(...outcome), deadline);\n      if (outcome[0] === STATUS.UNKNOWN_COMMAND) return;`,
      ],
    ],
    says: /the connection stays open.*closed the connection before/s,
  },
  {
    name: "one client at a time",
    edits: [
      ["createServer({", "let last = Promise.resolve();\ncreateServer({"],
      [HANDLE, "last = last.then(() => handleClient(new Connection(socket))).catch(() => {});"],
    ],
    says: /While one client is silent, the others must be served/,
  },
  {
    name: "one client's error ends all",
    edits: [[HANDLE, "handleClient(new Connection(socket));"]],
    says: /the program must go on/,
  },
  {
    name: "an answer overtakes another",
    edits: [
      [
        ANSWER,
        `const response = ${PACKED};
      if (command === "DIVISION") setTimeout(() => void connection.write(response, deadlineIn(timeout)), 20);
      else await connection.write(response, deadline);`,
      ],
    ],
    says: /that belongs to.*answer a request before you read the next/s,
  },
  {
    name: "64 is too long",
    edits: [["length > COMMAND_LIMIT", "length >= COMMAND_LIMIT"]],
    says: /a command of 64 bytes with malformed/,
  },
  {
    name: "65 is not too long",
    edits: [["length > COMMAND_LIMIT", "length > COMMAND_LIMIT + 1"]],
    says: /length of 65 did not arrive.*0 and 65 do not/s,
  },
  {
    name: "a length of 0",
    edits: [["length < 1", "length < 0"]],
    says: /length of 0 did not arrive.*0 and 65 do not/s,
  },
  {
    name: "two bytes of the length",
    edits: [["const [length] = LENGTH.unpack(", 'const [length] = new Struct("<h").unpackFrom('], IMPORT],
    says: /length of 65540 did not arrive.*did not read all four bytes/s,
  },
  {
    name: "waits for the whole header",
    edits: [
      [
        "LENGTH.unpack(await connection.peek(LENGTH.size, deadline))",
        "REQUEST.unpack(await connection.peek(REQUEST.size, deadline))",
      ],
    ],
    says: /did not arrive.*four bytes/s,
  },
  {
    name: "malformed without a word",
    edits: [[MALFORMED, "length > COMMAND_LIMIT) return;"]],
    says: /what a browser sends.*closed the connection before the response.*Answer with status 3/s,
  },
  {
    name: "malformed, and on",
    edits: [
      [
        MALFORMED,
        "length > COMMAND_LIMIT) {\n        await connection.write(MALFORMED, deadline);\n        await connection.read(4, deadline);\n        continue;\n      }",
      ],
    ],
    says: /should have closed the connection|still open/,
  },
  {
    name: "a byte order mark lost",
    edits: [[", ignoreBOM: true", ""]],
    says: /byte order mark with ok.*`ignoreBOM: true` keeps it/s,
  },
  {
    name: "rubbish is an unknown command",
    edits: [
      [
        "      } catch {\n        return await connection.write(MALFORMED, deadline);",
        '      } catch {\n        command = "";',
      ],
    ],
    says: /not UTF-8.*unknown command, NaN, not malformed.*answer with status 3/s,
  },
  {
    name: "one deadline for the connection",
    edits: [
      [LOOP, "const deadline = deadlineIn(timeout);\n    while (await connection.waitForBytes(deadline)) {"],
    ],
    says: /The timeout is for one request, not for the connection/,
  },
  {
    name: "a deadline for each part",
    edits: [
      ["peek(LENGTH.size, deadline)", "peek(LENGTH.size, deadlineIn(timeout))"],
      ["read(REQUEST.size + length, deadline)", "read(REQUEST.size + length, deadlineIn(timeout))"],
    ],
    says: /Each part got a deadline of its own/,
  },
  {
    name: "nobody waits for room",
    edits: [[ANSWER, ANSWER.replace("await", "void")]],
    says: /Answers that nobody reads pile up/,
  },
  {
    name: "deaf to SIGTERM",
    edits: [["const MALFORMED", 'process.on("SIGTERM", () => {});\nconst MALFORMED']],
    says: /still running 2 s after SIGTERM/,
  },
  {
    name: "a chunk is a request",
    code: raw("", "const unread = chunk;", "", ""),
    says: /Each chunk was treated as one request/,
  },
  {
    name: "no more than one request of a chunk",
    code: raw("let unread = Buffer.alloc(0);", KEEP, "if (unread.length >= 4) ", CUT),
    says: /three requests in one piece.*only the first request of the chunk/s,
  },
  {
    name: "one memory for all",
    code: `let unread = Buffer.alloc(0);\n${raw("", KEEP, "while (unread.length >= 4) ", CUT)}`,
    says: /each connection needs a place of its own/,
  },
  {
    name: "nobody listens to errors",
    code: raw("let unread = Buffer.alloc(0);", KEEP, "while (unread.length >= 4) ", CUT).replace(
      'socket.on("error", () => {});',
      "",
    ),
    says: /[Ll]isten to the "error" of each socket/,
  },
  {
    name: "a timeout for each byte",
    code: raw("let unread = Buffer.alloc(0);", KEEP, "while (unread.length >= 4) ", CUT),
    says: /the whole request, not for each byte of it/,
  },
] satisfies WrongAnswer[];

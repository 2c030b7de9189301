import type { WrongAnswer } from "../wrong.ts";

const DEADLINE = "const deadline = deadlineIn(timeout);";
const WRITE = "await connection.write(packRequest(command, first, second), deadline);";
const READ = "const [, result] = RESPONSE.unpack(await connection.read(RESPONSE.size, deadline));";
const WHILE = "while (results.length < requests.length) {";
const RETURN = "return results;";
const LOOP = `for (const { command, first, second } of requests) {\n    ${WRITE}\n  }`;
const READS = `const results: number[] = [];\n  ${WHILE}\n    ${READ}\n    results.push(result);\n  }`;
/** What the server would answer, as far as this client knows. */
const CALCULATED =
  'requests.map(({ command, first, second }) =>\n    command === "SUMA" ? first + second : command === "RESTA" ? first - second : first / second,\n  )';

export default [
  {
    name: "await forgotten before write",
    edits: [[WRITE, "connection.write(packRequest(command, first, second), deadline);"]],
    says: /Put an `await` before each `connection\.write/,
  },
  {
    name: "a new deadline for each answer",
    edits: [[READ, READ.replace("deadline)", "deadlineIn(timeout))")]],
    says: /Each answer got a new deadline/,
  },
  {
    name: "no deadline for the answers",
    edits: [[READ, READ.replace("deadline)", "Number.POSITIVE_INFINITY)")]],
    says: /which never comes.*Give a deadline/s,
  },
  {
    name: "one by one",
    edits: [
      [WRITE, `${WRITE}\n    ${READ}\n    results.push(result);`],
      [`  const results: number[] = [];\n  ${WHILE}\n    ${READ}\n    results.push(result);\n  }\n`, ""],
      [DEADLINE, `${DEADLINE}\n  const results: number[] = [];`],
    ],
    says: /waits for the answer to the one before/,
  },
  {
    name: "nothing sent",
    edits: [[WRITE, "packRequest(command, first, second);"]],
    says: /Nothing was sent/,
  },
  {
    name: "the statuses",
    edits: [[READ, READ.replace("[, result]", "[result]")]],
    says: /Those are the statuses/,
  },
  {
    name: "the bytes",
    edits: [[READ, "const result = (await connection.read(RESPONSE.size, deadline)) as unknown as number;"]],
    says: /Those are the bytes/,
  },
  {
    name: "reversed",
    edits: [["results.push(result);", "results.unshift(result);"]],
    says: /opposite order/,
  },
  { name: "sorted", edits: [[RETURN, "return results.sort();"]], says: /They were sorted/ },
  {
    name: "only one answer",
    edits: [[WHILE, "if (requests.length > 0) {"]],
    says: /Only the first was read/,
  },
  {
    name: "nothing returned",
    edits: [[RETURN, "return undefined as unknown as number[];"]],
    says: /returned nothing/,
  },
  {
    name: "closes",
    edits: [[RETURN, `await connection.close();\n  ${RETURN}`]],
    says: /belongs to the caller/,
  },
  {
    name: "forEach with async",
    edits: [
      [
        "for (const { command, first, second } of requests) {",
        "requests.forEach(async ({ command, first, second }) => {",
      ],
      [`${WRITE}\n  }`, `${WRITE}\n  });`],
    ],
    says: /`forEach` does not wait|An `await` before/,
  },
  {
    name: "reads in forEach",
    edits: [
      [WHILE, "requests.forEach(async () => {"],
      ["results.push(result);\n  }", "results.push(result);\n  });"],
    ],
    says: /`forEach` does not wait/,
  },
  {
    name: "one answer too many",
    edits: [[WHILE, "while (results.length <= requests.length) {"]],
    says: /waits for more in `read`/,
  },
  {
    name: "requests in the opposite order",
    edits: [["of requests) {", "of requests.toReversed()) {"]],
    says: /Where request 1 should be, request 3 came/,
  },
  {
    name: "not async",
    edits: [
      ["export async function askAll", "export function askAll"],
      ["await connection.write", "connection.write"],
      [
        READ,
        READ.replace(
          "await connection.read(RESPONSE.size, deadline)",
          "connection.read(RESPONSE.size, deadline) as Uint8Array",
        ),
      ],
      ["): Promise<number[]> {", "): any {"],
    ],
    says: /returned a promise|must return a promise|threw/,
  },
  {
    name: "a deadline for each loop",
    edits: [
      [
        "const results: number[] = [];",
        "const later = deadlineIn(timeout);\n  const results: number[] = [];",
      ],
      [READ, READ.replace("deadline)", "later)")],
    ],
    says: /2 different deadlines.*one deadline before the first loop/s,
  },
  {
    name: "a deadline for each request",
    edits: [[WRITE, WRITE.replace("deadline)", "deadlineIn(timeout))")]],
    says: /different deadlines.*one deadline before the first loop/s,
  },
  {
    name: "never",
    edits: [[DEADLINE, "const deadline = Number.POSITIVE_INFINITY;"]],
    says: /which never comes/,
  },
  { name: "a duration", edits: [[DEADLINE, "const deadline = timeout;"]], says: /a moment, not a duration/ },
  {
    name: "another clock",
    edits: [[DEADLINE, "const deadline = Date.now() + timeout;"]],
    says: /on the clock of `performance.now\(\)`/,
  },
  {
    name: "seconds",
    edits: [[DEADLINE, "const deadline = deadlineIn(timeout / 1000);"]],
    says: /the timeout is 5000.*milliseconds from now/s,
  },
  {
    name: "the timeout for each",
    edits: [[DEADLINE, "const deadline = deadlineIn(timeout * requests.length);"]],
    says: /was \d+ ms away, but the timeout is 5000/,
  },
  {
    name: "a timeout of its own",
    edits: [[DEADLINE, "const deadline = deadlineIn(5000);"]],
    says: /was \d+ ms away, but the timeout is 300/,
  },
  {
    name: "all of them at once",
    edits: [
      [
        LOOP,
        "await Promise.all(requests.map((one) => connection.write(packRequest(one.command, one.first, one.second), deadline)));",
      ],
    ],
    says: /wait for all of them together/,
  },
  {
    name: "reads at once",
    edits: [
      [
        READS,
        "const results = await Promise.all(\n    requests.map(async () => RESPONSE.unpack(await connection.read(RESPONSE.size, deadline))[1]),\n  );",
      ],
    ],
    says: /two reads wait at once/,
  },
  {
    name: "await forgotten before read",
    edits: [
      [
        READ,
        READ.replace(
          "await connection.read(RESPONSE.size, deadline)",
          "connection.read(RESPONSE.size, deadline) as never",
        ),
      ],
    ],
    says: /an `await` is missing/,
  },
  {
    name: "one answer too few",
    edits: [[WHILE, WHILE.replace("length) {", "length - 1) {")]],
    says: /Only 2 of the 3 values came/,
  },
  {
    name: "until the end",
    edits: [[WHILE, "while (await connection.waitForBytes(deadline)) {"]],
    says: /The connection stays open, so its end never comes/,
  },
  {
    name: "an answer to nothing",
    edits: [
      [WHILE, "do {"],
      ["results.push(result);\n  }", "results.push(result);\n  } while (results.length < requests.length);"],
    ],
    says: /none if there were none/,
  },
  {
    name: "texts",
    edits: [["results.push(result);", "results.push(String(result) as never);"]],
    says: /each is a string/,
  },
  {
    name: "integers",
    edits: [["results.push(result);", "results.push(Math.trunc(result));"]],
    says: /The fractions are gone/,
  },
  {
    name: "calculates, and reads nothing",
    edits: [[READS, `const results = ${CALCULATED};`]],
    says: /client did the calculation itself/,
  },
  {
    name: "calculates, and reads",
    edits: [[RETURN, `return ${CALCULATED};`]],
    says: /client did the calculation itself/,
  },
  {
    name: "windows of ten",
    edits: [
      [LOOP, ""],
      [
        READS,
        `const results: number[] = [];
  for (let at = 0; at < requests.length; at += 10) {
    const part = requests.slice(at, at + 10);
    for (const { command, first, second } of part) ${WRITE}
    for (const _ of part) {
      ${READ}
      results.push(result);
    }
  }`,
      ],
    ],
    says: /got 10 of 300 requests/,
  },
  {
    name: "values exchanged",
    edits: [[WRITE, WRITE.replace("first, second)", "second, first)")]],
    says: /are swapped/,
  },
  {
    name: "only the command",
    edits: [[WRITE, "await connection.write(new TextEncoder().encode(command), deadline);"]],
    says: /Only the command was sent/,
  },
  {
    name: "the first request each time",
    edits: [
      [
        "for (const { command, first, second } of requests) {",
        "for (const _ of requests) {\n    const { command, first, second } = requests[0] as Request;",
      ],
    ],
    says: /Where request 2 should be, request 1 came/,
  },
  {
    name: "swallows the error",
    edits: [
      [
        READ,
        `let result: number;\n    try {\n      ${READ.replace("const [, result] =", "[, result] =")}\n    } catch {\n      break;\n    }`,
      ],
    ],
    says: /The error of `read` must reach the caller/,
  },
  {
    name: "one array for all calls",
    edits: [
      ["  const results: number[] = [];\n", ""],
      ["/** One request. */", "const results: number[] = [];\n\n/** One request. */"],
    ],
    says: /make the array inside `askAll`/,
  },
] satisfies WrongAnswer[];

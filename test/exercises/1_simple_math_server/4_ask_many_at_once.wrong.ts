import type { WrongAnswer } from "../wrong.ts";

const DEADLINE = "const deadline = deadlineIn(timeout);";
const WRITE = "await connection.write(packRequest(command, first, second), deadline);";
const READ = "const [, result] = RESPONSE.unpack(await connection.read(RESPONSE.size, deadline));";
const WHILE = "while (results.length < requests.length) {";
const RETURN = "return results;";

export default [
  {
    name: "await forgotten before write",
    edits: [[WRITE, "connection.write(packRequest(command, first, second), deadline);"]],
    says: /An `await` before `connection\.write/,
  },
  {
    name: "a new deadline for each answer",
    edits: [[READ, READ.replace("deadline)", "deadlineIn(timeout))")]],
    says: /Each answer got a new deadline/,
  },
  {
    name: "no deadline for the answers",
    edits: [[READ, READ.replace("deadline)", "Number.POSITIVE_INFINITY)")]],
    says: /new deadline|Give a deadline/,
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
  { name: "sorted", edits: [[RETURN, "return results.sort();"]], says: /in another order|opposite order/ },
  {
    name: "only one answer",
    edits: [[WHILE, "if (requests.length > 0) {"]],
    says: /Only the first was read/,
  },
  {
    name: "nothing returned",
    edits: [[RETURN, "return undefined as unknown as number[];"]],
    says: /came back with nothing/,
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
    says: /has not come back.*answers were sent/s,
  },
  {
    name: "requests in the opposite order",
    edits: [["of requests) {", "of requests.toReversed()) {"]],
    says: /opposite order|Request 1/,
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
] satisfies WrongAnswer[];

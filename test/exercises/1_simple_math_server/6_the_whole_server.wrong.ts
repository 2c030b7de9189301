import type { WrongAnswer } from "../wrong.ts";

export default [
  { name: "a blank file", code: "export {};\n", says: /listened nowhere/ },
  {
    name: "no MULTIPLICACION",
    edits: [['case "MULTIPLICACION"', 'case "PRODUCTO"']],
    says: /MULTIPLICACION -4 3 it answered unknown command/,
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
] satisfies WrongAnswer[];

import type { WrongAnswer } from "../wrong.ts";

export default [
  { name: "a blank file", code: "export {};\n", says: /listened nowhere/ },
  {
    name: "starts outside of the room",
    edits: [["x ?? 0, y ?? 0", "(x ?? 0) + 100, y ?? 0"]],
    says: /the room is 60 wide/,
  },
  {
    name: "newcomers are not told who is there",
    edits: [["  for (const [other, { position }] of clients) client.tell(other, position);\n", ""]],
    says: /newcomer is told who is there/,
  },
] satisfies WrongAnswer[];

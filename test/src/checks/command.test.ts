/** How a command of the learner's is read. */

import process from "node:process";
import { afterEach, describe, expect, test } from "vitest";
import { readCheckLine, readCommand, splitCommand, typedIn, withPort } from "../../../src/checks/command.ts";

describe("the command line of a check", () => {
  const { argv } = process;
  afterEach(() => {
    process.argv = argv;
  });

  test.each([
    ["0 127.0.0.1:9000", {}, ["0", "127.0.0.1:9000"]],
    ["0 node a.js --timeout 5 {port}", {}, ["0", "node", "a.js", "--timeout", "5", "{port}"]],
    ["--timeout 7 0 node -e 5 {port}", { timeout: 7 }, ["0", "node", "-e", "5", "{port}"]],
    ["--timeout=7 --interval 3 0 a --b", { timeout: 7, interval: 3 }, ["0", "a", "--b"]],
    ["--interval 3 -- 0 a --b", { interval: 3 }, ["0", "a", "--b"]],
    ["-- 0 a --b", {}, ["0", "a", "--b"]],
    ["--timeout 7", { timeout: 7 }, []],
  ])(
    "%s: flags before LESSON are the check's, and those behind it are the program's",
    (line, times, texts) => {
      process.argv = ["node", "check.ts", ...line.split(" ")];
      const { options, arguments: read } = readCheckLine("check", (words) => words);
      expect({ ...options }).toEqual({ timeout: undefined, interval: undefined, ...times });
      expect(read).toEqual(texts);
    },
  );
});

describe("a command in one text", () => {
  test.each([
    ["python3 server.py {port}", ["python3", "server.py", "{port}"]],
    ["  python3\tserver.py   {port} ", ["python3", "server.py", "{port}"]],
    ["npx tsx 'class/grupo ñ 2/server.ts' {port}", ["npx", "tsx", "class/grupo ñ 2/server.ts", "{port}"]],
    ['tsx "a b"/server.ts', ["tsx", "a b/server.ts"]],
    ["tsx a' 'b\" \"c", ["tsx", "a b c"]],
    ["tsx '' \"\"", ["tsx", "", ""]],
    [
      String.raw`tsx a\ b 'c\ d' "e\ f" "g\"h" i\\j`,
      ["tsx", "a b", String.raw`c\ d`, String.raw`e\ f`, 'g"h', "i\\j"],
    ],
    ["it's not that", undefined],
    ['one "two', undefined],
    ["ends in a backslash \\", ["ends", "in", "a", "backslash", "\\"]],
  ])("%s", (text, words) => {
    if (words) expect(splitCommand(text, true)).toEqual(words);
    else expect(() => splitCommand(text, true)).toThrow(/^COMMAND ends inside quotes: a ['"] is missing$/);
  });

  test("on Windows a backslash separates folders", () => {
    expect(splitCommand(String.raw`node a\b.js "c d\e.js"`, false)).toEqual(["node", "a\\b.js", "c d\\e.js"]);
  });
});

test("words that were typed one by one are left as they are", () => {
  expect(readCommand(["node", "a b.js", "{port}"])).toEqual(["node", "a b.js", "{port}"]);
});

test("a command needs a place for the port, anywhere in a word", () => {
  expect(readCommand(["node a.js --port={port}"])).toEqual(["node", "a.js", "--port={port}"]);
  expect(() => readCommand(["node", "a.js"])).toThrow(/needs \{port\} in it/);
  expect(withPort(["a", "{port}:{port}"], 9000)).toEqual(["a", "9000:9000"]);
});

test("paths begin where the command was typed, not where npm has moved to", () => {
  const before = process.env["INIT_CWD"];
  try {
    process.env["INIT_CWD"] = "/home/learner/my";
    expect(typedIn()).toBe("/home/learner/my");
    delete process.env["INIT_CWD"];
    expect(typedIn()).toBe(process.cwd());
  } finally {
    if (before !== undefined) process.env["INIT_CWD"] = before;
  }
});

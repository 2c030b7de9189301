/** `npm run check-client`; what it says of each mistake is tested in test/long/check_client.test.ts. */

import process from "node:process";
import { describe, expect, test } from "vitest";
import { compiled } from "../compiled.ts";
import { Program } from "./harness.ts";

/** Checks a client as a learner does. */
function check(...args: string[]): Program {
  return new Program([process.execPath, compiled("lessons/check_client.ts"), ...args]);
}

const broken = (...words: string[]) =>
  [process.execPath, compiled("test/fixtures/broken_client.ts"), ...words, "{port}"].join(" ");

describe("npm run check-client", () => {
  test("shows the conversation of the first stage that fails, and what that mostly means", async () => {
    const { code, stdout } = await check("--timeout", "1000", "0", broken("0", "adds")).exit();
    expect(code, stdout).toBe(0);
    const wrong = await check("--timeout", "1000", "0", broken("0", "low_bytes_only")).exit();
    expect(wrong.code).toBe(1);
    expect(wrong.stdout).toMatch(/^✓ it answers a test with the same eight bytes$/m);
    expect(wrong.stdout).toMatch(
      /^✗ it answers test after test.*\n\n +\d\.\d\d s {2}client ← 02 01 00 00 │ 01 00/m,
    );
    expect(wrong.stdout).toMatch(
      /^ {2}to id 258 sequence 1 it answered id 2 sequence 1\.\n {2}Mostly: Answer in/m,
    );
    expect(wrong.stdout).toMatch(/^6 of 8 passed\n$/m);
  });

  test.each([
    [["0"], /^COMMAND needs \{port\} in it/],
    [["1", "python3", "client.py"], /^COMMAND needs \{port\} in it/],
    [["9", "python3 client.py {port}"], /^LESSON is one of 0, 1, 2$/m],
  ])("refuses %j, and ends with 2", async (args, message) => {
    const { code, stdout, stderr } = await check(...args).exit();
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^usage: npm run check-client/m);
  });
});

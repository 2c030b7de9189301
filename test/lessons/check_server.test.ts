/** `npm run check-server`; what it says of each mistake is tested in test/long/check_server.test.ts. */

import process from "node:process";
import { describe, expect, test } from "vitest";
import { compiled } from "../compiled.ts";
import { LESSON_0, Program, serverRuntime, startServer, startStep } from "./harness.ts";

/** Checks a server as a learner does. */
function check(...args: string[]): Program {
  return new Program([process.execPath, compiled("lessons/check_server.ts"), ...args]);
}

describe("npm run check-server", () => {
  test("checks a server that is running", async () => {
    const { port } = await startServer(LESSON_0, "--timeout", "1000", "--interval", "100");
    const { code, stdout } = await check(
      ..."--timeout 1000 --interval 100 0".split(" "),
      `127.0.0.1:${port}`,
    ).exit();
    expect(code, stdout).toBe(0);
  });

  // On Deno a client that comes and goes ends step 2; docs/runtimes.md says so.
  const notOnDeno = test.skipIf(serverRuntime.includes("deno"));

  notOnDeno("shows the conversation of the first stage that fails, and what that mostly means", async () => {
    const { port } = await startStep(`lessons/${LESSON_0}/steps/2_many_clients.ts`);
    const { code, stdout } = await check("0", `127.0.0.1:${port}`).exit();
    expect(code).toBe(1);
    expect(stdout).toMatch(/^✓ it gets the next test after each answer$/m);
    expect(stdout).toMatch(
      /^✗ an answer in eight pieces.*\n\n +\d+\.\d\d s {2}attacker ← .. 00 00 00 │ 01 00 00 00/m,
    );
    expect(stdout).toMatch(/^ {2}the server has ended.*\n {2}Mostly: One chunk was taken for one answer/m);
    expect(stdout).toMatch(/^The rest was not tried.*\n5 of 12 passed\n$/m);
  });

  test("says what a program printed that ends at once", async () => {
    const { code, stdout } = await check("0", `${process.execPath} -e process.exit({port}&&7)`).exit();
    expect(code).toBe(1);
    expect(stdout).toMatch(/^✗ it listens on the port that it is given$/m);
    expect(stdout).toMatch(/has ended with exit code 7\./);
  });

  test.each([
    [["0"], /^COMMAND needs \{port\} in it/],
    [["0", "python3", "server.py"], /^COMMAND needs \{port\} in it/],
    [["9", "127.0.0.1:9000"], /^LESSON is one of 0, 1, 2$/m],
  ])("refuses %j, and ends with 2", async (args, message) => {
    const { code, stdout, stderr } = await check(...args).exit();
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^usage: npm run check-server/m);
  });

  test("says that no server is running", async () => {
    // The 5 is not LESSON.
    const { code, stderr } = await check("--interval", "5", "0", "127.0.0.1:1").exit();
    expect({ code, stderr }).toEqual({ code: 1, stderr: "no server is listening on 127.0.0.1:1.\n" });
  });
});

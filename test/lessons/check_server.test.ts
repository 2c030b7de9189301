/** `npm run check-server`; what it says of each mistake is tested in test/long/check_server.test.ts. */

import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { text } from "node:stream/consumers";
import { describe, expect, onTestFinished, test } from "vitest";
import { compiled } from "../compiled.ts";
import {
  FakeServer,
  HAS_SIGNALS,
  LESSON_0,
  Program,
  serverRuntime,
  startServer,
  startStep,
} from "./harness.ts";

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

  notOnDeno("shows the conversation of the first stage that fails, and the likely cause", async () => {
    const { port } = await startStep(`lessons/${LESSON_0}/steps/2_many_clients.ts`);
    const { code, stdout } = await check("0", `127.0.0.1:${port}`).exit();
    expect(code).toBe(1);
    expect(stdout).toMatch(/^✓ it gets the next test after each answer$/m);
    expect(stdout).toMatch(
      /^✗ an answer in eight pieces.*\n\n +\d+\.\d\d s {2}attacker ← .. 00 00 00 │ 01 00 00 00/m,
    );
    expect(stdout).toMatch(
      /^ {2}the server has ended.*\n {2}Likely cause: It treated each chunk as one answer/m,
    );
    expect(stdout).toMatch(/^The other stages were not tried.*\n5 of 12 passed\n$/m);
  });

  test("says what a program printed that ends at once", async () => {
    const { code, stdout } = await check("0", `${process.execPath} -e process.exit({port}&&7)`).exit();
    expect(code).toBe(1);
    expect(stdout).toMatch(/^✗ it listens on the port that it is given$/m);
    expect(stdout).toMatch(/has ended with exit code 7\./);
  });

  test("starts COMMAND in the folder where it was typed, and honours its quotes", async () => {
    const folder = mkdtempSync(join(tmpdir(), "class-"));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    mkdirSync(join(folder, "grupo ñ 2"));
    writeFileSync(join(folder, "grupo ñ 2", "server.cjs"), 'console.log("here I am"); process.exit(7);');
    const command = `"${process.execPath}" 'grupo ñ 2/server.cjs' {port}`;
    const checking = spawn(process.execPath, [compiled("lessons/check_server.ts"), "0", command], {
      env: { ...process.env, INIT_CWD: folder },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const stdout = await text(checking.stdout);
    expect(stdout).toMatch(
      /has ended with exit code 7\. It printed:\n +here I am\n {2}Likely cause: An error ended/,
    );
  });

  test("says that COMMAND could not be started, and does not blame the port", async () => {
    const { code, stdout } = await check("0", "no_such_program {port}").exit();
    expect(code).toBe(1);
    expect(stdout).toMatch(/could not be started in .*: there is no program no_such_program\.\n/);
    expect(stdout).toMatch(/^ {2}Likely cause: The first word of COMMAND isn't a program/m);
  });

  test.runIf(HAS_SIGNALS)("ends with 130 when it is interrupted: 0 would mean that all passed", async () => {
    const server = await FakeServer.start();
    const checking = check("0", `127.0.0.1:${server.port}`);
    await server.accept();
    expect((await checking.exit("SIGINT")).code).toBe(130);
  });

  test.each([
    [["0"], /^COMMAND needs \{port\} in it/],
    [["0", "python3", "server.py"], /^COMMAND needs \{port\} in it/],
    [["0", "python3 'my server.py {port}"], /^COMMAND ends inside quotes: a ' is missing$/m],
    [["9", "127.0.0.1:9000"], /^LESSON is one of 0, 1, 2, 3$/m],
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

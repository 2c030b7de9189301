/** `npm run check-client`; what it says of each mistake is tested in test/long/check_client.test.ts. */

import process from "node:process";
import { describe, expect, test } from "vitest";
import { compiled } from "../compiled.ts";
import { clientCommand, FakeServer, HAS_SIGNALS, LESSON_0, LESSON_1, Program } from "./harness.ts";

/** Checks a client as a learner does. */
function check(...args: string[]): Program {
  return new Program([process.execPath, compiled("lessons/check_client.ts"), ...args]);
}

function broken(lesson: string, mistake: string): string[] {
  return [process.execPath, compiled("test/fixtures/broken_client.ts"), lesson, "{port}", "20", mistake];
}

describe("npm run check-client", () => {
  // On Node all clients are checked in test/long; here it is about other runtimes.
  const onRuntimes = test.runIf(process.env["LESSON_CLIENT_RUNTIME"]);
  onRuntimes("passes our clients", { timeout: 60_000 }, async () => {
    const checks = [
      check("--interval", "20", "0", clientCommand(LESSON_0, "--port", "{port}").join(" ")),
      check("--timeout", "1500", "1", ...clientCommand(LESSON_1, "--timeout", "1500", "--port", "{port}")),
    ];
    for (const { code, stdout, stderr } of await Promise.all(checks.map(({ ended }) => ended))) {
      expect({ code, stderr }, stdout).toEqual({ code: 0, stderr: "" });
      expect(stdout).toMatch(/^✓ it ends when it is told to \(SIGTERM\)\n(\d+) of \1 passed\n$/m);
    }
  });

  test("shows the conversation of the first stage that fails, and the likely cause", async () => {
    const checking = check("--interval", "20", "0", ...broken("0", "counts up"));
    await checking.line(/Likely cause/);
    // Whoever interrupts it must not be told that all passed.
    const { code, stdout } = await checking.exit("SIGINT");
    if (HAS_SIGNALS) expect(code).toBe(130);
    expect(stdout).toMatch(/^✓ it sends nothing before it is tested$/m);
    expect(stdout).toMatch(
      /^✗ it answers a test with the same eight bytes\n\n +\d+\.\d\d s {2}… .*broken_client\S* 0 \d+ 20 counts up\n/m,
    );
    expect(stdout).toMatch(/^ +\d+\.\d\d s {2}client ← 03 00 00 00 │ 01 00 00 00 +test: id 3 sequence 1$/m);
    expect(stdout).toMatch(/^ +\d+\.\d\d s {2}client → 03 00 00 00 │ 02 00 00 00 +answer: id 3 sequence 2$/m);
    expect(stdout).toMatch(
      /^ {2}it answered the test .* sequence 2\..*\n(?: {4}.*\n)* {2}Likely cause: The client counts up/m,
    );
  });

  test("says what a program printed that ends at once, and tries nothing more", async () => {
    const { code, stdout } = await check("1", ...broken("1", "ends at once")).exit();
    expect(code).toBe(1);
    expect(stdout).toMatch(/^✗ it connects to the port that it is given$/m);
    expect(stdout).toMatch(
      /it did not connect to .* has ended with exit code 0\. It printed:\n +which port\?$/m,
    );
    expect(stdout).toMatch(/^The other stages were not tried.*\n0 of \d+ passed\n$/m);
  });

  test.each([
    [[], /^LESSON is one of 0, 1, 2, 3$/m],
    [["9", "python3 client.py {port}"], /^LESSON is one of 0, 1, 2, 3$/m],
    [["0"], /^COMMAND needs \{port\} in it/],
    [["0", "python3", "client.py"], /^COMMAND needs \{port\} in it/],
    [["--port", "9000", "0", "python3 client.py {port}"], /^unknown flag --port$/m],
  ])("refuses %j, and ends with 2", async (args, message) => {
    const { code, stdout, stderr } = await check(...args).exit();
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^usage: npm run check-client/m);
  });

  test.runIf(HAS_SIGNALS)("takes the client with it on Ctrl-C", async () => {
    const server = await FakeServer.start();
    const client = `require("net").connect(${server.port}).resume();process.on("SIGTERM",()=>{});`;
    const checking = check("0", process.execPath, "-e", client, "{port}");
    const peer = await server.accept();
    expect((await checking.exit("SIGINT")).code).toBe(130);
    expect(await peer.over).toMatch(/closed|reset/);
  });
});

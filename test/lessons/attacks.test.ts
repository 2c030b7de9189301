/** `npm run attack`. Which server survives which attack is tested in test/long/attack_tables.test.ts. */

import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describe, expect, test } from "vitest";
import { SERVER_CHECKS as LESSON_0_CHECKS } from "../../lessons/0_simple_test_packets/attacks.ts";
import { SERVER_CHECKS as LESSON_1_CHECKS } from "../../lessons/1_simple_math_server/attacks.ts";
import { SERVER_CHECKS as LESSON_2_CHECKS } from "../../lessons/2_simple_broadcast_test/attacks.ts";
import { SERVER_CHECKS as LESSON_3_CHECKS } from "../../lessons/3_simple_cluster_test/attacks.ts";
import {
  attack,
  closedPort,
  FakeServer,
  HAS_SIGNALS,
  LESSON_0,
  LESSON_1,
  startServer,
  startStep,
  stepFile,
} from "./harness.ts";

describe("npm run attack", () => {
  test.each([
    ["0", LESSON_0_CHECKS],
    ["1", LESSON_1_CHECKS],
    ["2", LESSON_2_CHECKS],
    ["3", LESSON_3_CHECKS],
  ] as const)("lists the attacks on lesson %s, a line each", async (number, { attacks }) => {
    const { code, stdout } = await attack(number).exit();
    expect(code).toBe(0);
    expect(stdout.trimEnd().split("\n")).toHaveLength(attacks.length);
    for (const { name, title } of attacks) expect(stdout).toMatch(new RegExp(`^ +${name} +${title}$`, "m"));
    const columns = stdout.match(/^ +\S+ +/gm)?.map((name) => name.length);
    expect(new Set(columns).size, "the titles are below each other").toBe(1);
  });

  test("tells what it does, byte by byte, and ends with 0 if the server survived", async () => {
    const server = await startServer(LESSON_0);
    const { code, stdout, stderr } = await attack("0", "pieces", "--port", String(server.port)).exit();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(new RegExp(`^pieces, on 127\\.0\\.0\\.1:${server.port}: `));
    expect(stdout).toMatch(/^attacker ← (..) 00 00 00 │ 01 00 00 00 +test: id \d+ sequence 1$/m);
    expect(stdout).toMatch(/^attacker → 0\d … +1 of 8 bytes of an answer$/m);
    expect(stdout).toMatch(/^attacker → … 00 +the rest: id \d+ sequence 1$/m);
    expect(stdout).toMatch(/^✓ survived: it put the eight pieces together, and sent test 2\.\n$/m);
  });

  test("ends with 1 if it did not, and says when and how you see that, and the likely cause", async () => {
    const server = await startStep(stepFile(LESSON_0, "2"));
    const { code, stdout } = await attack("0", "pieces", "--times", "--port", String(server.port)).exit();
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^ *\d+\.\d\d s {2}✗ did not survive: the server has ended, for all its clients\. .*\n *\d+\.\d\d s {2}Likely cause: It treated each chunk as one answer.*\n$/m,
    );
  });

  test.runIf(HAS_SIGNALS)(
    "ends with 130 when it is interrupted: 0 would mean that the server survived",
    async () => {
      const server = await FakeServer.start();
      const attacking = attack("0", "pieces", "--port", String(server.port));
      await server.accept();
      expect((await attacking.exit("SIGINT")).code).toBe(130);
    },
  );

  test("sends what it says it sends: the terminal attack is harmless to our server's log", async () => {
    const server = await startServer(LESSON_1);
    const { code } = await attack("1", "terminal", "--port", String(server.port)).exit();
    expect(code).toBe(0);
    await server.line(/unknown command "\\u\{1b\}\[2J\\u\{1b\}\[Hboo!"/);
    expect(server.stdout).not.toContain("\x1b");
  });

  test("shows no answers of an attack that never reads, and ends with its verdict", async () => {
    const server = await startServer(LESSON_1);
    const { code, stdout } = await attack("1", "greedy", "--port", String(server.port)).exit();
    expect(code).toBe(0);
    expect(stdout).not.toContain("attacker ←");
    expect(stdout).toMatch(/\n✓ survived: it stopped reading [^\n]*\n$/);
  });

  test("ends with its verdict although a server sends more than is shown", async () => {
    const tests = Buffer.concat(Array.from({ length: 300 }, () => Buffer.from("0100000001000000", "hex")));
    const server = createServer((socket) => socket.on("error", () => {}).write(tests));
    await once(server.listen(0, "127.0.0.1"), "listening");
    const { port } = server.address() as AddressInfo;
    const { code, stdout } = await attack("0", "nonsense", "--port", String(port)).exit();
    server.close();
    expect(code).toBe(1);
    expect(stdout).toMatch(/^… and \d+ more in this second\n✗ did not survive: .*\nLikely cause: .*\n$/m);
  });

  test("says in one sentence that there is no server", async () => {
    const port = await closedPort();
    const { code, stdout, stderr } = await attack("1", "http", "--port", String(port)).exit();
    expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
    expect(stderr).toBe(
      `no server is listening on 127.0.0.1:${port}. Start it first, or check --host and --port.\n`,
    );
  });

  test("asks the lesson's own port if none is given", async () => {
    const { code, stderr } = await attack("1", "http", "--host", "::1").exit();
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: "no server is listening on [::1]:9001. Start it first, or check --host and --port.\n",
    });
  });

  test("starts lesson 3's servers itself", async () => {
    const { code, stdout } = await attack("3", "ghosts", "node -e process.exit(3) {port} {broker}").exit();
    expect(code).toBe(1);
    expect(stdout).toMatch(/^ghosts, on servers that this starts: /);
    expect(stdout).toMatch(/^✗ did not survive: server [A-C]: node -e .* has ended with exit code 3\.$/m);
  });

  test.each([
    [["3", "ghosts", "node server.ts"], /^COMMAND needs \{broker\} in it/m],
    [[], /^LESSON is one of 0, 1, 2, 3$/m],
    [["7"], /^LESSON is one of 0, 1, 2, 3$/m],
    [["0", "everything"], /^there is no attack "everything" on lesson 0, only several, pieces, /m],
    [["0", "pieces", "more"], /^unexpected argument "more"$/m],
    [["0", "--timeout", "soon"], /^--timeout must be a whole number/m],
  ])("refuses %j with the right words, and ends with 2", async (args, message) => {
    const { code, stdout, stderr } = await attack(...args).exit();
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(message);
    expect(stderr).toMatch(/^usage: npm run attack LESSON \[NAME\]/m);
  });
});

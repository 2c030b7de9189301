/** Programs of the original course, in Python with its own struct, and ours understand each other byte for byte. */

import { describe, expect, test } from "vitest";
import { PYTHON } from "../python.ts";
import {
  LESSON_0,
  LESSON_1,
  LESSON_2,
  type Lesson,
  MODES,
  Program,
  startClient,
  startServer,
} from "./harness.ts";

const SKIPPED = PYTHON === undefined ? " (SKIPPED: no python3 on this machine)" : "";
if (SKIPPED)
  console.warn(`The tests with the original course's Python are skipped: there is no python3 here.`);

function python(lesson: Lesson, file: string, ...args: string[]): Program {
  return new Program([...(PYTHON ?? []), `test/lessons/${lesson}/${file}`, ...args]);
}

/** A Python server prints its port first. */
async function portOf(server: Program): Promise<number> {
  return Number((await server.line(/^\d+$/))[0]);
}

describe.skipIf(SKIPPED !== "")(`with the original course's Python${SKIPPED}`, () => {
  describe.each(MODES)("our server, clients as $mode", ({ flags }) => {
    test("tests a Python client, which reads the ids and sequences that we mean", async () => {
      const server = await startServer(LESSON_0, "--interval", "1", ...flags);
      const client = python(LESSON_0, "client.py", String(server.port), "4");
      const { code, stderr } = await client.exit();
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(client.lines).toEqual(["1 1", "1 2", "1 3", "1 4"]);
      // A fifth test may come before Python closes. A socket that is closed with unread bytes sends a reset (RFC 2525).
      expect(await server.reasonOf(1)).toMatch(/closed|ECONNRESET/);
    });

    test("answers a Python client, which reads the results that we mean", async () => {
      const server = await startServer(LESSON_1, ...flags);
      const requests =
        "SUMA 2 3 RESTA -32768 32767 MULTIPLICACION 0 -5 DIVISION 7 2 DIVISION 1 3 DIVISION 1 0 POTENCIA 2 3";
      const client = python(LESSON_1, "client.py", String(server.port), ...requests.split(" "));
      const { code, stderr } = await client.exit();
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(client.lines).toEqual([
        "0 5.0",
        "0 -65535.0",
        "0 0.0",
        "0 3.5",
        "0 0.3333333333333333",
        "2 nan",
        "1 nan",
      ]);
    });

    test("tells Python clients of each other, who read the positions that we mean", async () => {
      const server = await startServer(LESSON_2, ...flags);
      const first = python(LESSON_2, "client.py", String(server.port), "5", "-5", "300");
      await first.line(/^1 -5 300$/);
      const second = python(LESSON_2, "client.py", String(server.port), "2", "32767", "-32768");
      expect((await second.exit()).code).toBe(0);
      const [self, present, moved] = second.lines;
      expect(self).toMatch(/^2 \d+ \d+$/);
      expect([present, moved]).toEqual(["1 -5 300", "2 32767 -32768"]);
      await first.line(/^2 -32768 -32768$/);
      expect(first.lines.slice(1)).toEqual(["1 -5 300", self, moved, "2 -32768 -32768"]);
    });
  });

  test("our clients answer the tests of a Python server with a thread for each", async () => {
    const server = python(LESSON_0, "server.py", "3");
    const port = await portOf(server);
    const clients = [startClient(LESSON_0, port), startClient(LESSON_0, port)];
    for (const client of clients) {
      const { code, stdout } = await client.exit();
      expect(code).toBe(1); // the server closed: that is how a client of lesson 0 ends
      expect(stdout).toMatch(/id [12] sequence 3 .*answered/);
    }
    await server.when("six verdicts", () => server.lines.length === 7 || undefined);
    expect(server.lines.slice(1)).toEqual(Array(6).fill("right"));
  });

  test("our client understands the answers of a Python server, and the server its requests", async () => {
    const server = python(LESSON_1, "server.py");
    const port = await portOf(server);
    const [sum, quotient, unknown] = await Promise.all([
      startClient(LESSON_1, port, "SUMA", "-5", "3").exit(),
      startClient(LESSON_1, port, "DIVISION", "7", "2").exit(),
      startClient(LESSON_1, port, "ñandú", "1", "2").exit(),
    ]);
    expect(sum.stdout).toBe("-2\n");
    expect(quotient.stdout).toBe("3.5\n");
    expect(unknown.stderr).toMatch(/unknown command/);
    await server.when("three requests", () => server.lines.length === 4 || undefined);
    expect(server.lines).toEqual(expect.arrayContaining(["SUMA -5 3", "DIVISION 7 2", "ñandú 1 2"]));

    const random = startClient(LESSON_1, port, "--count", "5", "--interval", "0");
    expect((await random.exit()).code).toBe(0);
    const asked = random.lines.filter((line) => /^[A-Z]+ -?\d+ -?\d+$/.test(line));
    expect(asked).toHaveLength(5);
    await server.when("five requests more", () => server.lines.length === 9 || undefined);
    expect(server.lines).toEqual(expect.arrayContaining(asked));
  });

  test("our clients see each other move through a Python server that loops over all sockets", async () => {
    const server = python(LESSON_2, "server.py");
    const port = await portOf(server);
    // One that stands: on a busy machine it could move before the other one has connected.
    const watching = startClient(LESSON_2, port, "--interval", "600000");
    await watching.line(/as client 1, at 5 5$/);
    const walking = startClient(LESSON_2, port, "--count", "3", "--interval", "0");
    expect((await walking.exit()).code).toBe(0);
    await watching.line(/^client 2 has left$/);
    const heard = watching.lines.flatMap((line) => /^client 2 is at (.*)$/.exec(line)?.[1] ?? []);
    await server.when("three places", () => server.lines.length === 4 || undefined);
    expect(heard).toEqual(["5 5", ...server.lines.slice(1)]);
  });
});

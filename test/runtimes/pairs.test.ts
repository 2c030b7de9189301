/** Each runtime's clients meet each runtime's servers. Started by run.ts, which knows the runtimes. */

import { beforeAll, describe, expect, test } from "vitest";
import { LESSON_0, LESSON_1, LESSON_2, listening, MODES, Program, Server } from "../lessons/harness.ts";
import type { Runtime } from "./runtimes.ts";

const RUNTIMES: Runtime[] = JSON.parse(process.env["RUNTIMES"] ?? "[]");

test("there are runtimes to pair: run me with `npm run test:runtimes`", () => {
  expect(RUNTIMES).not.toEqual([]);
});

describe.each(RUNTIMES)("servers on $name", (host) => {
  describe.each(MODES)("with $mode", ({ flags }) => {
    const start = (lesson: string, ...more: string[]) =>
      listening(
        new Server([
          ...host.server.split(" "),
          `lessons/${lesson}/server.ts`,
          "--port",
          "0",
          ...more,
          ...flags,
        ]),
      );
    let lesson0: Server;
    let lesson1: Server;
    let lesson2: Server;
    beforeAll(async () => {
      [lesson0, lesson1, lesson2] = await Promise.all([
        start(LESSON_0, "--interval", "1"),
        start(LESSON_1),
        start(LESSON_2),
      ]);
    });

    test.each(RUNTIMES)("understand clients on $name", async (guest) => {
      const client = (lesson: string, server: Server, ...more: string[]) =>
        new Program([
          ...guest.client.split(" "),
          `lessons/${lesson}/client.ts`,
          ...["--port", String(server.port)],
          ...more,
        ]);

      const tested = client(LESSON_0, lesson0);
      const asking = client(LESSON_1, lesson1, "SUMA", "-5", "3");
      const random = client(LESSON_1, lesson1, "--count", "3", "--interval", "0");
      const watching = client(LESSON_2, lesson2);
      await watching.line(/as client \d+, at/);
      const walking = client(LESSON_2, lesson2, "--count", "3", "--interval", "20");

      expect(await asking.exit()).toMatchObject({ code: 0, stdout: "-2\n", stderr: "" });
      const { code, stdout } = await random.exit();
      expect(code).toBe(0);
      expect(stdout.match(/^= /gm)).toHaveLength(3);
      const [, self] = await walking.line(/as client (\d+), at/);
      expect((await walking.exit()).code).toBe(0);
      await watching.line(new RegExp(`^client ${self} is at \\d+ \\d+$`));
      await watching.line(new RegExp(`^client ${self} has left$`));
      expect((await watching.exit("SIGINT")).code).toBe(0);
      await tested.line(/sequence 3 .*answered/);
      expect((await tested.exit("SIGINT")).code).toBe(0);
    });

    test("stop without a word on standard error", async () => {
      for (const server of [lesson0, lesson1, lesson2]) {
        const { code, stderr } = await server.exit("SIGTERM");
        expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      }
    });
  });
});

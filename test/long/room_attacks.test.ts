/** The table of lesson 3's guide: which program survives which attack on servers that share a room. */

import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { SERVER_CHECKS } from "../../lessons/3_simple_cluster_test/attacks.ts";
import { attack, HAS_SIGNALS, LESSON_3, learnerCommand, stepFile } from "../lessons/harness.ts";
import { sharded } from "../shard.ts";

const GUIDE = readFileSync(new URL(`../../lessons/${LESSON_3}/README.md`, import.meta.url), "utf8");
const ROWS = Array.from(GUIDE.matchAll(/^\| (attack|`\w+`) .*$/gm), ([row]) =>
  row
    .split("|")
    .slice(1, -1)
    .map((cell) => cell.trim().replaceAll("`", "")),
);
const [HEADING = [], ...TABLE] = ROWS;

test("the guide's table has every attack, every step that is a server, and the lesson's server", () => {
  expect(HEADING.slice(2)).toEqual(["2", "3", "4", "5", "server.ts"]);
  expect(TABLE.map(([name]) => name)).toEqual(SERVER_CHECKS.attacks.map(({ name }) => name));
});

/** How to start a program of the table as one of several servers. */
function commandOf(program: string): string {
  const words =
    program === "server.ts"
      ? learnerCommand(
          `lessons/${LESSON_3}/server.ts`,
          ..."--quiet --port {port} --broker mqtt://{broker} --name {name}".split(" "),
        )
      : learnerCommand(stepFile(LESSON_3, program), "{port}", "mqtt://{broker}");
  return words.join(" ");
}

// One attack after another, on all programs side by side: they mostly wait.
test.runIf(HAS_SIGNALS).each(sharded(TABLE))(
  "%s: %s",
  { timeout: 240_000 },
  async (name = "", _what, ...cells) => {
    const found = HEADING.slice(2).map(async (program) => {
      const { code, stdout, stderr } = await attack("3", name, commandOf(program)).ended;
      expect(stdout + stderr).toMatch(code === 0 ? /^✓ survived: /m : /^✗ did not survive: /m);
      // No attack may fail for want of a server that runs.
      if (code !== 0 && program !== "2")
        expect(stdout + stderr).not.toMatch(/about the first client of server/);
      return { program, mark: code === 0 ? "✓" : "✗", said: stdout.slice(-1000) };
    });
    for (const [index, { program, mark, said }] of (await Promise.all(found)).entries())
      expect(mark, `${program}: ${said}`).toBe(cells[index]);
  },
);

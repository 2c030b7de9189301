/** Attacks on servers that share a room: which program of lesson 3 survives which of them. */

import { expect, test } from "vitest";
import { attack, HAS_SIGNALS, LESSON_3, learnerCommand, stepFile } from "../lessons/harness.ts";

const TABLE: Record<string, string> = {
  two: "✗✓✓✓",
  twins: "✗✓✓✓",
  kill: "✗✗✓✓",
  freeze: "✗✗✗✓",
};

const STEPS = ["2", "3", "4", "5"];

// One attack after another, on all steps side by side: they mostly wait.
test.runIf(HAS_SIGNALS).each(Object.entries(TABLE))(
  "%s is survived by %s: the steps 2 to 5",
  { timeout: 120_000 },
  async (name, expected) => {
    const found = STEPS.map(async (step) => {
      const command = learnerCommand(stepFile(LESSON_3, step), "{port}", "mqtt://{broker}");
      const { code, stdout, stderr } = await attack("3", name, command.join(" ")).exit();
      expect(stdout + stderr).toMatch(code === 0 ? /^✓ survived: /m : /^✗ did not survive: /m);
      return code === 0 ? "✓" : "✗";
    });
    expect((await Promise.all(found)).join("")).toBe(expected);
  },
);

test("the lesson's server survives all of them", { timeout: 240_000 }, async () => {
  for (const name of [...Object.keys(TABLE), "broker", "ghosts", "will", "junk", "flood"]) {
    const { code, stdout } = await attack("3", name, "--server-timeout", "1500").exit();
    expect(code, stdout).toBe(0);
  }
});

/** Attacks on servers that share a room: which program of lesson 3 survives which of them. */

import { expect, test } from "vitest";
import { attack, HAS_SIGNALS, LESSON_3, learnerCommand, stepFile } from "../lessons/harness.ts";
import { pool } from "../pool.ts";

const TABLE: Record<string, string> = {
  two: "✗✓✓✓",
  twins: "✗✓✓✓",
  kill: "✗✗✓✓",
  freeze: "✗✗✗✓",
};

const STEPS = ["2", "3", "4", "5"];

/** What the lesson's server survives besides the attacks of the table. */
const MORE = ["broker", "ghosts", "will", "junk", "flood"];

/** An attack mostly waits for servers to miss each other, so several run side by side. */
const inTurn = pool(5);

/** What became of an attack on a step. */
async function attackOn(step: string, name: string): Promise<string> {
  const command = learnerCommand(stepFile(LESSON_3, step), "{port}", "mqtt://{broker}");
  const { code, stdout, stderr } = await attack("3", name, command.join(" ")).exit();
  expect(stdout + stderr).toMatch(code === 0 ? /^✓ survived: /m : /^✗ did not survive: /m);
  return code === 0 ? "✓" : "✗";
}

test.runIf(HAS_SIGNALS)("the steps 2 to 5 survive what the table says", { timeout: 300_000 }, async () => {
  const found = Object.keys(TABLE).map(async (name) => {
    const marks = STEPS.map((step) => inTurn(() => attackOn(step, name)));
    return [name, (await Promise.all(marks)).join("")];
  });
  expect(Object.fromEntries(await Promise.all(found))).toEqual(TABLE);
});

test("the lesson's server survives all of them", { timeout: 300_000 }, async () => {
  const attacks = [...Object.keys(TABLE), ...MORE].map((name) =>
    inTurn(async () => {
      const { code, stdout } = await attack("3", name, "--server-timeout", "1500").exit();
      expect(code, stdout).toBe(0);
    }),
  );
  await Promise.all(attacks);
});

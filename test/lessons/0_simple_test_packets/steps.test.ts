import { expect, test } from "vitest";
import { attack, LESSON_0, Peer, startStep, startStepOn, stepFile } from "../harness.ts";
import { answerTest } from "../packets.ts";

const STEPS = ["1", "2", "3", "4", "5", "6"];

test.each(STEPS)("step %s sends test 1 at once, and test 2 after its answer", async (step) => {
  const { port } = await startStep(stepFile(LESSON_0, step));
  const client = await Peer.connect(port);
  expect(await answerTest(client)).toEqual({ id: 1, sequence: 1 });
  expect(await answerTest(client)).toEqual({ id: 1, sequence: 2 });
});

test.each(STEPS)("step %s says in one line that its port is in use, and exits with 1", async (step) => {
  const { port } = await startStep(stepFile(LESSON_0, step));
  const { code, stdout, stderr } = await startStepOn(stepFile(LESSON_0, step), port).exit();
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^.+\n$/); // Bun has other words for it than EADDRINUSE
});

test("step 6 stops reading from a client that sends without end, and goes on serving", async () => {
  const { port } = await startStep(stepFile(LESSON_0, "6"));
  const { code, stdout } = await attack("0", "flood", "--port", String(port)).exit();
  expect(stdout).toMatch(/stopped reading/);
  expect(code).toBe(0);
  const next = await Peer.connect(port);
  expect(await answerTest(next)).toMatchObject({ sequence: 1 });
});

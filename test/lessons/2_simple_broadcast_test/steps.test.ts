import { expect, test } from "vitest";
import { LESSON_2, Peer, startStep, startStepOn, stepFile } from "../harness.ts";
import { NOWHERE, place, readPosition } from "../packets.ts";

const STEPS = ["1", "2", "3", "4", "5"];

test.each(STEPS)(
  "step %s tells a newcomer who it is and who is there, and tells everyone each move",
  async (step) => {
    const { port } = await startStep(stepFile(LESSON_2, step));
    const first = await Peer.connect(port);
    expect(await readPosition(first)).toEqual({ id: 1, x: 30, y: 10 });
    first.send(place(1, 2));
    expect(await readPosition(first)).toEqual({ id: 1, x: 1, y: 2 });

    const second = await Peer.connect(port);
    expect(await readPosition(second)).toEqual({ id: 2, x: 30, y: 10 });
    expect(await readPosition(second)).toEqual({ id: 1, x: 1, y: 2 });
    expect(await readPosition(first)).toEqual({ id: 2, x: 30, y: 10 });
    second.send(place(3, 4));
    for (const client of [first, second]) expect(await readPosition(client)).toEqual({ id: 2, x: 3, y: 4 });
    second.end();
    expect(await readPosition(first)).toEqual({ id: 2, x: NOWHERE, y: NOWHERE });
  },
);

test.each(STEPS)("step %s says in one line that its port is in use, and exits with 1", async (step) => {
  const { port } = await startStep(stepFile(LESSON_2, step));
  const { code, stdout, stderr } = await startStepOn(stepFile(LESSON_2, step), port).exit();
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  expect(stderr).toMatch(/^.*EADDRINUSE.*\n$/);
});

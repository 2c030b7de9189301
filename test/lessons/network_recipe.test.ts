/** Recipes: what is written can be read again, and what makes no sense is refused with its line. */

import { expect, test } from "vitest";
import { readPageCommand } from "../../lessons/network/page_commands.ts";
import { readRecipe, writeRecipe } from "../../lessons/network/recipe.ts";

const EVERYTHING = `hold →
stop reading ←
release → 5
release → packet
release → all
swallow ←
pass ←
delay → 300
wait 800
fin →
reset ←
`;

test("each step is read and written as it was", () => {
  expect(writeRecipe(readRecipe(EVERYTHING))).toBe(EVERYTHING);
});

test("the ways have names, too; comments and blank lines are nothing", () => {
  const steps = readRecipe("# first\n\n  hold to-server # all of it\r\nhold   to-client\n");
  expect(writeRecipe(steps)).toBe("hold →\nhold ←\n");
});

test("what is held stays held in every mode but pass", () => {
  expect(readRecipe("hold →\nswallow →\nrelease → 1\nstop reading →\nrelease → all")).toHaveLength(5);
  expect(() => readRecipe("hold →\npass →\nrelease → 1")).toThrow(
    /^line 3: expected hold → before release →/,
  );
});

test("each way is held, and ends, by itself", () => {
  expect(() => readRecipe("hold ←\nrelease → 1")).toThrow(/^line 2: expected hold →/);
  expect(readRecipe("fin →\nhold ←\nrelease ← all\nwait 1")).toHaveLength(4);
  expect(() => readRecipe("\nreset ←\ndelay ← 1")).toThrow(/^line 3: .*line 2 closed that direction$/);
});

test("with --hold both ways are held from the start", () => {
  expect(readRecipe("release → 1\nrelease ← 1", true)).toHaveLength(2);
});

test.each([
  "release → 0",
  "release → 4194305",
  "release → 1.5",
  "release → -1",
  "release →",
  "delay → 2147483648",
])("%j is refused", (line) => {
  expect(() => readRecipe(`hold →\n${line}`)).toThrow(/^line 2: expected/);
});

test.each(["constructor", "wait → 5", "hold constructor", "stop →", "fin → 1", "delay → 1 2", "wait 1e3"])(
  "%j is refused",
  (line) => {
    expect(() => readRecipe(line)).toThrow(/^line 1: expected/);
  },
);

test("the largest numbers are allowed", () => {
  expect(readRecipe("hold →\nrelease → 4194304\ndelay → 2147483647\nwait 0")).toHaveLength(4);
});

test("a page asks for one step that is not a wait, or for a prediction of 500 characters", () => {
  expect(readPageCommand({ connection: 3, step: "release → all" })).toEqual({
    connection: 3,
    step: { do: "release", way: "to-server", amount: "all" },
  });
  expect(readPageCommand({ connection: 3, predict: "x".repeat(600) })).toEqual({
    connection: 3,
    prediction: "x".repeat(500),
  });
  for (const wrong of [null, [], 5, {}, { connection: 1.5, step: "hold →" }, { connection: 1, step: 7 }]) {
    expect(() => readPageCommand(wrong)).toThrow(RangeError);
  }
  for (const step of ["", "# nothing", "wait 5", "hold →\nhold ←"]) {
    expect(() => readPageCommand({ connection: 1, step })).toThrow(/expected one step/);
  }
});

/** What the mutation tester is told about this project still fits it. The tester itself runs with `npm run test:mutants`. */

import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ROOT } from "../lessons/harness.ts";
import { JUSTIFIED } from "../mutants/justified.ts";
import { mutantsOf } from "../mutants/mutate.ts";
import { readTier, TARGETS } from "../mutants/targets.ts";

const tests = readdirSync(`${ROOT}test`, { recursive: true, encoding: "utf8" })
  .map((file) => `test/${file.replaceAll("\\", "/")}`)
  .filter((file) => file.endsWith(".test.ts"));

test.each(Object.entries(TARGETS))("%s has mutants, and tests that may kill them", (file, tiers) => {
  expect(mutantsOf(readFileSync(`${ROOT}${file}`, "utf8"))).not.toEqual([]);
  for (const word of tiers.flatMap((tier) => readTier(tier).files))
    expect(
      tests.filter((path) => path.includes(word)),
      word,
    ).not.toEqual([]);
});

test("each justification is about a mutant that exists", () => {
  const known = new Map(
    Object.keys(TARGETS).map((file) => [
      file,
      mutantsOf(readFileSync(`${ROOT}${file}`, "utf8")).map(
        ({ original, replacement }) => `${original} → ${replacement}`,
      ),
    ]),
  );
  const stale = JUSTIFIED.filter(
    ({ file, original, replacement }) => !known.get(file)?.includes(`${original} → ${replacement}`),
  );
  expect(stale).toEqual([]);
});

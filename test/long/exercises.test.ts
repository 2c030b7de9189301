/** Every stub fails kindly, every solution passes; no wrong answer does, and each is told what its mistake is. */

import { existsSync, readFileSync } from "node:fs";
import { relative } from "node:path";
import { pathToFileURL } from "node:url";
import ts from "typescript";
import { afterAll, describe, expect, test } from "vitest";
import { findExercises, HOME, ROOT } from "../exercises/catalogue.ts";
import { fillHome, SETTINGS } from "../exercises/home.ts";
import { mostTelling } from "../exercises/show.ts";
import { TypeChecker } from "../exercises/types.ts";
import { checkText, explained, type WrongAnswer } from "../exercises/wrong.ts";
import { sharded } from "../shard.ts";

test("the kit's tsconfig.json leaves the learner's files alone, and the one beside them takes them", () => {
  fillHome(findExercises());
  const filesOf = (config: object, folder: string) =>
    ts.parseJsonConfigFileContent(config, ts.sys, folder).fileNames.map((file) => relative(ROOT, file));
  const kit: { config?: object } = ts.readConfigFile(`${ROOT}tsconfig.json`, ts.sys.readFile);
  const isMine = (file: string) => file.startsWith(HOME);
  expect(filesOf(kit.config ?? {}, ROOT).filter(isMine)).toEqual([]);
  expect(filesOf(SETTINGS, ROOT + HOME).filter(isMine).length).toBeGreaterThanOrEqual(findExercises().length);
});

const types = new TypeChecker();
afterAll(() => types.stop());

// The last exercise of a lesson is a whole server, and its checks mostly wait: it begins first, and the others fill the time.
for (const entry of findExercises().reverse()) {
  const list = entry.checks.replace(/\.ts$/, ".wrong.ts");
  describe.concurrent(`${entry.id} · ${entry.title}`, async () => {
    test("its stub fails, and is told that something is still to be written, or what is wrong with it", async () => {
      const stub = readFileSync(ROOT + entry.stub, "utf8");
      const { problems } = await checkText(entry, stub);
      const problem = mostTelling(problems);
      expect(problem?.message).toMatch(
        /not written yet|without listening anywhere|a chunk is not a request|The next one waits|does not know it yet|You told nobody else|heard nothing/,
      );
      expect(await types.check(entry.stub, stub)).toEqual([]);
    });

    test("our solution passes, and its types fit", { timeout: 300_000 }, async () => {
      const solution = readFileSync(ROOT + entry.solution, "utf8");
      const { problems, printed } = await checkText(entry, solution);
      expect({ problems, printed }).toEqual({ problems: [], printed: "" });
      expect(await types.check(entry.solution, solution)).toEqual([]);
    });

    test("has wrong answers to be proven with", () => {
      expect(existsSync(ROOT + list), list).toBe(true);
    });
    if (!existsSync(ROOT + list)) return;
    const { default: wrong } = (await import(pathToFileURL(ROOT + list).href)) as { default: WrongAnswer[] };
    test.each(sharded(wrong))("$name", { timeout: 120_000 }, async (answer) => {
      expect(await explained(entry, answer)).toMatch(answer.says);
    });
  });
}

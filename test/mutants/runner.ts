/**
 * Runs tests again and again, in a copy of the project whose files change in between. run.ts starts this program in each
 * copy. Vitest starts once here: to start it for each mutant took five times as long as the tests.
 */

import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { createVitest } from "vitest/node";
import compile from "../compiled.ts";
import { readTier } from "./targets.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** What run.ts asks for. The answer is whether the tests passed. */
export interface Request {
  /** The file that has a mistake now. */
  readonly file: string;
  /** The tests to run, see targets.ts. */
  readonly tier: string;
}

const vitest = await createVitest("test", {
  root: ROOT,
  watch: false,
  bail: 1,
  maxWorkers: 2,
  typecheck: { enabled: false },
  reporters: [{}],
});

async function pass({ file, tier }: Request): Promise<boolean> {
  await compile();
  vitest.invalidateFile(join(ROOT, file)); // an earlier run may have read it without the mistake
  const { files, name } = readTier(tier);
  if (name === undefined) vitest.resetGlobalTestNamePattern();
  else vitest.setGlobalTestNamePattern(name);
  const specifications = await vitest.globTestSpecifications(files);
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications);
  vitest.invalidateFile(join(ROOT, file)); // the next run may be about another file, and this one is whole again
  // The result has the modules of earlier runs, too.
  const ids = new Set(specifications.map(({ moduleId }) => moduleId));
  const modules = testModules.filter(({ moduleId }) => ids.has(moduleId));
  const passed = modules.flatMap((module) => [...module.children.allTests("passed")]);
  return passed.length > 0 && unhandledErrors.length === 0 && modules.every((module) => module.ok());
}

process.on("message", (request: Request) => {
  pass(request).then(
    (passed) => process.send?.(passed),
    () => process.send?.(false),
  );
});

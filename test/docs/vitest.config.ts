import { readdirSync } from "node:fs";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { sharded } from "../shard.ts";

/** The files that take longest, the longest first. They begin first, and each is in a shard of its own. */
const LONGEST = ["every_page.test.ts", "playground.test.ts", "network.test.ts", "course.test.ts"];

const FILES = readdirSync(new URL("pages/", import.meta.url)).sort();
const SHARD = sharded([...LONGEST, ...FILES.filter((name) => !LONGEST.includes(name))]);

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) =>
      SHARD.findIndex((name) => moduleId.endsWith(`/${name}`));
    return files.toSorted((one, other) => place(one) - place(other));
  }
}

/** For `npm run test:docs` alone: the generated site in a browser. */
export default defineConfig({
  test: {
    include: SHARD.map((name) => `test/docs/pages/${name}`),
    setupFiles: "test/setup.ts",
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 60_000 } },
    // On a crowded machine a page may be too late for a test: what fails for that passes when it is tried again.
    retry: 1,
    // Each file has a browser of its own.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
  },
});

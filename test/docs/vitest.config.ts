import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** The files that take longest, though they are short. They begin first, so that nobody waits for them in the end. */
const FIRST = ["every_page.test.ts", "build.test.ts"];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isFirst = ({ moduleId }: TestSpecification) => FIRST.some((name) => moduleId.endsWith(`/${name}`));
    const sorted = await super.sort(files);
    return [...sorted.filter(isFirst), ...sorted.filter((file) => !isFirst(file))];
  }
}

/** For `npm run test:docs` alone: the generated site in a browser. */
export default defineConfig({
  test: {
    include: ["test/docs/pages/*.test.ts"],
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

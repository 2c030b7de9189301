import { defineConfig } from "vitest/config";

/** For `npm run test:runtimes` alone: the tests it names, each file once for each runtime. */
export default defineConfig({
  test: {
    include: ["test/{lessons,long}/**/*.test.ts", "test/runtimes/*.test.ts"],
    globalSetup: "test/compiled.ts",
    setupFiles: "test/setup.ts",
    testTimeout: 60_000,
    // On a crowded machine a program may be too late for a test: what fails for that passes when it is tried again.
    retry: 1,
    hookTimeout: 30_000,
    // Most tests wait for programs that they started: with more files at once than cores, none is idle.
    maxWorkers: 3,
    // A process for each file would take a fourth of all the processor time. Tests leave nothing behind.
    isolate: false,
  },
});

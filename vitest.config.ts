import process from "node:process";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/{src,lessons}/**/*.test.ts", "test/docs/{pictures,playground,recordings}/*.test.ts"],
    // The sieges have a run of their own in CI, and a longer one: HOSTILE=long npx vitest run hostile
    exclude: process.env["HOSTILE"] ? [] : ["test/lessons/*/hostile.test.ts"],
    globalSetup: "test/compiled.ts",
    setupFiles: "test/setup.ts",
    // Type tests (*.test-d.ts) are compiled, not run: a line that must not compile carries @ts-expect-error.
    typecheck: {
      enabled: true,
      include: ["test/src/**/*.test-d.ts"],
      tsconfig: "test/src/tsconfig.types.json",
    },
    // Every wait is for an event, and a busy machine may be five times slower. Only what hangs takes this long, and
    // what waits with a limit of its own (PATIENCE in test/lessons/harness.ts) says first what it waited for.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Most tests wait for programs that they started: with more files at once than cores, none is idle.
    // A siege wants the machine for itself.
    maxWorkers: process.env["HOSTILE"] ? 1 : 4,
    // A process for each file would take a fourth of all the processor time. Tests leave nothing behind.
    isolate: false,
  },
});

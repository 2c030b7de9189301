import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/{src,lessons}/**/*.test.ts"],
    globalSetup: "test/compiled.ts",
    // Type tests (*.test-d.ts) are compiled, not run: a line that must not compile carries @ts-expect-error.
    typecheck: {
      enabled: true,
      include: ["test/src/**/*.test-d.ts"],
      tsconfig: "test/src/tsconfig.types.json",
    },
    testTimeout: 20_000,
    hookTimeout: 20_000,
    // Most tests wait for programs that they started: with more files at once than cores, none is idle.
    maxWorkers: 4,
  },
});

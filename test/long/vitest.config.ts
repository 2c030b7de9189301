import { defineConfig } from "vitest/config";

/** For `npm run test:long` alone: tests that mostly wait, and are not worth waiting for after each change. */
export default defineConfig({
  test: {
    include: ["test/long/*.test.ts"],
    globalSetup: "test/compiled.ts",
    setupFiles: "test/setup.ts",
    // Many attempts at exercises run at once, as in CI: they may take longer.
    env: { CI: "true" },
    // Some of it floods, and some of it measures seconds: never both at once.
    maxWorkers: 1,
    testTimeout: 120_000,
    // On a crowded machine a program may be too late for a check: what fails for that passes when it is tried again.
    retry: 1,
    hookTimeout: 120_000,
  },
});

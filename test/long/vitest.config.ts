import { defineConfig } from "vitest/config";

/** For `npm run test:long` alone: tests that mostly wait, and are not worth waiting for after each change. */
export default defineConfig({
  test: {
    include: ["test/long/*.test.ts"],
    globalSetup: "test/compiled.ts",
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});

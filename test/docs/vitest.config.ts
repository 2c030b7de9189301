import { defineConfig } from "vitest/config";

/** For `npm run test:docs` alone: the generated site in a browser. */
export default defineConfig({
  test: {
    include: ["test/docs/pages/*.test.ts"],
    setupFiles: "test/setup.ts",
    testTimeout: 60_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    // Each file has a browser of its own.
    maxWorkers: 2,
  },
});

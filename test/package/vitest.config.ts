import { defineConfig } from "vitest/config";

/** For `npm run test:package` alone. */
export default defineConfig({
  test: {
    include: ["test/package/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});

import process from "node:process";
import { defineConfig } from "vitest/config";

// EXERCISES=solutions checks our solutions in place of the stubs; a test does so, and you should if you change a check.
const solutions = process.env["EXERCISES"] === "solutions";

export default defineConfig({
  resolve: {
    alias: solutions ? [{ find: /^(.*\/exercises)\/(\d+_\w+\.ts)$/, replacement: "$1/solutions/$2" }] : [],
  },
  test: {
    include: ["test/exercises/*/*.test.ts"],
    // A thread ends with the process even if an exercise loops forever; a separate process would not.
    pool: "threads",
    testTimeout: 5000,
  },
});

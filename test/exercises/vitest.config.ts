import process from "node:process";
import { defineConfig } from "vitest/config";

// EXERCISES=solutions checks our solutions in place of the stubs; a test does so, and whoever changes a check.
const solutions = process.env["EXERCISES"] === "solutions";

export default defineConfig({
  resolve: {
    alias: solutions ? [{ find: /^(.*\/exercises)\/(\d+_\w+\.ts)$/, replacement: "$1/solutions/$2" }] : [],
  },
  test: {
    include: ["test/exercises/*/*.test.ts"],
    // A thread ends with the process also where an exercise loops for ever; a process of its own would not.
    pool: "threads",
    testTimeout: 5000,
  },
});

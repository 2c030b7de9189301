/**
 * `npm run test:package`: builds the package of struct, installs it as its users do, and lets their tools judge it.
 *
 * It needs Chromium or Chrome on this machine. The runtimes are those of test/runtimes, and the other tools are
 * installed beside this file. `npm run test:package -- deno` runs the tests with that in their titles.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { readCommandLine } from "../../src/command_line.ts";
import { install } from "../install.ts";
import { choose, fetchRuntimes } from "../runtimes/runtimes.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));

const { arguments: words } = readCommandLine("npm run test:package [-- WORD …]", {}, (given) => given);
install(HERE);
const runtimes = fetchRuntimes(choose(["node 20", "node 26", "deno", "bun"]));
run("node_modules/tsx/dist/cli.mjs", "docs/package/build.ts");
const title = words.length > 0 ? ["-t", words.join(" ")] : [];
run("node_modules/vitest/vitest.mjs", "run", "--config", "test/package/vitest.config.ts", ...title);

/** Runs a program that is a script for Node, and ends where it fails. */
function run(script: string, ...flags: string[]): void {
  const { status } = spawnSync(process.execPath, [script, ...flags], {
    stdio: "inherit",
    env: { ...process.env, RUNTIMES: JSON.stringify(runtimes) },
  });
  if (status !== 0) process.exit(1);
}

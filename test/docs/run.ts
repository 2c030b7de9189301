/**
 * `npm run test:docs`: builds the site, and looks at it in a browser.
 *
 * It needs Chromium or Chrome on this machine, and says what to install where there is none. What drives the browser is
 * installed beside this file. `npm run test:docs -- playground` runs the tests whose file name has that in it, and with
 * `SHARD=2/4` a quarter of the files.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { readCommandLine } from "../../src/command_line.ts";
import { install } from "../install.ts";
import { findBrowser } from "./find_browser.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const HERE = fileURLToPath(new URL(".", import.meta.url));

const { arguments: words } = readCommandLine("npm run test:docs [-- WORD …]", {}, (given) => given);
try {
  console.log(`The browser: ${findBrowser()}`);
} catch (error) {
  console.error((error as Error).message);
  process.exit(1);
}
install(HERE);
run("node_modules/typescript/bin/tsc", "-p", HERE);
run("node_modules/typedoc/bin/typedoc");
run("node_modules/vitest/vitest.mjs", "run", "--config", "test/docs/vitest.config.ts", ...words);

/** Runs a program that is a script for Node, and ends where it fails. */
function run(script: string, ...flags: string[]): void {
  const { status } = spawnSync(process.execPath, [script, ...flags], { cwd: ROOT, stdio: "inherit" });
  if (status !== 0) process.exit(1);
}

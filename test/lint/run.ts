/**
 * The linting half of `npm run check`, and `npm run format`, which is this with `--write`.
 *
 * Biome checks the style and what a single file shows. Whether a promise is left floating takes the types of other
 * files, Node's and Vitest's included, and of those Biome knows too few: oxlint, which asks TypeScript, checks that.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { delimiter, join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { readCommandLine, switchFlag } from "../../src/command_line.ts";
import { install } from "../install.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const HERE = fileURLToPath(new URL(".", import.meta.url));
const MODULES = join(HERE, "node_modules");

const { options } = readCommandLine("npm run check, npm run format", {
  write: switchFlag("repair what can be repaired, and check nothing else"),
});
install(HERE);

if (options.write) {
  run("@biomejs/biome/bin/biome", "check", "--write");
} else {
  run("@biomejs/biome/bin/biome", "check", "--error-on-warnings");
  run(
    "oxlint/bin/oxlint",
    ...["--config", join(HERE, "oxlint.json"), "--type-aware"],
    ...["--ignore-pattern", "my/"], // learners' files; in an archive without git, .gitignore does not count
    // A line that says "no promise floats here" where none does is an error: planted.ts is a test because of that.
    ...["--report-unused-disable-directives-severity", "error"],
  );
}

/** Runs a program of the package beside this file; both linters are started by a script for Node. */
function run(script: string, ...flags: string[]): void {
  const { status } = spawnSync(process.execPath, [join(MODULES, script), ...flags], {
    cwd: ROOT,
    stdio: "inherit",
    // Where oxlint looks for the program that asks TypeScript.
    env: { ...process.env, PATH: `${join(MODULES, ".bin")}${delimiter}${process.env["PATH"]}` },
  });
  if (status !== 0) process.exitCode = 1;
}

/**
 * Installs what only one script needs, so that a learner's `npm ci` stays small: test/lint, test/bench,
 * test/docs and test/runtimes are packages of their own. Their lockfiles say what is installed, to the byte.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";

/**
 * Installs a package's dependencies unless they are there already. No script of theirs runs.
 *
 * @param folder - where its package.json and package-lock.json are
 * @param target - where its node_modules go
 */
export function install(folder: string, target: string = folder): void {
  const lockfile = join(folder, "package-lock.json");
  // A copy of the lockfile, made once all of it is installed.
  const installed = join(target, "node_modules/.installed.json");
  if (existsSync(installed) && readFileSync(installed).equals(readFileSync(lockfile))) return;

  mkdirSync(target, { recursive: true });
  if (target !== folder) {
    for (const name of ["package.json", "package-lock.json"]) cpSync(join(folder, name), join(target, name));
  }
  // On Windows npm is a script of the shell's.
  const command = "npm ci --ignore-scripts --no-audit --no-fund";
  const { status } = spawnSync(command, { cwd: target, stdio: "inherit", shell: true });
  if (status !== 0) process.exit(1);
  cpSync(lockfile, installed);
}

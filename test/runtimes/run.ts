/**
 * `npm run test:runtimes`: the lessons on every runtime that runs TypeScript.
 *
 * 1. Fetches the runtimes, as the packages that package.json beside this file names, into a cache under
 *    node_modules. It takes about a gigabyte there and, with a cache, no time.
 * 2. Runs the tests of the lessons with servers and clients on each of them.
 * 3. Pairs each one's clients with each one's servers, as tasks and as threads.
 *
 * `npm run test:runtimes deno bun` does so with these two alone. With `SHARD=2/4`, 2 runs a quarter of the files on each
 * runtime, and not the same ones.
 */

import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import process from "node:process";
import { readCommandLine } from "../../src/command_line.ts";
import { sharded } from "../shard.ts";
import { choose, fetchRuntimes } from "./runtimes.ts";

const { arguments: chosen } = readCommandLine("npm run test:runtimes [RUNTIME …]", {}, choose);
const runtimes = fetchRuntimes(chosen);
for (const { name, program } of runtimes) console.log(`${name.padEnd(8)} ${firstLine(program)}`);

const failed: string[] = [];
for (const [turn, runtime] of runtimes.entries()) {
  report(`the lessons' tests on ${runtime.name}`, sharded(outsideTests(runtime.name), turn), {
    LESSON_SERVER_RUNTIME: runtime.server,
    LESSON_CLIENT_RUNTIME: runtime.client,
  });
}
report("each runtime's clients with each runtime's servers", ["test/runtimes/pairs.test.ts"], {
  RUNTIMES: JSON.stringify(runtimes),
});

console.log(failed.length === 0 ? "\nAll runtimes pass." : `\nFailed: ${failed.join("; ")}`);
process.exitCode = failed.length === 0 ? 0 : 1;

/** The tests that start the lessons' programs. What a step withstands is the same on all Nodes. */
function outsideTests(runtime: string): string[] {
  const tests = readdirSync("test/lessons", { recursive: true, encoding: "utf8" })
    .filter((file) =>
      /(server|client|broker|security|haproxy|bytes|terminal|map|network|command_line|python|hostile|descriptors|attacks)\.test\.ts$/.test(
        file,
      ),
    )
    .sort()
    .map((file) => `test/lessons/${file}`);
  return runtime.startsWith("node") ? tests : [...tests, "test/long/attack_tables.test.ts"];
}

function report(what: string, files: string[], environment: Record<string, string>): void {
  console.log(`\n— ${what}`);
  const { status } = spawnSync(
    process.execPath,
    ["node_modules/vitest/vitest.mjs", "run", "--config", "test/runtimes/vitest.config.ts", ...files],
    { stdio: "inherit", env: { ...process.env, ...environment } },
  );
  if (status !== 0) failed.push(what);
}

function firstLine(program: string): string {
  return spawnSync(program, ["--version"], { encoding: "utf8" }).stdout.split("\n", 1)[0] ?? "";
}

/**
 * `npm run bench:struct`: how fast struct is, on the Node that runs npm or on other runtimes.
 *
 *     npm run bench:struct                     about a minute
 *     npm run bench:struct -- deno "node 24"   on each of these, one after another
 *     npm run bench:struct -- --smoke          a few seconds, to see that it works; the numbers mean nothing
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { readCommandLine, switchFlag } from "../../src/command_line.ts";
import { install } from "../install.ts";
import { choose, fetchRuntimes } from "../runtimes/runtimes.ts";

const { options, arguments: chosen } = readCommandLine(
  "npm run bench:struct -- [--smoke] [RUNTIME …]",
  { smoke: switchFlag("a few seconds, to see that it works; the numbers mean nothing") },
  (names) => (names.length > 0 ? choose(names) : []),
);

install(fileURLToPath(new URL(".", import.meta.url)));
const commands =
  chosen.length > 0
    ? fetchRuntimes(chosen).map(({ anything }) => anything.split(" "))
    : [[process.execPath, "--import", "tsx"]];
for (const [program = "", ...flags] of commands) {
  const bench = fileURLToPath(new URL("struct.ts", import.meta.url));
  const args = [...flags, bench, ...(options.smoke ? ["--smoke"] : [])];
  if (spawnSync(program, args, { stdio: "inherit" }).status !== 0) process.exitCode = 1;
}

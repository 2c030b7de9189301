/**
 * `npm run bench` measures everything, one after the other; `npm run bench -- struct` measures struct alone. `--smoke`
 * only checks that it can. The flags of one of them go to that one alone: `npm run bench:server -- --rounds 3`.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { readCommandLine, switchFlag } from "../../src/command_line.ts";
import { install } from "../install.ts";

const HERE = fileURLToPath(new URL(".", import.meta.url));
const NAMES = ["struct", "server", "clients", "broadcast", "cluster"];

const { options, arguments: names } = readCommandLine(
  `npm run bench -- [${NAMES.join(" | ")} …] [--smoke]`,
  { smoke: switchFlag("a few seconds, to see that it works; the numbers mean nothing") },
  (words) => {
    const wrong = words.find((word) => !NAMES.includes(word));
    if (wrong !== undefined) {
      throw new RangeError(`there is no ${JSON.stringify(wrong)} to measure, only ${NAMES.join(", ")}`);
    }
    return words.length === 0 ? NAMES : words;
  },
);

install(HERE);
const tsc = fileURLToPath(new URL("../../node_modules/typescript/bin/tsc", import.meta.url));
run(tsc, "-p", HERE);
if (process.exitCode === undefined) {
  for (const name of names)
    run("--import", "tsx", `${HERE}${name}.ts`, ...(options.smoke ? ["--smoke"] : []));
}

function run(...args: string[]): void {
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}

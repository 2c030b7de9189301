/**
 * `npm run bench` measures everything, one after the other; `npm run bench -- --smoke` only checks that it can.
 * Flags of one of them go to that one alone: `npm run bench:server -- --rounds 3`.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const { values } = parseArgs({ options: { smoke: { type: "boolean", default: false } } });

for (const bench of ["struct.ts", "server.ts", "clients.ts"]) {
  const file = fileURLToPath(new URL(bench, import.meta.url));
  const flags = values.smoke ? ["--smoke"] : [];
  const { status } = spawnSync(process.execPath, ["--import", "tsx", file, ...flags], { stdio: "inherit" });
  if (status !== 0) process.exitCode = 1;
}

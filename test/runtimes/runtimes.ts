/**
 * The runtimes that run TypeScript: where they come from, and how each is called.
 *
 * They are the packages that package.json beside this file names, fetched into a cache under node_modules. It takes about
 * a gigabyte there and, with a cache, no time.
 *
 * @module
 */

import { spawnSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** One runtime and how it is called, from the root of the kit. */
export interface Runtime {
  readonly name: string;
  /** The program itself, to ask it for its version. */
  readonly program: string;
  /** The words before a server's file. */
  readonly server: string;
  /** The words before a client's file. */
  readonly client: string;
  /** The words before a file that may do anything, e.g. a benchmark. */
  readonly anything: string;
}

const HERE = fileURLToPath(new URL(".", import.meta.url));
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const CACHE = "node_modules/.cache/runtimes";
const MODULES = `${CACHE}/node_modules`;

/**
 * Fetches the runtimes and goes to the root of the kit. Ends the program for a name that is none of theirs.
 *
 * @param names - which runtimes; if empty, all of them
 * @returns those that this machine can run
 */
export function runtimes(names: readonly string[]): Runtime[] {
  process.chdir(ROOT);
  const all = known();
  const unknown = names.filter((name) => !all.some((runtime) => runtime.name === name));
  if (unknown.length > 0) {
    const right = all.map(({ name }) => JSON.stringify(name)).join(", ");
    console.error(`no such runtime: ${unknown.join(", ")}; there are ${right}`);
    process.exit(2);
  }
  install();
  return all.filter(({ name }) => names.length === 0 || names.includes(name)).filter(isHere);
}

/** Fetches what is not in the cache. No package's script runs: they would fetch what npm has fetched already. */
function install(): void {
  mkdirSync(CACHE, { recursive: true });
  const manifests = ["package.json", "package-lock.json"];
  const same = manifests.every(
    (file) => existsSync(join(CACHE, file)) && text(join(CACHE, file)) === text(join(HERE, file)),
  );
  if (same && existsSync(`${MODULES}/.package-lock.json`)) return;
  for (const file of manifests) cpSync(join(HERE, file), join(CACHE, file));
  const flags = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
  const { status } = spawnSync("npm", flags, { cwd: CACHE, stdio: "inherit" });
  if (status !== 0) process.exit(1);
}

function known(): Runtime[] {
  const node = (version: number) => `${MODULES}/node${version}/bin/node`;
  // What the lessons need of Deno. The guides name the address 127.0.0.1; the tests use three others, too. A
  // thread reads the lesson's files again.
  const net = "--allow-net=127.0.0.1,127.0.0.2,0.0.0.0,192.0.2.1";
  return [
    runtime("node 20", node(20), "--import tsx"), // what `npx tsx` calls
    runtime("node 22", node(22), ""),
    runtime("node 24", node(24), ""),
    runtime("node 26", node(26), ""),
    runtime("deno", `${MODULES}/deno/deno`, `run ${net} --allow-read=lessons,src`, `run ${net}`, "run -A"),
    runtime("bun", `${MODULES}/bun/bin/bun`, "run"),
  ];
}

function runtime(
  name: string,
  program: string,
  server: string,
  client = server,
  anything = server,
): Runtime {
  const command = (flags: string) => `${program} ${flags}`.trim();
  return { name, program, server: command(server), client: command(client), anything: command(anything) };
}

/** On a machine of another kind npm leaves the programs out. */
function isHere({ name, program }: Runtime): boolean {
  if (existsSync(program)) {
    chmodSync(program, 0o755); // what its script would have done
    return true;
  }
  console.warn(
    `${name} is SKIPPED: its package is for Linux on x64, and this is ${process.platform} on ${process.arch}`,
  );
  return false;
}

function text(file: string): string {
  return readFileSync(file, "utf8");
}

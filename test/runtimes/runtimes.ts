/**
 * The runtimes that run TypeScript: where they come from, and how each is called.
 *
 * They are the packages that package.json beside this file names. They go into a cache under node_modules, where they take
 * about a gigabyte, and are fetched once.
 *
 * @module
 */

import { chmodSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { install } from "../install.ts";

/** One runtime and how it is called, from the root of the kit. */
export interface Runtime {
  readonly name: string;
  /** The program itself, to ask it for its version. */
  readonly program: string;
  /** The words before a server's file. */
  readonly server: string;
  /** The words before a client's file. */
  readonly client: string;
  /** The words before a file that may do anything, such as a benchmark. */
  readonly anything: string;
}

const HERE = fileURLToPath(new URL(".", import.meta.url));
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const CACHE = "node_modules/.cache/runtimes";
const MODULES = `${CACHE}/node_modules`;

/**
 * Finds runtimes by name.
 *
 * @param names - the names; if empty, all of them
 * @returns the runtimes
 * @throws RangeError that lists the right names
 */
export function choose(names: string[]): Runtime[] {
  const all = known();
  const unknown = names.find((name) => !all.some((runtime) => runtime.name === name));
  if (unknown !== undefined) {
    const right = all.map(({ name }) => JSON.stringify(name)).join(", ");
    throw new RangeError(`there is no runtime ${JSON.stringify(unknown)} here, only ${right}`);
  }
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

/**
 * Fetches the runtimes if they are not there yet, and goes to the root of the kit.
 *
 * @param chosen - the runtimes that are wanted
 * @returns those of them that this machine can run
 */
export function fetchRuntimes(chosen: readonly Runtime[]): Runtime[] {
  process.chdir(ROOT);
  install(HERE, CACHE);
  return chosen.filter(isHere);
}

function known(): Runtime[] {
  const node = (version: number) => `${MODULES}/node${version}/bin/node`;
  // What the lessons need of Deno. The guides name the address 127.0.0.1; the tests use three others, too. A
  // thread reads the lesson's files again. And `npm run network` reads recipes: the tests
  // write them to the folder for temporary files, and npm names the folder in which the command was typed. The packages
  // that lesson 3's servers and broker use look through the whole environment.
  const net = "--allow-net=127.0.0.1,127.0.0.2,0.0.0.0,192.0.2.1";
  return [
    runtime("node 20", node(20), "--import tsx"), // what `npx tsx` calls
    runtime("node 22", node(22), ""),
    runtime("node 24", node(24), ""),
    runtime("node 26", node(26), ""),
    runtime(
      "deno",
      `${MODULES}/deno/deno`,
      `run ${net} --allow-read=lessons,src,${tmpdir()} --allow-env`,
      `run ${net}`,
      "run -A",
    ),
    runtime("bun", `${MODULES}/bun/bin/bun`, "run"),
  ];
}

function runtime(name: string, program: string, server: string, client = server, anything = server): Runtime {
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

/**
 * `npm run test:runtimes`: the lessons on every runtime that runs TypeScript.
 *
 * 1. Fetches the runtimes, as the packages that package.json beside this file names, into a cache under
 *    node_modules. It takes about a gigabyte there and, with a cache, no time.
 * 2. Runs the tests of the lessons with servers and clients on each of them.
 * 3. Pairs each one's clients with each one's servers, as tasks and as threads.
 *
 * `npm run test:runtimes deno bun` does so with these two alone.
 */

import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, readdirSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { readCommandLine } from "../../src/command_line.ts";
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
}

const HERE = fileURLToPath(new URL(".", import.meta.url));
const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const CACHE = "node_modules/.cache/runtimes";
const MODULES = `${CACHE}/node_modules`;

process.chdir(ROOT);
const { arguments: chosen } = readCommandLine("npm run test:runtimes [RUNTIME …]", {}, choose);
install(HERE, CACHE);
const runtimes = chosen.filter(isHere);
for (const { name, program } of runtimes) console.log(`${name.padEnd(8)} ${firstLine(program)}`);

const failed: string[] = [];
for (const runtime of runtimes) {
  report(`the lessons' tests on ${runtime.name}`, outsideTests(), {
    LESSON_SERVER_RUNTIME: runtime.server,
    LESSON_CLIENT_RUNTIME: runtime.client,
  });
}
report("each runtime's clients with each runtime's servers", ["test/runtimes/pairs.test.ts"], {
  RUNTIMES: JSON.stringify(runtimes),
});

console.log(failed.length === 0 ? "\nAll runtimes pass." : `\nFailed: ${failed.join("; ")}`);
process.exitCode = failed.length === 0 ? 0 : 1;

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
    runtime("deno", `${MODULES}/deno/deno`, `run ${net} --allow-read=lessons,src`, `run ${net}`),
    runtime("bun", `${MODULES}/bun/bin/bun`, "run"),
  ];
}

function runtime(name: string, program: string, server: string, client = server): Runtime {
  const command = (flags: string) => `${program} ${flags}`.trim();
  return { name, program, server: command(server), client: command(client) };
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

function choose(names: string[]): Runtime[] {
  const all = known();
  const unknown = names.find((name) => !all.some((runtime) => runtime.name === name));
  if (unknown !== undefined) {
    const right = all.map(({ name }) => JSON.stringify(name)).join(", ");
    throw new RangeError(`there is no runtime ${JSON.stringify(unknown)} here, only ${right}`);
  }
  return names.length === 0 ? all : all.filter(({ name }) => names.includes(name));
}

/** The tests that start the lessons' programs. */
function outsideTests(): string[] {
  return readdirSync("test/lessons", { recursive: true, encoding: "utf8" })
    .filter((file) => /(server|client|bytes|command_line|python|hostile|descriptors)\.test\.ts$/.test(file))
    .map((file) => `test/lessons/${file}`);
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

/**
 * `npm run test:mutants`: do the tests notice a mistake?
 *
 * Each mutant is a source file with one small mistake in it. It is killed when a test fails, or when the tests do not
 * end in time. A mutant that survives shows a line that no test guards, unless justified.ts says why it may.
 *
 *     npm run test:mutants [-- FILE[:FROM-TO] …] [--every N] [--smoke]
 *
 * Each worker has a copy of the project in a temporary folder, so the files you work on are never touched.
 */

import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { signalGroup } from "../../src/checks/process_group.ts";
import { JUSTIFIED } from "./justified.ts";
import { type Mutant, mutantsOf } from "./mutate.ts";
import type { Request } from "./runner.ts";
import { TARGETS } from "./targets.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const COPIED = ["src", "lessons", "test", "package.json", "tsconfig.json", "vitest.config.ts"];

/** How long the tests of a tier may take without a mutant, in milliseconds. */
const TIME_LIMIT = 90_000;
/** How long they may take with one: so many times as long, and a little for a machine that has just become busy. */
const PATIENCE = { times: 5, more: 10_000 };

const USAGE = `usage: npm run test:mutants [-- FILE[:FROM-TO] …] [--every N] [--smoke]

  FILE       one of ${Object.keys(TARGETS).join(", ")}; all if none is given
  :FROM-TO   only the mutants on these lines of it
  --every N  only every Nth mutant
  --smoke    a small sample and its quick tests, to see that all of this works
`;

interface Job extends Mutant {
  readonly file: string;
}

type Outcome = "killed" | "timed out" | "survived";

/** What to mutate, and with how many tiers of tests to try it. */
interface Task {
  readonly ranges: Range[];
  readonly every: number;
  readonly tiers: number;
}

/** The lines of a file to mutate, from 1. */
interface Range {
  readonly file: string;
  readonly from: number;
  readonly to: number;
}

/** Its tests take a second, and kill or justify each of its mutants. */
const SMOKE: Task = { ranges: [rangeOf("src/packets.ts")], every: 8, tiers: 1 };

function readCommandLine(): Task {
  try {
    const options = {
      every: { type: "string", default: "1" },
      smoke: { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    } as const;
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    if (values.help) {
      process.stdout.write(USAGE);
      process.exit(0);
    }
    if (!/^[1-9]\d*$/.test(values.every)) throw new Error("--every takes a whole number from 1 on");
    if (values.smoke) return SMOKE;
    return {
      ranges: (positionals.length > 0 ? positionals : Object.keys(TARGETS)).map(rangeOf),
      every: Number(values.every),
      tiers: Number.POSITIVE_INFINITY,
    };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}`);
    process.exit(2);
  }
}

function rangeOf(text: string): Range {
  const [, file = text, from = 1, to = Number.POSITIVE_INFINITY] = /^(.*):(\d+)-(\d+)$/.exec(text) ?? [];
  if (!Object.hasOwn(TARGETS, file)) throw new Error(`${JSON.stringify(file)} is not a file with mutants`);
  return { file, from: Number(from), to: Number(to) };
}

/** A copy of the project in which one worker runs the tests. */
class Workshop {
  static readonly #timeLimits = new Map<string, number>();
  readonly folder = mkdtempSync(join(tmpdir(), "mutants-"));
  #runner: ChildProcess | undefined;

  constructor() {
    const filter = (path: string) => !path.includes("node_modules");
    for (const name of COPIED) cpSync(join(ROOT, name), join(this.folder, name), { recursive: true, filter });
    // Its own node_modules, because the tests keep compiled programs there; the packages in it are those of the project.
    mkdirSync(join(this.folder, "node_modules"));
    for (const name of readdirSync(join(ROOT, "node_modules"))) {
      if (name !== ".cache")
        symlinkSync(join(ROOT, "node_modules", name), join(this.folder, "node_modules", name));
    }
  }

  async try({ file, source }: { file: string; source: string }, tiers: number): Promise<Outcome> {
    const copy = join(this.folder, file);
    const original = readFileSync(copy, "utf8");
    writeFileSync(copy, source);
    try {
      for (const tier of TARGETS[file]?.slice(0, tiers) ?? []) {
        const outcome = await this.#runTests(file, tier);
        if (outcome !== "survived") return outcome;
      }
      return "survived";
    } finally {
      writeFileSync(copy, original);
    }
  }

  async #runTests(file: string, tier: string): Promise<Outcome> {
    // A process group of its own, so that everything that the tests have started can be ended with them.
    this.#runner ??= fork(join(this.folder, "test/mutants/runner.ts"), {
      cwd: this.folder,
      detached: true,
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    const runner = this.#runner;
    const waiting = new AbortController();
    const { signal } = waiting;
    const timer = setTimeout(() => waiting.abort(), Workshop.#timeLimits.get(tier) ?? TIME_LIMIT);
    const start = performance.now();
    runner.send({ file, tier } satisfies Request);
    try {
      const answer = once(runner, "message", { signal });
      const end = once(runner, "exit", { signal }).then(() => [false]);
      const [passed] = await Promise.race([answer, end]);
      if (runner.exitCode !== null) this.stop();
      // The first run of each tier is without a mutant.
      if (!Workshop.#timeLimits.has(tier))
        Workshop.#timeLimits.set(tier, PATIENCE.times * (performance.now() - start) + PATIENCE.more);
      return passed ? "survived" : "killed";
    } catch {
      this.stop();
      return "timed out";
    } finally {
      clearTimeout(timer);
      waiting.abort();
    }
  }

  stop(): void {
    if (this.#runner) signalGroup(this.#runner, "SIGKILL");
    this.#runner = undefined;
  }

  remove(): void {
    this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const { ranges, every, tiers } = readCommandLine();
  const jobs = ranges
    .flatMap(({ file, from, to }): Job[] =>
      mutantsOf(readFileSync(join(ROOT, file), "utf8"))
        .filter(({ line }) => from <= line && line <= to)
        .map((mutant) => ({ file, ...mutant })),
    )
    .filter((_, index) => index % every === 0);
  const files = [...new Set(ranges.map(({ file }) => file))];
  const workshops = Array.from({ length: Math.min(availableParallelism(), 4) }, () => new Workshop());
  process.on("exit", () => {
    for (const workshop of workshops) workshop.remove();
  });
  process.on("SIGINT", () => process.exit(130));

  for (const file of files) {
    const source = readFileSync(join(ROOT, file), "utf8");
    const outcome = await workshops[0]?.try({ file, source }, tiers);
    if (outcome !== "survived") throw new Error(`the tests of ${file} fail without any mutant (${outcome})`);
  }

  const outcomes = new Map<Job, Outcome>();
  let next = 0;
  await Promise.all(
    workshops.map(async (workshop) => {
      while (next < jobs.length) {
        const job = jobs[next++] as Job;
        const outcome = await workshop.try(job, tiers);
        outcomes.set(job, outcome);
        if (outcome === "survived") console.log(`${describe(job)}${reasonFor(job) ? ` (justified)` : ""}`);
      }
    }),
  );
  report(files, jobs, outcomes);
}

function describe({ file, line, original, replacement }: Job): string {
  return `survived: ${file}:${line}  ${original}  →  ${replacement}`;
}

function reasonFor({ file, original, replacement }: Job): string | undefined {
  return JUSTIFIED.find(
    (entry) => entry.file === file && entry.original === original && entry.replacement === replacement,
  )?.reason;
}

function report(files: string[], jobs: Job[], outcomes: Map<Job, Outcome>): void {
  console.log();
  for (const file of files) {
    const ofFile = jobs.filter((job) => job.file === file);
    const count = (outcome: Outcome) => ofFile.filter((job) => outcomes.get(job) === outcome).length;
    const survivors = ofFile.filter((job) => outcomes.get(job) === "survived");
    const justified = survivors.filter((job) => reasonFor(job)).length;
    const unexplained = survivors.length - justified;
    console.log(
      `${file.padEnd(18)} ${ofFile.length} mutants: ${count("killed")} killed, ${count("timed out")} timed out, ` +
        `${justified} justified, ${unexplained} survived`,
    );
    if (unexplained > 0) process.exitCode = 1;
  }
}

await main();
process.exit();

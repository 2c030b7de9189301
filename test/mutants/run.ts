/**
 * `npm run test:mutants`: do the tests notice a mistake?
 *
 * Each mutant is a source file with one small mistake in it. It is killed when a test fails, or when the tests do not
 * end in time. A mutant that survives shows a line that no test guards, unless justified.ts says why it may.
 *
 *     npm run test:mutants [-- FILE …] [--every N] [--smoke]
 *
 * Each worker has a copy of the project in a temporary folder, so the files you work on are never touched.
 */

import { type ChildProcess, spawn } from "node:child_process";
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
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { JUSTIFIED } from "./justified.ts";
import { type Mutant, mutantsOf } from "./mutate.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));
const COPIED = ["src", "lessons", "test", "package.json", "tsconfig.json", "vitest.config.ts"];

/** How long the tests of one tier may take with a mutant, in milliseconds. Without one they take a tenth of that. */
const TIME_LIMIT = 90_000;

const LESSON_0 = "test/lessons/0_simple_test_packets/server.test.ts";
const LESSON_1 = "test/lessons/1_simple_math_server/server.test.ts";
const CONNECTION = [
  "test/src/buffers.test.ts test/src/deadline.test.ts test/src/connection.test.ts",
  `test/src/threads.test.ts test/lessons/bytes.test.ts ${LESSON_1}`,
];

/** The files to mutate, each with its tests: quick ones first, then those that see it from outside. */
const TARGETS: Record<string, string[]> = {
  "src/connection.ts": CONNECTION,
  "src/buffers.ts": CONNECTION,
  "src/deadline.ts": CONNECTION,
  "src/threads.ts": ["test/src/threads.test.ts test/src/threads_refused.test.ts", LESSON_1],
  "src/server.ts": ["test/src/server.test.ts", LESSON_1, `${LESSON_0} test/lessons/descriptors.test.ts`],
  "src/log.ts": ["test/src/log.test.ts", "test/lessons/bytes.test.ts"],
  "src/program.ts": ["test/src/program.test.ts"],
  "src/packets.ts": ["test/src/packets.test.ts"],
  "src/wire.ts": ["test/src/packets.test.ts", "test/lessons/bytes.test.ts"],
};

const USAGE = `usage: npm run test:mutants [-- FILE …] [--every N] [--smoke]

  FILE       one of ${Object.keys(TARGETS).join(", ")}; all if none is given
  --every N  only every Nth mutant
  --smoke    a small sample, to see that all of this works
`;

interface Job extends Mutant {
  readonly file: string;
}

type Outcome = "killed" | "timed out" | "survived";

function readCommandLine(): { files: string[]; every: number } {
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
    const unknown = positionals.find((file) => !Object.hasOwn(TARGETS, file));
    if (unknown !== undefined) throw new Error(`${JSON.stringify(unknown)} is not a file with mutants`);
    if (!/^[1-9]\d*$/.test(values.every)) throw new Error("--every takes a whole number from 1 on");
    if (values.smoke) return { files: ["src/buffers.ts"], every: 6 };
    return {
      files: positionals.length > 0 ? positionals : Object.keys(TARGETS),
      every: Number(values.every),
    };
  } catch (error) {
    process.stderr.write(`${(error as Error).message}\n${USAGE}`);
    process.exit(2);
  }
}

/** A copy of the project in which one worker runs the tests. */
class Workshop {
  readonly folder = mkdtempSync(join(tmpdir(), "mutants-"));
  #child: ChildProcess | undefined;

  constructor() {
    for (const name of COPIED) cpSync(join(ROOT, name), join(this.folder, name), { recursive: true });
    // Its own node_modules, because the tests keep compiled programs there; the packages in it are those of the project.
    mkdirSync(join(this.folder, "node_modules"));
    for (const name of readdirSync(join(ROOT, "node_modules"))) {
      if (name !== ".cache")
        symlinkSync(join(ROOT, "node_modules", name), join(this.folder, "node_modules", name));
    }
  }

  async try({ file, source }: { file: string; source: string }): Promise<Outcome> {
    const original = readFileSync(join(ROOT, file), "utf8");
    writeFileSync(join(this.folder, file), source);
    try {
      for (const tests of TARGETS[file] ?? []) {
        const outcome = await this.#runTests(tests.split(" "));
        if (outcome !== "survived") return outcome;
      }
      return "survived";
    } finally {
      writeFileSync(join(this.folder, file), original);
    }
  }

  async #runTests(tests: string[]): Promise<Outcome> {
    const vitest = ["node_modules/vitest/vitest.mjs", "run", "--bail", "1", "--maxWorkers", "2"];
    // A process group of its own, so that everything that the tests have started can be ended with them.
    const child = spawn(process.execPath, [...vitest, "--typecheck.enabled=false", ...tests], {
      cwd: this.folder,
      detached: true,
      stdio: "ignore",
    });
    this.#child = child;
    let late = false;
    const timer = setTimeout(() => {
      late = true;
      this.stop();
    }, TIME_LIMIT);
    const [code] = await once(child, "close");
    clearTimeout(timer);
    this.stop();
    if (late) return "timed out";
    return code === 0 ? "survived" : "killed";
  }

  stop(): void {
    try {
      if (this.#child?.pid) process.kill(-this.#child.pid, "SIGKILL");
    } catch {
      // Nothing of it is left.
    }
  }

  remove(): void {
    this.stop();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  const { files, every } = readCommandLine();
  const all = files.flatMap((file): Job[] =>
    mutantsOf(readFileSync(join(ROOT, file), "utf8")).map((mutant) => ({ file, ...mutant })),
  );
  const jobs = all.filter((_, index) => index % every === 0);
  const workshops = Array.from({ length: Math.min(availableParallelism(), 4) }, () => new Workshop());
  process.on("exit", () => {
    for (const workshop of workshops) workshop.remove();
  });
  process.on("SIGINT", () => process.exit(130));

  for (const file of files) {
    const source = readFileSync(join(ROOT, file), "utf8");
    const outcome = await workshops[0]?.try({ file, source });
    if (outcome !== "survived") throw new Error(`the tests of ${file} fail without any mutant (${outcome})`);
  }

  const outcomes = new Map<Job, Outcome>();
  let next = 0;
  await Promise.all(
    workshops.map(async (workshop) => {
      while (next < jobs.length) {
        const job = jobs[next++] as Job;
        const outcome = await workshop.try(job);
        outcomes.set(job, outcome);
        if (outcome === "survived") console.log(`${describe(job)}${reasonFor(job) ? ` (justified)` : ""}`);
      }
    }),
  );
  report(files, jobs, outcomes);
  if (every === 1) reportStale(files, all);
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

/** A justification whose line has changed explains nothing any more. */
function reportStale(files: string[], jobs: Job[]): void {
  for (const { file, original, replacement } of JUSTIFIED) {
    if (!files.includes(file)) continue;
    if (jobs.some((job) => job.file === file && job.original === original && job.replacement === replacement))
      continue;
    console.log(
      `stale: justified.ts explains a mutant that does not exist: ${file}  ${original}  →  ${replacement}`,
    );
    process.exitCode = 1;
  }
}

await main();
process.exit();

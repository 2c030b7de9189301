import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { pathToFileURL } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { Exercise } from "../exercises/assertions.ts";
import { findExercises, ROOT } from "../exercises/catalogue.ts";
import { checkFile } from "../exercises/check_file.ts";
import { doneLines } from "../exercises/show.ts";

const exercises = findExercises();

describe.each(exercises)("exercise $id", ({ id, title, file, stub, solution, checks }) => {
  it("is called the same everywhere, and has hints from a nudge to nearly the answer", async () => {
    const source = readFileSync(ROOT + stub, "utf8");
    expect(source).toContain(` * Exercise ${id} · ${title}\n`);
    expect(source).toContain(`npm run exercises ${id}\``);
    expect(readFileSync(ROOT + solution, "utf8")).toContain(`Exercise ${id} · ${title}: our solution`);
    const guide = readFileSync(`${ROOT}${file.replace(/[^/]+$/, "README.md")}`, "utf8");
    expect(guide).toContain(`[${id.split(".")[1]} · ${title}](${file.split("/").at(-1)})`);
    const { default: exercise } = (await import(pathToFileURL(ROOT + checks).href)) as {
      default: Exercise<object>;
    };
    expect(exercise.hints.length).toBeGreaterThan(2);
    expect(Object.keys(exercise.checks).length).toBeGreaterThan(2);
  });

  // A learner who has solved it should not find that a test is red for it.
  it.runIf(process.env["CI"])("begins as its stub", () => {
    // If this fails: this repository keeps the stubs. Solve them in a copy of your own, or change both files.
    expect(readFileSync(ROOT + file, "utf8")).toBe(readFileSync(ROOT + stub, "utf8"));
  });
});

it("leads from lesson to lesson, and in the end to something of one's own", () => {
  for (const lesson of new Set(exercises.map((entry) => entry.lesson))) {
    const last = exercises.findLast((entry) => entry.lesson === lesson) as (typeof exercises)[number];
    const next = exercises[exercises.indexOf(last) + 1];
    const said = doneLines(last, next, exercises).join("\n");
    if (next) expect(said).toContain(`Lesson ${lesson} is done. Lesson ${next.lesson} begins with its guide`);
    else expect(said).toContain("Now build something of your own");
  }
});

// Windows has no process groups.
it.skipIf(process.platform === "win32")(
  "a learner's server ends with its checks, even when they are broken off",
  async () => {
    const entry = exercises.find(({ file }) => /whole_server/.test(file)) as (typeof exercises)[number];
    const folder = mkdtempSync(join(tmpdir(), "server-"));
    const file = join(folder, "server.ts");
    const pidFile = join(folder, "pid");
    writeFileSync(
      file,
      `import { writeFileSync } from "node:fs";
     writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));
     setInterval(() => {}, 1000);`,
    );
    const stop = new AbortController();
    const judged = checkFile(entry, file, stop.signal);
    const isAlive = (pid: number) => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    const pid = () => (existsSync(pidFile) ? Number(readFileSync(pidFile, "utf8")) : 0);
    await vi.waitUntil(() => pid() > 0, { timeout: 15_000 });
    stop.abort();
    await judged;
    await vi.waitUntil(() => !isAlive(pid()), { timeout: 5000 });
    rmSync(folder, { recursive: true });
  },
);

// A copy of the project in which nobody has solved anything yet: the learner's own files are not touched.
describe("npm run exercises", () => {
  const copy = mkdtempSync(join(tmpdir(), "exercises-"));
  const first = exercises[0] as (typeof exercises)[number];

  beforeAll(() => {
    for (const part of ["lessons", "src", "test/exercises", "package.json", "tsconfig.json"]) {
      cpSync(ROOT + part, join(copy, part), { recursive: true });
    }
    symlinkSync(`${ROOT}node_modules`, join(copy, "node_modules"), "junction");
    for (const { file, stub } of exercises) copyFileSync(ROOT + stub, join(copy, file));
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  function start(args: string[], environment: NodeJS.ProcessEnv = {}): ChildProcessWithoutNullStreams {
    return spawn(process.execPath, ["--import", "tsx", "test/exercises/run.ts", ...args], {
      cwd: copy,
      env: { PATH: process.env["PATH"], EXERCISES_PROGRESS: join(copy, "progress.json"), ...environment },
    });
  }

  /** Runs it as a learner does. */
  async function run(args: string[], environment: NodeJS.ProcessEnv = {}) {
    const child = start(args, environment);
    let said = "";
    let err = "";
    child.stdout.on("data", (text) => (said += text));
    child.stderr.on("data", (text) => (err += text));
    const [code] = await once(child, "close");
    return { code, said, err };
  }

  it("lists all, and explains the next one; in a pipe without colours", async () => {
    const { code, said } = await run([]);
    expect(said).toBe(stripVTControlCharacters(said));
    expect(said.match(/^ {2}[✓▶ ] \d+\.\d+ · .+$/gm)).toHaveLength(exercises.length);
    expect(said).toContain(`0 of ${exercises.length} done`);
    expect(said).toContain("Next: 0.1 · Pack a test packet\n");
    expect(said).toContain("  packTestPacket(3, 1) is not written yet.\n\n  at lessons/");
    expect(code).toBe(1);
  });

  it("takes an exercise or its file, says that it is done, what comes next, and what it printed", async () => {
    const text = readFileSync(ROOT + first.solution, "utf8").replace(
      "  return Uint8",
      '  console.log("I am here");\n  return Uint8',
    );
    writeFileSync(join(copy, first.file), text);
    const { code, said } = await run([first.file]);
    expect(said).toContain("✓ 0.1 · Pack a test packet is done.");
    expect(said).toContain("It printed:\n\n  I am here");
    expect(said).toContain(
      "Next: 0.2 · Check an answer, in lessons/0_simple_test_packets/exercises/2_check_an_answer.ts",
    );
    expect(code).toBe(0);
  });

  // All the exercises of a lesson are checked, which takes a while.
  it.runIf(process.env["CI"])("takes a lesson", { timeout: 120_000 }, async () => {
    writeFileSync(join(copy, first.file), readFileSync(ROOT + first.solution, "utf8"));
    const { code, said } = await run(["0"]);
    expect(said).toContain("✓ 0.1 · Pack a test packet");
    expect(code).toBe(1);
  });

  it.runIf(process.env["CI"])("goes on within a lesson, also for whoever begins with the last", async () => {
    const entry = exercises.find(({ id }) => id === "2.1") as (typeof exercises)[number];
    writeFileSync(join(copy, entry.file), readFileSync(ROOT + entry.solution, "utf8"));
    const { code, said } = await run(["2.1"]);
    expect(said).toContain("Next: 2.2 · Who is where, in lessons/2_simple_broadcast_test/");
    expect(said).not.toContain("guide");
    expect(code).toBe(0);
  });

  it("says what TypeScript says, though all checks pass", async () => {
    const text = readFileSync(ROOT + first.solution, "utf8").replace(
      "sequence: number)",
      "sequence: string)",
    );
    writeFileSync(join(copy, first.file), text);
    const { code, said } = await run(["0.1"]);
    expect(said).toContain("✗ the types fit (TypeScript)");
    expect(said).toContain("Argument of type 'string' is not assignable to parameter of type 'number'.");
    expect(code).toBe(1);
  });

  it("ends and says so where the checks themselves cannot be loaded", async () => {
    const checks = readFileSync(ROOT + first.checks, "utf8");
    writeFileSync(join(copy, first.checks), "this is no TypeScript");
    const { code, said } = await run(["0.1"]);
    writeFileSync(join(copy, first.checks), checks);
    expect(said).toContain("Its process died");
    expect(code).toBe(1);
  });

  it("gives one hint more each time", async () => {
    const count = async () => (await run(["hint", "0.1"])).said.match(/^ {2}\d\. /gm)?.length;
    expect([await count(), await count()]).toEqual([1, 2]);
  });

  it("shows our solution only to whoever is done, or insists", async () => {
    writeFileSync(join(copy, first.file), readFileSync(ROOT + first.stub, "utf8"));
    const refused = await run(["solution", "0.1"]);
    expect(refused.said).not.toContain("number >> 24");
    expect(refused.code).toBe(1);
    const shown = await run(["solution", "0.1", "anyway"]);
    expect(shown.said).toContain("number >> 24");
    expect(shown.code).toBe(0);
  });

  it("brings the stub back, and keeps what was there", async () => {
    writeFileSync(join(copy, first.file), "// my work\n");
    const { said } = await run(["reset", "0.1"]);
    expect(readFileSync(join(copy, first.file), "utf8")).toBe(readFileSync(ROOT + first.stub, "utf8"));
    const [, kept = ""] = /Yours is kept in (\S+)/.exec(said) ?? [];
    expect(readFileSync(join(copy, kept), "utf8")).toBe("// my work\n");
    rmSync(join(copy, kept));
  });

  it.each([["7"], ["wacth"], ["hint"], ["hint", "0"]])(
    "refuses the words %j %j, and says which there are",
    async (...words) => {
      const { code, said, err } = await run(words.filter((word) => typeof word === "string"));
      expect({ code, said }).toEqual({ code: 2, said: "" });
      expect(err).toMatch(
        /the words are watch, hint, solution, reset, a lesson \(0, 1, 2\)|hint takes one exercise/,
      );
      expect(err).toContain("usage: npm run exercises");
    },
  );

  it("watches: explains what is saved, survives endless loops, and takes keys", {
    timeout: 60_000,
  }, async () => {
    const child = start(["watch"]);
    let said = "";
    let seen = 0;
    let wake = () => {};
    child.stdout.on("data", (text) => {
      said += text;
      wake();
    });
    /** Waits until it has said this, after what was waited for before. */
    const until = async (text: string) => {
      const end = Date.now() + 20_000;
      while (!said.includes(text, seen)) {
        if (Date.now() > end)
          throw new Error(`it has not said ${JSON.stringify(text)}, but:\n${said.slice(seen)}`);
        await Promise.race([
          new Promise<void>((resolve) => (wake = resolve)),
          new Promise((r) => setTimeout(r, 500)),
        ]);
      }
      seen = said.indexOf(text, seen) + text.length;
    };
    const save = (text: string) => writeFileSync(join(copy, first.file), text);
    const solution = readFileSync(ROOT + first.solution, "utf8");
    try {
      await until("packTestPacket(3, 1) is not written yet.");
      await until("Waiting for you to save a file");
      save(solution.replace("  return Uint8", "  for (;;) id++;\n  return Uint8"));
      await until("Checking 0.1");
      await until("a loop that does not end");
      await until("Waiting for you to save a file");
      child.stdin.write("h");
      await until("Hints for 0.1");
      child.stdin.write("r");
      await until("is the stub again");
      await until("is not written yet");
      await until("Waiting for you to save a file");
      save(solution);
      await until("0.1 · Pack a test packet is done.");
      await until("Waiting for you to save a file");
      child.stdin.write("s");
      await until("yours");
      child.stdin.write("n");
      await until("Checking 0.2");
      child.stdin.write("l");
      await until(` of ${exercises.length} done`);
      child.stdin.write("q");
      expect((await once(child, "close"))[0]).toBe(0);
    } finally {
      child.kill("SIGKILL");
    }
    expect(existsSync(join(copy, first.file))).toBe(true);
  });
});

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, relative } from "node:path";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { Exercise } from "../exercises/assertions.ts";
import { type Entry, exercisesOf, findExercises, ROOT } from "../exercises/catalogue.ts";
import { busyness, checkFile, isPassed } from "../exercises/check_file.ts";
import { doneLines, outcomeLines } from "../exercises/show.ts";
import { TypeChecker } from "../exercises/types.ts";
import { Terminal } from "../lessons/2_simple_broadcast_test/terminal.ts";
import { PYTHON } from "../python.ts";

/** How long a wait may take on the busiest machine, in milliseconds. */
const PATIENCE = 180_000;
vi.setConfig({ testTimeout: 2 * PATIENCE, hookTimeout: PATIENCE });

const exercises = findExercises();
const numbered = (id: string) => exercises.find((entry) => entry.id === id) as Entry;
const textOf = (file: string) => readFileSync(ROOT + file, "utf8");

it("gives a check more time on a busy machine, and never less than on a quiet one", () => {
  expect(busyness(0, 2)).toBe(1);
  expect(busyness(1.5, 2)).toBe(1);
  expect(busyness(8, 2)).toBe(4);
  expect(busyness(1000, 2)).toBe(10);
});

describe.each(exercises)("exercise $id", ({ id, title, stub, solution, checks }) => {
  it("has the same name everywhere", () => {
    expect(textOf(stub)).toContain(` * Exercise ${id} · ${title}\n`);
    expect(textOf(stub)).toContain(`npm run exercises ${id}\``);
    expect(textOf(solution)).toContain(`Exercise ${id} · ${title}: our solution`);
    const guide = textOf(stub.replace(/[^/]+$/, "README.md"));
    expect(guide).toContain(`[${id.split(".")[1]} · ${title}](${basename(stub)})`);
  });

  it("has a hint for each check, and a check for each hint", async () => {
    const { default: exercise } = (await import(pathToFileURL(ROOT + checks).href)) as {
      default: Exercise<object>;
    };
    const titles = Object.keys(exercise.checks);
    expect(titles.length).toBeGreaterThan(2);
    expect(exercise.hints.length).toBeGreaterThan(2);
    expect(titles.filter((one) => !exercise.hints.some((hint) => hint.for.test(one)))).toEqual([]);
    expect(exercise.hints.filter((hint) => !titles.some((one) => hint.for.test(one)))).toEqual([]);
  });
});

it("leads from lesson to lesson, and in the end to something of one's own", () => {
  for (const lesson of new Set(exercises.map((entry) => entry.lesson))) {
    const last = exercises.findLast((entry) => entry.lesson === lesson) as Entry;
    const next = exercises[exercises.indexOf(last) + 1];
    const said = doneLines(last, next, exercises).join("\n");
    if (next) expect(said).toContain(`Lesson ${lesson} is done. Lesson ${next.lesson} begins with its guide`);
    else expect(said).toContain("Now build something of your own");
  }
});

describe("the word for an exercise", () => {
  afterEach(() => vi.unstubAllEnvs());
  const found = (word: string) => exercisesOf(exercises, word).map(({ id }) => id);

  it("may be a path, as it was typed where npm was called", () => {
    const { file, stub } = numbered("2.6");
    vi.stubEnv("INIT_CWD", ROOT + dirname(file));
    expect(found(`./${basename(file)}`)).toEqual(["2.6"]);
    expect(found(relative(dirname(file), stub))).toEqual(["2.6"]);
    vi.stubEnv("INIT_CWD", ROOT);
    expect(found(file)).toEqual(["2.6"]);
    expect(found(basename(file))).toEqual(["1.6", "2.6"]);
    expect(found(`./${basename(file)}`)).toEqual(["1.6", "2.6"].slice(0, 0));
  });
});

// Each test has a file of its own, inside the project: there imports that begin with `#` are found.
describe("a check", () => {
  const folder = mkdtempSync(`${ROOT}test/exercises/wrong-`);
  afterAll(() => rmSync(folder, { recursive: true }));
  let count = 0;
  const fileOf = (text: string) => {
    const file = join(folder, `${++count}.ts`);
    writeFileSync(file, text);
    return file;
  };
  const marks = (lines: string[]) => lines.flatMap((line) => /^ {2}[✓✗·] /.exec(line)?.[0].trim() ?? []);

  it("that never ran is not shown as passed, after one that ended the process", async () => {
    const entry = numbered("0.1");
    const text = textOf(entry.solution).replace("  return", "  if (id > 255) process.exit();\n  return");
    const outcome = await checkFile(entry, fileOf(text));
    expect(marks(outcomeLines(entry, outcome))).toEqual(["✓", "✗", "·", "·", "·"]);
    expect(outcome.problems[0]?.message).toContain("It ended its own process");
  });

  it("that passed is shown as passed, where the last thing is not written yet", async () => {
    const entry = numbered("1.3");
    const text = textOf(entry.solution).replace(
      /(export function onRequest.*\{\n)[\s\S]*/,
      '$1  throw new Error("not written yet: onRequest");\n}\n',
    );
    const outcome = await checkFile(entry, fileOf(text));
    expect(marks(outcomeLines(entry, outcome))).toEqual([..."✓✓✓✓✓✓✓✓✓✗"]);
  });

  it("that never ends, while its memory grows, says that something grows", async () => {
    const growth =
      "const all: unknown[] = [];\n  for (;;) if (all.length < 200) all.push(new Uint8Array(1e6).fill(1));";
    const text = textOf(numbered("0.1").solution).replace("  return", `  ${growth}\n  return`);
    const { problems } = await checkFile(numbered("0.1"), fileOf(text));
    expect(problems.map(({ message }) => message)).toEqual([
      expect.stringContaining("Something grows without end"),
    ]);
  });

  it("ends with a sentence where an await outside of any function never ends", async () => {
    const text = `${textOf(numbered("0.1").solution)}\nawait new Promise(() => {});\n`;
    const { problems } = await checkFile(numbered("0.1"), fileOf(text));
    expect(problems).toHaveLength(1);
    expect(problems[0]?.message).toContain("An `await` outside of any function waits for something");
  });

  describe("where no process can be started", () => {
    const { execPath } = process;
    beforeAll(() => {
      process.execPath = join(folder, "no such program");
    });
    afterAll(() => {
      process.execPath = execPath;
    });

    it("passes nothing", async () => {
      const outcome = await checkFile(numbered("0.1"), numbered("0.1").solution);
      expect(isPassed(outcome)).toBe(false);
      expect(outcome.problems[0]?.message).toContain("The checks could not be started");
    });

    it("of types says that they are unchecked", async () => {
      const [problem] = await new TypeChecker().check("x.ts", "");
      expect(problem?.message).toContain("The type checker could not be started");
    });
  });

  // Windows has no process groups.
  it.skipIf(process.platform === "win32")("that is broken off ends the learner's server", async () => {
    const pidFile = join(folder, "pid");
    const file = fileOf(
      `import { writeFileSync } from "node:fs";
       writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));
       setInterval(() => {}, 1000);`,
    );
    const stop = new AbortController();
    const checked = checkFile(numbered("0.8"), file, stop.signal);
    const pid = await pidIn(pidFile);
    stop.abort();
    expect(isPassed(await checked)).toBe(false);
    await vi.waitUntil(() => !isAlive(pid), { timeout: PATIENCE });
  });
});

/** Waits until a program has written its pid into a file. */
async function pidIn(file: string): Promise<number> {
  const read = () => (existsSync(file) ? Number(readFileSync(file, "utf8")) : 0);
  await vi.waitUntil(() => read() > 0, { timeout: PATIENCE });
  return read();
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe("the type checker", () => {
  const types = new TypeChecker();
  afterAll(() => types.stop());
  const check = async (text: string) =>
    (await types.check("my/any.ts", text)).map(({ message }) => message.split("\n")[0]);

  it("answers each question about the text that it was asked about", async () => {
    const answers = await Promise.all([
      check('export const port: number = "9000";'),
      check("export const port: number = 9000;"),
      check("export const port: number = true;"),
    ]);
    expect(answers).toEqual([
      ["Type 'string' is not assignable to type 'number'."],
      [],
      ["Type 'boolean' is not assignable to type 'number'."],
    ]);
  });

  it("takes the kit's settings and imports, but lets names wait for their use", async () => {
    expect(
      await check('import { pack } from "#src/struct.ts";\nimport { nothing } from "#src/log.ts";'),
    ).toEqual([`Module '"#src/log.ts"' has no exported member 'nothing'.`]);
    expect(await check("const unused = [1];\nexport const first: number = unused[0];")).toEqual([
      "Type 'number | undefined' is not assignable to type 'number'.",
    ]);
    expect(await check("export enum Colour { Red }")).toEqual([
      "This syntax is not allowed when 'erasableSyntaxOnly' is enabled.",
    ]);
  });

  // Only Linux tells what another process has open.
  it.runIf(process.platform === "linux")("has no terminal, which it could leave in another mode", () => {
    const { pid } = types.start();
    const open = ["0", "1", "2"].map((number) => readlinkSync(`/proc/${pid}/fd/${number}`));
    expect(open).toEqual(["/dev/null", "/dev/null", "/dev/null"]);
  });

  it("says that the types are unchecked when it does not answer", async () => {
    const slow = new TypeChecker(1);
    const [problem] = await slow.check("my/any.ts", "");
    expect(problem?.message).toContain("The type checker did not answer within 0.001 s");
    slow.stop();
  });
});

// A copy of the project in which nobody has solved anything yet: the learner's own files are not touched.
describe("npm run exercises", () => {
  const copy = mkdtempSync(join(tmpdir(), "exercises-"));
  const first = numbered("0.1");
  const mine = join(copy, first.file);
  const solution = textOf(first.solution);

  beforeAll(() => {
    for (const part of ["lessons", "src", "test/exercises", "package.json", "tsconfig.json"]) {
      cpSync(ROOT + part, join(copy, part), { recursive: true });
    }
    symlinkSync(`${ROOT}node_modules`, join(copy, "node_modules"), "junction");
  });
  afterAll(() => rmSync(copy, { recursive: true, force: true }));

  const command = (args: string[]) => ["--import", "tsx", join(copy, "test/exercises/run.ts"), ...args];

  const children = new Set<ChildProcess>();
  afterEach(() => {
    for (const child of children) child.kill("SIGKILL");
    children.clear();
  });

  /** Starts it, and collects what it says. */
  function start(args: string[]) {
    const { PATH } = process.env;
    const child = spawn(process.execPath, command(args), { cwd: copy, env: { PATH } });
    children.add(child);
    const end = once(child, "close");
    let said = "";
    let err = "";
    let seen = 0;
    let wake = () => {};
    child.stdout.setEncoding("utf8").on("data", (text) => {
      said += text;
      wake();
    });
    child.stderr.setEncoding("utf8").on("data", (text) => (err += text));
    /** Waits until it has said this, after what was waited for before. */
    const until = async (text: string) => {
      const limit = performance.now() + PATIENCE;
      while (!said.includes(text, seen)) {
        if (performance.now() > limit)
          throw new Error(`it has not said ${JSON.stringify(text)}, but:\n${said.slice(seen)}\n${err}`);
        await Promise.race([new Promise<void>((resolve) => (wake = resolve)), pause(500)]);
      }
      const from = seen;
      seen = said.indexOf(text, seen) + text.length;
      return said.slice(from, seen);
    };
    const ended = async () => {
      const [code] = (await end) as [number | null];
      return { code, said, err };
    };
    return { child, until, ended, press: (keys: string) => child.stdin.write(keys) };
  }

  /** Runs it as a learner does. */
  const run = (...args: string[]) => start(args).ended();

  it("gives everyone a copy, lists all, and explains the next one; in a pipe without colours", async () => {
    const { code, said, err } = await run();
    expect({ code, err }).toEqual({ code: 1, err: "" });
    expect(said).toBe(stripVTControlCharacters(said));
    expect(said.match(/^ {2}[✓▶ ] \d+\.\d+ · .+$/gm)).toHaveLength(exercises.length);
    expect(said).toContain(`0 of ${exercises.length} done`);
    expect(said).toContain("Next: 0.1 · Pack a test packet\n");
    expect(said).toContain(`  packTestPacket(3, 1) is not written yet.\n\n  at ${first.file}:`);
    for (const { file, stub } of exercises)
      expect(readFileSync(join(copy, file), "utf8"), file).toBe(textOf(stub));
  });

  it("says that one is done, what comes next, and what it printed; changes nothing but what is missing", async () => {
    const text = solution.replace("  return Uint8", '  console.log("I am here");\n  return Uint8');
    mkdirSync(dirname(mine), { recursive: true });
    writeFileSync(mine, text);
    rmSync(join(copy, "my/1_simple_math_server"), { recursive: true, force: true });
    const { code, said } = await run(first.file);
    expect(said).toContain("✓ 0.1 · Pack a test packet is done.");
    expect(said).toContain("It printed:\n\n  I am here");
    expect(said).toContain(`Next: 0.2 · Check an answer, in ${numbered("0.2").file}`);
    expect(code).toBe(0);
    expect(readFileSync(mine, "utf8")).toBe(text);
    expect(existsSync(join(copy, numbered("1.6").file))).toBe(true);
  });

  it("shows our solution to those who are done, which it remembers, and to those who insist", async () => {
    expect(await run("solution", "0.1")).toMatchObject({
      code: 0,
      said: expect.stringContaining("number >> 24"),
    });
    writeFileSync(mine, textOf(first.stub));
    const refused = await run("solution", "0.1");
    expect(refused.code).toBe(1);
    expect(refused.said).not.toContain("number >> 24");
  });

  it("ends and says so where the checks themselves cannot be loaded", async () => {
    const checks = join(copy, first.checks);
    const text = readFileSync(checks, "utf8");
    writeFileSync(checks, "this is no TypeScript");
    const { code, said } = await run("0.1");
    writeFileSync(checks, text);
    expect(said).toContain("Its process died");
    expect(code).toBe(1);
  });

  it("takes any progress file, and hints at the first check that fails", async () => {
    const spoil = (progress: string) => writeFileSync(join(copy, "my/.progress.json"), progress);
    for (const progress of ["{ no JSON", "null", '{"hints":{"0.1":7},"outcomes":[{"hash":1}]}']) {
      spoil(progress);
      expect(await run("reset", "0.1"), progress).toMatchObject({ code: 0, err: "" });
    }
    spoil('{"hints":null}');
    const { said, err } = await run("hint", "0.1");
    expect(err).toBe("");
    expect(said).toContain('For the check "packs small numbers into eight bytes":\n\n  1. Start with eight');
  });

  it("refuses what is no exercise, and says what there is", async () => {
    const { code, said, err } = await run("wacth");
    expect({ code, said }).toEqual({ code: 2, said: "" });
    expect(err).toMatch(/"wacth".*watch, hint, solution, reset, a lesson \(0, 1, 2, 3\)/);
    expect(err).toContain("usage: npm run exercises");
    expect((await run("hint", "0")).err).toMatch(/^hint takes one exercise/);
  });

  it("says what is wrong where it cannot write", async () => {
    const home = join(copy, "my");
    renameSync(home, `${home} aside`);
    writeFileSync(home, "a file");
    const { code, err } = await run();
    rmSync(home);
    renameSync(`${home} aside`, home);
    expect(err).toMatch(/^cannot write to my\/, where your exercises belong: .+\n$/);
    expect(code).toBe(1);
  });

  // Windows has neither signals nor process groups.
  it.skipIf(process.platform === "win32").each([
    ["Ctrl-C", "SIGINT", 130],
    ["SIGKILL", "SIGKILL", null],
  ] as const)("takes the learner's process along on %s", async (_, signal, code) => {
    const pidFile = join(copy, "pid");
    rmSync(pidFile, { force: true });
    writeFileSync(
      mine,
      `import { writeFileSync } from "node:fs";
       writeFileSync(${JSON.stringify(pidFile)}, String(process.pid));
       for (;;);`,
    );
    const running = start(["0.1"]);
    const pid = await pidIn(pidFile);
    running.child.kill(signal);
    await vi.waitUntil(() => !isAlive(pid), { timeout: PATIENCE });
    expect(await running.ended()).toMatchObject({ code, err: "" });
  });

  it("has a part that checks one file, and that says so when it is started by hand", async () => {
    const child = spawn(process.execPath, ["--import", "tsx", "test/exercises/attempt.ts"], { cwd: ROOT });
    let err = "";
    child.stderr.on("data", (text) => (err += text));
    expect((await once(child, "close"))[0]).toBe(2);
    expect(err).toBe("This program belongs to the checks. Type `npm run exercises` instead.\n");
  });

  it("watches: explains what is saved, whatever becomes of the file, and takes keys", async () => {
    writeFileSync(mine, textOf(first.stub));
    const { until, ended, press } = start(["watch"]);
    const ready = () => until("Waiting for you to save a file");
    await until("packTestPacket(3, 1) is not written yet.");
    await ready();

    // Saved twice, as by an editor that formats afterwards: the second text counts.
    writeFileSync(mine, solution);
    await until("Checking 0.1");
    writeFileSync(mine, solution.replace("sequence: number)", "sequence: string)"));
    await until("✗ the types fit (TypeScript)");
    await until("Argument of type 'string' is not assignable to parameter of type 'number'.");
    await ready();
    press("h");
    await until("All checks pass. What is left is this");

    // Saved slowly: empty at first, then half of it, then all.
    writeFileSync(mine, "");
    await pause(400);
    writeFileSync(mine, solution.slice(0, 900));
    await pause(50);
    writeFileSync(mine, solution);
    await until("0.1 · Pack a test packet is done.");
    await ready();

    // Deleted, with its folder.
    rmSync(dirname(mine), { recursive: true });
    await until(`${first.file} is missing, or cannot be read. Save it again`);
    await ready();
    press("r");
    await until(`${first.file} is the original exercise again.`);
    // Saved by renaming another file.
    await until("Checking 0.1");
    writeFileSync(`${mine}.new`, "// my work\n");
    renameSync(`${mine}.new`, mine);
    await until("Checking 0.1");
    press("r");
    const reset = await until("is not written yet");
    const [, kept = ""] = /Your version is kept in (\S+)/.exec(reset) ?? [];
    expect(readFileSync(join(copy, kept), "utf8")).toBe("// my work\n");
    await ready();

    press("s");
    await until("is not done yet");
    press("s");
    await until("yours");
    press("h");
    await until("(1 of 2.");
    press("h");
    await until("That was the last one for this check");
    press("l");
    await until(` of ${exercises.length} done`);
    press("q");
    expect(await ended()).toMatchObject({ code: 0, err: "" });
  });

  // Python's pseudo-terminals are those of Unix.
  it.skipIf(process.platform === "win32" || PYTHON === undefined)(
    "watches in a terminal: Ctrl-Z gives it to the shell, and a dumb one gets no escape sequences",
    async () => {
      mkdirSync(dirname(mine), { recursive: true });
      writeFileSync(mine, "// nothing yet\n");
      const node = [process.execPath, ...command(["watch"])];
      const terminal = new Terminal(["env", "-u", "NO_COLOR", "TERM=dumb", ...node], {
        columns: 100,
        rows: 50,
      });
      let from = 0;
      const shows = async (text: string) => {
        const at = () => terminal.stdout.indexOf(text, from);
        await vi.waitUntil(() => at() >= 0, { timeout: PATIENCE });
        from = at() + text.length;
      };
      await shows(" done");
      terminal.press("Ctrl-Z");
      await shows("stopped");
      terminal.order("fg");
      await shows("0.1 · Pack a test packet");
      expect(terminal.stdout).not.toContain("\x1b");
      terminal.press("q");
      expect(await terminal.exit()).toMatchObject({ code: 0, stderr: "as before\n" });
    },
  );
});

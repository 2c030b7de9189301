/** A program of a learner's: how it is started, listened to, and ended. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, onTestFinished, test } from "vitest";
import { LearnerProgram } from "../../../src/checks/learner_program.ts";
import { HAS_GROUPS } from "../../../src/checks/process_group.ts";

const LIMIT = 60_000;

/** Starts a program in JavaScript. */
function start(code: string, isGroup?: boolean, folder?: string): LearnerProgram {
  const program = new LearnerProgram([process.execPath, "-e", code], isGroup, folder);
  onTestFinished(() => program.kill());
  return program;
}

async function ended(code: string): Promise<LearnerProgram> {
  const program = start(code);
  expect(await program.ends(LIMIT)).toBe(true);
  return program;
}

/** Whether a process runs. */
function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function untilGone(pid: number): Promise<void> {
  const end = performance.now() + LIMIT;
  while (runs(pid) && performance.now() < end) await setTimeout(20);
  expect(runs(pid)).toBe(false);
}

describe("how it ended", () => {
  test.each([
    ["nothing", "", undefined],
    ["a message, with 1", "console.log('no answer'); process.exitCode = 1", undefined],
    ["a line that begins with at", "console.log('  at 5 5')", undefined],
    [
      "a line that begins with at, with 1",
      "console.log('  at 5 5\\n  from 3.5:2'); process.exitCode = 1",
      undefined,
    ],
    ["an exit code of its own", "process.exitCode = 7", "crashed with exit code 7"],
    ["an error that nothing catches", "throw new Error('oh')", "crashed with a stack trace"],
    [
      "a stack trace that was caught and printed",
      "console.log(new Error('oh').stack)",
      "printed a stack trace",
    ],
    [
      "Python's stack trace",
      "console.error('Traceback (most recent call last):'); process.exitCode = 1",
      "crashed with a stack trace",
    ],
    [
      "Java's",
      "console.error('\\tat Main.main(Main.java:5)'); process.exitCode = 1",
      "crashed with a stack trace",
    ],
    [
      "C#'s",
      "console.error('   at Main() in /x.cs:line 5'); process.exitCode = 1",
      "crashed with a stack trace",
    ],
    ["Ruby's", "console.error('\\tfrom x.rb:5:in main'); process.exitCode = 1", "crashed with a stack trace"],
  ])("%s", async (_, code, crash) => {
    expect((await ended(code)).crash).toBe(crash);
  });

  test.runIf(HAS_GROUPS)("a signal", async () => {
    expect((await ended("process.kill(process.pid, 'SIGKILL')")).crash).toBe("crashed with SIGKILL");
  });

  test("while it runs there is nothing to say about its end", async () => {
    const program = start("setInterval(() => {}, 1000); console.log('ready')");
    expect(await program.until(async () => program.hasPrinted(/ready/))).toBeUndefined();
    expect([program.ended, program.crash]).toEqual([undefined, undefined]);
    expect(await program.ends(1)).toBe(false);
  });
});

describe("its last lines", () => {
  test("six of them, without empty ones and without the places of a stack trace", async () => {
    const program = await ended(
      "for (let i = 0; i < 9; i++) console.log('line ' + i + '\\n\\n    at f (file.js:1:2)'); process.exitCode = 3",
    );
    expect(program.lastLines).toBe(
      ` It printed:\n    ${[3, 4, 5, 6, 7, 8].map((n) => `line ${n}`).join("\n    ")}`,
    );
    expect(program.ended).toMatch(/ has ended with exit code 3\. It printed:/);
  });

  test("nothing", async () => expect((await ended("")).lastLines).toBe(""));

  test("a line that only begins with at is shown", async () => {
    expect((await ended("console.log('  at 5 5')")).lastLines).toContain("  at 5 5");
  });

  test("it keeps the last 4000 characters of what is printed", async () => {
    const program = await ended("process.stdout.write('first ' + 'x'.repeat(3999) + '!')");
    expect(program.hasPrinted(/^x{3999}!$/)).toBe(true);
  });
});

describe("why it has not started", () => {
  test("there is no such program", async () => {
    const program = new LearnerProgram(["no_such_program", "5"]);
    expect(await program.ends(LIMIT)).toBe(true);
    expect(program.ended).toMatch(
      /^no_such_program 5 could not be started in .*: there is no program no_such_program\.$/,
    );
    expect(program.causeOfNoStart("Listen.")).toMatch(/^The first word of COMMAND isn't a program/);
    program.kill(); // there is nothing to kill
    expect(await program.stop()).toBeUndefined();
  });

  test("an error ended it", async () => {
    expect((await ended("process.exitCode = 1")).causeOfNoStart("Listen.")).toMatch(
      /^An error ended the program/,
    );
    expect((await ended("console.log(new Error('oh').stack)")).causeOfNoStart("Listen.")).toMatch(
      /^An error/,
    );
  });

  test("it ended by itself", async () => {
    expect((await ended("")).causeOfNoStart("Listen.")).toMatch(/^It ended by itself.* Listen\.$/);
  });

  test("it runs, but does something else", async () => {
    const program = start("setInterval(() => {}, 1000)");
    expect(await program.until(async () => false, "connected", 10)).toMatch(
      / is running, but still has not connected after 10 ms\.$/,
    );
    expect(program.causeOfNoStart("Listen.")).toBe("Listen.");
  });

  test("it has ended while it was awaited", async () => {
    expect(await start("").until(async () => false, "listened", LIMIT)).toMatch(
      /has ended with exit code 0\.$/,
    );
  });
});

test("it starts in the folder that it is given, and Python does not keep back what it prints", async () => {
  const folder = realpathSync(tmpdir());
  const program = start("console.log(process.cwd() + process.env.PYTHONUNBUFFERED)", undefined, folder);
  await program.ends(LIMIT);
  expect(program.lastLines).toContain(`${folder}1`);
});

describe.runIf(HAS_GROUPS)("ending it", () => {
  const STARTS_CHILD =
    "const c = require('child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' }); console.log('child ' + c.pid + ' '); setInterval(() => {}, 1000)";

  async function childOf(program: LearnerProgram): Promise<number> {
    expect(await program.until(async () => program.hasPrinted(/child \d+ /))).toBeUndefined();
    return Number(/child (\d+) /.exec(program.lastLines)?.[1]);
  }

  test("SIGTERM ends it and what it has started", async () => {
    const program = start(STARTS_CHILD);
    const child = await childOf(program);
    expect(await program.stop()).toBeUndefined();
    await untilGone(child);
  });

  test("a kill ends it and what it has started", async () => {
    const program = start(STARTS_CHILD);
    const child = await childOf(program);
    program.kill();
    expect(await program.ends(LIMIT)).toBe(true);
    await untilGone(child);
  });

  test("one that does not end when it is told to is killed, and that is said", async () => {
    const program = start(
      "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('ready')",
    );
    expect(await program.until(async () => program.hasPrinted(/ready/))).toBeUndefined();
    expect((await program.stop())?.sentence).toBe("it was still running 2 s after SIGTERM, and was killed.");
    expect(await program.ends(LIMIT)).toBe(true);
  });

  test.each([true, false])(
    "it does not outlive the process that started it (a group of its own: %s)",
    async (isGroup) => {
      const file = new URL("../../../src/checks/learner_program.ts", import.meta.url).href;
      const code = `const { LearnerProgram } = await import(${JSON.stringify(file)});
      const program = new LearnerProgram([process.execPath, "-e", "console.log('pid ' + process.pid + ' '); setInterval(() => {}, 1000)"], ${isGroup});
      await program.until(async () => program.hasPrinted(/pid/));
      console.log(program.lastLines);
      process.exit();`;
      const parent = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", code], {
        cwd: fileURLToPath(new URL("../../../", import.meta.url)),
        stdio: ["ignore", "pipe", "inherit"],
      });
      let printed = "";
      parent.stdout.on("data", (chunk) => {
        printed += chunk;
      });
      await once(parent, "close");
      const pid = Number(/pid (\d+) /.exec(printed)?.[1]);
      expect(pid).toBeGreaterThan(0);
      await untilGone(pid);
    },
  );
});

test("its last lines name the line of its own that crashed it, and leave out the runtime's", async () => {
  const folder = mkdtempSync(join(tmpdir(), "program-"));
  const file = join(folder, "server.mjs");
  writeFileSync(file, 'import { readFileSync } from "node:fs";\n\nreadFileSync("no such file");\n');
  const program = new LearnerProgram([process.execPath, file]);
  expect(await program.ends(LIMIT)).toBe(true);
  rmSync(folder, { recursive: true });
  expect(program.lastLines).toContain("Error: ENOENT");
  expect(program.lastLines.match(/^\s+at .*$/gm)).toEqual([expect.stringMatching(/server\.mjs:3:1\)?$/)]);
});

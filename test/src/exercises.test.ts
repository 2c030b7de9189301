import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import { describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../", import.meta.url));
const files = (folder: string) =>
  readdirSync(`${root}/${folder}`)
    .filter((name) => /^\d+_\w+(\.test)?\.ts$/.test(name))
    .sort();

const lessons = readdirSync(`${root}/lessons`).filter((name) => /^\d+_/.test(name));

describe.each(lessons)("the exercises of %s", (lesson) => {
  const exercises = files(`lessons/${lesson}/exercises`);

  it("have a solution each, and a check each", () => {
    expect(exercises.length).toBeGreaterThan(0);
    expect(files(`lessons/${lesson}/exercises/solutions`)).toEqual(exercises);
    expect(files(`test/exercises/${lesson}`)).toEqual(
      exercises.map((name) => name.replace(".ts", ".test.ts")),
    );
  });

  it("are called the same in their files, in our solutions and in the guide", () => {
    const guide = readFileSync(`${root}/lessons/${lesson}/exercises/README.md`, "utf8");
    for (const file of exercises) {
      const source = readFileSync(`${root}/lessons/${lesson}/exercises/${file}`, "utf8");
      const solution = readFileSync(`${root}/lessons/${lesson}/exercises/solutions/${file}`, "utf8");
      const [, number, title] = /^ \* Exercise \d+\.(\d+) · (.+)$/m.exec(source) ?? [];
      expect(file).toBe(`${number}_${title?.toLowerCase().replaceAll(" ", "_")}.ts`);
      expect(solution).toContain(`Exercise ${lesson.split("_")[0]}.${number} · ${title}: our solution`);
      expect(guide).toContain(`[${number} · ${title}](${file})`);
    }
  });
});

// Two runs of Vitest inside this one: on a busy machine they take their time.
describe.concurrent("npm run exercises", { timeout: 60_000 }, () => {
  const all = lessons.flatMap((lesson) => files(`lessons/${lesson}/exercises`)).length;

  /** Runs it as a learner does; gives the marked lines, one for each exercise, and all that it says. */
  async function run(args: string[], environment: NodeJS.ProcessEnv = {}) {
    const child = spawn(process.execPath, ["--import", "tsx", "test/exercises/run.ts", ...args], {
      cwd: root,
      // Vitest's own variables would make the Vitest inside take itself for a part of this one.
      env: { PATH: process.env["PATH"], ...environment },
    });
    const [[code], out, err] = await Promise.all([
      once(child, "exit"),
      text(child.stdout),
      text(child.stderr),
    ]);
    const said = stripVTControlCharacters(out);
    return { code, said, err, marked: said.match(/^ {2}[✓▶ ] \d+ · .+$/gm) ?? [] };
  }

  // A learner who has solved some should not find that a test is red for it.
  it.runIf(process.env["CI"])("finds every stub still to do, and says what the first one lacks", async () => {
    const { code, said, marked } = await run([]);
    expect(marked).toHaveLength(all);
    // If one is done here: this repository keeps the stubs; solve them in a copy of your own.
    expect(marked.filter((line) => line.includes("✓"))).toEqual([]);
    expect(said).toContain(`0 of ${all} done`);
    expect(said).toContain(
      "Next: lessons/0_simple_test_packets/exercises/1_pack_a_test_packet.ts\n\n" +
        'It should pass the check "packs small numbers into eight bytes", but:\n\n' +
        "  not written yet: packTestPacket(3, 1)\n",
    );
    expect(code).toBe(1);
  });

  it("finds all our solutions done", async () => {
    const { code, said, marked } = await run([], { EXERCISES: "solutions" });
    expect(marked.filter((line) => !line.includes("✓"))).toEqual([]);
    expect(marked).toHaveLength(all);
    expect(said).toContain(`${all} of ${all} done`);
    expect(code).toBe(0);
  });

  it.each(["7", "wacth"])("refuses the word %j and says which words there are", async (word) => {
    const { code, said, err } = await run([word]);
    expect({ code, said }).toEqual({ code: 2, said: "" });
    expect(err.split("\n").slice(0, 2)).toEqual([
      `there is no lesson ${JSON.stringify(word)}; the words are 0, 1, watch`,
      "usage: npm run exercises [LESSON …] [watch]",
    ]);
  });
});

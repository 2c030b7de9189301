import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { expect, it } from "vitest";
import { LearnerProgram } from "../../../src/checks/learner_program.ts";

it("says which line of a program's own crashed it, and leaves out the runtime's", async () => {
  const folder = mkdtempSync(join(tmpdir(), "program-"));
  const file = join(folder, "server.mjs");
  writeFileSync(file, 'import { readFileSync } from "node:fs";\n\nreadFileSync("no such file");\n');
  const program = new LearnerProgram([process.execPath, file]);
  expect(await program.ends(60_000)).toBe(true);
  rmSync(folder, { recursive: true });
  expect(program.lastLines).toContain("Error: ENOENT");
  expect(program.lastLines.match(/^\s+at .*$/gm)).toEqual([expect.stringMatching(/server\.mjs:3:1\)?$/)]);
});

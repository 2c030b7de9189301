import { existsSync } from "node:fs";
import { describe, expect, it } from "vitest";
import compile, { compiled } from "../compiled.ts";

await compile();
const { findLessons, pickLesson }: typeof import("../../lessons/lessons.ts") = await import(
  compiled("lessons/lessons.ts")
);

describe("findLessons", () => {
  it("finds each folder that has a number, in the order of the numbers, and what its lesson.ts says", async () => {
    const lessons = await findLessons();
    expect([...lessons.keys()].slice(0, 3)).toEqual(["0", "1", "2"]);
    for (const [number, { folder, port, demo }] of lessons) {
      expect(port).toBe(9000 + Number(number));
      expect(folder.startsWith(`${number}_`) && folder.endsWith("/")).toBe(true);
      expect(existsSync(new URL(`../../lessons/${folder}server.ts`, import.meta.url))).toBe(true);
      expect(demo.programs.length).toBeGreaterThan(0);
    }
  });
});

describe("pickLesson", () => {
  it("picks a lesson by what was typed, and lists the right words otherwise", async () => {
    const lessons = await findLessons();
    expect(pickLesson(lessons, "1")).toBe(lessons.get("1"));
    for (const typed of ["9", "", undefined]) {
      expect(() => pickLesson(lessons, typed)).toThrow(/^LESSON is one of 0, 1, 2, 3/);
    }
  });
});

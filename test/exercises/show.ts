/**
 * What a learner sees: the list, and what is wrong with one exercise.
 *
 * @module
 */

import { paint } from "../../src/log.ts";
import type { Problem } from "./attempt.ts";
import type { Entry } from "./catalogue.ts";
import type { Outcome } from "./check_file.ts";
import { readText } from "./home.ts";
import { TYPES } from "./types.ts";

/** How wide the bar is, in characters. */
const BAR = 40;

/** How many of the last lines are shown that the learner's code printed. */
const LAST_LINES = 12;

/**
 * The list of exercises.
 *
 * @param exercises - what is listed
 * @param isDone - which of them are done
 * @param next - the one that comes next
 * @returns its lines
 */
export function listLines(
  exercises: readonly Entry[],
  isDone: (entry: Entry) => boolean,
  next: Entry | undefined,
): string[] {
  const lines: string[] = [];
  let lesson = "";
  for (const entry of exercises) {
    if (entry.lesson !== lesson) lines.push("", `Lesson ${entry.lesson} · ${entry.lessonTitle}`);
    lesson = entry.lesson;
    const title = `${entry.id} · ${entry.title}`;
    if (isDone(entry)) lines.push(paint(`  ✓ ${title}`, "green"));
    else if (entry === next) lines.push(paint(`  ▶ ${title}`, "yellow"));
    else lines.push(`    ${title}`);
  }
  const done = exercises.filter(isDone).length;
  const bar = "█".repeat(Math.round((done / exercises.length) * BAR)).padEnd(BAR, "░");
  return [...lines, "", `  ${bar}  ${done} of ${exercises.length} done`, ""];
}

/**
 * Finds the problem that says most: one that names the mistake. Types come last, since what happens says more.
 *
 * @param problems - what is wrong
 * @returns the one to explain
 */
export function mostTelling(problems: readonly Problem[]): Problem | undefined {
  const checks = problems.filter(({ check }) => check !== TYPES);
  return checks.find(({ isNamed }) => isNamed) ?? checks[0] ?? problems[0];
}

/**
 * Explains what became of an attempt.
 *
 * @param entry - the exercise
 * @param outcome - what became of it
 * @param heading - the first line
 * @returns lines
 */
export function outcomeLines(
  entry: Entry,
  { problems, titles, passed, printed }: Outcome,
  heading = `${entry.id} · ${entry.title}`,
): string[] {
  const problem = mostTelling(problems);
  const lines = [paint(heading, "cyan"), entry.file, ""];
  if (problem) {
    const failed = new Set(problems.map(({ check }) => check));
    const all = failed.has(TYPES) ? [...titles, TYPES] : titles;
    for (const title of all) {
      if (failed.has(title)) lines.push(paint(`  ✗ ${title}`, "yellow"));
      else if (passed.has(title)) lines.push(paint(`  ✓ ${title}`, "green"));
      else lines.push(`  · ${title}`); // it was not tried
    }
    if (all.length > 0) lines.push("");
    if (problem.check) lines.push(`${problem.check}:`, "");
    if (problem.conversation && problem.conversation.length > 0) lines.push(...problem.conversation, "");
    lines.push(...indent(problem.message.split("\n")));
    if (problem.line) lines.push("", `  at ${entry.file}:${problem.line}`);
    const types = problems.filter(({ check }) => check === TYPES && check !== problem.check);
    for (const { message, line } of types) {
      lines.push("", line ? `  TypeScript says, at line ${line}: ${message}` : `  ${message}`);
    }
    lines.push("");
  }
  const said = printed.trimEnd().split("\n").slice(-LAST_LINES);
  if (printed.trim() !== "") lines.push("It printed:", "", ...indent(said), "");
  return lines;
}

function indent(lines: readonly string[]): string[] {
  return lines.map((line) => (line ? `  ${line}` : ""));
}

/**
 * What to do when an exercise is done.
 *
 * @param entry - the exercise
 * @param next - the next one that is not done
 * @param all - all exercises
 * @returns lines
 */
export function doneLines(entry: Entry, next: Entry | undefined, all: readonly Entry[]): string[] {
  const lines = [paint(`✓ ${entry.id} · ${entry.title} is done.`, "green"), ""];
  lines.push(`Compare yours with ours: npm run exercises solution ${entry.id}`);
  if (next && next.lesson !== entry.lesson) {
    lines.push("", `Lesson ${entry.lesson} is done. Lesson ${next.lesson} begins with its guide:`);
    lines.push(`  ${next.stub.replace(/exercises\/.*/, "README.md")}`);
  }
  if (next) lines.push("", `Next: ${next.id} · ${next.title}, in ${next.file}`);
  else lines.push("", ...farewell(all));
  return [...lines, ""];
}

/** What comes after the last exercise. */
function farewell(all: readonly Entry[]): string[] {
  return [
    `All ${all.length} are done. You have written a server for each lesson from a blank file.`,
    "",
    "Now build something of your own. Here are some ideas, from an evening to a weekend:",
    "  · One of your servers in another language. `npm run check-server LESSON COMMAND … {port}` checks it.",
    "  · Your math server with a command that answers with text. Put its length in front, as requests do.",
    "  · A chat: lesson 2 with text instead of places. No text may be replaced by a newer one, so what happens to a slow client?",
    "  · A game in lesson 2's room. The server decides who has caught whom, and its clients only say where they go.",
    "  · A load balancer: a server that is a client of three others. `npm run attack` shows you what to try.",
  ];
}

/**
 * A text beside another.
 *
 * @param yours - the learner's file
 * @param ours - our solution
 * @param width - how wide the terminal is, in characters
 * @returns both, side by side where there is room, else one after the other
 */
export function besideLines(yours: string, ours: string, width: number): string[] {
  const [left, right] = [yours, ours].map((file) => (readText(file) ?? "").trimEnd().split("\n"));
  if (!left || !right) return [];
  const half = Math.floor((width - 3) / 2);
  const longest = Math.max(...[...left, ...right].map((line) => line.length));
  if (longest > half) {
    return [paint(`yours: ${yours}`, "cyan"), "", ...left, "", paint(`ours: ${ours}`, "cyan"), "", ...right];
  }
  const rows = Array.from({ length: Math.max(left.length, right.length) }, (_, index) =>
    `${(left[index] ?? "").padEnd(half)} │ ${right[index] ?? ""}`.trimEnd(),
  );
  return [paint(`${"yours".padEnd(half)} │ ours`, "cyan"), ...rows];
}

/**
 * `npm run exercises`: checks the exercises and shows which are done. For the next one it shows what was expected, what
 * came, and what the mistake is. The learner's copies are in `my/`; a copy that is missing is made first.
 *
 *     npm run exercises                      the list, and the next one explained
 *     npm run exercises 1                    the same for one lesson
 *     npm run exercises 1.3                  one exercise; its file will do as well
 *     npm run exercises watch                explains the exercise whose file you save
 *     npm run exercises hint 1.3             a hint; each time one more
 *     npm run exercises solution 1.3         ours beside yours
 *     npm run exercises reset 1.3            the exercise as it was at first; yours is kept beside it
 *
 * @module
 */

import process from "node:process";
import { readCommandLine } from "../../src/command_line.ts";
import { run } from "../../src/program.ts";
import { type Entry, exercisesOf, findExercises } from "./catalogue.ts";
import { isPassed } from "./check_file.ts";
import { fillHome } from "./home.ts";
import {
  check,
  hintLines,
  isDone,
  nextAfter,
  refresh,
  resetLines,
  solutionLines,
  stopChecking,
} from "./loop.ts";
import { doneLines, listLines, outcomeLines } from "./show.ts";
import { watch } from "./watch.ts";

const USAGE = `npm run exercises [LESSON | LESSON.N | FILE …] [watch]
       npm run exercises hint | solution | reset LESSON.N`;

type Command =
  | { readonly do: "list" | "check" | "watch"; readonly chosen: readonly Entry[] }
  | { readonly do: "hint" | "reset"; readonly entry: Entry }
  | { readonly do: "solution"; readonly entry: Entry; readonly isInsisted: boolean };

const all = findExercises();

function readWords(words: string[]): Command {
  const verb = (["hint", "solution", "reset"] as const).find((word) => words.includes(word));
  const rest = words.filter((word) => word !== verb && word !== "watch" && !(verb && word === "anyway"));
  const chosen = rest.flatMap((word) => {
    const found = exercisesOf(all, word);
    if (found.length > 0) return found;
    const lessons = [...new Set(all.map(({ lesson }) => lesson))].join(", ");
    const ids = all.map(({ id }) => id).join(", ");
    throw new RangeError(
      `there is no exercise ${JSON.stringify(word)}; you can give watch, hint, solution, reset, a lesson (${lessons}) or an exercise (${ids})`,
    );
  });
  if (verb) {
    const [entry, second] = chosen;
    if (!entry || second) throw new RangeError(`${verb} takes one exercise, e.g. ${verb} 1.3`);
    if (verb === "solution") return { do: verb, entry, isInsisted: words.includes("anyway") };
    return { do: verb, entry };
  }
  if (words.includes("watch")) return { do: "watch", chosen: chosen.length > 0 ? chosen : all };
  const isList = rest.every((word) => all.some(({ lesson }) => lesson === word));
  return { do: isList ? "list" : "check", chosen: chosen.length > 0 ? chosen : all };
}

function print(lines: readonly string[]): void {
  process.stdout.write(`${lines.join("\n")}\n`);
}

/** The list, and what is wrong with the next exercise. */
async function list(chosen: readonly Entry[]): Promise<boolean> {
  await refresh(chosen);
  const next = chosen.find((entry) => !isDone(entry));
  print(listLines(chosen, isDone, next));
  if (next) {
    const heading = `Next: ${next.id} · ${next.title}`;
    print([...outcomeLines(next, await check(next), heading), moreHelp(next)]);
    return false;
  }
  const last = chosen.at(-1);
  if (last) print(doneLines(last, nextAfter(last, all), all));
  return true;
}

/** Some exercises, one after another. */
async function checkAll(chosen: readonly Entry[]): Promise<boolean> {
  let areDone = true;
  for (const entry of chosen) {
    const outcome = await check(entry);
    if (!isPassed(outcome)) {
      areDone = false;
      print([...outcomeLines(entry, outcome), moreHelp(entry)]);
    } else {
      const printed = outcome.printed.trim() === "" ? [] : outcomeLines(entry, outcome);
      print([...printed, ...doneLines(entry, nextAfter(entry, all), all)]);
    }
  }
  return areDone;
}

function moreHelp({ id }: Entry): string {
  return `A hint: npm run exercises hint ${id}\n`;
}

/** Ends this process, and all that it has started: on "exit" each attempt ends its own processes. */
function interrupt(): void {
  process.exit(130);
}

async function main(): Promise<void> {
  // The reader of a pipe may stop early, as `head` does.
  process.stdout.on("error", () => process.exit());
  const command = readCommandLine(USAGE, {}, readWords).arguments;
  fillHome(all);
  if (command.do === "watch") return await watch(all, command.chosen);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, interrupt);
  if (command.do === "list") process.exitCode = (await list(command.chosen)) ? 0 : 1;
  else if (command.do === "check") process.exitCode = (await checkAll(command.chosen)) ? 0 : 1;
  else if (command.do === "hint") print(await hintLines(command.entry, await check(command.entry)));
  else if (command.do === "reset") print(resetLines(command.entry));
  else if (command.do === "solution") {
    const { entry, isInsisted } = command;
    const isAllowed = isInsisted || isDone(entry) || isPassed(await check(entry));
    print(solutionLines(entry, isAllowed));
    process.exitCode = isAllowed ? 0 : 1;
  }
  stopChecking();
}

run(main);

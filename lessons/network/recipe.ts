/**
 * Recipes: what the network does to each connection, a line for each step.
 *
 * ```text
 *   # Five bytes, then the rest: one request in two pieces.
 *   hold →
 *   release → 5
 *   wait 800
 *   release → all
 * ```
 *
 * `→` or `to-server` is the way to the server, and `←` or `to-client` is the way back. Each connection carries
 * out the steps in order by itself, and begins before its first byte.
 *
 * @module
 */

import { LONGEST_TIMER } from "../../src/deadline.ts";
import { MODES, MOST_KEPT, type Mode, type Way } from "../../src/relay.ts";

/** How much is released: a number of bytes, a whole packet, or all that is held. */
export type Amount = number | "packet" | "all";

/** One step. */
export type RecipeStep =
  | { readonly do: "mode"; readonly way: Way; readonly mode: Mode }
  | { readonly do: "release"; readonly way: Way; readonly amount: Amount }
  | { readonly do: "delay"; readonly way: Way; readonly milliseconds: number }
  | { readonly do: "end"; readonly way: Way; readonly how: "FIN" | "RST" }
  | { readonly do: "wait"; readonly milliseconds: number };

/** The arrows of the ways. */
export const ARROWS: Readonly<Record<Way, string>> = { "to-server": "→", "to-client": "←" };

const WAY_WORDS: Readonly<Record<string, Way>> = {
  "→": "to-server",
  "to-server": "to-server",
  "←": "to-client",
  "to-client": "to-client",
};

const STEPS =
  "hold, stop reading, swallow, pass, release, delay, fin or reset with an arrow after it, or wait with milliseconds";

/**
 * Reads a recipe.
 *
 * @param text - its lines; `#` begins a comment
 * @param holds - whether connections begin in the mode `hold`, see `--hold`
 * @returns its steps
 * @throws RangeError that names the line and says what was expected there
 */
export function readRecipe(text: string, holds = false): RecipeStep[] {
  const steps: RecipeStep[] = [];
  const ways: Record<Way, { holds: boolean; endedIn?: number }> = {
    "to-server": { holds },
    "to-client": { holds },
  };
  for (const [index, line] of text.split("\n").entries()) {
    const words = line.replace(/#.*/, "").trim();
    if (words === "") continue;
    try {
      const step = readStep(words);
      checkSense(step, ways, index + 1);
      steps.push(step);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new RangeError(`line ${index + 1}: ${error.message}`);
    }
  }
  return steps;
}

function readStep(line: string): RecipeStep {
  const [, verb = "", rest = ""] = /^(stop reading|\S+)\s*(.*)$/.exec(line) ?? [];
  if (verb === "wait") return { do: "wait", milliseconds: readMilliseconds("wait", rest) };
  const mode = MODES.find((one) => one === verb);
  if (!mode && !["release", "delay", "fin", "reset"].includes(verb)) {
    throw new RangeError(`expected ${STEPS}, not ${JSON.stringify(line)}`);
  }
  const [arrow = "", ...more] = rest.split(/\s+/);
  const way = Object.hasOwn(WAY_WORDS, arrow) ? WAY_WORDS[arrow] : undefined;
  if (!way) {
    throw new RangeError(
      `expected → (or to-server) or ← (or to-client) after ${verb}, not ${JSON.stringify(arrow)}`,
    );
  }
  const value = more.join(" ");
  if (verb === "release") return { do: "release", way, amount: readAmount(value) };
  if (verb === "delay") return { do: "delay", way, milliseconds: readMilliseconds(`delay ${arrow}`, value) };
  if (value !== "")
    throw new RangeError(`expected nothing after ${verb} ${arrow}, not ${JSON.stringify(value)}`);
  if (mode) return { do: "mode", way, mode };
  return { do: "end", way, how: verb === "fin" ? "FIN" : "RST" };
}

function readAmount(text: string): Amount {
  if (text === "packet" || text === "all") return text;
  if (/^\d+$/.test(text) && Number(text) >= 1 && Number(text) <= MOST_KEPT) return Number(text);
  throw new RangeError(
    `expected a number of bytes from 1 to ${MOST_KEPT}, packet or all after release, not ${JSON.stringify(text)}`,
  );
}

function readMilliseconds(after: string, text: string): number {
  if (/^\d+$/.test(text) && Number(text) <= LONGEST_TIMER) return Number(text);
  throw new RangeError(
    `expected milliseconds, from 0 to ${LONGEST_TIMER}, after ${after}, not ${JSON.stringify(text)}`,
  );
}

/** Refuses steps that would wait forever, or do nothing. */
function checkSense(
  step: RecipeStep,
  ways: Record<Way, { holds: boolean; endedIn?: number }>,
  line: number,
): void {
  if (step.do === "wait") return;
  const way = ways[step.way];
  const arrow = ARROWS[step.way];
  if (way.endedIn !== undefined) {
    throw new RangeError(`expected no more steps for ${arrow}: line ${way.endedIn} closed that direction`);
  }
  if (step.do === "release" && !way.holds) {
    throw new RangeError(`expected hold ${arrow} before release ${arrow}: nothing is held there`);
  }
  if (step.do === "mode" && step.mode === "hold") way.holds = true;
  if (step.do === "mode" && step.mode === "pass") way.holds = false;
  if (step.do === "end") way.endedIn = line;
}

/**
 * Writes a recipe.
 *
 * @param steps - its steps
 * @returns its lines, which {@link readRecipe} reads again
 */
export function writeRecipe(steps: readonly RecipeStep[]): string {
  return steps.map((step) => `${writeStep(step)}\n`).join("");
}

/**
 * Writes one step.
 *
 * @param step - the step
 * @returns its line, without a line end
 */
export function writeStep(step: RecipeStep): string {
  if (step.do === "wait") return `wait ${step.milliseconds}`;
  const arrow = ARROWS[step.way];
  switch (step.do) {
    case "mode":
      return `${step.mode} ${arrow}`;
    case "release":
      return `release ${arrow} ${step.amount}`;
    case "delay":
      return `delay ${arrow} ${step.milliseconds}`;
    case "end":
      return `${step.how === "FIN" ? "fin" : "reset"} ${arrow}`;
  }
}

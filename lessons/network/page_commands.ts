/**
 * What the page may ask for: one step on one connection, or a note of the learner's prediction.
 *
 * @module
 */

import { type RecipeStep, readRecipe } from "./recipe.ts";

/** The longest prediction, in characters. */
const LONGEST_TEXT = 500;

/** A command from the page. */
export type PageCommand =
  | { readonly connection: number; readonly step: RecipeStep }
  | { readonly connection: number; readonly prediction: string };

/**
 * Reads a command: `{"connection": 1, "step": "release → 5"}`, a line of a recipe, or
 * `{"connection": 1, "predict": "it waits"}`.
 *
 * @param command - what the page sent
 * @returns the command
 * @throws RangeError that says what was expected
 */
export function readPageCommand(command: unknown): PageCommand {
  const { connection, step, predict } = Object(command) as Record<string, unknown>;
  if (!Number.isSafeInteger(connection)) throw new RangeError("expected the number of a connection");
  const id = connection as number;
  if (typeof predict === "string") return { connection: id, prediction: predict.slice(0, LONGEST_TEXT) };
  if (typeof step !== "string") throw new RangeError("expected a step, as a recipe has it");
  const [first, second] = readRecipe(step, true);
  if (!first || second || first.do === "wait") throw new RangeError("expected one step that is not a wait");
  return { connection: id, step: first };
}

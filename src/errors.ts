/**
 * What an error says in a log, and where it was made.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import { ConnectionError } from "./connection.ts";
import { visible } from "./printable.ts";

/** The kit's folder, in the two forms that stack traces use, with slashes on every operating system. */
const ROOT_URL = new URL("../", import.meta.url).href;
const ROOT = withSlashes(fileURLToPath(ROOT_URL));

/** Files that the reader did not write: the code that lessons share, and packages. */
const NOT_YOURS = /^(src|node_modules)\//;

/**
 * The first line of an error's message. Anything can be thrown, even null. A message may quote what a stranger sent,
 * so its control characters are made visible.
 *
 * @param error - what was thrown
 * @returns one line for the log
 */
export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message || error.name : String(error);
  const [line = ""] = text.split("\n", 1);
  return visible(line);
}

/**
 * Names the line of a lesson, or of your own program, that an error came from.
 *
 * @param error - what was thrown
 * @returns e.g. ` (at my/1_simple_math_server/server.ts:31)`: the first place in the stack trace that is in the kit's
 * folder, but not in `src/`. Nothing if there is none, or if the error comes from the operating system: its line
 * would say no more than its message.
 */
export function placeOf(error: unknown): string {
  if (!(error instanceof Error) || error instanceof ConnectionError || isSystemError(error)) return "";
  for (const frame of error.stack?.split("\n").filter((line) => /^\s*at /.test(line)) ?? []) {
    const isUrl = frame.includes(ROOT_URL);
    const [, after] = withSlashes(frame).split(isUrl ? ROOT_URL : ROOT);
    const [, file, line] = /^([^\p{C}]+?):(\d+)/u.exec(after ?? "") ?? [];
    if (file === undefined || NOT_YOURS.test(file)) continue;
    return ` (at ${isUrl ? decodeURI(file) : file}:${line})`;
  }
  return "";
}

/** Whether the operating system refused something. Node's own errors have codes too: `ERR_…` is a wrong argument. */
function isSystemError({ code, name }: NodeJS.ErrnoException): boolean {
  return /^E[A-Z\d]+$/.test(code ?? "") || name === "NotCapable"; // what Deno says about a missing permission
}

function withSlashes(path: string): string {
  return path.replaceAll("\\", "/");
}

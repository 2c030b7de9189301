/**
 * The command line of `npm run check-server` and `npm run check-client`, which may end with a learner's command.
 *
 * @module
 */

import process from "node:process";
import { type CommandLine, type FlagTable, millisecondsFlag, readCommandLine } from "../command_line.ts";

/** The times of a program, if the command line gives them. */
export interface GivenTimes {
  /** How long it waits for the other side, in milliseconds. */
  readonly timeout: number | undefined;
  /** How long another server may be silent, in milliseconds. */
  readonly "server-timeout": number | undefined;
  /** The time between two packets, in milliseconds. */
  readonly interval: number | undefined;
}

const FLAGS: FlagTable<GivenTimes> = {
  timeout: millisecondsFlag(undefined, 1, "the program's timeout, if it is not the lesson's"),
  "server-timeout": millisecondsFlag(undefined, 1, "lesson 3: the servers' timeout for each other"),
  interval: millisecondsFlag(undefined, 0, "the program's interval, if it is not the lesson's"),
};

/**
 * Reads the command line of a check. It may end with a learner's command, so no flag after LESSON is ours.
 *
 * @param usage - how the check is called
 * @param readArguments - reads LESSON and what follows, as in {@link readCommandLine}
 * @returns the times that were given, and what `readArguments` made of the rest
 */
export function readCheckLine<Arguments>(
  usage: string,
  readArguments: (texts: string[]) => Arguments,
): CommandLine<FlagTable<GivenTimes>, Arguments> {
  const { argv } = process;
  let at = 2;
  while (/^-(?!-$)/.test(argv[at] ?? "")) at += Object.hasOwn(FLAGS, argv[at]?.slice(2) ?? "") ? 2 : 1;
  if (at < argv.length && argv[at] !== "--") argv.splice(at, 0, "--");
  return readCommandLine(usage, FLAGS, readArguments);
}

/** What a command may have to leave open, and what goes there. */
const HOLES = {
  "{port}": "where the port goes, e.g. python3 my_program.py {port}",
  "{servers}": "where the addresses go, e.g. python3 my_program.py {servers}",
  "{broker}": "where the address of the broker goes",
} as const;

/**
 * Reads a learner's command. A single text is split as a shell does, at unquoted spaces.
 *
 * @param texts - the words that were typed
 * @param holes - what has to be in it
 * @returns the words of the command
 * @throws RangeError if one of the holes is missing, or the command ends inside quotes
 */
export function readCommand(
  texts: readonly string[],
  holes: readonly (keyof typeof HOLES)[] = ["{port}"],
): string[] {
  const words = texts.length === 1 ? splitCommand(texts[0] ?? "") : [...texts];
  const missing = holes.find((hole) => !words.some((word) => word.includes(hole)));
  if (missing) throw new RangeError(`COMMAND needs ${missing} in it, ${HOLES[missing]}`);
  return words;
}

/**
 * Splits a command into words. As in a shell, single quotes keep everything between them as it is, and elsewhere
 * a backslash keeps the next character as it is. On Windows a backslash separates folders, so it stays.
 *
 * @param text - the command
 * @param hasEscapes - whether a backslash keeps the next character as it is
 * @returns its words
 * @throws RangeError if it ends inside quotes
 */
export function splitCommand(text: string, hasEscapes: boolean = process.platform !== "win32"): string[] {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < text.length; at++) {
    const character = text[at] as string;
    const next = text[at + 1];
    if (hasEscapes && character === "\\" && quote !== "'" && next !== undefined) {
      // In double quotes a backslash only escapes characters that are special there.
      word = `${word ?? ""}${quote === "" || '"\\$`'.includes(next) ? "" : character}${next}`;
      at++;
    } else if (quote !== "") {
      if (character === quote) quote = "";
      else word += character;
    } else if (character === "'" || character === '"') {
      quote = character;
      word ??= "";
    } else if (/\s/.test(character)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else word = (word ?? "") + character;
  }
  if (quote !== "") throw new RangeError(`COMMAND ends inside quotes: a ${quote} is missing`);
  if (word !== undefined) words.push(word);
  return words;
}

/**
 * Puts the port into a learner's command.
 *
 * @param command - its words, as {@link readCommand} gives them
 * @param port - the port
 * @returns the words to start it with
 */
export function withPort(command: readonly string[], port: number): string[] {
  return command.map((word) => word.replaceAll("{port}", String(port)));
}

/**
 * The folder where the learner typed the command. Its paths are relative to that folder, but npm starts our programs
 * in the kit's folder.
 *
 * @returns its path
 */
export function typedIn(): string {
  return process.env["INIT_CWD"] ?? process.cwd();
}

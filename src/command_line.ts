/**
 * The command line of a lesson: which flags there are, their values checked, and the usage made from them.
 *
 * @module
 */

import process from "node:process";
import { parseArgs } from "node:util";
import { LONGEST_TIMER } from "./connection.ts";

/** One flag, e.g. `--port N`. */
export interface Flag<T> {
  /** What follows the flag in the usage; a flag without one is a switch and takes no value. */
  readonly placeholder?: string;
  /** The value where the flag is not given. */
  readonly default: T;
  /** One line for the usage. */
  readonly help: string;
  /** Reads a value; throws a RangeError that names the flag and says what was expected. */
  parse(name: string, text: string): T;
}

/** The values of a table of flags, by the flags' names. */
export type FlagValues<Flags> = {
  readonly [Name in keyof Flags]: Flags[Name] extends Flag<infer T> ? T : never;
};

/** What {@link readCommandLine} has read. */
export interface CommandLine<Flags, Arguments> {
  /** The value of each flag, given or not. */
  readonly options: FlagValues<Flags>;
  /** What was made of the arguments that are no flags. */
  readonly arguments: Arguments;
}

/**
 * A flag whose value is any text, e.g. `--host 127.0.0.1`.
 *
 * @param placeholder - what stands for the value in the usage
 * @param byDefault - the value where the flag is not given
 * @param help - one line for the usage
 * @returns the flag
 */
export function textFlag(placeholder: string, byDefault: string, help: string): Flag<string> {
  return {
    placeholder,
    default: byDefault,
    help,
    parse: (name, text) => {
      if (text === "") throw new RangeError(`${name} needs a value: ${name} ${placeholder}`);
      return text;
    },
  };
}

/**
 * A flag whose value is a whole number, e.g. `--port 9000`.
 *
 * @param placeholder - what stands for the value in the usage, e.g. `N`
 * @param byDefault - the value where the flag is not given; it may be undefined
 * @param min - the smallest value allowed
 * @param max - the largest value allowed
 * @param help - one line for the usage
 * @returns the flag
 */
export function numberFlag<Default extends number | undefined>(
  placeholder: string,
  byDefault: Default,
  min: number,
  max: number,
  help: string,
): Flag<number | Default> {
  return {
    placeholder,
    default: byDefault,
    help,
    parse: (name, text) => wholeNumber(name, text, min, max),
  };
}

/**
 * Reads a whole number.
 *
 * @param name - what the number is, for the error
 * @param text - the number, decimal
 * @param min - the smallest value allowed
 * @param max - the largest value allowed
 * @returns the number
 * @throws RangeError that says what was expected and what came
 */
export function wholeNumber(name: string, text: string, min: number, max: number): number {
  const value = /^[-+]?\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new RangeError(`${name} must be a whole number from ${min} to ${max}, not ${JSON.stringify(text)}`);
}

/**
 * A flag whose value is a duration in milliseconds, e.g. `--timeout 3000`.
 *
 * @param byDefault - the value where the flag is not given
 * @param min - the smallest value allowed
 * @param help - one line for the usage
 * @returns the flag
 */
export function millisecondsFlag(byDefault: number, min: number, help: string): Flag<number> {
  return numberFlag("MS", byDefault, min, LONGEST_TIMER, help);
}

/**
 * A switch: `true` where it is given.
 *
 * @param help - one line for the usage
 * @returns the flag
 */
export function switchFlag(help: string): Flag<boolean> {
  return { default: false, help, parse: () => true };
}

/**
 * Reads the command line. `--help` prints the usage and ends the process with 0; a flag that does not exist or
 * a value that is not allowed prints one line that names it, then the usage, and ends it with 2.
 *
 * @param usage - the first line of the usage: how the program is called
 * @param flags - the flags that exist, by name
 * @param readArguments - reads the arguments that are no flags; throws a RangeError that says what was
 * expected. Without it, there must be none.
 * @returns each flag's value, and what `readArguments` made of the arguments
 */
export function readCommandLine<Flags extends Record<string, Flag<unknown>>, Arguments = void>(
  usage: string,
  flags: Flags,
  readArguments: (texts: string[]) => Arguments = refuseArguments,
): CommandLine<Flags, Arguments> {
  try {
    const given = parse(process.argv.slice(2), flags);
    if (given.help) {
      process.stdout.write(usageText(usage, flags));
      process.exit(0);
    }
    return { options: given.options, arguments: readArguments(given.texts) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    process.stderr.write(`${error.message}\n${usageText(usage, flags)}`);
    process.exit(2);
  }
}

function refuseArguments<Arguments>([extra]: string[]): Arguments {
  if (extra !== undefined) throw new RangeError(`unexpected argument ${JSON.stringify(extra)}`);
  return undefined as Arguments;
}

function parse<Flags extends Record<string, Flag<unknown>>>(args: string[], flags: Flags) {
  const types: Record<string, { type: "string" | "boolean" }> = { help: { type: "boolean" } };
  for (const [name, flag] of Object.entries(flags)) {
    types[name] = { type: flag.placeholder ? "string" : "boolean" };
  }
  // parseArgs takes "-7" for a flag named 7. Behind a mark it stays a value, as in `client.ts SUMA 2 -7`.
  const marked = args.map((arg) => (/^-\d/.test(arg) ? MARK + arg : arg));
  const { tokens } = parseArgs({ args: marked, options: types, strict: false, tokens: true });

  const values = Object.fromEntries(Object.entries(flags).map(([name, flag]) => [name, flag.default]));
  const texts: string[] = [];
  let help = false;
  for (const token of tokens) {
    if (token.kind === "positional") texts.push(token.value.replace(MARK, ""));
    if (token.kind !== "option") continue;
    const flag = Object.hasOwn(flags, token.name) ? flags[token.name] : undefined;
    const takesValue = flag?.placeholder !== undefined;
    if (token.rawName === "--help") {
      if (token.value !== undefined) throw new RangeError("--help takes no value");
      help = true;
    } else if (!flag || token.rawName !== `--${token.name}`) {
      throw new RangeError(`unknown flag ${printableArgument(token.rawName)}`);
    } else if (takesValue && (token.value === undefined || isFlag(token))) {
      throw new RangeError(`${token.rawName} needs a value: ${token.rawName} ${flag.placeholder}`);
    } else if (!takesValue && token.value !== undefined) {
      throw new RangeError(`${token.rawName} takes no value, but got ${JSON.stringify(token.value)}`);
    } else {
      values[token.name] = flag.parse(token.rawName, (token.value ?? "").replace(MARK, ""));
    }
  }
  return { options: values as FlagValues<Flags>, texts, help };
}

const MARK = "\0";

/** In `--host --threads`, the host was forgotten: `--threads` is a flag, and no value. */
function isFlag({
  value,
  inlineValue,
}: {
  value: string | undefined;
  inlineValue: boolean | undefined;
}): boolean {
  return inlineValue === false && value?.startsWith("-") === true;
}

/** An argument may hold a line end; the message about it is one line all the same. */
function printableArgument(argument: string): string {
  return JSON.stringify(argument).slice(1, -1);
}

function usageText(usage: string, flags: Record<string, Flag<unknown>>): string {
  const rows = Object.entries(flags).map(([name, flag]): [string, string] => {
    const byDefault = flag.placeholder && flag.default !== undefined ? ` (default ${flag.default})` : "";
    return [`--${name} ${flag.placeholder ?? ""}`, `${flag.help}${byDefault}`];
  });
  rows.push(["--help", "print this and exit"]);
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, help]) => `  ${name.padEnd(width)}  ${help}`);
  return `usage: ${usage}\n\n${lines.join("\n")}\n`;
}

/**
 * The command line of a lesson: which flags exist, their values checked, and the usage text made from them.
 *
 * @module
 */

import process from "node:process";
import { type ParseArgsConfig, parseArgs } from "node:util";
import { LONGEST_TIMER } from "./deadline.ts";

/** One flag, e.g. `--port N`. */
export interface Flag<T> {
  /** What stands for the value in the usage. A flag without one is a switch and takes no value. */
  readonly placeholder?: string;
  /** The value if the flag is not given. */
  readonly default: T;
  /** One line for the usage. */
  readonly help: string;
  /** Reads a value; throws a RangeError that names the flag and says what was expected. */
  parse(name: string, text: string): T;
}

/** The values of a table of flags, by name. */
export type FlagValues<Flags> = {
  readonly [Name in keyof Flags]: Flags[Name] extends Flag<infer T> ? T : never;
};

/** The flags whose values are these options. */
export type FlagTable<Options> = { readonly [Name in keyof Options]: Flag<Options[Name]> };

/** What {@link readCommandLine} has read. */
export interface CommandLine<Flags, Arguments> {
  /** The value of each flag, given or not. */
  readonly options: FlagValues<Flags>;
  /** What `readArguments` made of the arguments that are not flags. */
  readonly arguments: Arguments;
}

/**
 * A flag whose value is any text, e.g. `--host 127.0.0.1`.
 *
 * @param placeholder - what stands for the value in the usage
 * @param byDefault - the value if the flag is not given
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
 * @param byDefault - the value if the flag is not given; it may be undefined
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
 * @param byDefault - the value if the flag is not given; it may be undefined
 * @param min - the smallest value allowed
 * @param help - one line for the usage
 * @returns the flag
 */
export function millisecondsFlag<Default extends number | undefined>(
  byDefault: Default,
  min: number,
  help: string,
): Flag<number | Default> {
  return numberFlag("MS", byDefault, min, LONGEST_TIMER, help);
}

/**
 * A switch: `true` if it is given.
 *
 * @param help - one line for the usage
 * @returns the flag
 */
export function switchFlag(help: string): Flag<boolean> {
  return { default: false, help, parse: () => true };
}

/**
 * Reads the command line. `--help` prints the usage and ends the process with 0; an unknown flag or a bad value prints
 * one line that names it, then the usage, and ends the process with 2.
 *
 * @param usage - the first line of the usage: how the program is called
 * @param flags - the flags that exist, by name
 * @param readArguments - reads the arguments that are not flags; throws a RangeError that says what was expected.
 * Without it, there must be none. Anything after a negative number is taken for an argument too.
 * @returns the value of each flag, and what `readArguments` made of the arguments
 */
export function readCommandLine<Flags extends Record<string, Flag<unknown>>, Arguments = void>(
  usage: string,
  flags: Flags,
  readArguments: (texts: string[]) => Arguments = refuseArguments,
): CommandLine<Flags, Arguments> {
  try {
    const { values, positionals } = parse(process.argv.slice(2), flags);
    if (values["help"]) {
      process.stdout.write(usageText(usage, flags));
      process.exit(0);
    }
    const options = Object.entries(flags).map(([name, flag]) => {
      const value = values[name];
      return [name, typeof value === "string" ? flag.parse(`--${name}`, value) : (value ?? flag.default)];
    });
    return {
      options: Object.fromEntries(options) as FlagValues<Flags>,
      arguments: readArguments(positionals),
    };
  } catch (error) {
    if (!isUserError(error)) throw error;
    process.stderr.write(`${oneLine(error.message)}\n${usageText(usage, flags)}`);
    process.exit(2);
  }
}

function parse(args: string[], flags: Record<string, Flag<unknown>>) {
  const options: NonNullable<ParseArgsConfig["options"]> = { help: { type: "boolean", short: "h" } };
  for (const [name, flag] of Object.entries(flags)) {
    options[name] = { type: flag.placeholder ? "string" : "boolean" };
  }
  // To parseArgs, the -7 of `SUMA 2 -7` is a flag named 7. After "--" nothing is a flag.
  const negative = args.findIndex((arg) => /^-\d|^--$/.test(arg));
  if (negative >= 0 && args[negative] !== "--") args.splice(negative, 0, "--");
  return parseArgs({ args, options, allowPositionals: true });
}

function refuseArguments<Arguments>([extra]: string[]): Arguments {
  if (extra !== undefined) throw new RangeError(`unexpected argument ${JSON.stringify(extra)}`);
  return undefined as Arguments;
}

/** A bad value, or what parseArgs throws: a TypeError for an unknown flag, or a missing or unwanted value. */
function isUserError(error: unknown): error is Error {
  const { code } = error as NodeJS.ErrnoException;
  return error instanceof RangeError || code?.startsWith("ERR_PARSE_ARGS") === true;
}

/** What is wrong, without parseArgs' advice. An argument may hold a line end; the message about it must not. */
function oneLine(message: string): string {
  const [problem = ""] = message.split(/\.\s(?:To specify|Did you forget)/, 1);
  return problem.replace(/\p{C}/gu, (character) => JSON.stringify(character).slice(1, -1));
}

function usageText(usage: string, flags: Record<string, Flag<unknown>>): string {
  const rows = Object.entries(flags).map(([name, flag]): [string, string] => {
    const byDefault = flag.placeholder && flag.default !== undefined ? ` (default ${flag.default})` : "";
    return [`--${name} ${flag.placeholder ?? ""}`, `${flag.help}${byDefault}`];
  });
  rows.push(["-h, --help", "print this and exit"]);
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = rows.map(([name, help]) => `  ${name.padEnd(width)}  ${help}`);
  return `usage: ${usage}\n\n${lines.join("\n")}\n`;
}

/**
 * Reads a lesson's command line: it knows the flags, checks their values, and writes the usage text.
 *
 * @module
 */

import process from "node:process";
import { LONGEST_TIMER } from "./deadline.ts";
import { visible } from "./printable.ts";

/** One flag, e.g. `--port N`. */
export interface Flag<T> {
  /** The name of the value in the usage. A flag without one is a switch and takes no value. */
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

/** What {@link readCommandLine} returns. */
export interface CommandLine<Flags, Arguments> {
  /** The value of each flag, given or not. */
  readonly options: FlagValues<Flags>;
  /** What `readArguments` made of the arguments that are not flags. */
  readonly arguments: Arguments;
}

/**
 * A flag whose value is any text, e.g. `--host 127.0.0.1`.
 *
 * @param placeholder - the name of the value in the usage
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
 * A flag whose value is the name or the address of a machine, e.g. `--host 127.0.0.1`.
 *
 * @param help - one line for the usage
 * @returns the flag; an IPv6 address may have brackets, as the log prints it; they are removed
 */
export function hostFlag(help: string): Flag<string> {
  const text = textFlag("ADDRESS", "127.0.0.1", help);
  return { ...text, parse: (name, host) => text.parse(name, host).replace(/^\[(.+)\]$/, "$1") };
}

/**
 * A flag whose value is a whole number, e.g. `--port 9000`.
 *
 * @param placeholder - the name of the value in the usage, e.g. `N`
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
 * Without it, there must be none.
 * @returns the value of each flag, and what `readArguments` made of the arguments
 */
export function readCommandLine<Flags extends Record<string, Flag<unknown>>, Arguments = void>(
  usage: string,
  flags: Flags,
  readArguments: (texts: string[]) => Arguments = refuseArguments,
): CommandLine<Flags, Arguments> {
  try {
    const { asksForHelp, values, words } = split(process.argv.slice(2), flags);
    if (asksForHelp) {
      process.stdout.write(usageText(usage, flags));
      process.exit(0);
    }
    const options = Object.entries(flags).map(([name, flag]) => {
      const text = values.get(name);
      return [name, text === undefined ? flag.default : flag.parse(`--${name}`, text)];
    });
    return {
      options: Object.fromEntries(options) as FlagValues<Flags>,
      arguments: readArguments(words),
    };
  } catch (error) {
    // This is a bug, not a mistake of the user's.
    if (!(error instanceof RangeError)) throw error;
    process.stderr.write(`${visible(error.message)}\n${usageText(usage, flags)}`);
    process.exit(2);
  }
}

/** A command line, split into its parts. */
interface Parts {
  asksForHelp: boolean;
  /** The text after each flag that was given, by the flag's name; empty for a switch. */
  readonly values: Map<string, string>;
  /** What is neither a flag nor the value of one. */
  readonly words: string[];
}

/**
 * Takes a command line apart. A negative number, such as the -7 of `SUMA 2 -7`, isn't a flag, and neither is anything
 * after `--`.
 */
function split(args: readonly string[], flags: Record<string, Flag<unknown>>): Parts {
  const parts: Parts = { asksForHelp: false, values: new Map(), words: [] };
  const rest = [...args];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "--") parts.words.push(...rest.splice(0));
    else if (word === "--help" || word === "-h") parts.asksForHelp = true;
    else if (isFlag(word)) readFlag(word, rest, flags, parts.values);
    else parts.words.push(word);
  }
  return parts;
}

function isFlag(word: string): boolean {
  return /^-(?!\d|$)/.test(word);
}

/** Reads a flag and its value, which follows a `=` or is the next word. */
function readFlag(
  word: string,
  rest: string[],
  flags: Record<string, Flag<unknown>>,
  values: Map<string, string>,
): void {
  const [, name = "", given] = /^--([^=]+)(?:=(.*))?$/s.exec(word) ?? [];
  const flag = Object.hasOwn(flags, name) ? flags[name] : undefined;
  if (!flag) throw new RangeError(`unknown flag ${word}`);
  if (!flag.placeholder) {
    if (given !== undefined)
      throw new RangeError(`--${name} takes no value, but got ${JSON.stringify(given)}`);
    values.set(name, "");
    return;
  }
  const value = given ?? (isFlag(rest[0] ?? "--") ? undefined : rest.shift());
  if (value === undefined) throw new RangeError(`--${name} needs a value: --${name} ${flag.placeholder}`);
  values.set(name, value);
}

function refuseArguments<Arguments>([extra]: string[]): Arguments {
  if (extra !== undefined) throw new RangeError(`unexpected argument ${JSON.stringify(extra)}`);
  return undefined as Arguments;
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

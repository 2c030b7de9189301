/**
 * Checks one file, in a process of its own, which may hang or die: `check_file.ts` starts it, and watches over it.
 *
 *     node --import tsx test/exercises/attempt.ts CHECKS FILE
 *
 * @module
 */

import { once } from "node:events";
import { readFileSync } from "node:fs";
import process from "node:process";
import { setTimeout as pause } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { Worker } from "node:worker_threads";
import { Conversation } from "../../src/checks/conversation.ts";
import { CheckFailed } from "../../src/checks/peer.ts";
import { HAS_GROUPS } from "../../src/checks/process_group.ts";
import { showPackets } from "../../src/log.ts";
import { type Exercise, LearnerError, SLOWNESS, UNWRITTEN, Wrong } from "./assertions.ts";
import { describeValue } from "./draw.ts";

/** What is wrong. */
export interface Problem {
  /** The title of the check; undefined if the file could not even be checked. */
  readonly check?: string | undefined;
  /** What was expected, what came, and the mistake behind it if it is known. */
  readonly message: string;
  /** Whether the message names the mistake itself. */
  readonly isNamed: boolean;
  /** Whether the checks that follow were not tried. */
  readonly isFinal?: boolean;
  /** The line of the learner's file. */
  readonly line?: number | undefined;
  /** What was sent and received until then. */
  readonly conversation?: readonly string[];
}

/** What this process tells its parent. */
export type Message =
  | { readonly is: "alive" }
  | { readonly is: "loaded"; readonly titles: readonly string[] }
  | { readonly is: "started"; readonly check: string }
  | { readonly is: "passed"; readonly check: string }
  | { readonly is: "problem"; readonly problem: Problem }
  | { readonly is: "done" };

/** How often this process says that its event loop turns, in milliseconds. */
const HEARTBEAT = 200;

/** How often this process looks whether its parent is still there, in milliseconds. */
const WATCH = 1000;

/** How long a check may take unless it says otherwise, in milliseconds. */
const LIMIT = 2000;

/** How long the learner's file may take to load, in milliseconds. */
const LOAD_LIMIT = 5000;

/** How long a promise that is rejected too late has to be noticed, in milliseconds. */
const AFTERMATH = 50;

const [checksFile = "", file = ""] = process.argv.slice(2);
if (!process.send) {
  process.stderr.write("This program belongs to the checks. Type `npm run exercises` instead.\n");
  process.exit(2);
}
const source = readFileSync(file, "utf8");

function tell(message: Message): void {
  process.send?.(message);
}

/** The check that runs, the learner's calls that have not returned, and what was sent and received. */
let title: string | undefined;
let hasFailed = false;
let isOver = false;
const pending = new Map<object, string>();
const conversation = new Conversation();
conversation.listen();
showPackets("bytes");

/** Reports a problem; of a check only the first counts: what follows mostly comes from it. */
function report(told: Told): void {
  isOver ||= told.isFinal === true;
  if (hasFailed) return;
  hasFailed = true;
  tell({ is: "problem", problem: { check: title, conversation: conversation.lastLines, ...told } });
}

/** What is said of an error. */
type Told = Omit<Problem, "check" | "conversation">;

/** How an error of the system ended the process, and what to do. */
const UNHEARD = [
  'A socket or server emitted an "error" that has no listener, and that crashes the process',
  'Listen to it: `.on("error", (error) => …)` on each socket, and on a server for its own errors. Nobody catches what a listener throws.',
] as const;

/** The same, of an error that somebody has made. */
const UNCAUGHT = [
  "Something was thrown where nobody catches it, and that crashes a process",
  'Nothing can catch what a listener or a timer throws: call `reject(error)` there, or store the error. (`destroy(error)` emits an "error" event, which needs a listener.)',
] as const;

/** Says what an error is, wherever it comes from. */
function tellOf(error: unknown, how = "It threw", advice?: string): Told {
  if (error instanceof Wrong) {
    const { message, isNamed, isFinal } = error;
    return { message: message + forgottenLoop(), isNamed, isFinal };
  }
  if (error instanceof CheckFailed) {
    const { message, likelyCause } = error;
    return { message: likelyCause ? `${message} ${likelyCause}` : message, isNamed: true };
  }
  const isLearners = error instanceof LearnerError;
  const cause = isLearners ? error.cause : error;
  const line = lineOf(cause);
  const text = cause instanceof Error ? cause.message : String(cause);
  if (UNWRITTEN.test(text)) {
    const what = isLearners ? error.call : "A part of it";
    return { message: `${what} is not written yet.`, isNamed: true, isFinal: true, line };
  }
  const thrown = cause instanceof Error ? `${cause.name}: ${text}` : describeValue(cause);
  const help = advice ?? adviseOn(text);
  const message = `${isLearners ? `${error.call} threw` : how}: ${thrown}${help ? `\n\n${help}` : ""}${forgottenLoop()}`;
  return { message, isNamed: true, line };
}

/** What mostly stands behind an error of JavaScript's or Node's own. */
function adviseOn(text: string): string | undefined {
  const advice: readonly (readonly [RegExp, string])[] = [
    [
      /outside the bounds of the DataView/,
      "You are writing or reading past the end of the array. Is it large enough, and is the offset right?",
    ],
    [
      /^offset is out of bounds/,
      "The bytes that `set` copies do not fit: the array is too small, or the offset is too large.",
    ],
    [/are a Uint8Array, not a Promise/, "A promise is not its value yet: an `await` is missing."],
    [
      /^unpack requires a buffer of/,
      "`unpack` takes exactly as many bytes as the format has. Look at the length first, or at what made these bytes. (`unpackFrom` reads from the beginning of a longer array.)",
    ],
    [
      /requires a buffer of/,
      "It takes at least as many bytes as the format has. Look at the length first, or at what made these bytes.",
    ],
    [
      /Invalid typed array length|Invalid array length/,
      "No array can be that long. Look at how you compute its length.",
    ],
    [/Invalid string length/, "A text grew longer than any text can be: is there an endless loop?"],
    [/Cannot mix BigInt/, "One of the numbers is a bigint: `Number(value)` turns it into a number."],
    [/is not iterable/, "Only arrays and the like can be spread or looped over. What is it really?"],
    [
      /Received an instance of Array|must be of type string or an instance of Buffer/,
      "A socket sends bytes (a Uint8Array) or text.",
    ],
    [/Assignment to constant/, "A `const` never changes: use `let`."],
    [
      /ERR_STREAM_WRITE_AFTER_END|write after end/,
      "You had already ended the socket. Write first, then call `end()`.",
    ],
    [
      /ECONNREFUSED/,
      "No server is listening at that address. Did you use the port that was given, and the host 127.0.0.1?",
    ],
    [/EADDRINUSE/, "The port is in use. Listen on the port that was given, and only once."],
  ];
  const found = advice.find(([pattern]) => pattern.test(text));
  return found?.[1];
}

/** `forEach` does not wait: whoever uses it with async functions is told, when something is wrong. */
function forgottenLoop(): string {
  if (!/\.forEach\(\s*async\b/.test(source)) return "";
  return "\n\nYour file calls `forEach(async …)`, and `forEach` does not wait for async functions. Use `for (const … of …)`, and `await` inside.";
}

/** The line of the learner's file in a stack trace. */
function lineOf(error: unknown): number | undefined {
  const stack = error instanceof Error ? (error.stack ?? "") : "";
  const frame = stack.split("\n").find((text) => text.includes(file) && /:\d+:\d+\)?$/.test(text));
  return frame ? Number(/:(\d+):\d+\)?$/.exec(frame)?.[1]) : undefined;
}

/** A value of the learner's whose functions, when they throw, throw a {@link LearnerError}. */
function guard<T>(value: T, name: string): T {
  if (typeof value !== "function") return value;
  const call = (args: unknown[]) => `${name}(${args.map(shortly).join(", ")})`;
  return new Proxy(value, {
    apply: (target, self, args) => watch(call(args), () => Reflect.apply(target as never, self, args)),
    construct: (target, args) => {
      const made = watch(`new ${call(args)}`, () => Reflect.construct(target as never, args) as object);
      return guardObject(made, name);
    },
  }) as T;
}

/** An object of a learner's class. Its methods are called on the object itself: a Proxy has no private fields. */
function guardObject(made: object, className: string): object {
  return new Proxy(made, {
    get(target, key) {
      const name = `${className.charAt(0).toLowerCase()}${className.slice(1)}.${String(key)}`;
      const value: unknown = watch(name, () => Reflect.get(target, key, target));
      if (typeof value !== "function") return value;
      return (...args: unknown[]) =>
        watch(`${name}(${args.map(shortly).join(", ")})`, () => Reflect.apply(value as never, target, args));
    },
  });
}

/** Calls the learner's code; remembers that it has not returned while its promise is pending. */
function watch<T>(call: string, code: () => T): T {
  const rethrow = (error: unknown): never => {
    throw error instanceof LearnerError || error instanceof Wrong ? error : new LearnerError(call, error);
  };
  let result: T;
  try {
    result = code();
  } catch (error) {
    return rethrow(error);
  }
  if (!(result instanceof Promise)) return result;
  const key = {};
  pending.set(key, call);
  return result.then(
    (value: unknown) => {
      pending.delete(key);
      return value;
    },
    (error: unknown) => {
      pending.delete(key);
      return rethrow(error);
    },
  ) as T;
}

function shortly(value: unknown): string {
  if (
    value !== null &&
    typeof value === "object" &&
    !(value instanceof Uint8Array) &&
    !Array.isArray(value)
  ) {
    const { name } = value.constructor ?? {};
    return name && name !== "Object" ? name.charAt(0).toLowerCase() + name.slice(1) : "{…}";
  }
  if (typeof value === "function") return "…";
  if (Array.isArray(value)) return value.length > 3 ? `[${value.length} of them]` : "[…]";
  return describeValue(value).slice(0, 60);
}

/** Imports the learner's file; gives what it exports, or undefined if it cannot be checked. */
async function load(exports: readonly string[]): Promise<Record<string, unknown> | undefined> {
  let loaded: Record<string, unknown> | undefined;
  try {
    const limit = LOAD_LIMIT * SLOWNESS;
    loaded = await within<Record<string, unknown>>(import(pathToFileURL(file).href), limit);
    if (!loaded) {
      const seconds = limit / 1000;
      const message = `Your file had not finished loading after ${seconds} s. An \`await\` outside of any function waits for something that never comes.`;
      report({ message, isNamed: true });
      return undefined;
    }
  } catch (error) {
    report(explainLoading(error));
    return undefined;
  }
  const guarded: Record<string, unknown> = {};
  for (const name of exports) {
    if (loaded[name] === undefined) {
      const isThere = new RegExp(`\\b(function|class|const|let)\\s+${name}\\b`).test(source);
      const message = loaded["default"]
        ? `Your file exports \`${name}\` as \`default\`, but the check asks for it by name. Leave out \`default\`.`
        : isThere
          ? `Your file no longer exports \`${name}\`. Put \`export\` in front of it.`
          : `Your file no longer has \`${name}\`, which the check calls. \`npm run exercises reset\` restores the original exercise.`;
      report({ message, isNamed: true });
      return undefined;
    }
    guarded[name] = guard(loaded[name], name);
  }
  return guarded;
}

function explainLoading(error: unknown): Told {
  const text = error instanceof Error ? error.message : String(error);
  const told = (message: string, line?: number): Told => ({ message, isNamed: true, line });
  // What esbuild says of a syntax error: `Transform failed …\nfile:12:3: ERROR: Expected ")"`.
  const [, line, what] = /:(\d+):\d+: ERROR: (.+)/.exec(text) ?? [];
  if (line) return told(`This is not TypeScript yet: ${what}`, Number(line));
  const [, missing] = /Cannot find (?:module|package) '([^']+)'/.exec(text) ?? [];
  if (missing) return told(`It imports ${missing}, which is not there.`);
  const [, from, name] = /module '([^']+)' does not provide an export named '([^']+)'/.exec(text) ?? [];
  if (from) return told(`It imports \`${name}\` from ${from}, which does not export that.`);
  return tellOf(error, "It threw while it was loaded");
}

/** Waits for a promise, but not forever: gives undefined if the time is up first. */
async function within<T>(promise: Promise<T>, limit: number): Promise<T | undefined> {
  const timer = new AbortController();
  const late = pause(limit, undefined, { signal: timer.signal }).catch(() => undefined);
  try {
    return await Promise.race([promise, late]);
  } finally {
    timer.abort(); // no timer may stay: a check may count them
  }
}

/** Runs one check, for as long as it may take. */
async function run(check: () => void | Promise<void>, limit: number): Promise<void> {
  pending.clear();
  hasFailed = false;
  conversation.restart();
  try {
    const checked = (async () => check())().then(() => true);
    if (!(await within(checked, limit))) {
      const [call] = pending.values();
      const message = call
        ? `${call} was still waiting after ${limit / 1000} s. Its promise was neither resolved nor rejected.${forgottenLoop()}`
        : `The check did not end within ${limit / 1000} s. If your machine is busy, save again.`;
      report({ message, isNamed: call !== undefined });
      checked.catch(() => {}); // whatever becomes of it now, the next check is not to blame
    }
  } catch (error) {
    report(tellOf(error));
  }
}

/**
 * Ends this process and its group soon after its parent is gone. The parent does that itself, unless it is killed. In an
 * endless loop this thread would never notice, so another thread looks.
 */
async function endWithParent(): Promise<void> {
  const { pid, ppid: parent } = process;
  const script = `
    setInterval(() => {
      try {
        if (process.ppid === ${parent} && process.kill(${parent}, 0)) return; // on Windows, only the second tells
      } catch {}
      process.kill(${HAS_GROUPS ? -pid : pid}, "SIGKILL");
    }, ${WATCH});`;
  const watcher = new Worker(script, { eval: true, execArgv: [] });
  await once(watcher, "online"); // its start needs this thread
  watcher.unref();
}

async function main(): Promise<void> {
  // Before anything else: what is wrong with the checks themselves must end this process, and not be reported.
  const { default: exercise } = (await import(pathToFileURL(checksFile).href)) as {
    default: Exercise<Record<string, unknown>>;
  };
  process.on("disconnect", () => process.exit()); // nobody is left to tell
  setInterval(tell, HEARTBEAT, { is: "alive" } satisfies Message);
  process.on("unhandledRejection", (error) => {
    report(tellOf(error, "A promise was rejected, and nobody handled it (is an `await` missing?)"));
  });
  process.on("uncaughtException", (error: NodeJS.ErrnoException) => {
    const [how, advice] = error?.syscall ? UNHEARD : UNCAUGHT;
    const isPlain = !error?.syscall || error.syscall === "listen";
    report(tellOf(error, how, (isPlain ? adviseOn(`${error?.message}`) : undefined) ?? advice));
  });
  const checks = Object.entries(exercise.checks);
  tell({ is: "loaded", titles: checks.map(([name]) => name) });
  // A program is started by its checks.
  const learner = exercise.exports.length === 0 ? {} : await load(exercise.exports);
  if (learner) {
    for (const [name, check] of checks) {
      title = name;
      tell({ is: "started", check: name });
      await run(() => check(learner, file), (exercise.limit ?? LIMIT) * SLOWNESS);
      if (!hasFailed) tell({ is: "passed", check: name });
      if (isOver) break;
    }
    await pause(AFTERMATH);
  }
  process.send?.({ is: "done" } satisfies Message, () => process.exit(0));
}

await endWithParent();
await main();

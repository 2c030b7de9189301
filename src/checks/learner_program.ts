/**
 * A program of a learner's: a process that is started, listened to, and ended.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { seconds } from "./peer.ts";
import { HAS_GROUPS, signalGroup } from "./process_group.ts";
import type { Stage } from "./stages.ts";

/** How many of the last lines are shown that a program printed before it ended. */
const LAST_LINES = 6;

/** How long a program may take until it listens or connects, in milliseconds. */
export const START_LIMIT = 10_000;

/** How long it may take to end when it is told to, in milliseconds. */
const STOP_LIMIT = 2000;

/** What stack traces look like: Python's, and those of JavaScript, Java and others, which say `at` or `from` where. */
const STACK_TRACE = /^Traceback |^\s+(at|from) .*\d/m;

/** The last stage of a program that the check has started. */
export const STOPS: Omit<Stage, "run"> = {
  title: "it ends when it is told to (SIGTERM)",
  cause: "Whatever catches signals must also end the process.",
};

/** A program of a learner's, in any language. It does not outlive the process that has started it. */
export class LearnerProgram {
  readonly #command: string;
  readonly #child: ChildProcess;
  readonly #isGroup: boolean;
  #output = "";
  #ended: string | undefined;

  /**
   * @param command - the program and its arguments
   * @param isGroup - whether it gets a process group of its own, with which ends whatever it starts, as `npx` does.
   * Without one it is in the group of this process, and ends with that
   */
  constructor([program = "", ...args]: readonly string[], isGroup: boolean = HAS_GROUPS) {
    this.#command = [program, ...args].join(" ");
    this.#isGroup = isGroup;
    this.#child = spawn(program, args, {
      detached: isGroup,
      stdio: ["ignore", "pipe", "pipe"],
      // What Python prints into a pipe would be seen only at its end.
      env: { ...process.env, PYTHONUNBUFFERED: "1" },
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#output = (this.#output + text).slice(-4000);
      });
    }
    this.#child.on("error", (error) => {
      this.#ended = `could not be started: ${error.message}`;
    });
    const kill = () => this.kill();
    process.once("exit", kill);
    this.#child.on("close", (code, signal) => {
      process.off("exit", kill);
      this.#ended ??= `has ended with ${code === null ? signal : `exit code ${code}`}`;
    });
  }

  /** Why it does not run any more, and the last that it printed; undefined while it runs. */
  get ended(): string | undefined {
    if (this.#ended === undefined) return undefined;
    return `${this.#command} ${this.#ended}.${this.lastLines}`;
  }

  /**
   * The last lines that it printed, as a sentence; empty if it has printed nothing. Of a JavaScript stack trace it has
   * what the error is, and the first frame that is neither the runtime's nor a package's.
   */
  get lastLines(): string {
    const isFrame = (line: string) => /^\s+at /.test(line);
    const all = this.#output.split("\n").filter((line) => line.trim() !== "");
    const own = all.find((line) => isFrame(line) && /[\\/]/.test(line) && !/node:|node_modules/.test(line));
    const lines = own ? [...all.slice(0, all.findIndex(isFrame)), own] : all.filter((line) => !isFrame(line));
    const last = lines.slice(-LAST_LINES).join("\n    ");
    return last ? ` It printed:\n    ${last}` : "";
  }

  /** What shows that it has crashed, in a few words; undefined if it runs, or has ended as a program does that gives up. */
  get crash(): string | undefined {
    if (this.#ended === undefined) return undefined;
    if (STACK_TRACE.test(this.#output)) return "a stack trace";
    const { exitCode, signalCode } = this.#child;
    return exitCode === 0 || exitCode === 1 ? undefined : (signalCode ?? `exit code ${exitCode}`);
  }

  /**
   * Looks for what it should have printed.
   *
   * @param text - what
   * @returns whether it is among the last that it printed
   */
  hasPrinted(text: RegExp): boolean {
    return text.test(this.#output);
  }

  /**
   * Waits until it does what is awaited.
   *
   * @param isReady - asked again and again
   * @param what - what has happened then, e.g. `connected`
   * @param limit - how long it may take, in milliseconds
   * @returns why it never will; undefined once it does
   */
  async until(
    isReady: () => Promise<boolean>,
    what = "listened",
    limit = START_LIMIT,
  ): Promise<string | undefined> {
    const end = performance.now() + limit;
    while (!(await isReady())) {
      if (this.ended) return this.ended;
      if (performance.now() > end)
        return `${this.#command} runs, but has not ${what} within ${seconds(limit)}.`;
      await setTimeout(50);
    }
    return undefined;
  }

  /**
   * Waits for it to end by itself.
   *
   * @param limit - how long it may take, in milliseconds
   * @returns whether it has
   */
  async ends(limit: number): Promise<boolean> {
    const closed = this.#ended === undefined ? once(this.#child, "close").then(() => true) : true;
    return Promise.race([closed, setTimeout(limit, false, { ref: false })]);
  }

  /**
   * Tells it to end, as a system does that shuts down.
   *
   * @returns what went wrong; undefined if it ended
   */
  async stop(): Promise<string | undefined> {
    if (this.#ended !== undefined) return undefined;
    this.#signal("SIGTERM");
    if (await this.ends(STOP_LIMIT)) return undefined;
    this.kill();
    return `it still ran ${STOP_LIMIT / 1000} s after SIGTERM, and was killed.`;
  }

  /** Ends it at once. */
  kill(): void {
    this.#signal("SIGKILL");
  }

  #signal(name: NodeJS.Signals): void {
    signalGroup(this.#child, name, this.#isGroup);
  }
}

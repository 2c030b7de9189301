/**
 * A learner's program, as a process: it is started, watched and stopped here.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { seconds } from "./peer.ts";
import { HAS_GROUPS, memoryOf, signalGroup } from "./process_group.ts";
import type { Failure } from "./stages.ts";

/** How many of a program's last lines are shown. */
const LAST_LINES = 6;

/** How long a program may take until it listens or connects, in milliseconds: `npx` alone takes ten seconds on a busy machine. */
export const START_LIMIT = 30_000;

/** How long it may take to end when it is told to, in milliseconds. */
const STOP_LIMIT = 2000;

/**
 * A line of a stack trace that names a place: `at` or `from` a line of a file, in JavaScript, Java, C# and Ruby. Other
 * lines may begin with "at", too.
 */
const STACK_FRAME = /^\s+(?:at|from) .*(?:\.[a-z]\w*:\d|node:\S+:\d|:line \d|<anonymous>)/im;

/** The first line of Python's stack traces. */
const TRACEBACK = /^Traceback \(/m;

/** The title of the last stage, for programs that the check started itself. */
export const STOPS_TITLE = "it ends when it is told to (SIGTERM)";

/** The likely cause if that stage fails. */
export const STOPS_CAUSE = "Code that catches signals must also end the process.";

/** A learner's program, in any language. It does not outlive the process that started it. */
export class LearnerProgram {
  readonly #command: string;
  readonly #child: ChildProcess;
  readonly #isGroup: boolean;
  #output = "";
  #ended: string | undefined;
  #hasStarted = true;

  /**
   * @param command - the program and its arguments
   * @param isGroup - whether it gets a process group of its own, so that whatever it starts ends with it (`npx` starts
   * another process). Otherwise it belongs to this process's group, and ends with that
   * @param folder - the folder to start it in; that of this process if omitted
   */
  constructor(
    [program = "", ...args]: readonly string[],
    isGroup: boolean = HAS_GROUPS,
    folder: string = process.cwd(),
  ) {
    this.#command = [program, ...args].join(" ");
    this.#isGroup = isGroup;
    this.#child = spawn(program, args, {
      cwd: folder,
      detached: isGroup,
      stdio: ["ignore", "pipe", "pipe"],
      // Otherwise Python's output would reach a pipe only when the program ends.
      env: { ...process.env, PYTHONUNBUFFERED: "1" },
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        this.#output = (this.#output + text).slice(-4000);
      });
    }
    this.#child.on("error", (error: NodeJS.ErrnoException) => {
      if (this.#child.pid !== undefined) return; // a signal could not be sent
      this.#hasStarted = false;
      const reason = error.code === "ENOENT" ? `there is no program ${program}` : error.message;
      this.#ended = `could not be started in ${folder}: ${reason}`;
    });
    const kill = () => this.kill();
    process.once("exit", kill);
    this.#child.on("close", (code, signal) => {
      process.off("exit", kill);
      this.#ended ??= `has ended with ${code === null ? signal : `exit code ${code}`}`;
    });
  }

  /** Why it no longer runs, and the last lines that it printed; undefined while it runs. */
  get ended(): string | undefined {
    if (this.#ended === undefined) return undefined;
    return `${this.#command} ${this.#ended}.${this.lastLines}`;
  }

  /**
   * The last lines that it printed, as a sentence; empty if it printed nothing. A JavaScript stack trace is
   * cut to the error and the first frame that is neither the runtime's nor a package's.
   */
  get lastLines(): string {
    const isFrame = (line: string) => STACK_FRAME.test(line);
    const all = this.#output.split("\n").filter((line) => line.trim() !== "");
    const own = all.find((line) => isFrame(line) && /[\\/]/.test(line) && !/node:|node_modules/.test(line));
    const lines = own ? [...all.slice(0, all.findIndex(isFrame)), own] : all.filter((line) => !isFrame(line));
    const last = lines.slice(-LAST_LINES).join("\n    ");
    return last ? ` It printed:\n    ${last}` : "";
  }

  /**
   * How it crashed, e.g. `crashed with exit code 7`; undefined if it ended like a program that gives up, or
   * still runs.
   */
  get crash(): string | undefined {
    if (this.#ended === undefined) return undefined;
    const { exitCode, signalCode } = this.#child;
    if (STACK_FRAME.test(this.#output) || TRACEBACK.test(this.#output)) {
      return exitCode === 0 ? "printed a stack trace" : "crashed with a stack trace";
    }
    return exitCode === 0 || exitCode === 1
      ? undefined
      : `crashed with ${signalCode ?? `exit code ${exitCode}`}`;
  }

  /**
   * Looks for a text in what it printed.
   *
   * @param text - what
   * @returns whether it is in its latest output
   */
  hasPrinted(text: RegExp): boolean {
    return text.test(this.#output);
  }

  /**
   * Waits until it has done something.
   *
   * @param isReady - asked again and again
   * @param what - what it has done then, e.g. `connected`
   * @param limit - how long it may take, in milliseconds
   * @returns why it never will; undefined once it does
   */
  async until(
    isReady: () => Promise<boolean>,
    what = "started listening",
    limit = START_LIMIT,
  ): Promise<string | undefined> {
    const end = performance.now() + limit;
    while (!(await isReady())) {
      if (this.ended) return this.ended;
      if (performance.now() > end)
        return `${this.#command} is running, but still has not ${what} after ${seconds(limit)}.`;
      await setTimeout(50);
    }
    return undefined;
  }

  /**
   * Says why it has not started to listen, or has not connected.
   *
   * @param advice - what its author should look at if it is still running
   * @returns the likely cause
   */
  causeOfNoStart(advice: string): string {
    if (!this.#hasStarted) {
      return "The first word of COMMAND isn't a program that this machine can run from there. Check its spelling, and that it is installed.";
    }
    if (this.#ended === undefined) return advice;
    if (this.crash !== undefined || this.#child.exitCode !== 0) {
      return "An error ended the program before it got that far. What it printed says which one.";
    }
    return `It ended by itself before it got that far. A program that listens or connects goes on running. ${advice}`;
  }

  /**
   * Waits for it to end by itself.
   *
   * @param limit - how long it may take, in milliseconds
   * @returns whether it has
   */
  async ends(limit: number): Promise<boolean> {
    if (this.#ended !== undefined) return true;
    const closed = once(this.#child, "close").then(
      () => true,
      () => true, // it could not be started
    );
    return Promise.race([closed, setTimeout(limit, false, { ref: false })]);
  }

  /**
   * Tells it to end, as an operating system does at shutdown.
   *
   * @returns what went wrong; undefined if it ended
   */
  async stop(): Promise<Failure | undefined> {
    if (this.#ended !== undefined) return undefined;
    this.signal("SIGTERM");
    if (await this.ends(STOP_LIMIT)) return undefined;
    this.kill();
    const sentence = `it was still running ${STOP_LIMIT / 1000} s after SIGTERM, and was killed.`;
    return { sentence, cause: STOPS_CAUSE };
  }

  /** Kills it. */
  kill(): void {
    this.signal("SIGKILL");
  }

  /**
   * Its memory, and that of everything that it has started, in bytes; undefined where the operating system doesn't say it.
   */
  get memory(): number | undefined {
    return memoryOf(this.#child, this.#isGroup);
  }

  /**
   * Sends it a signal, and everything that it has started.
   *
   * @param name - e.g. `SIGSTOP`
   */
  signal(name: NodeJS.Signals): void {
    signalGroup(this.#child, name, this.#isGroup);
  }
}

/**
 * Checks of a program from outside, stage by stage: what `npm run check-server` and `npm run check-client` share.
 *
 * ```text
 *   ✓ a client gets test 1 as soon as it comes
 *   ✗ it gets the next test after each answer
 *
 *      0.00 s  client ← 01 00 00 00 │ 01 00 00 00                         test: id 1 sequence 1
 *      0.00 s  client → 01 00 00 00 │ 01 00 00 00                         answer: id 1 sequence 1
 *      1.00 s  client ← 01 00 00 00 │ 01 00 00 00                         test: id 1 sequence 1
 *
 *     instead of id 1 sequence 2 it sent id 1 sequence 1.
 *     Mostly: after an answer comes a pause, and then the same id with the next sequence. Count up for each test.
 * ```
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import process from "node:process";
import { setTimeout } from "node:timers/promises";
import { type Attack, Attacker, type Attacks, judge, NotWithstood, seconds, type Target } from "./attack.ts";
import { type CommandLine, type FlagTable, millisecondsFlag, readCommandLine } from "./command_line.ts";
import { Connection } from "./connection.ts";
import { type Colour, log, logOmittedPackets, redirectLog, showPackets } from "./log.ts";
import type { PacketDescription } from "./packets.ts";
import { logWire } from "./wire.ts";

/** One thing to check. */
export interface Stage {
  /** What must be true. */
  readonly title: string;
  /** What it mostly means when it is not, and what to do. */
  readonly cause: string;
  /**
   * Checks it.
   *
   * @returns what went wrong, in one sentence; undefined if nothing did
   */
  run(): Promise<string | undefined>;
}

/** How many lines of a conversation are shown: its last ones. */
const LONGEST_CONVERSATION = 30;

/** How many of the last lines are shown that a program printed before it ended. */
const LAST_LINES = 6;

/** Windows has no process groups. */
const HAS_GROUPS = process.platform !== "win32";

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

/**
 * Runs stages one after another, a line each. The first that fails is explained, with its conversation in bytes and
 * time.
 *
 * @param stages - the stages
 * @param goesOn - asked after a stage that failed: whether there is any point in the next
 * @returns whether all have passed
 */
export async function runStages(stages: readonly Stage[], goesOn: () => Promise<boolean>): Promise<boolean> {
  showPackets("bytes");
  let passed = 0;
  let explained = false;
  for (const { title, cause, run } of stages) {
    const { lines, result } = await recorded(run);
    if (result === undefined) {
      passed++;
      log(`✓ ${title}`, "green");
      continue;
    }
    log(`✗ ${title}`, "yellow");
    if (!explained) {
      const cut = lines.length > LONGEST_CONVERSATION ? ["   …"] : [];
      const conversation = [...cut, ...lines.slice(-LONGEST_CONVERSATION)];
      for (const line of ["", ...conversation, "", `  ${result}`, `  Mostly: ${cause}`, ""]) log(line);
    }
    explained = true;
    if (!(await goesOn())) {
      log("The rest was not tried: there is nothing left to talk to.");
      break;
    }
  }
  log(`${passed} of ${stages.length} passed`, passed === stages.length ? "green" : "yellow");
  return passed === stages.length;
}

/**
 * The stages of a server: one for each thing that a client may do to it.
 *
 * @param lesson - the server's lesson
 * @param target - the server
 * @returns the stages, in the order in which a learner builds what they check
 */
export function stagesOf(lesson: Attacks, target: Target): Stage[] {
  const stage = (attack: Attack, befriend: Attacks["befriend"]): Stage => ({
    title: attack.title,
    cause: attack.cause,
    async run() {
      const { withstood, sentence } = await judge(attack, target, { ...lesson, befriend });
      return withstood ? undefined : sentence;
    },
  });
  const alone = async () => async () => {};
  return [
    ...lesson.basics.map((attack) => stage(attack, alone)),
    ...lesson.attacks.map((attack) => stage(attack, lesson.befriend)),
  ];
}

/** What a stage logs while it runs, with the time since its start, and its result. */
async function recorded(run: Stage["run"]) {
  const start = performance.now();
  const lines: string[] = [];
  const restore = redirectLog((line: string, _colour: Colour | undefined) => {
    const time = ((performance.now() - start) / 1000).toFixed(2);
    lines.push(`  ${time.padStart(6)} s  ${line}`);
  });
  try {
    return { result: await run(), lines };
  } finally {
    logOmittedPackets(); // how many lines of this stage were too many belongs to this stage
    redirectLog(restore);
  }
}

/** A server that a client is checked with: it takes the client's connections one by one, and does nothing by itself. */
export class Host {
  /** The port on which it listens. */
  readonly port: number;
  readonly #server: Server;
  readonly #sockets: Socket[] = [];
  readonly #packets: readonly PacketDescription[];
  readonly #promptly: number;
  #accepted = 0;
  #wake = () => {};

  private constructor(server: Server, packets: readonly PacketDescription[], promptly: number) {
    this.#server = server;
    this.#packets = packets;
    this.#promptly = promptly;
    this.port = (server.address() as AddressInfo).port;
    server.on("connection", (socket) => {
      socket.on("error", () => {}); // whoever reads from it is told
      this.#sockets.push(socket);
      this.#wake();
    });
  }

  /**
   * Listens.
   *
   * @param packets - the lesson's packets
   * @param promptly - how long a client may take for what it does at once, in milliseconds
   * @returns the server, on a free port
   */
  static async listen(packets: readonly PacketDescription[], promptly: number): Promise<Host> {
    const server = createServer({ allowHalfOpen: true, noDelay: true }).listen(0, "127.0.0.1");
    await once(server, "listening");
    return new Host(server, packets, promptly);
  }

  /** How many clients have connected so far. */
  get count(): number {
    return this.#sockets.length;
  }

  /**
   * Waits for the next client.
   *
   * @param name - what its lines start with
   * @param limit - how long it may take, in milliseconds
   * @returns its connection
   * @throws NotWithstood if nobody comes
   */
  async accept(name: string, limit: number = this.#promptly): Promise<Attacker> {
    if (this.#accepted === this.#sockets.length) {
      const came = new Promise<boolean>((resolve) => {
        this.#wake = () => resolve(true);
      });
      const stop = new AbortController();
      const late = setTimeout(limit, false, { signal: stop.signal }).catch(() => false);
      if (!(await Promise.race([came, late])))
        throw new NotWithstood(`nobody connected within ${seconds(limit)}.`);
      stop.abort();
    }
    const socket = this.#sockets[this.#accepted++] as Socket;
    const connection = new Connection(socket);
    connection.watch(logWire(name, "server", this.#packets));
    return new Attacker(socket, connection, this.#promptly, "the client");
  }

  /** Ends all connections, and stops listening. */
  close(): void {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }
}

/** A program of a learner's, in any language. It does not outlive the process that has started it. */
export class Subject {
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

  /** The last that it printed, as a sentence; of a stack trace, what it is about. Empty if it has printed nothing. */
  get lastLines(): string {
    const lines = this.#output.split("\n").filter((line) => line.trim() !== "" && !/^\s+at /.test(line));
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
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      process.kill(this.#isGroup ? -pid : pid, name);
    } catch {
      // Nothing of it is left.
    }
  }
}

/**
 * Finds a port that is free.
 *
 * @returns the port
 */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, "close");
  return port;
}

/** The times of a program, as far as the command line of a check tells them. */
export interface GivenTimes {
  /** How long it waits for the other side, in milliseconds. */
  readonly timeout: number | undefined;
  /** The time between two packets, in milliseconds. */
  readonly interval: number | undefined;
}

const FLAGS: FlagTable<GivenTimes> = {
  timeout: millisecondsFlag(undefined, 1, "the program's --timeout, if it is not the lesson's"),
  interval: millisecondsFlag(undefined, 0, "the program's --interval, if it is not the lesson's"),
};

/**
 * Reads the command line of a check. Its end may be a command of the learner's: no flag behind LESSON is ours.
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

/**
 * Reads a command of the learner's. In quotes it is one word, and is split at its spaces.
 *
 * @param texts - the words that were typed
 * @returns the words of the command
 * @throws RangeError if it does not say where the port goes
 */
export function readCommand(texts: readonly string[]): string[] {
  const words = texts.length === 1 ? (texts[0] ?? "").split(" ").filter((word) => word !== "") : [...texts];
  if (!words.some((word) => word.includes("{port}"))) {
    throw new RangeError(
      "COMMAND needs {port} in it, where the port goes, e.g. python3 my_program.py {port}",
    );
  }
  return words;
}

/**
 * Puts the port into a command of the learner's.
 *
 * @param command - its words, as {@link readCommand} gives them
 * @param port - the port
 * @returns the words to start it with
 */
export function withPort(command: readonly string[], port: number): string[] {
  return command.map((word) => word.replaceAll("{port}", String(port)));
}

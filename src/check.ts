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
import {
  type Attack,
  Attacker,
  type Attacks,
  judge,
  NotWithstood,
  PROMPTLY,
  seconds,
  type Target,
} from "./attack.ts";
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

/** How long a program may take until it listens, and to end when it is told to, in milliseconds. */
const START_LIMIT = 10_000;
const STOP_LIMIT = 2000;

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

/** One thing that a client has to do. It is checked by a server that does nothing but what the stage says. */
export interface ClientStage extends Omit<Stage, "run"> {
  /**
   * Checks it.
   *
   * @param client - the client, which has just connected
   * @param subject - its program
   * @throws NotWithstood with what went wrong, in one sentence
   */
  run(client: Attacker, subject: Subject, times: Times): Promise<void>;
}

/** What a lesson brings to `npm run check-client`. */
export interface ClientChecks extends Times {
  /** The lesson's packets. */
  readonly packets: readonly PacketDescription[];
  /** What its clients have to do, in the order in which a learner builds it. */
  readonly stages: readonly ClientStage[];
}

/** Times of a client, in milliseconds. */
export interface Times {
  /** How long it waits for the server. */
  readonly timeout: number;
  /** How long it rests between two packets that it sends by itself; 0 if it sends none. */
  readonly interval: number;
}

/**
 * The stages of a client. For each it is started anew, with a port that only it knows of.
 *
 * @param checks - of the client's lesson
 * @param times - its times, if they are not the lesson's
 * @param command - its program and its arguments, with `{port}` where the port goes
 * @returns the stages
 */
export function clientStagesOf(checks: ClientChecks, times: Times, command: readonly string[]): Stage[] {
  const promptly = Math.min(PROMPTLY, times.timeout / 2);
  const start = (port: number) => new Subject(command.map((word) => word.replaceAll("{port}", String(port))));
  const attempt = async (run: ClientStage["run"]): Promise<string | undefined> => {
    const host = await Host.listen(checks.packets, promptly);
    const subject = start(host.port);
    try {
      const never = await subject.until(async () => host.count > 0, "connected");
      if (never !== undefined) return never;
      await run(await host.accept("client"), subject, times);
      return undefined;
    } catch (error) {
      if (!(error instanceof NotWithstood)) throw error;
      // If the program has ended, what it printed last says more than what the server saw.
      return (await subject.ends(promptly / 4)) ? `${error.message} ${subject.ended}` : error.message;
    } finally {
      subject.kill();
      host.close();
    }
  };
  return [...checks.stages, ...LAST_STAGES].map(({ run, ...stage }) => ({
    ...stage,
    run: () => attempt(run),
  }));
}

/** How long a client may take to end once its server has, in milliseconds. */
const END_LIMIT = 5000;

/** What the clients of every lesson have to do at their end. */
const LAST_STAGES: readonly ClientStage[] = [
  {
    title: "it ends when the server closes the connection",
    cause:
      "A read that returns nothing, or an end event, says that the server is gone: close, and end the loop.",
    async run(client, subject) {
      client.end();
      await expectEnd(subject, "the server had said goodbye");
    },
  },
  {
    title: "it ends when the connection breaks",
    cause: "A reset is an error of the socket: catch it, or listen to it, say so and end.",
    async run(client, subject) {
      await client.reset();
      await expectEnd(subject, "the connection was reset");
    },
  },
  {
    title: "it ends when it is told to (SIGTERM)",
    cause: "Whatever catches signals must also end the process.",
    async run(_client, subject) {
      const wrong = await subject.stop();
      if (wrong !== undefined) throw new NotWithstood(wrong);
    },
  },
];

async function expectEnd(subject: Subject, when: string): Promise<void> {
  if (!(await subject.ends(END_LIMIT))) {
    throw new NotWithstood(`it still ran ${seconds(END_LIMIT)} after ${when}.`);
  }
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
    return `${this.#command} ${this.#ended}.${this.#printed}`;
  }

  /** Its last lines, in a sentence; of a stack trace, what it is about. */
  get #printed(): string {
    const lines = this.#output.split("\n").filter((line) => line.trim() !== "" && !/^\s+at /.test(line));
    const last = lines.slice(-LAST_LINES).join("\n    ");
    return last ? ` It printed:\n    ${last}` : "";
  }

  /**
   * Waits until it has printed something.
   *
   * @param pattern - what
   * @param what - the same, for the sentence
   * @throws NotWithstood if it does not
   */
  async prints(pattern: RegExp, what: string): Promise<void> {
    const never = await this.until(async () => pattern.test(this.#output), "", PROMPTLY);
    if (never === undefined) return;
    throw new NotWithstood(`it did not print ${what}.${this.#ended === undefined ? this.#printed : ""}`);
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

/** Says that what follows LESSON on the command line is a command of the learner's: none of its flags is ours. */
export function setCommandApart(): void {
  const lessonAt = process.argv.findIndex((word) => /^\d$/.test(word));
  if (lessonAt > 0) process.argv.splice(lessonAt, 0, "--");
}

/**
 * Reads the words of a command line whose end is a command of the learner's. A command in
 * quotes is one word, and is split at its spaces.
 *
 * @param texts - the words
 * @returns the words of the command
 * @throws RangeError if it does not say where the port goes
 */
export function readCommand(texts: readonly string[]): string[] {
  const words = texts.length === 1 ? (texts[0] ?? "").split(" ").filter((word) => word !== "") : [...texts];
  if (!words.some((word) => word.includes("{port}"))) {
    throw new RangeError("COMMAND needs {port} in it, where the port goes, e.g. python3 server.py {port}");
  }
  return words;
}

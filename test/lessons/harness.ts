/**
 * Starts the lessons' programs as a user does, and speaks bytes to them.
 *
 * A test awaits events: a line of a program's log, bytes from a socket, the end of a process. Each wait gives
 * up after {@link PATIENCE} and then says what it waited for and what had come. What a test starts ends with
 * the test; what a `beforeAll` starts ends with the file. No process outlives its file, whatever fails.
 *
 * Which runtime runs the programs can be chosen, so that the same tests serve all of them:
 *
 *     LESSON_SERVER_RUNTIME="bun run" LESSON_CLIENT_RUNTIME="deno run --allow-net …" npx vitest run test/lessons
 */

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync } from "node:fs";
import { createServer, type Server as NetServer, connect as netConnect, type Socket } from "node:net";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeEach, expect } from "vitest";
import { residentMemory } from "../../src/checks/process_group.ts";
import compile, { compiled } from "../compiled.ts";

/** Milliseconds that a wait may take on the busiest machine. A program that needs longer hangs. */
export const PATIENCE = 60_000;

/** The root of the kit, where a user types the commands. */
export const ROOT = fileURLToPath(new URL("../../", import.meta.url));

const SERVER_RUNTIME = wordsOf("LESSON_SERVER_RUNTIME");
const CLIENT_RUNTIME = wordsOf("LESSON_CLIENT_RUNTIME");
if (SERVER_RUNTIME.length === 0 || CLIENT_RUNTIME.length === 0) await compile();

function wordsOf(variable: string): string[] {
  return (process.env[variable] ?? "").split(" ").filter((word) => word !== "");
}

/** The command line that runs a file of the kit; without a runtime to run it on, this Node runs its compiled form. */
function command(runtime: string[], file: string, flags: string[]): string[] {
  return runtime.length > 0 ? [...runtime, file, ...flags] : [process.execPath, compiled(file), ...flags];
}

/** What the servers of this run run on, for tests of what only one runtime does. */
export const serverRuntime = SERVER_RUNTIME.join(" ");

/** Windows has no signals: a program there can be ended, but not told to stop, so how it stops is tested elsewhere. */
export const HAS_SIGNALS = process.platform !== "win32";

/** The folder names of the lessons. */
export const LESSON_0 = "0_simple_test_packets";
export const LESSON_1 = "1_simple_math_server";
export const LESSON_2 = "2_simple_broadcast_test";
export const LESSON_3 = "3_simple_cluster_test";
export type Lesson = typeof LESSON_0 | typeof LESSON_1 | typeof LESSON_2 | typeof LESSON_3;

/** A client's handler is a task or a thread, and nobody outside can tell: the same tests run over both. */
export const MODES: { mode: "tasks" | "threads"; flags: string[] }[] = [
  { mode: "tasks", flags: [] },
  { mode: "threads", flags: ["--threads"] },
];

// What was started, and how it ends.

type Stop = () => unknown;
const startedByFile = new Set<Stop>();
const startedByTest = new Set<Stop>();
let started = startedByFile;

/** Ends what a test has started with the test, and what a file has started with the file. */
export function endWhatIsStarted(): void {
  beforeEach(() => {
    started = startedByTest;
  });
  afterEach(async () => {
    started = startedByFile;
    await stopAll(startedByTest);
  });
  afterAll(() => stopAll(startedByFile));
}

/** Ends what a test has opened itself, with the test. */
export function endWith(stop: () => unknown): void {
  started.add(stop);
}

async function stopAll(stops: Set<Stop>): Promise<void> {
  const newestFirst = [...stops].reverse();
  stops.clear();
  for (const stop of newestFirst) await stop();
}

/** Pids that run: should this process die in the middle of a test, they die with it. */
const running = new Set<number>();
process.on("exit", () => {
  for (const pid of running) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It ended a moment ago.
    }
  }
});

/** Fails with a sentence instead of hanging when what is waited for does not come. */
export async function within<T>(promise: Promise<T>, describe: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited in vain for ${describe()}`)), PATIENCE);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits for something that makes no event, e.g. a number under /proc. */
export async function eventually(isSo: () => boolean, describe: () => string): Promise<void> {
  const end = performance.now() + PATIENCE;
  while (!isSo()) {
    if (performance.now() > end) throw new Error(`waited in vain until ${describe()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** How a program ended, and all that it printed. */
export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A program that runs, seen from outside. */
export class Program {
  readonly pid: number;
  /** The whole lines that it printed on standard output so far. */
  readonly lines: string[] = [];
  stderr = "";
  /** Resolves when the process has ended and its last output is here. */
  readonly ended: Promise<Ended>;

  readonly #child: ChildProcess;
  readonly #name: string;
  #stdout = "";
  #unfinished = "";
  #over = false;
  readonly #watchers = new Set<() => void>();

  /** Whether it may end with a stack trace: only a program that is wrong on purpose may. */
  readonly #mayCrash: boolean;

  constructor(
    [command = "", ...args]: string[],
    { detached = false, mayCrash = false, typed = false, env = {} } = {},
  ) {
    this.#name = args.join(" ");
    this.#mayCrash = mayCrash;
    this.#child = spawn(command, args, {
      cwd: ROOT,
      detached,
      env: { ...environment(), ...env },
      stdio: [typed ? "pipe" : "ignore", "pipe", "pipe"],
    });
    const { pid, stdout, stderr } = this.#child;
    if (pid === undefined || !stdout || !stderr) throw new Error(`cannot start ${command}`);
    this.pid = pid;
    running.add(pid);

    stdout.setEncoding("utf8").on("data", (text: string) => {
      this.#stdout += text;
      const lines = (this.#unfinished + text).split(/\r?\n/); // on Windows Python prints both
      this.#unfinished = lines.pop() ?? "";
      this.lines.push(...lines);
      this.#tellWatchers();
    });
    stderr.setEncoding("utf8").on("data", (text: string) => {
      this.stderr += text;
    });
    this.ended = once(this.#child, "close").then(([code, signal]) => {
      running.delete(pid);
      this.#over = true;
      this.#tellWatchers();
      return { code, signal, stdout: this.#stdout, stderr: this.stderr };
    });
    started.add(() => this.#stop());
  }

  /** All that it printed on standard output so far. */
  get stdout(): string {
    return this.#stdout;
  }

  /** Waits for a line that matches; one that came before the call counts too. */
  line(pattern: RegExp): Promise<RegExpExecArray> {
    let looked = 0;
    return this.when(`a line like ${pattern}`, () => {
      while (looked < this.lines.length) {
        const match = pattern.exec(this.lines[looked++] ?? "");
        if (match) return match;
      }
      return undefined;
    });
  }

  /** Waits until `look`, called now and after each output, finds something. */
  when<T>(what: string, look: () => T | undefined): Promise<T> {
    const found = new Promise<T>((resolve, reject) => {
      const watcher = () => {
        const value = look();
        if (value === undefined && !this.#over) return;
        this.#watchers.delete(watcher);
        if (value !== undefined) resolve(value);
        else reject(new Error(`${this.#name} ended without ${what}.\n${this.#report()}`));
      };
      this.#watchers.add(watcher);
      watcher();
    });
    return within(found, () => `${what} of ${this.#name}.\n${this.#report()}`);
  }

  /** Writes to its standard input, if it was started with `typed`. */
  type(text: string): void {
    this.#child.stdin?.write(text);
  }

  /** Closes the pipe that the program's log goes to, as a reader that dies does. */
  stopReading(): void {
    this.#child.stdout?.destroy();
  }

  /** Waits for the process to end, by itself or after a signal. */
  exit(signal?: NodeJS.Signals): Promise<Ended> {
    if (signal) this.#child.kill(signal);
    return within(this.ended, () => `${this.#name} to end.\n${this.#report()}`);
  }

  /** Tells it to stop, and checks that it does so with 0 and without a word on standard error. */
  async stops(signal: NodeJS.Signals = "SIGTERM"): Promise<Ended> {
    const ended = await this.exit(signal);
    if (HAS_SIGNALS) expect(ended).toMatchObject({ code: 0, stderr: "" });
    return ended;
  }

  #tellWatchers(): void {
    for (const watcher of [...this.#watchers]) watcher();
  }

  #report(): string {
    const last = this.lines.slice(-30).join("\n");
    return `Its last lines:\n${last}\nIts standard error:\n${this.stderr.slice(-2000)}`;
  }

  async #stop(): Promise<void> {
    if (!this.#over) this.#child.kill("SIGKILL");
    await this.ended;
    if (!this.#mayCrash) expect(stackTraceIn(this), `${this.#name} printed a stack trace`).toBeUndefined();
  }
}

/** The first line of a stack trace in a program's output, if there is one. */
export function stackTraceIn({ stdout, stderr }: { stdout: string; stderr: string }): string | undefined {
  return /^\s+at .*(:\d+|native|<anonymous>).*$|panicked|Segmentation fault/m.exec(stdout + stderr)?.[0];
}

/** Vitest asks for colours by variables that its children inherit; the tests want none. */
function environment(): NodeJS.ProcessEnv {
  const { FORCE_COLOR: _force, NODE_OPTIONS: _options, ...rest } = process.env;
  return { ...rest, NO_COLOR: "1" };
}

/** A lesson's server that listens. */
export class Server extends Program {
  host = "";
  port = 0;

  /** The id that the log gives a client. */
  async idOf(client: Peer): Promise<number> {
    const [, id] = await this.line(new RegExp(`client (\\d+) connected from \\S*:${client.port}\\b`));
    return Number(id);
  }

  /** Why the log says that a client left. */
  async reasonOf(client: Peer | number): Promise<string> {
    const id = typeof client === "number" ? client : await this.idOf(client);
    const [, reason = ""] = await this.line(new RegExp(`client ${id} left: (.*); \\d+ remain`));
    return reason;
  }

  /** The newest number of clients in the log. */
  get listed(): number {
    const last = this.lines.findLast((line) => COUNT.test(line)) ?? "; 0 remain";
    return Number(COUNT.exec(last)?.[1]);
  }
}

const COUNT = /^client \d+ (?:connected|left).*; (\d+) (?:connected|remain)/;

/** How a lesson's server is started, e.g. `bun run lessons/…/server.ts --port 0`. */
export function serverCommand(lesson: Lesson, ...flags: string[]): string[] {
  return command(SERVER_RUNTIME, `lessons/${lesson}/server.ts`, flags);
}

/** The same for a client. */
export function clientCommand(lesson: Lesson, ...flags: string[]): string[] {
  return command(CLIENT_RUNTIME, `lessons/${lesson}/client.ts`, flags);
}

/** The same for lesson 2's map, which is a client of one server and is another one itself. */
export function mapCommand(...flags: string[]): string[] {
  return command(SERVER_RUNTIME, `lessons/${LESSON_2}/map.ts`, flags);
}

/** The same for lesson 3's broker. */
export function brokerCommand(...flags: string[]): string[] {
  return command(SERVER_RUNTIME, `lessons/${LESSON_3}/broker.ts`, flags);
}

/** The same for one of the learner's commands, e.g. `lessons/network.ts`. */
export function learnerCommand(file: string, ...flags: string[]): string[] {
  return command(SERVER_RUNTIME, file, flags);
}

/** Starts a lesson's server on any free port and waits until it listens. */
export function startServer(lesson: Lesson, ...flags: string[]): Promise<Server> {
  return listening(new Server(serverCommand(lesson, "--port", "0", ...flags)));
}

/** The file of a step, e.g. `lessons/…/steps/2_many_clients.ts`. */
export function stepFile(lesson: Lesson, number: string): string {
  const folder = `lessons/${lesson}/steps`;
  return `${folder}/${readdirSync(`${ROOT}${folder}`).find((file) => file.startsWith(`${number}_`))}`;
}

/** Starts a server that is wrong on purpose, one of a lesson's first steps, on any free port. */
export function startStep(file: string, ...more: string[]): Promise<Server> {
  return listening(startStepOn(file, 0, ...more));
}

/** The same on a port that may be in use. */
export function startStepOn(file: string, port: number, ...more: string[]): Server {
  return new Server(command(SERVER_RUNTIME, file, [String(port), ...more]), { mayCrash: true });
}

/** Starts a step that is a client, and only talks. */
export function startTalk(file: string, ...args: string[]): Program {
  return new Program(command(CLIENT_RUNTIME, file, args));
}

/** Waits until a server listens: that is what its first line says. */
export async function listening(server: Server): Promise<Server> {
  await server.line(/./);
  const match = /^listening on (.+):(\d+)$/.exec(server.lines[0] ?? "");
  expect(match, `the first line was ${server.lines[0]}`).not.toBeNull();
  server.host = match?.[1] ?? "";
  server.port = Number(match?.[2]);
  return server;
}

/** Attacks a server as a learner does. */
export function attack(...args: string[]): Program {
  return new Program(command(SERVER_RUNTIME, "lessons/attack.ts", args));
}

/** Starts a lesson's client. */
export function startClient(lesson: Lesson, port: number, ...flags: string[]): Program {
  return new Program(clientCommand(lesson, "--port", String(port), ...flags));
}

/** One end of a TCP connection that sends and reads exactly what a test says. */
export class Peer {
  readonly socket: Socket;
  /** The port of this end; the server's log names it. */
  readonly port: number;
  /** Resolves when the connection is over: "closed" politely, or "reset". */
  readonly over: Promise<"closed" | "reset">;

  #chunks: Buffer[] = [];
  #size = 0;
  #finished = false;
  #reset = false;
  #wake: (() => void) | undefined;

  constructor(socket: Socket) {
    this.socket = socket;
    this.port = socket.localPort ?? 0;
    socket.setNoDelay(true);
    socket.on("end", () => this.#finish(false));
    socket.on("error", () => this.#finish(true));
    const owner = started;
    const stop = () => socket.destroy();
    owner.add(stop);
    this.over = new Promise((resolve) => {
      socket.on("close", () => {
        owner.delete(stop);
        this.#finish(this.#reset);
        resolve(this.#reset ? "reset" : "closed");
      });
    });
  }

  /** Connects to a port of this machine. It reads what comes unless told otherwise. */
  static async connect(port: number, { reads = true } = {}): Promise<Peer> {
    const socket = netConnect({ host: "127.0.0.1", port });
    await within(once(socket, "connect"), () => `a connection to port ${port}`);
    const peer = new Peer(socket);
    if (reads) peer.startReading();
    return peer;
  }

  startReading(): void {
    this.socket.on("data", (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.#size += chunk.length;
      this.#wake?.();
    });
  }

  send(bytes: Uint8Array): void {
    this.socket.write(bytes);
  }

  /** Reads exactly so many bytes. */
  async read(count: number): Promise<Buffer> {
    await within(this.#fill(count), () => `${count} bytes; ${this.#size} had come`);
    const [first = Buffer.alloc(0), ...more] = this.#chunks;
    const all = more.length > 0 ? Buffer.concat(this.#chunks) : first;
    this.#chunks = [all.subarray(count)];
    this.#size = all.length - count;
    return all.subarray(0, count);
  }

  /** Reads all packets of so many bytes that have come, at least one. A million of them take a second one by one. */
  async readAll(packetSize: number): Promise<Buffer> {
    await within(this.#fill(packetSize), () => `${packetSize} bytes; ${this.#size} had come`);
    return this.read(this.#size - (this.#size % packetSize));
  }

  /** Reads until the other end says that nothing follows. A reset is an error. */
  async rest(): Promise<Buffer> {
    await within(this.#untilFinished(), () => `the end of the connection; ${this.#size} bytes had come`);
    if (this.#reset) throw new Error(`the connection was reset after ${this.#size} unread bytes`);
    const all = Buffer.concat(this.#chunks);
    this.#chunks = [];
    this.#size = 0;
    return all;
  }

  /** Closes the sending half, a FIN, behind the last bytes if there are any. The other half stays open. */
  end(last?: Uint8Array): void {
    if (last) this.send(last);
    this.socket.end();
  }

  /** Ends the connection the rude way: a RST. */
  reset(): void {
    this.socket.resetAndDestroy();
  }

  async #fill(count: number): Promise<void> {
    while (this.#size < count) {
      if (this.#finished) {
        throw new Error(`the connection ended after ${this.#size} of ${count} bytes (reset: ${this.#reset})`);
      }
      await this.#change();
    }
  }

  async #untilFinished(): Promise<void> {
    while (!this.#finished) await this.#change();
  }

  #change(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  #finish(reset: boolean): void {
    this.#finished = true;
    this.#reset ||= reset;
    this.#wake?.();
  }
}

/** A server that does what the test says, for a lesson's client to meet. */
export class FakeServer {
  readonly port: number;
  readonly #peers: Peer[] = [];
  #wake: (() => void) | undefined;

  constructor(server: NetServer) {
    this.port = portOf(server);
    server.on("connection", (socket) => {
      const peer = new Peer(socket);
      peer.startReading();
      this.#peers.push(peer);
      this.#wake?.();
    });
    started.add(() => server.close());
  }

  static async start(): Promise<FakeServer> {
    const server = createServer();
    await once(server.listen(0, "127.0.0.1"), "listening");
    return new FakeServer(server);
  }

  /** Waits for the next client. */
  async accept(): Promise<Peer> {
    const came = async (): Promise<Peer> => {
      for (;;) {
        const peer = this.#peers.shift();
        if (peer) return peer;
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    };
    return within(came(), () => "a client to connect");
  }
}

/**
 * Starts two servers for a client that knows both.
 *
 * @returns the client's `--servers`; and, once it has connected to one of them, that peer and the one to come
 */
export async function twoServers(): Promise<{
  addresses: string;
  accepted: Promise<{ first: Peer; other: Promise<Peer> }>;
}> {
  const servers = [await FakeServer.start(), await FakeServer.start()];
  const addresses = servers.map(({ port }) => `127.0.0.1:${port}`).join(",");
  const peers = servers.map((server) => server.accept());
  const accepted = Promise.race(
    peers.map(async (peer, index) => ({ first: await peer, other: peers[1 - index] as Promise<Peer> })),
  );
  return { addresses, accepted };
}

/** A port of this machine where nobody listens: it was free a moment ago. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const port = portOf(server);
  server.close();
  await once(server, "close");
  return port;
}

function portOf(server: NetServer): number {
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return address.port;
}

/** The memory that a process has in use, in bytes, where /proc tells; elsewhere 0. It must be running. */
export function memoryOf(pid: number): number {
  if (process.platform !== "linux") return 0;
  const memory = residentMemory(pid);
  if (memory === 0) throw new Error(`process ${pid} has ended`);
  return memory;
}

/**
 * Checks that the guides show what the programs print: it runs their transcripts.
 *
 * In a guide a comment names the terminal that a block of console lines belongs to:
 *
 *     <!-- session -->
 *     <!-- terminal: server -->
 *
 *     ```console
 *     $ npx tsx lessons/0_simple_test_packets/server.ts
 *     listening on 127.0.0.1:9000
 *     ```
 *
 * A session has terminals, and begins with none. A line after `$` is typed there. If a program of an earlier block
 * still runs in that terminal, Ctrl-C ends it first. A line `^C` is Ctrl-C too, and `^Z` is Ctrl-Z, until `fg` is typed. Every
 * other line must be printed there, in this order, after what earlier blocks showed. A guide may leave out lines in
 * between. A block without a comment is only text.
 *
 * A guide names the default ports: 9000 + N for the server of lesson N, 9200 + N for `npm run network N`, and 1883 for a
 * broker; a second server is given a port. Here all take any free port, so that sessions can run side by side, and the relay
 * serves no page.
 *
 * `npx tsx docs/transcripts.ts` runs all guides, and corrects numbers and bytes that have changed. It reports where
 * the words differ, for a person to correct. A test runs the same, and changes nothing.
 *
 * @module
 */

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import compile, { compiled } from "../test/compiled.ts";

const ROOT = fileURLToPath(new URL("../", import.meta.url));

/** How long a line may take to be printed, in milliseconds. */
const PATIENCE = 60_000;

/** The port of a broker. */
const BROKER = 1883;

/** How many sessions run at the same time. Mostly they wait. */
const AT_ONCE = 4;

/** A block of console lines. */
interface Block {
  readonly terminal: string;
  /** Whether the numbers in it are drawn by lot. */
  readonly isRandom: boolean;
  /** The number of its first line in the guide, from 0. */
  readonly start: number;
  readonly lines: readonly string[];
}

/** Blocks that belong together, in order. */
type Session = Block[];

/** A line of a guide that was not printed exactly. */
export interface Difference {
  /** Its number in the guide, from 0. */
  readonly line: number;
  readonly text: string;
  /** What was printed: the same words with other numbers. Undefined if no line was like it. */
  readonly printed: string | undefined;
  /** The last lines of its terminal. */
  readonly terminal: string;
}

/** The guides of the lessons, and the pages of `docs/` that have sessions, as paths from the root of the kit. */
export function guides(): string[] {
  const lessons = readdirSync(`${ROOT}lessons`)
    .filter((name) => /^\d+_/.test(name))
    .map((name) => `lessons/${name}/README.md`);
  const pages = readdirSync(`${ROOT}docs`)
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`)
    .filter((page) => sessionsOf(readFileSync(ROOT + page, "utf8")).length > 0);
  return [...lessons, ...pages];
}

/**
 * Runs the transcripts of a guide.
 *
 * @param guide - its path from the root of the kit
 * @returns the lines that were not printed exactly
 */
export async function replay(guide: string): Promise<Difference[]> {
  await compile();
  const text = readFileSync(ROOT + guide, "utf8");
  const sessions = sessionsOf(text);
  const differences: Difference[] = [];
  const lesson = Number(/\blessons\/(\d+)_/.exec(guide + text)?.[1]);
  let next = 0;
  const play = async () => {
    while (next < sessions.length) {
      const stage = new Stage(lesson);
      try {
        for (const block of sessions[next++] ?? []) differences.push(...(await stage.play(block)));
      } finally {
        await stage.clear();
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, play));
  return differences.sort((one, other) => one.line - other.line);
}

function sessionsOf(text: string): Session[] {
  const sessions: Session[] = [];
  const lines = text.split("\n");
  for (let index = 0; index < lines.length; index++) {
    if (lines[index] === "<!-- session -->") sessions.push([]);
    const [, terminal, random] = /^<!-- terminal: ([\w ]+?)(, random)? -->$/.exec(lines[index] ?? "") ?? [];
    if (terminal === undefined) continue;
    const start = lines.indexOf("```console", index) + 1;
    const end = lines.indexOf("```", start);
    const block = { terminal, isRandom: random !== undefined, start, lines: lines.slice(start, end) };
    sessions.at(-1)?.push(block);
    index = end;
  }
  return sessions;
}

/** The terminals of a session. */
class Stage {
  readonly #terminals = new Map<string, Terminal>();
  /** The ports that the guide names: the server's and the proxy's. */
  readonly #server: number;
  readonly #network: number;
  /** The real ports, by those in the guide. */
  readonly #ports = new Map<number, number>();

  constructor(lesson: number) {
    this.#server = 9000 + lesson;
    this.#network = 9200 + lesson;
  }

  async play({ terminal: name, isRandom, start, lines }: Block): Promise<Difference[]> {
    const terminal = this.#terminals.get(name) ?? new Terminal();
    this.#terminals.set(name, terminal);
    const differences: Difference[] = [];
    for (const [index, text] of lines.entries()) {
      if (text.startsWith("$ ")) {
        await this.#type(terminal, text.slice(2));
        continue;
      }
      if (text === "^C") {
        await terminal.interrupt();
        continue;
      }
      if (text === "^Z") {
        terminal.signal("SIGSTOP");
        continue;
      }
      const shown = await terminal.next(
        (line) => normal(this.#asInGuide(line), isRandom) === normal(text, isRandom),
      );
      if (shown) continue;
      // It was not printed exactly. Was it printed with other numbers?
      const similar = await terminal.next((line) => words(this.#asInGuide(line)) === words(text), 0);
      differences.push({
        line: start + index,
        text,
        printed: similar === undefined ? undefined : this.#asInGuide(similar),
        terminal: this.#asInGuide(terminal.text).split("\n").slice(-20).join("\n"),
      });
    }
    return differences;
  }

  async #type(terminal: Terminal, typed: string): Promise<void> {
    if (typed === "fg") {
      terminal.signal("SIGCONT");
      return;
    }
    await terminal.interrupt();
    const command = this.#commandFor(typed);
    if (!command) return;
    terminal.start(command);
    const named = this.#portOf(typed);
    if (named === undefined) return;
    const line = await terminal.peek(/^listening on .*:(\d+)$/);
    this.#ports.set(named, Number(line?.[1]));
  }

  /** The port that the guide means when a program that listens is started; undefined if it doesn't listen. */
  #portOf(typed: string): number | undefined {
    if (isNetwork(typed)) return this.#network;
    if (isBroker(typed)) return BROKER;
    if (!isServer(typed)) return undefined;
    const [, port] = /\/steps\/\S+ (\d+)|server\.ts.* --port (\d+)/.exec(typed)?.filter(Boolean) ?? [];
    return port === undefined ? this.#server : Number(port);
  }

  /** What to run for what is typed: the same program, on the ports of this session. */
  #commandFor(typed: string): string[] | undefined {
    const server = String(this.#ports.get(this.#server) ?? 0);
    // A proxy that runs goes on passing to the port that it knows, so the next server must listen there.
    const port = isServer(typed) && !this.#ports.has(this.#network) ? "0" : server;
    const [, file = "", flags = ""] = /^npx tsx (\S+\.ts)(.*)$/.exec(typed) ?? [];
    const isStep = /\/steps\/|naive_server/.test(file); // they take the port without a flag
    if (isBroker(typed)) return [process.execPath, compiled(file), "--port", "0"];
    if (file) {
      const url = `mqtt://127.0.0.1:${this.#ports.get(BROKER)}`;
      if (/1_speak_mqtt/.test(file)) return [process.execPath, compiled(file), url];
      // A server of lesson 3 takes any free port, and is told where the broker is.
      if (isServer(typed) && this.#server === 9003) {
        const other = flags.replace(/(--port )?\b9\d{3}\b/, "");
        const words = isStep ? ["0", url] : [...wordsOf(other), "--port", "0", "--broker", url];
        return [process.execPath, compiled(file), ...words];
      }
      const words = wordsOf(flags).map((word) =>
        word.replace(/\b9\d{3}\b/g, (named) => String(this.#ports.get(Number(named)) ?? named)),
      );
      const hasPort = isStep ? words.length > 0 : words.includes("--port");
      if (!hasPort) words.push(...(isStep ? [port] : ["--port", port]));
      return [process.execPath, compiled(file), ...words];
    }
    const [, network] = /^npm run network (.*)$/.exec(typed) ?? [];
    if (network)
      return [
        process.execPath,
        compiled("lessons/network.ts"),
        ...wordsOf(network).filter((word) => word !== "--"),
        ...["--no-page", "--port", "0", "--to", `127.0.0.1:${server}`],
      ];
    const [, attack, more = ""] = /^npm run attack (.*?)(?: -- (.*))?$/.exec(typed) ?? [];
    if (attack)
      return [
        process.execPath,
        compiled("lessons/attack.ts"),
        ...wordsOf(`${attack} ${more}`),
        "--port",
        port,
      ];
    if (typed.startsWith("curl ")) {
      // Without curl, its lines are not expected.
      if (spawnSync("curl", ["--version"]).error) return undefined;
      return [
        "curl",
        "--silent",
        "--show-error",
        // It has the length that a reader's curl sends, who types the port of the guide.
        "--header",
        `Host: 127.0.0.1:${this.#server}`,
        typed.slice(5).replace(`:${this.#server}`, `:${port}`),
      ];
    }
    throw new Error(`a guide types what this script does not know how to run: ${typed}`);
  }

  #asInGuide(text: string): string {
    let inGuide = text;
    for (const [named, real] of this.#ports) inGuide = inGuide.replaceAll(`:${real}`, `:${named}`);
    return inGuide;
  }

  async clear(): Promise<void> {
    for (const terminal of this.#terminals.values()) await terminal.interrupt("SIGKILL");
  }
}

/** One terminal: a program at a time, and what it has printed. */
class Terminal {
  text = "";
  #child: ChildProcess | undefined;
  #hasEnded = true;
  /** How much of the text earlier lines of the guide have shown, in lines. */
  #shown = 0;
  #wake = () => {};

  start([program = "", ...args]: string[]): void {
    // npm says in INIT_CWD where it was typed. Here everything is typed in the folder of the kit.
    const env = { ...process.env, NO_COLOR: "1", FORCE_COLOR: "0", INIT_CWD: ROOT };
    const child = spawn(program, args, { cwd: ROOT, env, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        this.text += text;
        this.#wake();
      });
    }
    this.#child = child;
    this.#hasEnded = false;
    child.on("close", () => {
      this.#hasEnded = true;
      this.#wake();
    });
  }

  /** Sends a signal that doesn't end the program. */
  signal(signal: NodeJS.Signals): void {
    this.#child?.kill(signal);
  }

  /** Sends Ctrl-C if a program runs. A program that ends by itself gets the time to do so. */
  async interrupt(signal: NodeJS.Signals = "SIGINT"): Promise<void> {
    if (!this.#child || this.#hasEnded) return;
    const ended = once(this.#child, "close");
    this.#child.kill(signal);
    await ended;
  }

  /** The next line that is like this; undefined if none comes. It skips the lines before it. */
  async next(isIt: (line: string) => boolean, patience: number = PATIENCE): Promise<string | undefined> {
    const end = performance.now() + patience;
    for (;;) {
      const lines = this.text.split("\n");
      const index = lines.findIndex((line, number) => number >= this.#shown && isIt(line));
      if (index >= 0) {
        this.#shown = index + 1;
        return lines[index];
      }
      const left = end - performance.now();
      if (this.#hasEnded || left <= 0) return undefined;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  /** Waits for a line, and doesn't skip it. */
  async peek(pattern: RegExp): Promise<RegExpExecArray | undefined> {
    const shown = this.#shown;
    const line = await this.next((candidate) => pattern.test(candidate));
    this.#shown = shown;
    return pattern.exec(line ?? "") ?? undefined;
  }
}

function isServer(typed: string): boolean {
  return /server\.ts|\/steps\/\d/.test(typed) && !typed.includes("1_speak_mqtt");
}

function isBroker(typed: string): boolean {
  return typed.includes("/broker.ts");
}

function isNetwork(typed: string): boolean {
  return typed.startsWith("npm run network ");
}

function wordsOf(text: string): string[] {
  return text.split(" ").filter((word) => word !== "");
}

/**
 * A line without what differs from run to run: clients' ports, durations, the time of `--times`, the numbers of
 * threads.
 */
function normal(line: string, isRandom: boolean): string {
  const fixed = line
    .replace(/^ *\d+\.\d\d s {2}/, "… s  ")
    .replace(/(127\.0\.0\.1:|\bport )[1-9]\d{4}\b/g, "$1…")
    .replace(/\b\d+(\.\d+)?(?= (ms|s|MB)\b)/g, "…")
    .replace(/\bthread \d+/, "thread …")
    .trimEnd();
  return isRandom ? fixed.replace(/\b[0-9A-F]{2}\b|-?\d+|\b[A-Z]{4,}\b/g, "…") : fixed;
}

/** A line without any number or byte. */
function words(line: string): string {
  return line.replace(/\b([0-9A-F]{2}\b|\d+)/g, "…").replace(/[\s…]+/g, " ");
}

async function main(): Promise<void> {
  for (const guide of guides()) {
    const lines = readFileSync(ROOT + guide, "utf8").split("\n");
    for (const { line, text, printed, terminal } of await replay(guide)) {
      console.log(`${guide}:${line + 1}: ${text}`);
      if (printed === undefined) console.log(`was not printed. The terminal showed:\n${terminal}\n`);
      else lines[line] = printed;
    }
    writeFileSync(ROOT + guide, lines.join("\n"));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await main();

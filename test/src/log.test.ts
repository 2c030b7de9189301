import { spawn } from "node:child_process";
import { once } from "node:events";
import type { write } from "node:fs";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { hostAndPort, printable } from "../../src/log.ts";
import compile, { compiled } from "../compiled.ts";

// Other files may share this process: they get modules of their own.
afterAll(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

await compile();

/** A call of fs.write that the test answers: the terminal, as slow as the test wants it. */
interface Write {
  text: string;
  bytes: Uint8Array;
  answer(error: NodeJS.ErrnoException | null, written?: number): void;
}

const writes = vi.hoisted(() => [] as Write[]);
vi.mock("node:fs", async (importOriginal) => {
  const fakeWrite = (fd: number, bytes: Uint8Array, answer: Write["answer"]) => {
    if (fd !== 1) throw new Error(`the log wrote to file descriptor ${fd}`);
    writes.push({ bytes, text: new TextDecoder().decode(bytes), answer });
  };
  return { ...(await importOriginal<object>()), write: fakeWrite as unknown as typeof write };
});

// The log takes its timers from here, and not from where Vitest can put its own.
vi.mock("node:timers", () => ({
  setTimeout: (...args: Parameters<typeof setTimeout>) => setTimeout(...args),
}));

/** The texts that the terminal has been given since it last answered. */
async function written(): Promise<string[]> {
  await Promise.resolve();
  return writes.map(({ text }) => text);
}

/** The terminal takes all that it has been given. */
function take(): void {
  for (const { answer, bytes } of writes.splice(0)) answer(null, bytes.length);
}

/** The log as a process begins with it: nothing queued, the environment and the terminal read anew. */
async function newLog(environment: { [name: string]: string } = {}, isTerminal = false) {
  for (const name of ["NO_COLOR", "FORCE_COLOR"]) vi.stubEnv(name, environment[name]);
  vi.stubEnv("TERM", environment["TERM"] ?? "xterm");
  process.stdout.isTTY = isTerminal;
  vi.resetModules();
  return import("../../src/log.ts");
}

const wasTerminal = process.stdout.isTTY;
beforeEach(() => {
  writes.length = 0;
});
afterEach(() => {
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  vi.useRealTimers();
  process.stdout.isTTY = wasTerminal;
});

describe("hostAndPort", () => {
  it.each([
    ["127.0.0.1", 9000, "127.0.0.1:9000"],
    ["::1", 9000, "[::1]:9000"],
    // What a socket says whose connection was reset before it was looked at: Node and Deno nothing, Bun half.
    [undefined, undefined, "an unknown address"],
    ["127.0.0.1", undefined, "127.0.0.1"],
  ])("%s and %s: %s", (host, port, text) => {
    expect(hostAndPort(host, port)).toBe(text);
  });
});

describe("printable", () => {
  it("puts text between quotes and leaves letters of every script as they are", () => {
    expect(printable("")).toBe('""');
    expect(printable("SUMA ñandú 加 Ω 🦆 a\u0301")).toBe('"SUMA ñandú 加 Ω 🦆 a\u0301"');
  });

  it("escapes the quote and the backslash, so that nobody can write an escape himself", () => {
    expect(printable('"')).toBe('"\\""');
    expect(printable("\\u{1b}")).toBe('"\\\\u{1b}"');
  });

  it("makes every control character visible", () => {
    const codes = [...Array(0x20).keys(), 0x7f, ...Array.from({ length: 0x20 }, (_, i) => 0x80 + i)];
    for (const code of codes) {
      expect(printable(`a${String.fromCharCode(code)}b`)).toBe(`"a\\u{${code.toString(16)}}b"`);
    }
  });

  it.each([
    ["a right-to-left override", "\u202e"],
    ["a left-to-right isolate", "\u2066"],
    ["a pop of an isolate", "\u2069"],
    ["a left-to-right mark", "\u200e"],
    ["an Arabic letter mark", "\u061c"],
    ["a zero-width space", "\u200b"],
    ["a zero-width joiner", "\u200d"],
    ["a byte order mark", "\ufeff"],
    ["a soft hyphen", "\u00ad"],
    ["a line separator", "\u2028"],
    ["a paragraph separator", "\u2029"],
    ["a high surrogate without its other half", "\ud800"],
    ["a low surrogate without its other half", "\udfff"],
    ["a private character", "\ue000"],
    ["a character that is none", "\uffff"],
    ["a language tag above 0xFFFF", "\u{e0041}"],
  ])("makes %s visible", (_name, character) => {
    expect(printable(character)).toBe(`"\\u{${character.codePointAt(0)?.toString(16)}}"`);
  });
});

describe("log", () => {
  it("writes all that is logged together in one piece, and what follows meanwhile in the next", async () => {
    const { log } = await newLog();
    log("one");
    log("two");
    expect(await written()).toEqual(["one\ntwo\n"]);
    log("three");
    log("four");
    expect(await written()).toEqual(["one\ntwo\n"]);
    take();
    expect(await written()).toEqual(["three\nfour\n"]);
    take();
    expect(await written()).toEqual([]);
  });

  it("writes nothing before the code that logs has come to rest", async () => {
    const { log } = await newLog();
    log("listening");
    expect(writes).toEqual([]);
    expect(await written()).toEqual(["listening\n"]);
  });

  it.each([
    [{}, true, true],
    [{}, false, false],
    [{ TERM: "dumb" }, true, false],
    [{ NO_COLOR: "1" }, true, false],
    [{ NO_COLOR: "" }, true, true],
    [{ FORCE_COLOR: "1" }, false, true],
    [{ FORCE_COLOR: "yes" }, false, true],
    [{ FORCE_COLOR: "0" }, false, false],
    [{ FORCE_COLOR: "1", NO_COLOR: "1" }, true, true],
  ])("with %j on a terminal: %s, colours: %s", async (environment, isTerminal, coloured) => {
    const { log } = await newLog(environment, isTerminal);
    log("it came", "green");
    expect(await written()).toEqual([coloured ? "\x1b[32mit came\x1b[39m\n" : "it came\n"]);
  });

  it("never colours a line that asks for no colour", async () => {
    const { log } = await newLog({ FORCE_COLOR: "1" });
    log("plain");
    expect(await written()).toEqual(["plain\n"]);
  });

  it("starts each line with the seconds since its clock was started, and no line before that", async () => {
    const { log, startClock } = await newLog();
    const now = vi.spyOn(performance, "now").mockReturnValue(500);
    log("listening");
    startClock();
    now.mockReturnValue(3520);
    log("client 1 left");
    now.mockReturnValue(123_456);
    log("client 2 left");
    now.mockRestore();
    expect(await written()).toEqual(["listening\n  3.02 s  client 1 left\n122.96 s  client 2 left\n"]);
  });

  it("writes on where a write took only a part", async () => {
    const { log } = await newLog();
    log("12345678");
    await written();
    writes.shift()?.answer(null, 3);
    expect(await written()).toEqual(["45678\n"]);
  });

  it("tries again where the reader of a pipe is behind", async () => {
    const { log } = await newLog();
    log("patience");
    await written();
    writes.shift()?.answer(Object.assign(new Error("again"), { code: "EAGAIN" }));
    await vi.waitFor(() => expect(writes.map(({ text }) => text)).toEqual(["patience\n"]));
  });

  it("goes on where nobody reads any more", async () => {
    const { log } = await newLog();
    log("lost");
    await written();
    writes.shift()?.answer(Object.assign(new Error("broken pipe"), { code: "EPIPE" }));
    log("lost too");
    expect(await written()).toEqual(["lost too\n"]);
  });

  it("writes on Deno by what does not block there, and takes its answers just the same", async () => {
    const denied: Error[] = [];
    const pieces: string[] = [];
    const write = (bytes: Uint8Array) => {
      pieces.push(new TextDecoder().decode(bytes));
      const error = denied.shift();
      return error ? Promise.reject(error) : Promise.resolve(Math.min(bytes.length, 4));
    };
    vi.stubGlobal("Deno", { stdout: { write } });
    const { log } = await newLog();
    log("12345678");
    await vi.waitFor(() => expect(pieces).toEqual(["12345678\n", "5678\n", "\n"]));
    denied.push(new Error("broken pipe"));
    log("lost");
    log("lost too");
    await vi.waitFor(() => expect(pieces.slice(3)).toEqual(["lost\nlost too\n"]));
    log("on");
    await vi.waitFor(() => expect(pieces.slice(4)).toEqual(["on\n"]));
    expect(writes).toEqual([]);
  });

  it("drops lines while the terminal takes none, keeps a bounded number, and says how many are missing", async () => {
    const { log } = await newLog();
    const line = "x".repeat(99);
    const count = 10_000;
    for (let i = 0; i < count; i++) log(line);
    const [piece = ""] = await written();
    const printed = piece.split("\n").slice(0, -1);
    const note = printed.pop();

    expect(piece.length).toBeLessThan(300 * 1024);
    expect(printed.length).toBeGreaterThan(1000);
    const missing = count - printed.length;
    expect(note).toBe(`… ${missing} lines are missing here: the terminal was too slow`);

    take();
    log("after");
    expect(await written()).toEqual(["after\n"]);
  });

  it("sends its lines where redirectLog says", async () => {
    const { log, logPacket, redirectLog } = await newLog();
    const lines: unknown[] = [];
    redirectLog((...line) => lines.push(line));
    log("a client came", "green");
    logPacket(() => "a packet");
    expect(lines).toEqual([
      ["a client came", "green", false],
      ["a packet", "dim", true],
    ]);
    expect(await written()).toEqual([]);
  });
});

describe("logPacket", () => {
  it("prints a hundred lines in a second and then only how many are missing, and makes no text for those", async () => {
    vi.useFakeTimers();
    const { logPacket, redirectLog } = await newLog();
    const lines: unknown[] = [];
    redirectLog((...line) => lines.push(line));
    let made = 0;
    const logPackets = (count: number) => {
      for (let i = 0; i < count; i++) logPacket(() => `packet ${++made}`);
    };
    // A second begins with the first line in it.
    for (const _second of [1, 2]) {
      logPackets(60);
      vi.advanceTimersByTime(600);
      logPackets(290);
      expect(lines.splice(0)).toHaveLength(100);
      vi.advanceTimersByTime(399);
      expect(lines).toEqual([]);
      vi.advanceTimersByTime(1);
      expect(lines.splice(0)).toEqual([["… and 250 more in this second", "dim", true]]);
    }
    logPackets(1);
    vi.advanceTimersByTime(10_000);
    expect(lines).toEqual([["packet 201", "dim", true]]);
  });

  it("prints nothing and makes no text once packets are silenced", async () => {
    const { log, logPacket, showPackets } = await newLog();
    showPackets("nothing");
    logPacket(() => {
      throw new Error("nobody asked for this text");
    });
    log("but who comes and leaves");
    expect(await written()).toEqual(["but who comes and leaves\n"]);
  });
});

describe("logBytes", () => {
  it("prints lines of their own colours where bytes are shown and words are not, and only there", async () => {
    const { logBytes, logPacket, redirectLog, showPackets } = await newLog();
    const lines: unknown[] = [];
    redirectLog((...line) => lines.push(line));
    const unasked = () => {
      throw new Error("nobody asked for this text");
    };
    logBytes(unasked);
    showPackets("nothing");
    logBytes(unasked);
    showPackets("bytes");
    logPacket(unasked);
    logBytes(() => "→ 01");
    expect(lines).toEqual([["→ 01", undefined, true]]);
  });
});

describe("flushLog", () => {
  it("resolves at once where nothing is queued", async () => {
    vi.useFakeTimers();
    const { flushLog } = await newLog();
    await flushLog();
  });

  it("first says how many lines about packets are missing", async () => {
    const { flushLog, logPacket } = await newLog();
    for (let i = 0; i < 150; i++) logPacket(() => "packet");
    const flushing = flushLog();
    expect((await written()).join("")).toMatch(/^(packet\n){100}… and 50 more in this second\n$/);
    take();
    await flushing;
  });

  it("resolves when the last line is written, and not before", async () => {
    vi.useFakeTimers();
    const { log, flushLog } = await newLog();
    log("first");
    await written();
    log("last");
    let flushed = false;
    const flushing = flushLog().then(() => {
      flushed = true;
    });
    take();
    expect(await written()).toEqual(["last\n"]);
    expect(flushed).toBe(false);
    take();
    await flushing;
  });

  it("resolves for each of two that wait", async () => {
    vi.useFakeTimers();
    const { log, flushLog } = await newLog();
    log("last");
    await written();
    const flushing = [flushLog(), flushLog()];
    take();
    await Promise.all(flushing);
  });

  it("does not wait forever for a terminal that takes nothing", async () => {
    const { log, flushLog } = await newLog();
    log("stuck");
    await flushLog();
    expect(await written()).toEqual(["stuck\n"]);
  });
});

describe("a program whose reader stalls", () => {
  it("goes on, ends when told to, and loses lines only", async () => {
    const program = compiled("test/fixtures/log_program.ts");
    const child = spawn(process.execPath, [program], {
      stdio: ["ignore", "pipe", "inherit", "ipc"],
    });
    const ended = once(child, "exit");
    // Its standard output is full long before it has logged all its lines. It says by another way that it has.
    expect(await once(child, "message")).toEqual(["50000 lines logged", undefined]);

    let text = "";
    child.stdout?.setEncoding("utf8").on("data", (chunk) => {
      text += chunk;
    });
    await vi.waitFor(() => expect(text).toMatch(/… \d+ lines are missing here/), 10_000);
    child.send("end");
    expect(await ended).toEqual([0, null]);
    const printed = text.match(/^line \d+ is here/gm)?.length ?? 0;
    const missing = Number(/… (\d+) lines are missing/.exec(text)?.[1]);
    expect(printed + missing).toBe(50_000);
    expect(text).toMatch(/\nthe last line\n$/);
  });
});

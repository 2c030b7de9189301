/** How stages are run and shown. */

import process from "node:process";
import { stripVTControlCharacters } from "node:util";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { say } from "../../../src/checks/peer.ts";
import { runStages, type Stage } from "../../../src/checks/stages.ts";
import { type LogSink, redirectLog } from "../../../src/log.ts";

let lines: string[];
let written: string[];
let log: LogSink;

beforeEach(() => {
  lines = [];
  written = [];
  log = redirectLog((line) => lines.push(line));
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval", "performance"] });
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
  redirectLog(log);
  Object.defineProperty(process.stdout, "isTTY", { value: IS_TERMINAL, configurable: true });
});

const IS_TERMINAL = process.stdout.isTTY;

const passes = (title: string): Stage => ({ title, run: async () => undefined });
const fails = (title: string, said: string[] = []): Stage => ({
  title,
  async run() {
    for (const text of said) say(text);
    return { sentence: `${title} went wrong.`, cause: `${title} has a cause.` };
  },
});

test("a line a stage, and their number at the end", async () => {
  expect(await runStages([passes("one"), passes("two")], async () => true)).toBe(true);
  expect(lines).toEqual(["✓ one", "✓ two", "2 of 2 passed"]);
});

test("only the first that fails is explained, with its own conversation", async () => {
  const stages = [passes("one"), fails("two", ["a remark"]), fails("three", ["another"]), passes("four")];
  expect(await runStages(stages, async () => true)).toBe(false);
  expect(lines).toEqual([
    "✓ one",
    "✗ two",
    "",
    "    0.00 s  … a remark",
    "",
    "  two went wrong.",
    "  Likely cause: two has a cause.",
    "",
    "✗ three",
    "✓ four",
    "2 of 4 passed",
  ]);
});

test("of a long conversation the last thirty lines are shown", async () => {
  const said = Array.from({ length: 31 }, (_, index) => `remark ${index}`);
  await runStages([fails("one", said)], async () => true);
  expect(lines).toContain("       …");
  expect(lines).not.toContain("    0.00 s  … remark 0");
  expect(lines).toContain("    0.00 s  … remark 1");
  lines.length = 0;
  await runStages([fails("one", said.slice(1))], async () => true);
  expect(lines).not.toContain("       …");
});

test("tries nothing more when there is nothing left to talk to", async () => {
  expect(await runStages([fails("one"), passes("two")], async () => false)).toBe(false);
  expect(lines.slice(-2)).toEqual([
    "The other stages were not tried: there is nothing left to talk to.",
    "0 of 2 passed",
  ]);
});

test("a stage that throws gives the log back", async () => {
  const broken: Stage = { title: "one", run: () => Promise.reject(new Error("a bug of ours")) };
  await expect(runStages([broken], async () => true)).rejects.toThrow("a bug of ours");
  say("seen");
  expect(lines).toEqual(["… seen"]);
});

describe("a long stage says what it waits for", () => {
  /** A stage that takes five seconds. */
  const long: Stage = {
    title: "a long one",
    async run() {
      vi.advanceTimersByTime(2000);
      say("waiting for the server to close, for 5.0 s at most");
      vi.advanceTimersByTime(1000);
      vi.advanceTimersByTime(1000);
      say("the server closed");
      vi.advanceTimersByTime(4000);
      return undefined;
    },
  };

  test("in a pipe: a plain line, once", async () => {
    Object.defineProperty(process.stdout, "isTTY", { value: false, configurable: true });
    await runStages([long], async () => true);
    vi.advanceTimersByTime(10_000);
    expect(written).toEqual(["… a long one\n"]);
  });

  test("on a terminal: a line that is replaced, and then taken away", async () => {
    vi.stubEnv("TERM", "xterm");
    Object.defineProperty(process.stdout, "isTTY", { value: true, configurable: true });
    Object.defineProperty(process.stdout, "columns", { value: 40, configurable: true });
    await runStages([long], async () => true);
    vi.advanceTimersByTime(10_000);
    expect(written.map((text) => stripVTControlCharacters(text).trim())).toEqual([
      "… a long one",
      "… a long one: waiting for the server to",
      "… a long one: the server closed",
      "",
    ]);
    for (const text of written) expect(text.startsWith("\r\x1b[K")).toBe(true);
    expect(lines).toEqual(["✓ a long one", "1 of 1 passed"]);
    vi.unstubAllEnvs();
  });

  test("on a terminal that knows no escape sequences: a plain line, once", async () => {
    vi.stubEnv("TERM", "dumb");
    Object.defineProperty(process.stdout, "isTTY", { value: true, configurable: true });
    await runStages([long], async () => true);
    expect(written).toEqual(["… a long one\n"]);
    vi.unstubAllEnvs();
  });

  test("a short one says nothing", async () => {
    const short: Stage = {
      title: "short",
      async run() {
        vi.advanceTimersByTime(1999);
        return undefined;
      },
    };
    await runStages([short], async () => true);
    vi.advanceTimersByTime(10_000);
    expect(written).toEqual([]);
  });
});

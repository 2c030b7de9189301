import { spawnSync } from "node:child_process";
import { afterEach, describe, expect, it, vi } from "vitest";
import {
  hostFlag,
  millisecondsFlag,
  numberFlag,
  readCommandLine,
  switchFlag,
  wholeNumber,
} from "../../src/command_line.ts";
import compile, { compiled } from "../compiled.ts";

await compile();

const FLAGS = {
  host: hostFlag("where to listen"),
  port: numberFlag("N", 9000, 0, 65535, "which port"),
  timeout: millisecondsFlag(3000, 1, "how long to wait"),
  "max-clients": numberFlag("N", undefined, 1, 100, "how many at once"),
  threads: switchFlag("use threads"),
};

const USAGE = `usage: program.ts [flags]

  --host ADDRESS   where to listen (default 127.0.0.1)
  --port N         which port (default 9000)
  --timeout MS     how long to wait (default 3000)
  --max-clients N  how many at once
  --threads        use threads
  -h, --help       print this and exit
`;

const DEFAULTS = { host: "127.0.0.1", port: 9000, timeout: 3000, "max-clients": undefined, threads: false };

const realArguments = process.argv;
afterEach(() => {
  vi.restoreAllMocks();
  process.argv = realArguments;
});

/** Runs readCommandLine as a program with these arguments would, and says what it returned or printed. */
function read(args: string[], readArguments?: (texts: string[]) => unknown) {
  process.argv = ["node", "program.ts", ...args];
  const printed = { out: "", err: "" };
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed.out += text;
    return true;
  });
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    printed.err += text;
    return true;
  });
  const exited = new Error("exited");
  const exit = vi.spyOn(process, "exit").mockImplementation(() => {
    throw exited;
  });
  try {
    const result = readCommandLine("program.ts [flags]", FLAGS, readArguments as (texts: string[]) => void);
    return { ...printed, exitCode: undefined, result };
  } catch (error) {
    if (error !== exited) throw error;
    return { ...printed, exitCode: exit.mock.calls[0]?.[0], result: undefined };
  } finally {
    vi.restoreAllMocks();
  }
}

describe("readCommandLine", () => {
  it("gives every flag its default where nothing is said", () => {
    expect(read([]).result).toEqual({ options: DEFAULTS, arguments: undefined });
  });

  it.each([
    [["--port", "0"], { port: 0 }],
    [["--port=65535"], { port: 65535 }],
    [["--port", "+80"], { port: 80 }],
    [["--host", "::1", "--threads"], { host: "::1", threads: true }],
    [["--host", "[::1]"], { host: "::1" }],
    [["--host=a=b\nc"], { host: "a=b\nc" }],
    [["--threads", "--timeout", "2147483647"], { threads: true, timeout: 2147483647 }],
    [["--port", "1", "--port", "2"], { port: 2 }],
    [["--max-clients", "100"], { "max-clients": 100 }],
  ])("reads %j", (args, expected) => {
    expect(read(args).result?.options).toEqual({ ...DEFAULTS, ...expected });
  });

  it.each([
    [["--prot", "80"], "unknown flag --prot"],
    [["--prot=80"], "unknown flag --prot=80"],
    [["-p", "80"], "unknown flag -p"],
    [["--no-threads"], "unknown flag --no-threads"],
    [["--constructor"], "unknown flag --constructor"],
    [["--__proto__=1"], "unknown flag --__proto__=1"],
    [["--two\nlines"], "unknown flag --two\\u{a}lines"],
    [["--port"], "--port needs a value: --port N"],
    [["--port", "--threads"], "--port needs a value: --port N"],
    [["--timeout", "--", "5"], "--timeout needs a value: --timeout MS"],
    [["--host", "--threads"], "--host needs a value: --host ADDRESS"],
    [["--host="], "--host needs a value: --host ADDRESS"],
    [["--threads=yes"], '--threads takes no value, but got "yes"'],
    [["--port", "65536"], '--port must be a whole number from 0 to 65535, not "65536"'],
    [["--port", "-1"], '--port must be a whole number from 0 to 65535, not "-1"'],
    [["--port=-1"], '--port must be a whole number from 0 to 65535, not "-1"'],
    [["--port", "9000.0"], '--port must be a whole number from 0 to 65535, not "9000.0"'],
    [["--port", "9e3"], '--port must be a whole number from 0 to 65535, not "9e3"'],
    [["--port", "0x50"], '--port must be a whole number from 0 to 65535, not "0x50"'],
    [["--port", " 80"], '--port must be a whole number from 0 to 65535, not " 80"'],
    [["--port", ""], '--port must be a whole number from 0 to 65535, not ""'],
    [["--timeout", "0"], '--timeout must be a whole number from 1 to 2147483647, not "0"'],
    [["--timeout", "Infinity"], '--timeout must be a whole number from 1 to 2147483647, not "Infinity"'],
    [["--max-clients", "\x1b[2J"], '--max-clients must be a whole number from 1 to 100, not "\\u001b[2J"'],
    [["extra"], 'unexpected argument "extra"'],
    [["-7"], 'unexpected argument "-7"'],
    [["-"], 'unexpected argument "-"'],
    [["-7", "-p"], "unknown flag -p"],
    [["--=7"], "unknown flag --=7"],
    [["--", "--port"], 'unexpected argument "--port"'],
  ])("refuses %j with one line that names it, then the usage, and exit code 2", (args, line) => {
    expect(read(args)).toEqual({ out: "", err: `${line}\n${USAGE}`, exitCode: 2, result: undefined });
  });

  it.each(["--help", "-h"])("prints the usage for %s, whatever else is given, and exits with 0", (help) => {
    const args = ["--port", "70000", help];
    expect(read(args)).toEqual({ out: USAGE, err: "", exitCode: 0, result: undefined });
  });

  it("passes on the arguments that are not flags, negative numbers too", () => {
    const args = ["SUMA", "-2", "--threads", "-3", "--port", "5"];
    const { result } = read(args, (texts) => texts);
    expect(result).toEqual({
      options: { ...DEFAULTS, threads: true, port: 5 },
      arguments: ["SUMA", "-2", "-3"],
    });
  });

  it("takes no flag out of what follows --, and adds nothing to it", () => {
    const args = ["--port", "5", "--", "nice", "-5", "server", "--port"];
    const { result } = read(args, (texts) => texts);
    expect(result).toEqual({
      options: { ...DEFAULTS, port: 5 },
      arguments: ["nice", "-5", "server", "--port"],
    });
  });

  it("refuses arguments with the line that their reader throws", () => {
    const refusal = read(["a"], () => {
      throw new RangeError("one letter is too short");
    });
    expect(refusal).toMatchObject({ err: `one letter is too short\n${USAGE}`, exitCode: 2 });
  });

  it("does not hide a bug in the reader of the arguments behind the usage", () => {
    const bug = () => {
      throw new TypeError("undefined is not a function");
    };
    expect(() => read([], bug)).toThrow("undefined is not a function");
  });

  // The tests above put something else in the place of process.exit; this one runs a program.
  it("ends a real process, with everything printed", () => {
    const program = compiled("test/fixtures/command_line_program.ts");
    const run = (...args: string[]) => spawnSync(process.execPath, [program, ...args], { encoding: "utf8" });
    expect(run("--help")).toMatchObject({
      status: 0,
      stdout: expect.stringMatching(/^usage: /),
      stderr: "",
    });
    expect(run("--port", "x")).toMatchObject({
      status: 2,
      stdout: "",
      stderr: expect.stringMatching(
        /^--port must be .* "x"\nusage: .*\n\n {2}--port N .*\n {2}-h, --help .*\n$/,
      ),
    });
  });
});

describe("wholeNumber", () => {
  it("takes its bounds and what lies between, and nothing beyond", () => {
    for (const text of ["-2", "0", "3", "+3", "003"])
      expect(wholeNumber("FIRST", text, -2, 3)).toBe(Number(text));
    for (const text of ["-3", "4", "", "-", "1 ", "१", "NaN", "99999999999999999999"]) {
      expect(() => wholeNumber("FIRST", text, -2, 3)).toThrow(
        `FIRST must be a whole number from -2 to 3, not ${JSON.stringify(text)}`,
      );
    }
  });
});

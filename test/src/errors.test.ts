import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { createInterface } from "node:readline";
import { text } from "node:stream/consumers";
import { afterEach, describe, expect, it } from "vitest";
import { ConnectionError } from "../../src/connection.ts";
import { messageOf, placeOf } from "../../src/errors.ts";
import compile, { compiled } from "../compiled.ts";

await compile();

/** An error with a stack trace of these frames. */
function thrownAt(...frames: string[]): Error {
  const error = new TypeError("it is undefined");
  error.stack = ["TypeError: it is undefined", ...frames].join("\n");
  return error;
}

const URL_OF_ROOT = new URL("../../", import.meta.url).href;
const ROOT = decodeURI(new URL("../../", import.meta.url).pathname);

describe("messageOf", () => {
  it.each([
    [new Error("one\ntwo"), "one"],
    [new TypeError(""), "TypeError"],
    [new Error("no \x1b[2J, please"), "no \\u{1b}[2J, please"],
    ["text", "text"],
    [null, "null"],
    [undefined, "undefined"],
  ])("of %j is one line that can be shown", (error, line) => {
    expect(messageOf(error)).toBe(line);
  });
});

describe("placeOf", () => {
  it("is the line that threw", () => {
    expect(placeOf(new Error("here"))).toMatch(/^ \(at test\/src\/errors\.test\.ts:\d+\)$/);
  });

  it.each([
    ["Node and Deno", `    at ask (${URL_OF_ROOT}my/1_a/server.ts:31:7)`],
    ["Bun, and Node in a thread", `      at ask (${ROOT}my/1_a/server.ts:31:7)`],
    ["all of them outside a function", `    at ${ROOT}my/1_a/server.ts:31:7`],
    ["a caller", `    at async Promise.all (index 0)\n    at ${URL_OF_ROOT}my/1_a/server.ts:31`],
    ["Windows", `    at ask (${ROOT.replaceAll("/", "\\")}my\\1_a\\server.ts:31:7)`],
    ["a path in the message", `whose message names ${ROOT}my/x.ts:1\n    at ${ROOT}my/1_a/server.ts:31:7`],
    [
      "lines that are not yours",
      [
        "    at Socket.emit (node:events:519:28)",
        `    at pack (${URL_OF_ROOT}src/struct.ts:1:2)`,
        `    at pack (${URL_OF_ROOT}node_modules/it/src.js:1:2)`,
        "    at elsewhere (file:///somewhere/else.ts:1:2)",
        `    at ask (${URL_OF_ROOT}my/1_a/server.ts:31:7)`,
        `    at ask (${URL_OF_ROOT}my/1_a/server.ts:99:7)`,
      ].join("\n"),
    ],
  ])("finds the first line of yours, as %s writes it", (_, frames) => {
    expect(placeOf(thrownAt(frames))).toBe(" (at my/1_a/server.ts:31)");
  });

  it("reads what is encoded in an address", () => {
    expect(placeOf(thrownAt(`    at ${URL_OF_ROOT}my/grupo%20%C3%B1/a.ts:3:1`))).toBe(
      " (at my/grupo ñ/a.ts:3)",
    );
  });

  it("leaves a path alone, which encodes nothing", () => {
    expect(placeOf(thrownAt(`    at ${ROOT}my/100%/a%20b.ts:3:1`))).toBe(" (at my/100%/a%20b.ts:3)");
  });

  it.each([
    ["that has no frame of yours", thrownAt("    at Socket.emit (node:events:519:28)")],
    ["without a stack trace", Object.assign(new Error("x"), { stack: undefined })],
    ["of a connection", new ConnectionError("CLOSED", "the peer closed the connection")],
    ["of the system", Object.assign(new Error("listen"), { code: "EADDRINUSE" })],
    ["of Deno's permissions", Object.assign(new Error("no"), { name: "NotCapable" })],
    ["that is none", "text"],
  ])("is nothing for an error %s", (_, error) => {
    expect(placeOf(error)).toBe("");
  });

  it("is there for a wrong argument, which Node refuses with a code of its own", () => {
    const error = Object.assign(new TypeError("wrong"), { code: "ERR_INVALID_ARG_TYPE" });
    expect(placeOf(error)).toMatch(/^ \(at test/);
  });
});

describe("a server with a mistake", () => {
  const ends: (() => void)[] = [];
  afterEach(() => {
    for (const end of ends.splice(0)) end();
  });

  function start(where: string, flags: string[] = []) {
    const program = compiled("test/fixtures/failing_server.ts");
    const env = { ...process.env, FAILS_IN: where };
    const child = spawn(process.execPath, [program, "--port", "0", ...flags], { env });
    ends.push(() => child.kill("SIGKILL"));
    return child;
  }

  const mistake =
    /Cannot read properties of undefined \(reading 'x'\) \(at test\/fixtures\/failing_server\.js:\d+\)/;

  it.each([
    ["handler", []],
    ["handler", ["--threads"]],
    ["left", []],
  ])("in its %s, clients with %j, names the line in its log", async (where, flags) => {
    const { stdout } = start(where, flags);
    for await (const line of createInterface(stdout)) {
      const [, port] = /^listening on .*:(\d+)$/.exec(line) ?? [];
      if (port !== undefined) {
        const peer = connect(Number(port), "127.0.0.1").on("error", () => {});
        ends.push(() => peer.destroy());
        peer.write("x");
      }
      if (line.includes("threw")) {
        expect(line).toMatch(mistake);
        return;
      }
    }
    throw new Error("the server ended");
  });

  it("in its begin() does not begin, and names the line", async () => {
    const child = start("begin");
    const [[code], out, err] = await Promise.all([
      once(child, "close"),
      text(child.stdout),
      text(child.stderr),
    ]);
    expect({ code, out, err }).toEqual({ code: 1, out: "", err: expect.stringMatching(mistake) });
  });
});

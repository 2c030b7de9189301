import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, connect, createServer } from "node:net";
import { text } from "node:stream/consumers";
import { describe, expect, it } from "vitest";
import { ConnectionError } from "../../src/connection.ts";
import { explain } from "../../src/program.ts";
import compile, { compiled } from "../compiled.ts";

await compile();

/** An error as the operating system's look in Node. */
const systemError = (code: string, details: object = {}) =>
  Object.assign(new Error(`${code}: as Node says it`), { code, ...details });

/** What Deno throws. */
class NotCapable extends Error {
  override readonly name = "NotCapable";
}

const thrown = async (promise: Promise<unknown>): Promise<unknown> => {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
};

describe("explain", () => {
  it("says that a port is in use, and what to do", async () => {
    const first = createServer().listen(0, "127.0.0.1");
    await once(first, "listening");
    const { port } = first.address() as AddressInfo;
    const error = await thrown(once(createServer().listen(port, "127.0.0.1"), "listening"));
    first.close();
    expect(explain(error)).toBe(
      `port ${port} is in use: another server is listening on 127.0.0.1:${port}. Stop it, or choose another port with --port.`,
    );
  });

  it("says that nobody listens, and what to do", async () => {
    const port = await closedPort();
    const error = await thrown(once(connect(port, "127.0.0.1"), "connect"));
    expect(explain(error)).toBe(
      `connection refused: no server is listening on 127.0.0.1:${port}. Start the server first, or check --host and --port.`,
    );
  });

  // Node then tries each address and throws all the errors in one.
  it("says so too where the name of the host stands for two addresses", async () => {
    const port = await closedPort();
    const lookup = (_host: string, _options: unknown, found: (error: null, addresses: object[]) => void) =>
      found(null, [
        { address: "127.0.0.1", family: 4 },
        { address: "::1", family: 6 },
      ]);
    const options = { host: "two.example", port, autoSelectFamily: true, lookup: lookup as never };
    const error = await thrown(once(connect(options), "connect"));
    expect(error).toBeInstanceOf(AggregateError);
    expect(explain(error)).toBe(
      `connection refused: no server is listening on 127.0.0.1:${port}. Start the server first, or check --host and --port.`,
    );
  });

  it("says that an address is not of this machine", async () => {
    // 192.0.2.0/24 belongs to nobody: RFC 5737 keeps it for documentation.
    const error = await thrown(once(createServer().listen(9009, "192.0.2.1"), "listening"));
    expect(explain(error)).toBe("192.0.2.1:9009 is not an address of this machine. Check --host.");
  });

  it.each([
    [
      systemError("EACCES", { syscall: "listen", address: "127.0.0.1", port: 80 }),
      "no permission to listen on 127.0.0.1:80: ports below 1024 belong to the administrator. Choose another with --port.",
    ],
    [systemError("ENOTFOUND", { hostname: "serveur" }), 'host "serveur" was not found. Check --host.'],
    [systemError("EAI_AGAIN", { hostname: "\x1b[2J" }), 'host "\\u001b[2J" was not found. Check --host.'],
    [
      systemError("ETIMEDOUT", { address: "192.0.2.1", port: 9 }),
      "192.0.2.1:9 cannot be reached. Check --host, and that the network is up.",
    ],
    [
      systemError("ENETUNREACH", { address: "192.0.2.1", port: 9 }),
      "192.0.2.1:9 cannot be reached. Check --host, and that the network is up.",
    ],
    ...["EACCES", "EADDRNOTAVAIL", "EINVAL"].map((code): [Error, string] => [
      systemError(code, { syscall: "connect", address: "192.0.2.1", port: 9 }),
      "192.0.2.1:9 cannot be reached. Check --host, and that the network is up.",
    ]),
    [
      systemError("EADDRNOTAVAIL", { syscall: "listen", address: "192.0.2.1", port: 9 }),
      "192.0.2.1:9 is not an address of this machine. Check --host.",
    ],
    // As Deno says it, with all its permissions and without, and as Bun does.
    [
      systemError("EINVAL", { syscall: "listen", address: "192.0.2.1", port: 9 }),
      "192.0.2.1:9 is not an address of this machine. Check --host.",
    ],
    [
      systemError("EPERM", { syscall: "getaddrinfo", hostname: "localhost" }),
      'Deno has no permission to look up the host "localhost". Run it again with the --allow-net flag.',
    ],
    [
      new NotCapable('Requires net access to "127.0.0.9:0", run again with the --allow-net flag'),
      'Deno has no permission: Requires net access to "127.0.0.9:0", run again with the --allow-net flag.',
    ],
    [new Error("Failed to listen at serveur"), 'host "serveur" was not found. Check --host.'],
    // The same codes, where they mean something else.
    [systemError("EPERM", { syscall: "listen" }), "EPERM: as Node says it"],
    [systemError("EINVAL", { syscall: "setsockopt" }), "EINVAL: as Node says it"],
    [
      systemError("ABORT_ERR"),
      "no connection within --timeout milliseconds. Check --host, and whether the network is up.",
    ],
    [
      systemError("EHOSTUNREACH"),
      "that address cannot be reached. Check --host, and that the network is up.",
    ],
    [
      new ConnectionError("CLOSED", "the peer closed the connection"),
      "connection lost: the peer closed the connection. The server's log says why, if the server is still there.",
    ],
    [
      new ConnectionError("DEADLINE", "timed out after 0 of 8 bytes"),
      "the server does not answer: timed out after 0 of 8 bytes. Is it this lesson's server? Use --timeout to wait longer.",
    ],
    [new Error("one line\n    and another"), "one line"],
    [new Error("\x1b[2J"), "\\u{1b}[2J"],
    [new Error(""), "Error"],
    ["a text", "a text"],
    [undefined, "undefined"],
    [null, "null"],
  ])("makes one line of %j", (error, line) => {
    expect(explain(error)).toBe(line);
  });

  it("names the line of a mistake in the program", () => {
    expect(explain(new TypeError("x is not a function"))).toMatch(
      /^x is not a function \(at test\/src\/program\.test\.ts:\d+\)$/,
    );
  });
});

async function closedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

/** Starts the fixture; `what` says what it does. */
function start(what: string) {
  const child = spawn(process.execPath, [compiled("test/fixtures/program.ts"), what]);
  const ended = Promise.all([once(child, "exit"), text(child.stdout), text(child.stderr)]).then(
    ([[code, signal], out, err]) => ({ code, signal, out, err }),
  );
  return { child, ended };
}

describe("a program", () => {
  it.concurrent("that exits ends with the code it says, after its log, and without a word of ours", async () => {
    expect(await start("exit").ended).toEqual({
      code: 3,
      signal: null,
      out: "it runs\nthe last line\n",
      err: "",
    });
  });

  it.concurrent("that throws ends with 1 and one line on standard error, after its log", async () => {
    expect(await start("throw").ended).toEqual({
      code: 1,
      signal: null,
      out: "it runs\n",
      err: "the answer is not 42\n",
    });
  });

  it.concurrent.each(["throw later", "reject"])("whose %s nobody catches ends the same way", async (what) => {
    expect(await start(what).ended).toEqual({ code: 1, signal: null, out: "it runs\n", err: "too late\n" });
  });
});

// Windows has no signals: a program there can be ended, but not told to stop.
describe.skipIf(process.platform === "win32")("a program that is told to stop", () => {
  it.concurrent.each(["SIGINT", "SIGTERM"] as const)("by %s stops and ends with 0", async (signal) => {
    const { child, ended } = start("wait");
    await once(child.stdout, "data");
    child.kill(signal);
    expect(await ended).toEqual({ code: 0, signal: null, out: "it runs\nstopping\n", err: "" });
  });

  it.concurrent("but fails to says why in one line and ends with 1", async () => {
    const { child, ended } = start("fail to stop");
    await once(child.stdout, "data");
    child.kill("SIGINT");
    expect(await ended).toEqual({
      code: 1,
      signal: null,
      out: expect.stringContaining("what would outlive it is ended\n"),
      err: "the door is stuck\n",
    });
  });

  it.concurrent("says nothing of what broke just before it was told", async () => {
    const { child, ended } = start("break just before it is stopped");
    await once(child.stdout, "data");
    child.kill("SIGUSR2");
    expect(await ended).toEqual({ code: 0, signal: null, out: "it runs\nstopping\n", err: "" });
  });

  it.concurrent("does not take for an error what breaks while it stops", async () => {
    const { child, ended } = start("break when stopped");
    await once(child.stdout, "data");
    child.kill("SIGINT");
    expect(await ended).toEqual({ code: 0, signal: null, out: "it runs\nstopping\n", err: "" });
  });
});

describe.skipIf(process.platform === "win32")("a program that takes its time to stop", () => {
  it.concurrent("ends when it has closed all, however long that takes, and though one Ctrl-C arrives twice", async () => {
    const { child, ended } = start("stop slowly");
    const out = "it runs\nstopping\nall closed\nthe last line\n";
    await once(child.stdout, "data");
    child.kill("SIGINT");
    expect(await ended).toEqual({ code: 0, signal: null, out, err: "" });
  });

  const out = "it runs\nstopping\nwhat would outlive it is ended\n";

  it.concurrent("and hangs ends at once, with 1, when it is told a second time", async () => {
    const { child, ended } = start("hang");
    await once(child.stdout, "data");
    // One Ctrl-C may arrive several times, so it is up to the program which one is the second.
    const pressing = setInterval(() => child.kill("SIGINT"), 50);
    const result = await ended;
    clearInterval(pressing);
    expect(result).toEqual({ code: 1, signal: null, out, err: "" });
  });

  it.concurrent("and hangs ends by itself when its terminal is gone and nobody can tell it again", async () => {
    const { child, ended } = start("hang");
    await once(child.stdout, "data");
    child.kill("SIGHUP");
    expect(await ended).toEqual({ code: 1, signal: null, out, err: "" });
  });
});

import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { PACKETS } from "../../lessons/1_simple_math_server/protocol.ts";
import { type Address, clientFlags, connectTo, openClient } from "../../src/client.ts";
import { deadlineIn } from "../../src/deadline.ts";
import { redirectLog } from "../../src/log.ts";

// Files of tests may share a process. Here the modules are loaded again, with what is mocked below.
vi.hoisted(() => vi.resetModules());
afterAll(() => vi.resetModules());

/** What the client under test asked for when it connected, and what it does when it is told to stop. */
const seen = vi.hoisted(() => ({
  sockets: [] as Socket[],
  options: {} as object,
  stop: undefined as (() => unknown) | undefined,
}));
vi.mock("node:net", async (importOriginal) => {
  const original = await importOriginal<typeof import("node:net")>();
  const connect = (options: import("node:net").NetConnectOpts) => {
    const socket = original.connect(options);
    seen.options = options;
    seen.sockets.push(socket);
    return socket;
  };
  return { ...original, connect };
});
vi.mock("../../src/program.ts", () => ({
  onStop: (stop: () => unknown) => {
    seen.stop = stop;
  },
}));

const lines: string[] = [];
redirectLog((line) => lines.push(line));

let server: Server;
let address: Address;

beforeEach(async () => {
  lines.length = 0;
  server = createServer({ allowHalfOpen: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  address = { host: "127.0.0.1", port: (server.address() as AddressInfo).port };
});
afterEach(() => {
  for (const socket of seen.sockets.splice(0)) socket.destroy();
  server.close();
});

/** The flags of lesson 1's client as nobody has changed them. */
const options = (more: object = {}) => ({ ...address, timeout: 10_000, bytes: false, times: false, ...more });

async function accepted(): Promise<Socket> {
  const [peer] = (await once(server, "connection")) as [Socket];
  return peer;
}

describe("clientFlags", () => {
  it("are the lesson's, and refuse what is no port and no time", () => {
    const flags = clientFlags(9001, 3000, "how long to wait");
    const defaults = Object.entries(flags).map(([name, flag]) => [name, flag.default]);
    expect(Object.fromEntries(defaults)).toEqual({
      host: "127.0.0.1",
      port: 9001,
      timeout: 3000,
      bytes: false,
      times: false,
    });
    expect(flags.timeout.help).toBe("how long to wait");
    expect(flags.host.parse("--host", "[::1]")).toBe("::1");
    expect([flags.port.parse("--port", "1"), flags.port.parse("--port", "65535")]).toEqual([1, 65535]);
    expect(() => flags.port.parse("--port", "0")).toThrow("from 1 to 65535");
    expect(() => flags.port.parse("--port", "65536")).toThrow("from 1 to 65535");
    expect(() => flags.timeout.parse("--timeout", "0")).toThrow("from 1 to");
  });
});

describe("connectTo", () => {
  it("connects, sends small packets at once, and shows every byte to its watcher", async () => {
    const peer = accepted();
    const shown: string[] = [];
    const watcher = { received: () => shown.push("received"), sent: () => shown.push("sent") };
    const { socket, connection } = await connectTo(address, 10_000, watcher);
    expect(socket.remotePort).toBe(address.port);
    expect(seen.options).toMatchObject({ noDelay: true });
    await connection.write(Uint8Array.of(1), deadlineIn(10_000));
    (await peer).pipe(await peer);
    await connection.read(1, deadlineIn(10_000));
    expect(shown).toEqual(["sent", "received"]);
  });

  it("leaves no socket behind that has not connected in time", async () => {
    // Its SYN goes to an address that belongs to nobody (RFC 5737). A machine that refuses that fails in another way.
    const error = await connectTo({ host: "192.0.2.1", port: 9 }, 1).catch((reason: unknown) => reason);
    expect((error as NodeJS.ErrnoException).code).toMatch(/^(ABORT_ERR|ECONNREFUSED|E\w+UNREACH)$/);
    expect(seen.sockets.map(({ destroyed }) => destroyed)).toEqual([true]);
  });
});

describe("openClient", () => {
  it.each([false, true])("shows its bytes: %s, as it is told", async (bytes) => {
    const peer = accepted();
    const { connection } = await openClient(options({ bytes }), PACKETS);
    await connection.write(Uint8Array.of(4, 0, 0), deadlineIn(10_000));
    await once(await peer, "data");
    expect(lines).toEqual(bytes ? [expect.stringMatching(/^→ 04 00 00 … +3 bytes of a request$/)] : []);
  });

  it("says goodbye and closes politely when it is told to stop", async () => {
    const peer = accepted();
    await openClient(options(), PACKETS);
    const ended = once((await peer).resume(), "end");
    const stopped = seen.stop?.();
    await ended;
    (await peer).end();
    await stopped;
    expect(lines).toEqual(["closing the connection"]);
    expect(seen.sockets[0]?.destroyed).toBe(true);
  });

  it("says goodbye and ends at once when it has not connected yet", async () => {
    const opening = openClient(options(), PACKETS);
    await seen.stop?.();
    expect(lines).toEqual(["closing the connection"]);
    await opening;
  });
});

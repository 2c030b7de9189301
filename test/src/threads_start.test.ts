import { EventEmitter } from "node:events";
import type { Socket } from "node:net";
import { Duplex } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { afterAll, afterEach, beforeEach, expect, it, vi } from "vitest";
import { deadlineIn } from "../../src/deadline.ts";
import type { ClientThread } from "../../src/threads.ts";

// Other files may share this process: they get modules of their own.
afterAll(() => {
  vi.unstubAllEnvs();
  vi.resetModules();
});

// Each side of a client's thread, with another side that does as the test says.

/** A worker thread that exists only in the test. */
interface FakeWorker extends EventEmitter {
  /** What the main thread has told it. */
  readonly told: { type: string }[];
  /** The module that it runs, or its program. */
  readonly runs: URL | string;
  /** Has `terminate` resolve. */
  end(): void;
}

const system = vi.hoisted(() => ({
  hasThreads: true,
  workers: [] as FakeWorker[],
  /** The way to the main thread, in a test that plays it. */
  parentPort: null as EventEmitter | null,
}));

vi.mock("node:worker_threads", async (importOriginal) => {
  const events = await import("node:events");
  class FakeWorker extends events.EventEmitter {
    readonly told: { type: string }[] = [];
    end = () => {};
    readonly #ended = new Promise<void>((resolve) => {
      this.end = resolve;
    });
    readonly runs: URL | string;
    constructor(runs: URL | string) {
      super();
      this.runs = runs;
      if (!system.hasThreads) throw new Error("EAGAIN");
      system.workers.push(this);
    }
    postMessage(message: { type: string }): void {
      this.told.push(message);
    }
    terminate(): Promise<void> {
      return this.#ended;
    }
  }
  const original = await importOriginal<object>();
  return {
    ...original,
    Worker: FakeWorker,
    workerData: ["hello"],
    get parentPort() {
      return system.parentPort;
    },
  };
});

vi.mock("node:timers", async (importOriginal) => ({
  ...(await importOriginal<object>()),
  setTimeout: (...args: Parameters<typeof setTimeout>) => setTimeout(...args),
  clearTimeout: (...args: Parameters<typeof clearTimeout>) => clearTimeout(...args),
}));

let startThread: (socket: Socket, module?: string) => Promise<ClientThread>;
let runThread: typeof import("../../src/threads.ts").runThread;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  vi.resetModules();
  const threads = await import("../../src/threads.ts");
  runThread = threads.runThread;
  startThread = (socket, module = import.meta.url) => threads.startThread(socket, module, []);
  system.parentPort = null;
  system.hasThreads = true;
  system.workers.length = 0;
});
afterEach(() => {
  vi.useRealTimers();
});

/** A client's socket, and what the client has not taken yet. */
function newSocket() {
  const untaken: (() => void)[] = [];
  const socket = new Duplex({
    read() {},
    write: (_chunk, _encoding, done) => untaken.push(done),
    final: (done) => done(),
  });
  return { socket: socket as Socket, untaken };
}

/** A thread that has started, and its client's socket. */
async function newThread() {
  const { socket, untaken } = newSocket();
  const thread = await startThread(socket);
  const worker = system.workers.at(-1) as FakeWorker;
  worker.emit("message", { type: "started" });
  return { ...thread, worker, socket, untaken };
}

/** The state of a promise: what it resolved with, or undefined while it has not. */
async function settled(promise: Promise<string>): Promise<string | undefined> {
  return Promise.race([promise, turn(undefined)]);
}

it("loads tsx in a thread for a TypeScript module on a Node that needs it, and never for JavaScript", async () => {
  await startThread(newSocket().socket, "file:///lesson/server.js");
  await startThread(newSocket().socket, "file:///lesson/server.ts");
  const takesTypesOut = Boolean((process.features as { typescript?: unknown }).typescript);
  expect(system.workers.map(({ runs }) => String(runs))).toEqual([
    "file:///lesson/server.js",
    takesTypesOut
      ? "file:///lesson/server.ts"
      : expect.stringMatching(/^require\(".*tsx.*"\); require\(".*lesson.*server\.ts"\);$/),
  ]);
});

it("starts no thread for a client that has gone while it waited for its turn", async () => {
  for (let client = 0; client < 10; client++) {
    const thread = await startThread(newSocket().socket.destroy());
    expect(thread.name).toBe("no thread");
    expect(await thread.left).toBe("the connection was lost before its thread had started");
  }
});

// Ten of them, as each must also pass on its turn to start.
it("tells each client why, where the system gives no thread, and throws nothing", async () => {
  system.hasThreads = false;
  for (let client = 0; client < 10; client++) {
    const thread = await startThread(newSocket().socket);
    expect(thread.name).toBe("no thread");
    expect(await thread.left).toBe("no thread could be started: EAGAIN");
  }
});

it("starts four threads at once, and the next when one of them has started or never will", async () => {
  const { workers } = system;
  const sockets = Array.from({ length: 10 }, () => newSocket().socket);
  const threads = sockets.map((socket) => startThread(socket));
  const left = async (client: number) => settled((await threads[client])?.left ?? Promise.resolve(""));
  await turn();
  expect(workers).toHaveLength(4);

  workers[0]?.emit("message", { type: "started" });
  await turn();
  expect(workers).toHaveLength(5);
  // It has passed on its turn, and has no other.
  workers[0]?.emit("exit", 0);
  workers[0]?.end();
  expect(await left(0)).toBe("its thread ended");
  expect(workers).toHaveLength(5);

  workers[1]?.emit("error", new Error("out of memory\nat line 1"));
  workers[1]?.end();
  expect(await left(1)).toMatch(
    /^its thread crashed: out of memory \(at test\/src\/threads_start\.test\.ts:\d+\)$/,
  );
  expect(workers).toHaveLength(6);

  workers[2]?.end();
  sockets[2]?.destroy();
  await turn();
  expect(await left(2)).toBe("the connection was lost before its thread had started");
  expect(workers).toHaveLength(7);

  // The seventh has its thread. The eighth is reset while it waits, so it is the ninth's turn.
  sockets[7]?.destroy(new Error("ECONNRESET"));
  await turn();
  workers[3]?.emit("message", { type: "started" });
  await turn();
  expect(await left(7)).toBe("the connection was lost before its thread had started");
  expect(workers).toHaveLength(8);

  // Of the others none starts in time.
  for (const worker of workers) worker.end();
  vi.advanceTimersByTime(10_000);
  await turn();
  expect(await left(4)).toBe("its thread did not start in time");
  expect(await left(3)).toBeUndefined();
  expect(workers).toHaveLength(9);
});

it("says that a client has left once its thread has ended, and does not wait for one that hangs", async () => {
  const [good, bad] = [await newThread(), await newThread()];
  for (const { worker } of [good, bad]) worker.emit("message", { type: "left", reason: "it was done" });
  expect(await settled(good.left)).toBeUndefined();
  good.worker.end();
  expect(await settled(good.left)).toBe("it was done");
  expect(await settled(bad.left)).toBeUndefined();
  vi.advanceTimersByTime(1000);
  expect(await settled(bad.left)).toBe("it was done");
});

it("asks the thread for one more chunk each time that there is room for it", async () => {
  const { worker, untaken } = await newThread();
  const answer = async () => {
    worker.emit("message", { type: "bytes", bytes: new Uint8Array(1_000_000) });
    await turn();
  };
  const asked = () => worker.told.filter(({ type }) => type === "taken").length;
  await turn();
  expect(asked()).toBe(0);
  await answer();
  expect(asked()).toBe(1);
  // The client has not taken the first one: nobody reads the second.
  await answer();
  expect(asked()).toBe(1);
  untaken.shift()?.();
  await turn();
  expect(asked()).toBe(2);
});

it("gives the thread one chunk at a time, and the next when that is taken", async () => {
  const { worker, socket } = await newThread();
  const given = () => worker.told.filter(({ type }) => type === "bytes").length;
  const take = async () => {
    worker.emit("message", { type: "taken" });
    await turn();
  };
  socket.push("a");
  await turn();
  socket.push("b");
  await turn();
  expect(given()).toBe(1);
  await take();
  expect(given()).toBe(2);
  await take();
  // Nothing is under way: it means nothing.
  await take();
  socket.push("c");
  await turn();
  expect(given()).toBe(3);
});

it("tells the thread to read no more", async () => {
  const { worker, stopReading } = await newThread();
  stopReading("the server is stopping");
  expect(worker.told).toEqual([{ type: "stopReading", reason: "the server is stopping" }]);
});

/** A main thread that exists only in the test, and what it has been told. */
function newMainThread() {
  const told: object[] = [];
  const postMessage = (message: object) => told.push(message);
  system.parentPort = Object.assign(new EventEmitter(), { postMessage });
  return { told, tell: (message: object) => system.parentPort?.emit("message", message) };
}

it("tells the main thread that it has started, what it logs, that it has taken the end, and why it ends", async () => {
  const { told, tell } = newMainThread();
  const { log, logPacket } = await import("../../src/log.ts");
  runThread(async (connection, greeting: string) => {
    log(greeting, "green");
    for (let i = 0; i < 102; i++) logPacket(() => "packet");
    await connection.read(1, deadlineIn(10_000));
    return "it cannot be";
  });
  tell({ type: "end" });
  await turn();
  expect(told).toEqual([
    { type: "started" },
    { type: "log", line: "hello", colour: "green" },
    ...Array(100).fill({ type: "logPacket", line: "packet" }),
    { type: "taken" },
    { type: "logPacket", line: "… and 2 more in this second" },
    { type: "left", reason: "its handler threw: the peer closed the connection" },
  ]);
});

it("reads no more when the main thread says so", async () => {
  const { told, tell } = newMainThread();
  runThread(async (connection) => String(await connection.read(1, deadlineIn(10_000))));
  tell({ type: "stopReading", reason: "the server is stopping" });
  await turn();
  expect(told.at(-1)).toEqual({ type: "left", reason: "its handler threw: the server is stopping" });
});

it("runs no handler in the main thread", () => {
  expect(() => runThread(async () => "it cannot be")).toThrow("runThread is for worker threads");
});

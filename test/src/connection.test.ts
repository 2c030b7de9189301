import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { Duplex } from "node:stream";
import { setTimeout as sleep, setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { Connection, ConnectionError, READ_LIMIT, WRITE_LIMIT } from "../../src/connection.ts";
import { deadlineIn, LONGEST_TIMER } from "../../src/deadline.ts";

// Files of tests may share a process. Here the modules are loaded again, with what is mocked below.
vi.hoisted(() => vi.resetModules());
afterAll(() => vi.resetModules());

// Every timer that a Connection sets is seen here, so that a test can tell that none is left.
const runningTimers = vi.hoisted(() => new Set<unknown>());
vi.mock("node:timers", async (importOriginal) => {
  const timers = await importOriginal<typeof import("node:timers")>();
  return {
    ...timers,
    setTimeout: (callback: (...args: unknown[]) => void, delay: number, ...args: unknown[]) => {
      const timer = timers.setTimeout(() => {
        runningTimers.delete(timer);
        callback(...args);
      }, delay);
      runningTimers.add(timer);
      return timer;
    },
    clearTimeout: (timer: NodeJS.Timeout | undefined) => {
      runningTimers.delete(timer);
      timers.clearTimeout(timer);
    },
  };
});

/** A deadline that passes only where a test hangs; the machine may be busy. */
const ample = () => deadlineIn(10_000);
/** A deadline that is meant to pass. */
const soon = () => deadlineIn(30);

const bytes = (...values: number[]) => new Uint8Array(values);
const counting = (count: number) => Uint8Array.from({ length: count }, (_, i) => i & 255);

let server: Server;
const open: Socket[] = [];

beforeAll(async () => {
  server = createServer({ allowHalfOpen: true, noDelay: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
});
afterEach(() => {
  for (const socket of open.splice(0)) socket.destroy();
});
afterAll(() => {
  server.close();
});

/** A connection over a real socket, and the bare socket at its other end. */
async function pair() {
  const { port } = server.address() as AddressInfo;
  const peer = connect({ host: "127.0.0.1", port, noDelay: true, allowHalfOpen: true });
  const [socket] = (await once(server, "connection")) as [Socket];
  open.push(peer, socket);
  return { connection: new Connection(socket), socket, peer };
}

/** A connection over a stream in memory: what comes is pushed by the test, what goes is in `written`. */
function inMemory() {
  const written: Uint8Array[] = [];
  const stream = new Duplex({
    read() {},
    write(chunk, _encoding, done) {
      written.push(new Uint8Array(chunk));
      done();
    },
  });
  return { connection: new Connection(stream), stream, written };
}

/** All that a socket receives until the other side ends. */
async function collect(socket: Socket): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of socket) chunks.push(chunk);
  return new Uint8Array(Buffer.concat(chunks));
}

/** More than the buffers of two sockets hold: a peer that does not read must have stopped us by then. */
const TOO_MUCH = 64 * 1024 * 1024;

/** Writes until the peer, which does not read, has stopped us; returns how many bytes that took. */
async function fill({ connection, socket }: { connection: Connection; socket: Socket }): Promise<number> {
  for (let size = WRITE_LIMIT; size < TOO_MUCH; size += WRITE_LIMIT) {
    const waiting = connection.write(new Uint8Array(WRITE_LIMIT), ample());
    // Where the peer's machine takes the bytes, a "drain" comes within a few turns of the event loop.
    for (let turns = 0; waiting && socket.writableNeedDrain && turns < 20; turns++) await turn();
    if (socket.writableNeedDrain) return size;
  }
  throw new Error(`${TOO_MUCH} bytes were written to a peer that does not read`);
}

/** The ConnectionError that a call throws; any other error is passed on. */
async function failure(call: () => unknown): Promise<{ code: string; message: string }> {
  try {
    await call();
  } catch (error) {
    if (error instanceof ConnectionError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("reading", () => {
  it("gives exactly the bytes asked for, however the stream was cut", async () => {
    const message = counting(11);
    for (let cuts = 0; cuts < 2 ** 10; cuts++) {
      const { connection, stream } = inMemory();
      const reads = [connection.read(4, ample())];
      for (let from = 0, to = 1; to <= 11; to++) {
        if (to < 11 && !((cuts >> (to - 1)) & 1)) continue;
        stream.push(message.subarray(from, to));
        from = to;
      }
      await reads[0];
      for (const count of [1, 4, 2]) reads.push(await connection.read(count, ample()));
      expect(Buffer.concat(await Promise.all(reads)), `cuts ${cuts.toString(2)}`).toEqual(
        Buffer.from(message),
      );
      connection.destroy();
    }
  });

  it("puts a packet together that comes byte by byte over a socket", async () => {
    const { connection, socket, peer } = await pair();
    const reading = connection.read(8, ample());
    for (const byte of counting(8)) {
      peer.write(bytes(byte));
      await once(socket, "data");
    }
    expect(await reading).toEqual(counting(8));
  });

  it("leaves what was not asked for to the next read", async () => {
    const { connection, peer } = await pair();
    peer.write(counting(10));
    expect(await connection.read(3, ample())).toEqual(bytes(0, 1, 2));
    expect(await connection.read(7, ample())).toEqual(bytes(3, 4, 5, 6, 7, 8, 9));
  });

  it("returns bytes that are there at once, without a promise", async () => {
    const { connection, stream } = inMemory();
    stream.push(counting(8));
    await connection.waitForBytes(ample());
    expect(connection.peek(4, ample())).toEqual(bytes(0, 1, 2, 3));
    expect(connection.read(8, ample())).toEqual(counting(8));
  });

  it("gives bytes that stay as they are when others follow", async () => {
    const { connection, stream } = inMemory();
    stream.push(counting(3));
    const peeked = await connection.peek(2, ample());
    const first = await connection.read(2, ample());
    const waiting = connection.read(4, ample());
    for (let i = 0; i < 3; i++) stream.push(bytes(200 + i));
    expect(await waiting).toEqual(bytes(2, 200, 201, 202));
    expect([first, peeked]).toEqual([bytes(0, 1), bytes(0, 1)]);
  });

  it("looks ahead with peek and leaves the bytes there", async () => {
    const { connection, peer } = await pair();
    const peeking = connection.peek(4, ample());
    peer.write(counting(2));
    peer.write(counting(6).subarray(2));
    expect(await peeking).toEqual(bytes(0, 1, 2, 3));
    expect(await connection.peek(6, ample())).toEqual(counting(6));
    expect(await connection.read(6, ample())).toEqual(counting(6));
  });

  it("gives no bytes where none are asked for", async () => {
    const { connection } = inMemory();
    expect(await connection.read(0, ample())).toHaveLength(0);
  });

  it("reads up to READ_LIMIT bytes", async () => {
    const { connection, peer } = await pair();
    const big = counting(READ_LIMIT);
    peer.write(big);
    expect(Buffer.compare(await connection.read(READ_LIMIT, ample()), big)).toBe(0);
  });

  // A length that came from the network and was not checked: it must not depend on luck whether it is noticed.
  it.each([READ_LIMIT + 1, -1, 1.5, Number.NaN])("refuses to read %d bytes, there or not", async (count) => {
    const { connection, stream } = inMemory();
    const refusal = `cannot read ${count} bytes: a count is a whole number from 0 to ${READ_LIMIT}`;
    for (const size of [0, 100_000]) {
      if (size > 0) stream.push(counting(size));
      if (size > 0) await connection.waitForBytes(ample());
      await expect(async () => connection.read(count, ample())).rejects.toThrow(new RangeError(refusal));
      await expect(async () => connection.peek(count, ample())).rejects.toThrow(new RangeError(refusal));
    }
    expect(await connection.read(2, ample())).toEqual(bytes(0, 1));
    connection.destroy();
  });

  it.each([16, 16 * 1024])(
    "stops reading from a stream of %d bytes a chunk while nobody asks for them",
    async (size) => {
      let produced = 0;
      const endless = new Duplex({
        read() {
          produced += size;
          if (produced < TOO_MUCH) this.push(new Uint8Array(size));
        },
        write: (_chunk, _encoding, done) => done(),
      });
      const connection = new Connection(endless);
      await connection.read(1, ample());
      for (let i = 0; i < 50; i++) await turn();
      expect(produced).toBeLessThanOrEqual(128 * 1024);
      connection.destroy();
    },
  );

  // The flood begins with a small chunk or a large one: after a large one the connection pauses anyway.
  it.each([1, 1024 * 1024])(
    "leaves a flood that begins with %d bytes to the operating system, and loses none of it",
    async (first) => {
      const { connection, socket, peer } = await pair();
      const size = 32 * 1024 * 1024;
      peer.write(new Uint8Array(first).fill(7));
      await connection.read(1, ample());
      // The handler is busy with that byte now, and does not read.
      peer.write(new Uint8Array(size - first).fill(7));
      for (let turns = 0; turns < 200; turns++) await turn();
      expect(socket.bytesRead).toBeLessThan(1024 * 1024);
      peer.end();

      let count = 1;
      for (; count + READ_LIMIT <= size; count += READ_LIMIT) await connection.read(READ_LIMIT, ample());
      await connection.read(size - count, ample());
      expect((await failure(() => connection.read(1, ample()))).code).toBe("CLOSED");
    },
  );

  it("refuses a second wait while one is there, and the first still gets its bytes", async () => {
    const { connection, peer } = await pair();
    const first = connection.read(2, ample());
    await expect(async () => connection.read(1, ample())).rejects.toThrow(
      "two reads wait at once on one connection: await the first before the second",
    );
    await expect(connection.waitForBytes(ample())).rejects.toThrow("two reads wait");
    peer.write(counting(2));
    expect(await first).toEqual(counting(2));
  });
});

describe("fairness", () => {
  it("gives the others a turn after each large chunk, though the next ones have already arrived", async () => {
    const { connection, socket, peer } = await pair();
    const size = 512 * 1024;
    peer.write(new Uint8Array(8 * size));
    // Nobody reads yet. As many bytes as the operating system holds have arrived.
    for (let turns = 0; turns < 50; turns++) await turn();
    let turns = 0;
    let reading = true;
    const others = (async () => {
      for (; reading; turns++) await turn();
    })();
    for (let read = 0; read < size; read += 1024) await connection.read(1024, ample());
    reading = false;
    await others;
    // A chunk is at most 64 KiB. The stream takes one more before it knows that it should pause.
    expect(turns).toBeGreaterThanOrEqual(size / (2 * 64 * 1024));
    expect(socket.destroyed).toBe(false);
  });

  it("gives the others a turn after each large chunk, however much a peer sends", async () => {
    const chunk = new Uint8Array(64 * 1024);
    const flood = new Duplex({
      read() {
        this.push(chunk);
      },
    });
    const connection = new Connection(flood);
    let turns = 0;
    let reading = true;
    const others = (async () => {
      for (; reading; turns++) await turn();
    })();
    for (let chunks = 0; chunks < 128; chunks++) {
      for (let read = 0; read < chunk.length; read += 64) await connection.read(64, ample());
    }
    reading = false;
    await others;
    connection.destroy();
    // Not a turn for each: the stream takes a few chunks more before it knows that it should pause.
    expect(turns).toBeGreaterThanOrEqual(16);
  });
});

describe("an error says what happened", () => {
  it("CLOSED where the peer closed between two packets", async () => {
    const { connection, peer } = await pair();
    peer.end(counting(8));
    await connection.read(8, ample());
    expect(await failure(() => connection.read(8, ample()))).toEqual({
      code: "CLOSED",
      message: "the peer closed the connection",
    });
  });

  it("TRUNCATED where the peer closed in the middle of a packet", async () => {
    const { connection, peer } = await pair();
    const reading = failure(() => connection.read(8, ample()));
    peer.end(counting(3));
    expect(await reading).toEqual({
      code: "TRUNCATED",
      message: "the peer closed in the middle of a packet, after 3 of 8 bytes",
    });
    // What did come can still be read, and then the peer has closed.
    expect(await connection.read(3, ample())).toEqual(counting(3));
    expect((await failure(() => connection.read(1, ample()))).code).toBe("CLOSED");
  });

  it("DEADLINE where the bytes did not arrive in time, and those that came are kept", async () => {
    const { connection, peer } = await pair();
    peer.write(counting(3));
    await connection.waitForBytes(ample());
    expect(await failure(() => connection.read(8, soon()))).toEqual({
      code: "DEADLINE",
      message: "timed out after 3 of 8 bytes",
    });
    expect((await failure(() => connection.peek(8, soon()))).code).toBe("DEADLINE");
    peer.write(counting(8).subarray(3));
    expect(await connection.read(8, ample())).toEqual(counting(8));
  });

  // As on the lessons' clients: Node closes such a socket whole when the peer closes its half.
  it.each([
    [3, "TRUNCATED", "the peer closed in the middle of a packet, after 3 of 8 bytes"],
    [0, "CLOSED", "the peer closed the connection"],
  ])(
    "and says so too when a socket that cannot be half-closed has closed by then, with %d bytes unread",
    async (unread, code, message) => {
      const { port } = server.address() as AddressInfo;
      const socket = connect({ host: "127.0.0.1", port });
      const [peer] = (await once(server, "connection")) as [Socket];
      open.push(socket, peer);
      const connection = new Connection(socket);
      const closed = once(socket, "close");
      const reading = connection.read(4, ample());
      peer.end(counting(4 + unread));
      await reading;
      await closed;
      expect(await failure(() => connection.read(8, ample()))).toEqual({ code, message });
      expect((await failure(() => connection.write(bytes(1), ample()))).code).toBe("CLOSED");
    },
  );

  it("RESET where the connection broke", async () => {
    const { connection, peer } = await pair();
    const reading = failure(() => connection.read(8, ample()));
    peer.resetAndDestroy();
    expect(await reading).toEqual({ code: "RESET", message: "the connection was lost (ECONNRESET)" });
    expect((await failure(() => connection.write(bytes(1), ample()))).code).toBe("RESET");
    expect((await failure(() => connection.waitForBytes(ample()))).code).toBe("RESET");
  });

  it("RESET with the message of an error that has no code", async () => {
    const { connection, stream } = inMemory();
    const reading = failure(() => connection.read(8, ample()));
    stream.destroy(new Error("the cable melted"));
    expect(await reading).toEqual({ code: "RESET", message: "the connection was lost (the cable melted)" });
  });

  it("only after the bytes that came before a reset were read", async () => {
    const { connection, socket, peer } = await pair();
    peer.write(counting(8));
    await connection.waitForBytes(ample());
    peer.resetAndDestroy();
    await new Promise((resolve) => socket.once("close", resolve));
    expect(await connection.read(6, ample())).toEqual(counting(6));
    expect(await connection.read(2, ample())).toEqual(bytes(6, 7));
    expect((await failure(() => connection.read(1, ample()))).code).toBe("RESET");
  });
});

describe("deadlines", () => {
  it("are not put off by a peer that drips", async () => {
    const { connection, peer } = await pair();
    const drip = setInterval(() => peer.write(bytes(1)), 5);
    const error = await failure(() => connection.read(READ_LIMIT, deadlineIn(100)));
    clearInterval(drip);
    expect(error.code).toBe("DEADLINE");
  });

  it("can be shared by several reads", async () => {
    const { connection, peer } = await pair();
    const deadline = soon();
    peer.write(counting(4));
    await sleep(40);
    // The deadline has passed, and what came before it is still given.
    expect(await connection.read(4, deadline)).toEqual(counting(4));
    expect((await failure(() => connection.read(1, deadline))).code).toBe("DEADLINE");
  });

  it("leave a later wait alone", async () => {
    const { connection, peer } = await pair();
    const early = soon();
    peer.write(bytes(1));
    await connection.read(1, early);
    const reading = connection.read(1, ample());
    await sleep(early - performance.now() + 10);
    peer.write(bytes(2));
    expect(await reading).toEqual(bytes(2));
  });

  it("may be earlier than that of the wait before", async () => {
    const { connection, peer } = await pair();
    peer.write(bytes(1));
    await connection.read(1, ample());
    expect((await failure(() => connection.read(1, soon()))).code).toBe("DEADLINE");
  });

  it("may be Infinity, which takes no timer", async () => {
    const { connection, peer } = await pair();
    const before = runningTimers.size;
    const reading = connection.read(1, deadlineIn(Number.POSITIVE_INFINITY));
    expect(runningTimers.size).toBe(before);
    peer.write(bytes(1));
    expect(await reading).toEqual(bytes(1));
  });

  it("may lie further ahead than a timer of the runtime can wait", async () => {
    const { connection, peer } = await pair();
    const warning = vi.fn();
    process.on("warning", warning);
    const reading = connection.read(1, deadlineIn(LONGEST_TIMER * 10));
    // A runtime waits one millisecond instead of what is too long for it.
    await sleep(20);
    peer.write(bytes(1));
    expect(await reading).toEqual(bytes(1));
    process.off("warning", warning);
    expect(warning).not.toHaveBeenCalled();
  });

  it("count bytes that came in time while the process was busy", async () => {
    const { connection, peer } = await pair();
    const deadline = soon();
    const reading = connection.read(8, deadline);
    peer.write(counting(8));
    while (performance.now() < deadline + 10);
    expect(await reading).toEqual(counting(8));
  });
});

describe("waitForBytes", () => {
  it("is true once a byte is there, and reads nothing", async () => {
    const { connection, peer } = await pair();
    const waiting = connection.waitForBytes(ample());
    peer.write(counting(2));
    expect(await waiting).toBe(true);
    expect(await connection.waitForBytes(ample())).toBe(true);
    expect(await connection.read(2, ample())).toEqual(counting(2));
  });

  it("is false when the deadline passes in silence", async () => {
    const { connection, peer } = await pair();
    expect(await connection.waitForBytes(soon())).toBe(false);
    peer.write(bytes(1));
    expect(await connection.waitForBytes(ample())).toBe(true);
  });

  it("is true where the peer said something and left", async () => {
    const { connection, stream } = inMemory();
    const waiting = connection.waitForBytes(ample());
    stream.push(bytes(1));
    stream.push(null);
    expect(await waiting).toBe(true);
  });

  it("throws when the peer leaves", async () => {
    const { connection, peer } = await pair();
    const waiting = failure(() => connection.waitForBytes(ample()));
    peer.end();
    expect((await waiting).code).toBe("CLOSED");
  });
});

describe("stopReading", () => {
  it("ends the read that waits and every later one, even where the bytes are there", async () => {
    const { connection, peer } = await pair();
    const reading = failure(() => connection.read(2, ample()));
    connection.stopReading("the server is stopping");
    const stopped = { code: "STOPPED", message: "the server is stopping" };
    expect(await reading).toEqual(stopped);
    peer.write(counting(8));
    for (let turns = 0; turns < 20; turns++) await turn();
    expect(await failure(() => connection.read(1, ample()))).toEqual(stopped);
    expect(await failure(() => connection.peek(1, ample()))).toEqual(stopped);
    expect(await failure(() => connection.waitForBytes(ample()))).toEqual(stopped);
  });

  it("leaves writes alone: what was answered is sent", async () => {
    const { connection, peer } = await pair();
    const received = collect(peer);
    connection.stopReading("the server is stopping");
    await connection.write(counting(8), ample());
    await connection.close();
    expect(await received).toEqual(counting(8));
  });
});

describe("writing", () => {
  it("sends what is written together in one piece", async () => {
    const { connection, written } = inMemory();
    const writes = Array.from(counting(16), (i) => connection.write(bytes(i), ample()));
    expect(written).toEqual([]);
    await Promise.all(writes);
    await turn();
    expect(written).toEqual([counting(16)]);
  });

  it("sends all answers to a chunk of requests in one piece, though each is awaited", async () => {
    const { connection, stream, written } = inMemory();
    const handler = async () => {
      for (;;) await connection.write(await connection.read(2, ample()), ample());
    };
    const handling = failure(handler);
    for (let i = 0; i < 3; i++) {
      stream.push(counting(100));
      await turn(); // the handler reads and writes
      await turn(); // what it wrote is sent
    }
    expect(written).toEqual([counting(100), counting(100), counting(100)]);
    connection.destroy();
    await handling;
  });

  it("shows a watcher what leaves, and not what is lost when the connection is destroyed", async () => {
    const { connection } = inMemory();
    const sent: Uint8Array[] = [];
    connection.watch({ received: () => {}, sent: (chunk) => sent.push(new Uint8Array(chunk)) });
    await connection.write(bytes(1, 2), ample());
    await connection.write(bytes(3), ample());
    await turn();
    await connection.write(bytes(4), ample());
    connection.destroy();
    await turn();
    expect(sent).toEqual([bytes(1, 2, 3)]);
  });

  it("copies the bytes, so that the array can be used again", async () => {
    const { connection, peer } = await pair();
    const array = bytes(1, 2, 3);
    await connection.write(array, ample());
    array.fill(9);
    await connection.write(array, ample());
    const received = collect(peer);
    const closed = connection.close();
    peer.end();
    expect(await received).toEqual(bytes(1, 2, 3, 9, 9, 9));
    await closed;
  });

  it("does not let small writes pile up without a bound until the handler waits", async () => {
    const { connection, written } = inMemory();
    const writes = Array.from({ length: 200 }, () => connection.write(new Uint8Array(1024), ample()));
    const sent = written.reduce((sum, chunk) => sum + chunk.length, 0);
    expect(sent).toBeGreaterThan(100 * 1024);
    connection.destroy();
    await Promise.all(writes);
  });

  it("waits while the peer does not read, and ends with DEADLINE", async () => {
    const { connection, socket } = await pair();
    const piece = new Uint8Array(READ_LIMIT);
    let written = 0;
    const error = await failure(async () => {
      for (; ; written += piece.length) await connection.write(piece, deadlineIn(100));
    });
    expect(error).toEqual({
      code: "DEADLINE",
      message: "timed out: the peer does not read",
    });
    expect(socket.writableLength).toBeLessThanOrEqual(4 * READ_LIMIT);
    expect(written).toBeGreaterThan(0);
  });

  it("goes on when the peer reads again", async () => {
    const { connection, socket, peer } = await pair();
    const size = await fill({ connection, socket });
    const received = collect(peer);
    await connection.write(bytes(1), ample());
    peer.end();
    await connection.close();
    expect((await received).length).toBe(size + 1);
  });

  it("sends what was written while there was no room as soon as there is", async () => {
    const { connection, socket, peer } = await pair();
    const size = await fill({ connection, socket });
    const waiting = connection.write(counting(100), ample());
    let received = 0;
    const all = new Promise<void>((resolve) => {
      peer.on("data", (chunk: Buffer) => {
        received += chunk.length;
        if (received === size + 100) resolve();
      });
    });
    await Promise.all([waiting, all]);
    connection.destroy();
  });

  it("takes WRITE_LIMIT bytes while there is no room, and not one more", async () => {
    const { connection, socket } = await pair();
    await fill({ connection, socket });
    const writes = [
      connection.write(new Uint8Array(WRITE_LIMIT - 1), ample()),
      connection.write(bytes(1), ample()),
    ];
    expect(() => connection.write(bytes(1), ample())).toThrow("await each write");
    connection.destroy();
    for (const write of writes) expect((await failure(() => write)).code).toBe("CLOSED");
  });

  it.each([
    ["the first", soon, ample],
    ["the second", ample, soon],
  ])("ends with DEADLINE when two writes wait and the time of %s is up", async (_, one, other) => {
    const { connection, socket } = await pair();
    await fill({ connection, socket });
    const writes = [connection.write(bytes(1), one()), connection.write(bytes(2), other())];
    const timedOut = { code: "DEADLINE", message: "timed out: the peer does not read" };
    for (const write of writes) expect(await failure(() => write)).toEqual(timedOut);
  });

  it("that has waited for room succeeds, though what was written after it fills the room again", async () => {
    const done: (() => void)[] = [];
    const slow = new Duplex({
      read() {},
      write: (_chunk, _encoding, taken) => done.push(taken),
      writableHighWaterMark: 100,
    });
    const connection = new Connection(slow);
    await connection.write(new Uint8Array(100), ample());
    await turn();
    const first = connection.write(new Uint8Array(100), ample());
    done.shift()?.();
    await first;
    // Those 100 bytes are the stream's now, and fill it: this one waits for more room than the first did.
    const second = connection.write(bytes(1), ample());
    expect(second).toBeInstanceOf(Promise);
    done.shift()?.();
    await second;
    connection.destroy();
  });

  it("refuses more than WRITE_LIMIT at once, which would have no bound", async () => {
    const { connection, written } = inMemory();
    expect(() => connection.write(new Uint8Array(WRITE_LIMIT + 1), ample())).toThrow(
      new RangeError(
        `cannot write ${WRITE_LIMIT + 1} bytes at once: write at most ${WRITE_LIMIT}, and await it`,
      ),
    );
    await connection.write(new Uint8Array(WRITE_LIMIT), ample());
    expect(written.map(({ length }) => length)).toEqual([WRITE_LIMIT]);
  });

  it("without an await has a bound too, and then says what was forgotten", async () => {
    const { connection, socket } = await pair();
    const piece = new Uint8Array(1024);
    let written = 0;
    await expect(async () => {
      for (; written < TOO_MUCH; written += piece.length) {
        // oxlint-disable-next-line typescript/no-floating-promises -- forgetting it is what is tested
        connection.write(piece, ample());
        if (written % (16 * piece.length) === 0) await turn();
      }
    }).rejects.toThrow("the peer does not read, and there is no room for more bytes: await each write");
    expect(socket.writableLength).toBeLessThanOrEqual(2 * WRITE_LIMIT);
  });

  it("without an await fails in the next call and nowhere else", async () => {
    const { connection, socket } = await pair();
    const rejections = vi.fn();
    process.on("unhandledRejection", rejections);
    await fill({ connection, socket });
    const reading = failure(() => connection.read(1, ample()));
    // oxlint-disable-next-line typescript/no-floating-promises -- forgetting it is what is tested
    connection.write(bytes(1), soon());
    const timedOut = { code: "DEADLINE", message: "timed out: the peer does not read" };
    // The write's own deadline is that of the first one that had to wait.
    socket.destroy();
    expect((await reading).code).toBe("CLOSED");
    expect((await failure(() => connection.write(bytes(1), ample()))).code).toBe("CLOSED");

    const late = await pair();
    for (let size = 0; size < TOO_MUCH && !late.socket.writableNeedDrain; size += WRITE_LIMIT) {
      const waiting = late.connection.write(new Uint8Array(WRITE_LIMIT), soon());
      for (let turns = 0; waiting && late.socket.writableNeedDrain && turns < 20; turns++) await turn();
    }
    expect(await failure(() => late.connection.read(1, ample()))).toEqual(timedOut);
    expect(await failure(() => late.connection.write(bytes(1), ample()))).toEqual(timedOut);
    await turn();
    process.off("unhandledRejection", rejections);
    expect(rejections).not.toHaveBeenCalled();
  });

  it("throws when the connection breaks while it waits", async () => {
    const { connection, peer } = await pair();
    const writing = failure(async () => {
      for (;;) await connection.write(new Uint8Array(READ_LIMIT), ample());
    });
    await turn();
    peer.resetAndDestroy();
    expect((await writing).code).toBe("RESET");
  });

  it("answers a peer that has closed its sending half", async () => {
    const { connection, peer } = await pair();
    const received = collect(peer);
    peer.end(counting(8));
    const request = await connection.read(8, ample());
    expect((await failure(() => connection.read(1, ample()))).code).toBe("CLOSED");
    await connection.write(request, ample());
    await connection.close();
    expect(await received).toEqual(counting(8));
  });
});

describe("close", () => {
  it("delivers the last answer to a peer that keeps sending, without a reset", async () => {
    const { connection, peer } = await pair();
    const chunks: Uint8Array[] = [];
    let sending = true;
    peer.on("data", (chunk) => chunks.push(chunk));
    peer.on("end", () => {
      sending = false;
      peer.end();
    });
    const send = (error?: Error | null) => {
      if (sending && !error) peer.write(new Uint8Array(READ_LIMIT), send);
    };
    send();

    await connection.read(1, ample());
    const answer = counting(WRITE_LIMIT);
    await connection.write(answer, ample());
    const closed = once(peer, "close");
    await connection.close();
    expect(await closed).toEqual([false]);
    expect(Buffer.concat(chunks).equals(answer)).toBe(true);
    // What the peer sent meanwhile was not kept: a flood must not fill the memory of a server that says goodbye.
    expect((await failure(() => connection.read(1, ample()))).code).toBe("CLOSED");
  });

  it("resolves though the peer never closes, though it never reads, and waits for one that reads late", async () => {
    const silent = await pair();
    const deaf = await pair();
    const late = await pair();
    const dropped = await pair();
    const ended = once(silent.peer.resume(), "end");
    await fill(deaf);
    await fill(dropped);
    const size = await fill(late);

    const closing = late.connection.close(ample());
    const order: string[] = [];
    await Promise.all([
      // What it was sent it has taken, so this deadline has been met.
      silent.connection.close(deadlineIn(60_000)).then(() => order.push("silent")),
      deaf.connection.close(),
      dropped.connection.close(soon()).then(() => order.push("dropped")),
    ]);
    // Its deadline was short, and nothing is waited for after that.
    expect(order).toEqual(["dropped", "silent"]);
    expect([silent, deaf, late].map(({ socket }) => socket.destroyed)).toEqual([true, true, false]);
    await ended;
    const received = collect(late.peer);
    late.peer.end();
    await closing;
    expect((await received).length).toBe(size);
    expect(late.socket.destroyed).toBe(true);
  });

  it("waits for a peer that has ended until all is sent, and no longer", async () => {
    const { connection, socket, peer } = await pair();
    peer.end();
    await failure(() => connection.read(1, ample()));
    const size = await fill({ connection, socket });
    let closed = false;
    const closing = connection.close().then(() => {
      closed = true;
    });
    const finished = once(socket, "finish");
    const received = collect(peer);
    await finished;
    await turn();
    expect(closed).toBe(true);
    await closing;
    expect((await received).length).toBe(size);
  });

  it("ends a call that waits: a read, and a write", async () => {
    const reader = await pair();
    const reading = failure(() => reader.connection.read(1, ample()));
    const writer = await pair();
    const size = await fill(writer);
    const writing = failure(async () => writer.connection.write(bytes(1), ample()));
    const received = collect(writer.peer);
    reader.peer.end();
    writer.peer.end();
    await Promise.all([reader.connection.close(), writer.connection.close(ample())]);
    const closed = { code: "CLOSED", message: "the connection was closed on this side" };
    expect(await reading).toEqual(closed);
    expect(await writing).toEqual(closed);
    // The byte that had no room yet was sent all the same.
    expect((await received).length).toBe(size + 1);
  });

  it("ends a write that waits with CLOSED, though all its bytes are the stream's by then, and sends them", async () => {
    const { connection, socket, peer } = await pair();
    let size = 0;
    let waiting: void | Promise<void>;
    while (!socket.writableNeedDrain) {
      waiting = connection.write(new Uint8Array(WRITE_LIMIT), ample());
      size += WRITE_LIMIT;
      for (let turns = 0; waiting && socket.writableNeedDrain && turns < 20; turns++) await turn();
    }
    const writing = failure(() => waiting);
    const closing = connection.close(ample());
    expect(await writing).toEqual({ code: "CLOSED", message: "the connection was closed on this side" });
    const received = collect(peer);
    peer.end();
    await closing;
    expect((await received).length).toBe(size);
  });

  it("can be called twice at once, and while destroy is", async () => {
    const { connection, peer } = await pair();
    peer.resume();
    const received = collect(peer);
    await connection.write(bytes(1), ample());
    await Promise.all([connection.close(), connection.close()]);
    expect(await received).toEqual(bytes(1));

    const other = await pair();
    const closing = other.connection.close();
    other.connection.destroy();
    await closing;
    expect(other.socket.destroyed).toBe(true);
  });

  it("makes every later call fail, though bytes are there", async () => {
    const { connection, peer } = await pair();
    peer.write(counting(8));
    await connection.waitForBytes(ample());
    const closing = connection.close();
    expect((await failure(() => connection.read(1, ample()))).code).toBe("CLOSED");
    expect((await failure(() => connection.write(bytes(1), ample()))).code).toBe("CLOSED");
    // All is sent, and now it waits for the peer to close.
    await once(peer.resume(), "end");
    for (let turns = 0; turns < 10; turns++) await turn();
    expect((await failure(() => connection.read(1, ample()))).code).toBe("CLOSED");
    peer.end();
    await closing;
  });

  it("does not wait for a peer that resets while it waits for it to close", async () => {
    const { connection, socket, peer } = await pair();
    const closing = connection.close();
    await once(peer.resume(), "end");
    const lost = new Promise((resolve) => socket.once("close", resolve));
    peer.resetAndDestroy();
    await lost;
    expect(await Promise.race([closing.then(() => "closed"), turn("still waiting")])).toBe("closed");
  });

  it("does not wait for a peer that has kept a write waiting for too long", async () => {
    const { connection, socket } = await pair();
    await failure(async () => {
      for (;;) await connection.write(new Uint8Array(WRITE_LIMIT), soon());
    });
    const closing = connection.close(ample());
    expect(socket.destroyed).toBe(true);
    await closing;
  });

  it("does not throw where the connection is broken or closed already", async () => {
    const { connection, peer } = await pair();
    const reading = failure(() => connection.read(1, ample()));
    peer.resetAndDestroy();
    await reading;
    await connection.close();
    await connection.close();
  });

  it("leaves no timer behind", async () => {
    const before = new Set(runningTimers);
    const { connection, peer } = await pair();
    peer.write(bytes(1));
    await connection.read(1, ample());
    await failure(() => connection.read(1, soon()));
    peer.end();
    await connection.close();
    expect([...runningTimers].filter((timer) => !before.has(timer))).toEqual([]);
  });
});

describe("a connection that has failed", () => {
  it.each(["reset", "close"])("by a %s leaves no timer behind, though nobody closes it here", async (how) => {
    const before = new Set(runningTimers);
    const { port } = server.address() as AddressInfo;
    // As on the lessons' clients: it closes whole when the peer closes its half.
    const socket = connect({ host: "127.0.0.1", port });
    const [peer] = (await once(server, "connection")) as [Socket];
    open.push(socket, peer);
    const connection = new Connection(socket);
    const closed = new Promise((resolve) => socket.once("close", resolve));
    const reading = failure(() => connection.read(1, ample()));
    if (how === "reset") peer.resetAndDestroy();
    else peer.end();
    await reading;
    await closed;
    expect([...runningTimers].filter((timer) => !before.has(timer))).toEqual([]);
  });
});

describe("a connection over a stream that is over already", () => {
  const calls = (connection: Connection) => [
    () => connection.read(1, Number.POSITIVE_INFINITY),
    () => connection.waitForBytes(Number.POSITIVE_INFINITY),
    () => connection.write(bytes(1), Number.POSITIVE_INFINITY),
  ];

  it("fails at once, and its close ends at once", async () => {
    const { socket } = await pair();
    const closed = once(socket, "close");
    socket.destroy();
    for (const when of ["destroyed", "closed"]) {
      const connection = new Connection(socket);
      for (const call of calls(connection)) expect((await failure(call)).code, when).toBe("CLOSED");
      await connection.close();
      await closed;
    }
  });

  it("says what broke it", async () => {
    const { stream } = inMemory();
    stream.destroy(Object.assign(new Error("reset"), { code: "ECONNRESET" }));
    await new Promise((resolve) => stream.once("close", resolve));
    for (const call of calls(new Connection(stream))) {
      expect(await failure(call)).toEqual({ code: "RESET", message: "the connection was lost (ECONNRESET)" });
    }
  });

  it("reads no more where the peer has ended, and still writes", async () => {
    const { socket, peer } = await pair();
    peer.end();
    await once(socket.resume(), "end");
    const connection = new Connection(socket);
    expect(await failure(() => connection.read(1, Number.POSITIVE_INFINITY))).toEqual({
      code: "CLOSED",
      message: "the peer closed the connection",
    });
    const received = collect(peer);
    await connection.write(bytes(1), ample());
    await connection.close();
    expect(await received).toEqual(bytes(1));
  });
});

describe("a throw", () => {
  const nonsense = () => {
    throw new Error("nonsense");
  };
  const lost = { code: "RESET", message: "the connection was lost (nonsense)" };

  it.each(["its watcher", "its stream"])(
    "of %s when bytes leave costs a connection, and those after it send theirs",
    async (who) => {
      const broken = inMemory();
      const other = inMemory();
      if (who === "its watcher") broken.connection.watch({ received: () => {}, sent: nonsense });
      else broken.stream.write = nonsense;
      await broken.connection.write(bytes(1), ample());
      await other.connection.write(bytes(2), ample());
      await turn();
      expect(other.written).toEqual([bytes(2)]);
      expect(broken.written).toEqual([]);
      expect(broken.stream.destroyed).toBe(true);
      expect(await failure(() => broken.connection.read(1, ample()))).toEqual(lost);
      other.connection.destroy();
    },
  );

  it("of its watcher when bytes arrive costs the connection, and nobody else", async () => {
    const { connection, stream } = inMemory();
    connection.watch({ received: nonsense, sent: () => {} });
    const reading = failure(() => connection.read(1, ample()));
    stream.push(bytes(1));
    expect(await reading).toEqual(lost);
  });
});

describe("memory", () => {
  setFlagsFromString("--expose-gc");
  const collectGarbage: () => void = runInNewContext("gc");

  /** A connection that has received 60,000 bytes in one chunk, and a way to tell whether that is still in memory. */
  async function withChunk() {
    const { connection, stream } = inMemory();
    stream.push(new Uint8Array(60_000));
    await connection.waitForBytes(ample());
    const chunk = new WeakRef((connection.peek(1, ample()) as Uint8Array).buffer);
    /** References in microtasks and on the stack are gone after a turn. */
    const isKept = async () => {
      await turn();
      collectGarbage();
      return chunk.deref() !== undefined;
    };
    return { connection, stream, isKept };
  }

  async function read(connection: Connection, count: number): Promise<void> {
    await connection.read(count, ample());
  }

  it("does not keep a chunk that was read", async () => {
    const { connection, isKept } = await withChunk();
    expect(await isKept()).toBe(true);
    await read(connection, 60_000);
    expect(await isKept()).toBe(false);
    connection.destroy();
  });

  it("does not keep a chunk for the start of a packet at its end", async () => {
    const { connection, stream, isKept } = await withChunk();
    await read(connection, 59_997);
    const reading = connection.read(8, ample());
    expect(await isKept()).toBe(false);
    stream.push(bytes(1, 2, 3, 4, 5));
    expect(await reading).toEqual(bytes(0, 0, 0, 1, 2, 3, 4, 5));
    connection.destroy();
  });

  it.each(["close", "destroy"] as const)("keeps nothing after %s", async (how) => {
    const { connection, isKept } = await withChunk();
    // The peer does not close: this side waits a second for it, and keeps nothing meanwhile.
    const closing = connection[how]();
    expect(await isKept()).toBe(false);
    connection.destroy();
    await closing;
  });
});

describe("a forgotten await", () => {
  it.each(["read", "peek"] as const)("of %s ends nobody when the connection breaks", async (call) => {
    const rejections = vi.fn();
    process.on("unhandledRejection", rejections);
    const { connection, peer } = await pair();
    // oxlint-disable-next-line typescript/no-floating-promises -- it is forgotten on purpose
    connection[call](1, ample());
    peer.resetAndDestroy();
    for (let turns = 0; turns < 50; turns++) await turn();
    process.off("unhandledRejection", rejections);
    expect(rejections).not.toHaveBeenCalled();
    expect((await failure(() => connection.read(1, ample()))).code).toBe("RESET");
  });
});

describe("destroy", () => {
  it("makes the call that waits throw, and every call after it", async () => {
    const { connection, socket } = await pair();
    const reading = failure(() => connection.read(1, ample()));
    connection.destroy();
    connection.destroy();
    expect(await reading).toEqual({ code: "CLOSED", message: "the connection was closed on this side" });
    expect(socket.destroyed).toBe(true);
    for (const call of [
      () => connection.read(1, ample()),
      () => connection.peek(1, ample()),
      () => connection.waitForBytes(Number.POSITIVE_INFINITY),
      () => connection.write(bytes(1), ample()),
    ]) {
      expect((await failure(call)).code).toBe("CLOSED");
    }
    await connection.close();
  });

  it("leaves no timer behind, though a call was waiting", async () => {
    const before = new Set(runningTimers);
    const { connection } = await pair();
    const reading = failure(() => connection.read(1, ample()));
    connection.destroy();
    await reading;
    expect([...runningTimers].filter((timer) => !before.has(timer))).toEqual([]);
  });
});

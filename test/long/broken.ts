/**
 * Servers of the lessons that are right but for one mistake, the mistakes that learners make. `check-server` must name
 * each of them.
 */

import { once } from "node:events";
import { type AddressInfo, createServer, type Server, type Socket } from "node:net";
import { setTimeout as pause, setImmediate } from "node:timers/promises";
import { Outbox } from "../../lessons/2_simple_broadcast_test/outbox.ts";
import { Connection, type ConnectionError } from "../../src/connection.ts";
import { deadlineIn } from "../../src/deadline.ts";
import { pack, unpack, unpackFrom } from "../../src/struct.ts";

/** Times of the broken servers, in milliseconds. */
export const TIMES = { timeout: 1500, interval: 20 };

const NEVER = 600_000;

export type Mistake0 =
  | "none"
  | "big-endian"
  | "sends nothing"
  | "one id for all"
  | "ids used twice"
  | "a sequence that stands still"
  | "deaf to a goodbye"
  | "one client at a time"
  | "one recv for one packet"
  | "whole packets only"
  | "any answer taken"
  | "one client's error ends all"
  | "one that leaves ends all"
  | "no deadline"
  | "a deadline for each byte"
  | "reads on without being asked";

/** A server of lesson 0. */
export async function brokenServer0(mistake: Mistake0): Promise<{ port: number; server: Server }> {
  const clients = new Set<Socket>();
  let lastId = 0;
  let turn = Promise.resolve();

  async function handle(socket: Socket): Promise<void> {
    const id = mistake === "one id for all" ? 1 : mistake === "ids used twice" ? clients.size : ++lastId;
    const connection = new Connection(socket);
    if (mistake === "reads on without being asked") swallow(socket);
    for (let sequence = 1; ; sequence++) {
      const shown = mistake === "a sequence that stands still" ? 1 : sequence;
      const isPatient = mistake === "no deadline" || mistake === "sends nothing";
      const deadline = deadlineIn(isPatient ? NEVER : TIMES.timeout);
      if (mistake === "sends nothing") await connection.read(1, deadline);
      await connection.write(pack(mistake === "big-endian" ? ">ii" : "<ii", id, shown), deadline);
      const answer = await readAnswer(connection, socket, deadline);
      if (mistake !== "any answer taken") {
        const [answeredId, answered] = unpack(mistake === "big-endian" ? ">ii" : "<ii", answer);
        if (answeredId !== id || answered !== shown) return;
      }
      if (mistake === "reads on without being asked") await pause(TIMES.interval);
      else if (await connection.waitForBytes(deadlineIn(TIMES.interval))) return;
    }
  }

  async function readAnswer(connection: Connection, socket: Socket, deadline: number): Promise<Uint8Array> {
    if (mistake === "one recv for one packet") {
      const [chunk] = (await once(socket, "data", { signal: AbortSignal.timeout(TIMES.timeout) })) as [
        Buffer,
      ];
      await connection.read(chunk.length, deadline);
      return chunk;
    }
    if (mistake === "whole packets only") {
      for (;;) {
        const size = await chunkSize(connection, deadline);
        const chunk = await connection.read(size, deadline);
        if (size === 8) return chunk;
      }
    }
    if (mistake !== "a deadline for each byte") return await connection.read(8, deadline);
    const bytes: number[] = [];
    while (bytes.length < 8) bytes.push(...(await connection.read(1, deadlineIn(TIMES.timeout))));
    return Uint8Array.from(bytes);
  }

  return listen((socket) => {
    clients.add(socket);
    const run = () =>
      handle(socket)
        .catch(({ code }: ConnectionError) => {
          if (mistake === "one client's error ends all" && code === "RESET")
            for (const client of clients) client.destroy();
        })
        .then(() => {
          if (mistake === "one that leaves ends all") for (const client of clients) client.destroy();
        })
        .finally(() => {
          if (mistake !== "deaf to a goodbye") socket.destroy();
          clients.delete(socket);
        });
    if (mistake === "one client at a time") turn = turn.then(run);
    else run().catch(() => {});
  });
}

export type Mistake1 =
  | "none"
  | "big-endian"
  | "int division"
  | "a 4-byte float"
  | "results wrapped to 16 bits"
  | "closes after an unknown command"
  | "no status for a division by zero"
  | "minus zero"
  | "one recv for one packet"
  | "only the first request of a chunk"
  | "answers out of order"
  | "a length believed"
  | "malformed and not closed"
  | "UTF-8 repaired"
  | "a byte order mark removed"
  | "deaf after the half-close"
  | "answers a turn after the goodbye"
  | "commands that every object inherits"
  | "one client's error ends all"
  | "one that leaves ends all"
  | "no deadline";

/** A server of lesson 1. */
export async function brokenServer1(mistake: Mistake1): Promise<{ port: number; server: Server }> {
  const clients = new Set<Socket>();
  const order = mistake === "big-endian" ? ">" : "<";
  const format = mistake === "a 4-byte float" ? "<if" : `${order}id`;
  const operations: Record<string, (first: number, second: number) => number> = {
    SUMA: (first, second) => first + second,
    RESTA: (first, second) => first - second,
    MULTIPLICACION: (first, second) => first * second + (mistake === "minus zero" ? -0 : 0),
    DIVISION: (first, second) => (mistake === "int division" ? Math.trunc(first / second) : first / second),
  };

  function compute(command: string, first: number, second: number): [status: number, result: number] {
    if (mistake !== "commands that every object inherits" && !Object.hasOwn(operations, command)) {
      return [1, Number.NaN];
    }
    if (command === "DIVISION" && second === 0 && mistake !== "no status for a division by zero") {
      return [2, Number.NaN];
    }
    const result = Number(operations[command]?.(first, second));
    const isWrapped = mistake === "results wrapped to 16 bits" && Number.isInteger(result);
    return [operations[command] ? 0 : 1, isWrapped ? (result << 16) >> 16 : result];
  }

  async function handle(socket: Socket): Promise<void> {
    const connection = new Connection(socket);
    const deadline = () => deadlineIn(mistake === "no deadline" ? NEVER : TIMES.timeout);
    const answer = async (status: number, result: number) => {
      await connection.write(pack(format, status, result), deadline());
    };
    if (mistake === "only the first request of a chunk") return answerOnePerChunk(socket);
    const waiting: [number, number][] = [];
    for (;;) {
      const until = deadline();
      const [length] = unpack(`${order}i`, await connection.peek(4, until)) as [number];
      if ((length < 1 || length > 64) && mistake !== "a length believed") {
        await answer(3, Number.NaN);
        if (mistake !== "malformed and not closed") return await connection.close();
        await connection.read(4, until);
        continue;
      }
      if (mistake === "one recv for one packet") await connection.peek(8, deadlineIn(10)); // what is there now
      const request = await connection.read(8 + Math.min(Math.max(length, 0), 60_000), until);
      const [, first, second] = unpackFrom(`${order}ihh`, request) as [number, number, number];
      let command: string;
      try {
        const fatal = mistake !== "UTF-8 repaired";
        const ignoreBOM = mistake !== "a byte order mark removed";
        command = new TextDecoder("utf-8", { fatal, ignoreBOM }).decode(request.subarray(8));
      } catch {
        await answer(3, Number.NaN);
        return await connection.close();
      }
      const outcome = compute(command, first, second);
      if (mistake === "deaf after the half-close") await pause(20); // time enough for the client's goodbye to arrive
      if (mistake === "answers a turn after the goodbye") await setImmediate();
      if (mistake === "answers out of order") {
        waiting.unshift(outcome);
        if (await connection.waitForBytes(deadlineIn(20)).catch(() => false)) continue;
        for (const one of waiting.splice(0)) await answer(...one);
        continue;
      }
      await answer(...outcome);
      if (mistake === "closes after an unknown command" && outcome[0] === 1) return await connection.close();
    }
  }

  /** Collects until a request is whole, answers it, and forgets what came with it. */
  async function answerOnePerChunk(socket: Socket): Promise<void> {
    let received = Buffer.alloc(0);
    for await (const chunk of socket as AsyncIterable<Buffer>) {
      received = Buffer.concat([received, chunk]);
      if (received.length < 8 || received.length < 8 + received.readInt32LE()) continue;
      const [length, first, second] = unpackFrom("<ihh", received);
      socket.write(pack("<id", ...compute(received.toString("utf8", 8, 8 + length), first, second)));
      received = Buffer.alloc(0);
    }
  }

  return listen((socket) => {
    clients.add(socket);
    if (mistake === "deaf after the half-close" || mistake === "answers a turn after the goodbye")
      socket.on("end", () => socket.destroy());
    handle(socket)
      .catch(({ code }: ConnectionError) => {
        if (mistake === "one client's error ends all" && code === "RESET")
          for (const client of clients) client.destroy();
      })
      .then(() => {
        if (mistake === "one that leaves ends all") for (const client of clients) client.destroy();
      })
      .finally(() => {
        clients.delete(socket);
        socket.destroy();
      })
      .catch(() => {});
  });
}

export type Mistake2 =
  | "none"
  | "big-endian"
  | "sends nothing"
  | "all others first"
  | "the mover is not told"
  | "places added up"
  | "x and y exchanged"
  | "a newcomer is told nothing"
  | "a newcomer is told where all began"
  | "nobody is told of a newcomer"
  | "a leaver is not told"
  | "a leaver is told twice"
  | "a leaver is remembered"
  | "one that leaves ends all"
  | "ids used twice"
  | "one recv for one packet"
  | "only the first place of a chunk"
  | "only the newest place of a chunk"
  | "walls"
  | "a single -32768 is nowhere"
  | "nowhere passed on"
  | "a goodbye overtakes the places"
  | "one client's error ends all"
  | "whoever writes to a broken connection pays"
  | "no deadline"
  | "a deadline for each byte"
  | "everything kept"
  | "nothing kept"
  | "a leaver not kept"
  | "one slow client holds up all"
  | "no deadline for taking"
  | "closed as soon as slow"
  | "reads on without telling";

interface Client2 {
  readonly id: number;
  readonly socket: Socket;
  readonly outbox: Outbox;
  readonly start: Uint8Array;
  newest: Uint8Array;
  /** For mistakes that keep the newest without an outbox. */
  readonly waiting: Map<number, Uint8Array>;
}

/**
 * A server of lesson 2.
 *
 * @param timeout - its patience, in milliseconds
 */
export async function brokenServer2(
  mistake: Mistake2,
  timeout: number = TIMES.timeout,
): Promise<{ port: number; server: Server }> {
  const clients = new Map<number, Client2>();
  const order = mistake === "big-endian" ? ">" : "<";
  const nowhere = (id: number) => pack("<ihh", id, -32768, -32768);
  let lastId = 0;

  async function tellAll(from: Client2, position: Uint8Array): Promise<void> {
    for (const client of clients.values()) {
      if (mistake === "the mover is not told" && client === from) continue;
      tell(client, from.id, position);
      const { socket } = client;
      if (mistake === "one slow client holds up all" && socket.writableNeedDrain && !socket.destroyed)
        await once(socket, "drain").catch(() => {});
    }
  }

  function tell(
    { socket, outbox, waiting }: Client2,
    id: number,
    position: Uint8Array,
    isLast = false,
  ): void {
    const isFull = socket.writableNeedDrain;
    switch (mistake) {
      case "everything kept":
      case "one slow client holds up all":
        socket.write(position);
        break;
      case "nothing kept":
        if (!isFull) socket.write(position);
        break;
      case "closed as soon as slow":
        if (isFull) socket.destroy();
        else socket.write(position);
        break;
      case "a leaver not kept":
      case "no deadline for taking":
        if (!isFull) socket.write(position);
        else if (mistake !== "a leaver not kept" || !isLast) waiting.set(id, position);
        break;
      default:
        if (mistake === "whoever writes to a broken connection pays" && socket.destroyed)
          throw new Error("EPIPE");
        outbox.put(id, position, isLast ? "left" : "moved");
    }
  }

  async function handle(client: Client2, connection: Connection): Promise<void> {
    const { id, socket, waiting } = client;
    const patience = mistake === "no deadline" || mistake === "sends nothing" ? NEVER : timeout;
    if (mistake === "sends nothing") await connection.read(1, deadlineIn(patience));
    const others = [...clients.values()];
    const tellOthers = () => {
      for (const other of others)
        tell(client, other.id, mistake === "a newcomer is told where all began" ? other.start : other.newest);
    };
    if (mistake === "all others first") tellOthers();
    tell(client, id, client.start);
    if (mistake !== "a newcomer is told nothing" && mistake !== "all others first") tellOthers();
    if (mistake !== "nobody is told of a newcomer") await tellAll(client, client.start);
    clients.set(id, client);
    socket.on("drain", () => {
      for (const position of waiting.values()) socket.write(position);
      waiting.clear();
    });
    if (mistake === "reads on without telling") swallow(socket);

    let [x, y] = [0, 0];
    for (let moves = 1; ; moves++) {
      const place = await readPlace(connection, patience);
      if (mistake === "a goodbye overtakes the places") await pause(20); // time enough for it to arrive
      if (mistake === "a goodbye overtakes the places" && socket.readableEnded) return;
      const [gotX, gotY] = unpack(`${order}hh`, place) as [number, number];
      const isNowhere = gotX === -32768 && gotY === -32768;
      if (isNowhere && mistake !== "nowhere passed on") return;
      if (mistake === "a single -32768 is nowhere" && (gotX === -32768 || gotY === -32768)) return;
      if (mistake === "walls" && (gotX < -100 || gotX > 1000)) return;
      [x, y] = mistake === "places added up" ? [x + gotX, y + gotY] : [gotX, gotY];
      client.newest =
        mistake === "x and y exchanged" ? pack("<ihh", id, y, x) : pack(`${order}ihh`, id, x, y);
      await tellAll(client, client.newest);
      if (mistake === "reads on without telling") await pause(5);
      else if (moves % 100 === 0) await setImmediate(); // the others' turn
    }
  }

  async function readPlace(connection: Connection, patience: number): Promise<Uint8Array> {
    if (mistake === "a deadline for each byte") {
      const bytes: number[] = [];
      while (bytes.length < 4) bytes.push(...(await connection.read(1, deadlineIn(patience))));
      return Uint8Array.from(bytes);
    }
    const isChunky = /one recv|only the (first|newest) place/.test(mistake);
    if (!isChunky) return await connection.read(4, deadlineIn(patience));
    // What is there when the first byte has come, or the first four.
    const isWhole = mistake !== "one recv for one packet";
    const chunk = [...(await connection.read(isWhole ? 4 : 1, deadlineIn(patience)))];
    while (await connection.waitForBytes(deadlineIn(5)).catch(() => false))
      chunk.push(...(await connection.read(1, 0)));
    if (mistake === "one recv for one packet") return Uint8Array.from(chunk);
    return Uint8Array.from(
      mistake === "only the first place of a chunk" ? chunk.slice(0, 4) : chunk.slice(-4),
    );
  }

  return listen((socket) => {
    const connection = new Connection(socket);
    const id = mistake === "ids used twice" ? clients.size + 1 : ++lastId;
    const start = pack(`${order}ihh`, id, 30, 10);
    const outbox = new Outbox(connection, timeout);
    const client: Client2 = { id, socket, outbox, start, newest: start, waiting: new Map() };
    handle(client, connection)
      .catch(({ code }: ConnectionError) => {
        if (code !== "RESET") return;
        if (mistake === "one client's error ends all")
          for (const other of clients.values()) other.socket.destroy();
        return mistake === "whoever writes to a broken connection pays";
      })
      .then((stays) => {
        socket.destroy();
        if (stays || mistake === "a leaver is remembered") return;
        clients.delete(id);
        if (mistake === "one that leaves ends all")
          for (const other of clients.values()) other.socket.destroy();
      })
      .then(() => {
        if (mistake === "a leaver is not told") return;
        for (const other of clients.values()) tell(other, id, nowhere(id), true);
        if (mistake === "a leaver is told twice")
          for (const other of clients.values()) tell(other, id, nowhere(id));
      })
      .catch(() => {});
  });
}

/** How many bytes are there once the first has come, and the network has had the time to bring what came with it. */
async function chunkSize(connection: Connection, deadline: number): Promise<number> {
  for (let size = 1; ; size++) {
    try {
      await connection.peek(size, size === 1 ? deadline : deadlineIn(5));
    } catch (error) {
      if (size > 1 && (error as ConnectionError).code === "DEADLINE") return size - 1;
      throw error;
    }
  }
}

/** Takes whatever comes into memory, as a listener to "data" does that keeps every chunk. */
function swallow(socket: Socket): void {
  socket.pause = () => socket;
  socket.resume();
}

async function listen(welcome: (socket: Socket) => void): Promise<{ port: number; server: Server }> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => {
    socket.on("error", () => {});
    welcome(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return { port: (server.address() as AddressInfo).port, server };
}

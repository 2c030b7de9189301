import { once } from "node:events";
import { setImmediate } from "node:timers/promises";
import type * as Ours from "#lessons/1_simple_math_server/exercises/solutions/4_ask_many_at_once.ts";
import { PACKETS, packRequest, REQUEST, RESPONSE, STATUS } from "#lessons/1_simple_math_server/protocol.ts";
import type { Attacker } from "#src/attack.ts";
import { Host } from "#src/check.ts";
import { connectTo } from "#src/client.ts";
import { Connection, ConnectionError } from "#src/connection.ts";
import { compare, exercise, fail, LearnerError, Wrong } from "../check.ts";
import { hex } from "../draw.ts";
import { PROMPTLY, Started } from "../sockets.ts";

type AskAll = typeof Ours.askAll;

const THREE: readonly Ours.Request[] = [
  { command: "SUMA", first: 2, second: 3 },
  { command: "RESTA", first: 9, second: 4 },
  { command: "DIVISION", first: 7, second: 2 },
];

/** Says of a request whether it was sent before the last had left: a forgotten `await`. */
interface Habits {
  overlappingWrites: number;
}

/**
 * A connection whose writes take a turn of the event loop each, as those of a slow network may take long, and which
 * notices who does not wait for them.
 */
function slowly(connection: Connection, habits: Habits): Connection {
  let writing = 0;
  const write = async (bytes: Uint8Array, deadline: number) => {
    if (writing > 0) habits.overlappingWrites++;
    writing++;
    await connection.write(bytes, deadline);
    await setImmediate();
    writing--;
  };
  const read = (count: number, deadline: number) => {
    if (writing > 0) habits.overlappingWrites++;
    return connection.read(count, deadline);
  };
  return new Proxy(connection, {
    get(target, key) {
      if (key === "write") return write;
      if (key === "read") return read;
      if (key === "constructor") return Connection;
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

async function start(askAll: AskAll, requests: readonly Ours.Request[], timeout: number) {
  const host = await Host.listen(PACKETS, PROMPTLY);
  const habits: Habits = { overlappingWrites: 0 };
  const { connection, socket } = await connectTo({ host: "127.0.0.1", port: host.port }, PROMPTLY);
  const server = await host.accept("askAll");
  const started = new Started("askAll", () => askAll(slowly(connection, habits), requests, timeout));
  const close = () => {
    socket.destroy();
    host.close();
  };
  return { started, server, close, habits };
}

/** Reads requests without answering, until all are there. */
async function readAll(
  server: Attacker,
  requests: readonly Ours.Request[],
  started: Started<number[]>,
): Promise<void> {
  for (const [index, { command, first, second }] of requests.entries()) {
    const expected = packRequest(command, first, second);
    let came: Uint8Array;
    try {
      came = await started.during(server.read(expected.length, `request ${index + 1}`));
    } catch (error) {
      const isLate = error instanceof LearnerError && error.cause instanceof ConnectionError;
      if ((error instanceof LearnerError && !isLate) || error instanceof Wrong) throw error;
      fail(
        `The server, which has answered nothing yet, got ${index} of ${requests.length} requests.`,
        index === 0
          ? "Nothing was sent: `await connection.write(packRequest(…), deadline)` for each request."
          : "The next one waits for the answer to the one before. First a loop that only writes, then one that only reads.",
      );
    }
    if (Buffer.compare(came, expected) !== 0) {
      fail(
        `Request ${index + 1}:\n\n  expected  ${hex(expected)}\n  got       ${hex(came)}`,
        came[0] === expected[0]
          ? undefined
          : `\`packRequest(command, first, second)\` makes a request; its header has ${REQUEST.size} bytes.`,
      );
    }
  }
}

async function check(
  askAll: AskAll,
  requests: readonly Ours.Request[],
  results: readonly number[],
): Promise<void> {
  const { started, server, close, habits } = await start(askAll, requests, 5000);
  await readAll(server, requests, started);
  await server.send(Buffer.concat(results.map((result) => RESPONSE.pack(STATUS.OK, result))));
  const came = await started.value(`all ${results.length} answers were sent`).catch(async (error) => {
    // Whoever closes politely waits for the other side to close, too.
    if (await hasEnded(server)) fail("`askAll` closed the connection.", CALLERS);
    throw error;
  });
  compare(came, results, `The results of ${requests.length} requests:`, [
    [results.toReversed(), "They are in the opposite order: the first answer belongs to the first request."],
    [[], "The array is empty: was each result pushed into it, and was the loop waited for?"],
    [[results[0]], "Only the first was read: read as many answers as there were requests."],
    [results.map(() => STATUS.OK), "Those are the statuses. The result is the second number of a response."],
    [
      results.map((result) => [STATUS.OK, result]),
      "Those are both numbers of each response. Only the result is wanted, the second.",
    ],
    [
      results.map((result) => RESPONSE.pack(STATUS.OK, result)),
      "Those are the bytes: `RESPONSE.unpack(bytes)` makes two numbers of them.",
    ],
    [undefined, "`askAll` came back with nothing: is a `return` missing?"],
  ]);
  if (habits.overlappingWrites > 0) {
    fail(
      `All results came, but ${habits.overlappingWrites} times the next call began before the last write had ended.`,
      "An `await` before `connection.write(…)` is missing. Against a server that reads slowly, the requests would pile up in memory, and an error would reach nobody.",
    );
  }
  close();
}

export default exercise<typeof Ours>({
  exports: ["askAll"],
  hints: [
    "Two loops, one after the other: one that only writes, and one that only reads.",
    "`await connection.write(packRequest(command, first, second), deadline)` in the first; `await connection.read(RESPONSE.size, deadline)` in the second.",
    "`timeout` is for all of it together. So there is one deadline: `const deadline = deadlineIn(timeout)`, before the first loop.",
    "The second loop: `for (const _ of requests) { const [, result] = RESPONSE.unpack(await connection.read(RESPONSE.size, deadline)); results.push(result); }`",
  ],
  limit: 4000,
  checks: {
    "sends all the requests before it waits for the first answer": async ({ askAll }) => {
      await check(askAll, THREE, [5, 5, 3.5]);
    },
    "returns the results of many requests in order": async ({ askAll }) => {
      const requests = Array.from({ length: 300 }, (_, i) => ({ command: "SUMA", first: i, second: 1 }));
      await check(
        askAll,
        requests,
        requests.map(({ first }) => first + 1),
      );
    },
    "works with no request at all": async ({ askAll }) => {
      await check(askAll, [], []);
    },
    "gives up when all of it together takes longer than the timeout": async ({ askAll }) => {
      const timeout = 400;
      const { started, server, close } = await start(askAll, THREE, timeout);
      await readAll(server, THREE, started);
      const stop = new AbortController();
      const ended = once(stop.signal, "abort");
      // An answer each 250 ms: each is in time after the one before, but the third comes too late for all of them.
      const answer = async () => {
        for (const result of [5, 5, 3.5]) {
          if ((await Promise.race([ended.then(() => true), delay(250)])) === true) return;
          await server.send(RESPONSE.pack(STATUS.OK, result));
        }
      };
      const answering = answer();
      const settled = await outcome(started, 1500);
      stop.abort();
      await answering;
      if (settled === "waits") {
        fail(
          `The last answer came long after ${timeout} ms, and it still waits.`,
          "Give a deadline to each read.",
        );
      }
      if ("value" in settled) {
        fail(
          `It came back after 750 ms, though all of it together may take ${timeout}.`,
          "Each answer got a new deadline. Make one before the first loop, and use it for every write and read.",
        );
      }
      const { error } = settled;
      const cause: unknown = error instanceof LearnerError ? error.cause : error;
      if (!(cause instanceof ConnectionError) || cause.code !== "DEADLINE") throw error;
      close();
    },
    "leaves the connection open": async ({ askAll }) => {
      const { started, server, close } = await start(askAll, THREE, 5000);
      await readAll(server, THREE, started);
      await server.send(Buffer.concat([5, 5, 3.5].map((result) => RESPONSE.pack(STATUS.OK, result))));
      await started.value("all answers were sent");
      if (await hasEnded(server)) fail("`askAll` closed the connection.", CALLERS);
      close();
    },
  },
});

const CALLERS = "It belongs to the caller, who may want to ask more.";

async function hasEnded(server: Attacker): Promise<boolean> {
  return await server.untilClosed(150).then(
    () => true,
    () => false,
  );
}

async function delay(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}

async function outcome(started: Started<number[]>, limit: number) {
  await Promise.race([started.over, delay(limit)]);
  return started.settled ?? "waits";
}

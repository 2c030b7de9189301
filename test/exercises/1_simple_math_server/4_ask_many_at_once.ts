import { setImmediate } from "node:timers/promises";
import type * as Ours from "#lessons/1_simple_math_server/exercises/solutions/4_ask_many_at_once.ts";
import { PACKETS, packRequest, RESPONSE, STATUS } from "#lessons/1_simple_math_server/protocol.ts";
import { Host } from "#src/checks/host.ts";
import type { Peer } from "#src/checks/peer.ts";
import { connectTo } from "#src/client.ts";
import { Connection, ConnectionError } from "#src/connection.ts";
import { packetFrom } from "#src/packets.ts";
import { compare, exercise, fail, LearnerError, samePacket, UNWRITTEN, Wrong } from "../assertions.ts";
import { describeValue } from "../draw.ts";
import { PROMPTLY, Started } from "../sockets.ts";

type AskAll = typeof Ours.askAll;

const THREE: readonly Ours.Request[] = [
  { command: "SUMA", first: 2, second: 3 },
  { command: "DIVISION", first: 7, second: 2 },
  { command: "RESTA", first: 9, second: 5 },
];
const RESULTS = [5, 3.5, 4];

/** How the learner's code uses the connection. */
interface Habits {
  /** Calls that began before the last write had ended. */
  overlapping: number;
  /** The bytes that it has read. */
  bytesRead: number;
  /** What it waits for. */
  waitsIn: "read" | "waitForBytes" | undefined;
  /** The deadlines that it gave. */
  readonly deadlines: Set<unknown>;
}

/**
 * A connection whose writes take a turn of the event loop each, as those of a slow network may take long, and which
 * notices how it is used.
 */
function slowly(connection: Connection, habits: Habits): Connection {
  let writing = 0;
  const begin = (deadline: unknown) => {
    habits.deadlines.add(deadline);
    if (writing > 0) habits.overlapping++;
  };
  const write = async (bytes: Uint8Array, deadline: number) => {
    begin(deadline);
    writing++;
    try {
      await connection.write(bytes, deadline);
      await setImmediate();
    } finally {
      writing--;
    }
  };
  const read = async (count: number, deadline: number) => {
    begin(deadline);
    habits.waitsIn = "read";
    const bytes = await connection.read(count, deadline);
    habits.waitsIn = undefined;
    habits.bytesRead += bytes.length;
    return bytes;
  };
  const waitForBytes = async (deadline: number) => {
    begin(deadline);
    habits.waitsIn = "waitForBytes";
    const haveCome = await connection.waitForBytes(deadline);
    habits.waitsIn = undefined;
    return haveCome;
  };
  const watched: Readonly<Record<PropertyKey, unknown>> = {
    write,
    read,
    waitForBytes,
    constructor: Connection,
  };
  return new Proxy(connection, {
    get(target, key) {
      if (Object.hasOwn(watched, key)) return watched[key];
      const value: unknown = Reflect.get(target, key, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

/** What is wrong with the deadlines that were given since a moment. */
function judgeDeadlines({ deadlines }: Habits, timeout: number, since: number): Wrong | undefined {
  const wrong = (what: string, mistake: string) => new Wrong(`${what}\n\n${mistake}`);
  const [first] = deadlines;
  for (const deadline of deadlines) {
    if (typeof deadline !== "number" || Number.isNaN(deadline)) {
      return wrong(
        `A deadline is ${describeValue(deadline)}.`,
        "It is the moment that `deadlineIn(timeout)` gives.",
      );
    }
    if (deadline === Number.POSITIVE_INFINITY) {
      return wrong(
        "A deadline is Infinity, which never comes.",
        "Give a deadline to each read: `deadlineIn(timeout)`.",
      );
    }
    if (deadline === timeout) {
      return wrong(
        `A deadline is ${timeout}, the timeout itself.`,
        "A deadline is a moment, not a duration: `deadlineIn(timeout)` is the moment that many milliseconds from now.",
      );
    }
    if (deadline < since + timeout || deadline > performance.now() + timeout) {
      return wrong(
        `A deadline was ${Math.round(deadline - since)} ms away, but the timeout is ${timeout} ms.`,
        "The deadline for all of it is `deadlineIn(timeout)`: milliseconds from now, on the clock of `performance.now()`.",
      );
    }
  }
  if (deadlines.size > 1) {
    const last = [...deadlines].at(-1) as number;
    return wrong(
      `${deadlines.size} different deadlines were given, the last of them ${(last - (first as number)).toFixed(1)} ms after the first.`,
      "Each answer got a new deadline, or each request, or each loop. `timeout` is for all of it: make one deadline before the first loop, and use it for every write and read.",
    );
  }
  return undefined;
}

/** What a check needs of a call of `askAll`. */
interface Run {
  readonly started: Started<number[]>;
  /** The server's end. */
  readonly server: Peer;
  readonly habits: Habits;
}

/** Calls `askAll`, with a server that does what the check says. A wrong deadline explains most of what goes wrong. */
async function run(
  askAll: AskAll,
  requests: readonly Ours.Request[],
  timeout: number,
  use: (run: Run) => Promise<void>,
): Promise<void> {
  const host = await Host.listen(PACKETS, PROMPTLY);
  const habits: Habits = { overlapping: 0, bytesRead: 0, waitsIn: undefined, deadlines: new Set() };
  const { connection, socket } = await connectTo({ host: "127.0.0.1", port: host.port }, PROMPTLY);
  const server = await host.accept("askAll");
  const since = performance.now();
  let failure: unknown;
  try {
    await use({
      started: new Started("askAll", () => askAll(slowly(connection, habits), requests, timeout)),
      server,
      habits,
    });
  } catch (error) {
    failure = error;
  }
  socket.destroy();
  host.close();
  const isUnwritten =
    failure instanceof LearnerError && UNWRITTEN.test(`${(failure.cause as Error)?.message}`);
  const wrong = isUnwritten ? undefined : judgeDeadlines(habits, timeout, since);
  if (wrong ?? failure) throw wrong ?? failure;
}

/** Reads requests without answering, until all are there. */
async function readAll(
  server: Peer,
  requests: readonly Ours.Request[],
  started: Started<number[]>,
): Promise<void> {
  for (const [index, request] of requests.entries()) {
    const expected = packed(request);
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
    const other = requests.findIndex((request, at) => at !== index && isBeginOf(packed(request), came));
    if (other >= 0 && Buffer.compare(came, expected) !== 0) {
      fail(
        `Where request ${index + 1} should be, request ${other + 1} came.`,
        "Send each request once, in the order given: not twice, and not in the opposite order.",
      );
    }
    const texts = requests.map((request) => request.command).join("");
    samePacket(() => came, expected, packetFrom(PACKETS, "client"), `Request ${index + 1}:`, [
      [
        new TextEncoder().encode(texts).subarray(0, expected.length),
        "Only the command was sent. `packRequest(command, first, second)` packs it.",
      ],
    ]);
  }
}

const packed = ({ command, first, second }: Ours.Request) => packRequest(command, first, second);

/** Whether one of them begins with the other. */
function isBeginOf(one: Uint8Array, other: Uint8Array): boolean {
  const length = Math.min(one.length, other.length);
  return Buffer.compare(one.subarray(0, length), other.subarray(0, length)) === 0;
}

async function check(
  askAll: AskAll,
  requests: readonly Ours.Request[],
  results: readonly number[],
): Promise<void> {
  await run(askAll, requests, 5000, async ({ started, server, habits }) => {
    await readAll(server, requests, started);
    await server.send(Buffer.concat(results.map((result) => RESPONSE.pack(STATUS.OK, result))));
    const came = await cameBack(started, server, habits, results.length);
    compare(came, results, `The results of ${requests.length} requests:`, () => [
      [
        results.toReversed(),
        "They are in the opposite order: the first answer belongs to the first request.",
      ],
      [[...results].sort(), "They were sorted: they belong in the order of the requests."],
      [
        [...RESULTS, ...results].slice(0, results.length),
        "They begin with the results of the previous call: make the array inside `askAll`, for each call.",
      ],
      [[], "The array is empty: did you push each result into it, and wait for the loop to end?"],
      [[results[0]], "Only the first was read: read as many answers as there were requests."],
      [
        results.map(() => STATUS.OK),
        "Those are the statuses. The result is the second number of a response.",
      ],
      [
        results.map((result) => [STATUS.OK, result]),
        "Those are both numbers of each response. Only the result is wanted, the second.",
      ],
      [
        results.map((result) => RESPONSE.pack(STATUS.OK, result)),
        "Those are the bytes: `RESPONSE.unpack(bytes)` turns them into two numbers.",
      ],
      [results.map(Math.trunc), "The fractions are gone: a result is a double, return it as it is."],
      [results.map(Math.round), "They were rounded: a result is a double, return it as it is."],
      [
        requests.map(({ first, second }) => first / second),
        "Your client did the calculation itself. Only the server knows what a command means: return what it answers.",
      ],
      [undefined, "`askAll` returned nothing: is a `return` missing?"],
    ]);
    const wanted = results.length * RESPONSE.size;
    if (habits.bytesRead < wanted) {
      fail(
        `The results are right, but only ${habits.bytesRead} of the answers' ${wanted} bytes were read.`,
        "Your client did the calculation itself. Only the server knows what a command means: return what it answers.",
      );
    }
    if (habits.overlapping > 0) {
      fail(
        `All results came, but ${habits.overlapping} times the next call began before the last write had ended.`,
        "Put an `await` before each `connection.write(…)`, and don't wait for all of them together. Against a server that reads slowly, the requests would pile up in memory.",
      );
    }
    if (await hasEnded(server)) fail("`askAll` closed the connection.", CALLERS);
  });
}

/** Waits for `askAll`, which now has all answers. */
async function cameBack(
  started: Started<number[]>,
  server: Peer,
  habits: Habits,
  answers: number,
): Promise<unknown> {
  try {
    return await started.value(`all ${answers} answers were sent`);
  } catch (error) {
    // Whoever closes politely waits for the other side to close, too.
    if (await hasEnded(server)) fail("`askAll` closed the connection.", CALLERS);
    if (!(error instanceof Wrong) || !habits.waitsIn) throw error;
    const what = `\`askAll\` is still waiting: all ${answers} answers were sent, and it waits for more in \`${habits.waitsIn}\`.`;
    fail(
      what,
      habits.waitsIn === "read"
        ? "Read as many answers as there were requests, not one more: none if there were none."
        : "The connection stays open, so its end never comes: count the answers.",
    );
  }
}

export default exercise<typeof Ours>({
  exports: ["askAll"],
  hints: [
    {
      for: /^sends|^returns|^works/,
      text: "Write two loops, one after the other: one that only writes, and one that only reads.",
    },
    {
      for: /^sends|^returns/,
      text: "In the first loop: `await connection.write(packRequest(command, first, second), deadline)`. In the second: `await connection.read(RESPONSE.size, deadline)`.",
    },
    {
      for: /^gives up|^sends/,
      text: "`timeout` is for everything together. So there is one deadline: `const deadline = deadlineIn(timeout)`, before the first loop.",
    },
    {
      for: /^returns|^works|^sends/,
      text: "The second loop: `for (const _ of requests) { const [, result] = RESPONSE.unpack(await connection.read(RESPONSE.size, deadline)); results.push(result); }`",
    },
  ],
  limit: 4000,
  checks: {
    "sends all the requests before it waits for the first answer": async ({ askAll }) => {
      await check(askAll, THREE, RESULTS);
    },
    "returns the results of many requests in order": async ({ askAll }) => {
      // A command of which the client knows nothing.
      const requests = Array.from({ length: 300 }, (_, i) => ({ command: "MEDIA", first: i, second: 1 }));
      await check(
        askAll,
        requests,
        requests.map(({ first, second }) => (first + second) / 2),
      );
    },
    "works with no request at all": async ({ askAll }) => {
      await check(askAll, [], []);
    },
    "gives up when all of it together takes longer than the timeout": async ({ askAll }) => {
      const timeout = 300;
      await run(askAll, THREE, timeout, async ({ started, server }) => {
        await readAll(server, THREE, started);
        await server.send(RESPONSE.pack(STATUS.OK, 5));
        await Promise.race([started.over, delay(timeout + PROMPTLY)]);
        const { settled } = started;
        if (!settled)
          fail(
            `One of three answers came within ${timeout} ms, and it still waits.`,
            "Give a deadline to each read.",
          );
        if ("value" in settled) {
          fail(
            `One of three answers came within ${timeout} ms, and it returned ${describeValue(settled.value)}.`,
            "The caller takes these for the results. The error of `read` must reach the caller, so don't catch it.",
          );
        }
        const cause: unknown = settled.error instanceof LearnerError ? settled.error.cause : settled.error;
        const isSlip = cause instanceof TypeError || cause instanceof ReferenceError;
        if (!(cause instanceof Error) || isSlip) throw settled.error;
      });
    },
  },
});

const CALLERS = "It belongs to the caller, who may want to ask more.";

async function hasEnded(server: Peer): Promise<boolean> {
  return await server.untilClosed(150).then(
    () => true,
    () => false,
  );
}

async function delay(milliseconds: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
}

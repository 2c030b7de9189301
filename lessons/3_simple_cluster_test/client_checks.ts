/**
 * Lesson 3 · the checks of a client: `npm run check-client 3 COMMAND … {servers} …`, in any language. The client knows two
 * servers, and when its own dies, it comes back to the other.
 *
 * @module
 */

import type { ClientChecks, ClientUnderTest } from "../../src/checks/client_stages.ts";
import { STOPS_CAUSE, STOPS_TITLE } from "../../src/checks/learner_program.ts";
import { CheckFailed, type Peer, PROMPTLY, say, seconds } from "../../src/checks/peer.ts";
import { CLIENT_CHECKS as ALONE } from "../2_simple_broadcast_test/client_checks.ts";
import { PLACE, POSITION } from "../2_simple_broadcast_test/protocol.ts";

/** How long a client may take to come back, in milliseconds. After some failures it waits for a while. */
const BACK_LIMIT = 40_000;

/** How long a client runs without a server, in milliseconds: long enough for most programs to have tried to connect. */
const ALONE_TIME = 2000;

/** How many clients are a crowd. Their waits have to differ. */
const CROWD = 4;

/** How often nobody lets a client in. */
const FAILURES = 4;

const FAILURE_OF_ONE =
  "When a connection ends, breaks or is refused, one server has failed, not the client: wait a moment, and connect to another server.";

/** Lets a client in, and reads a place. */
async function welcome(client: Peer, program: ClientUnderTest, x: number, y: number) {
  await client.send(POSITION.pack(258, x, y));
  return PLACE.unpack(await client.read(PLACE.size, "a place", program.interval + PROMPTLY));
}

/** Starts the client while no server listens. It must not end. */
async function startAlone(program: ClientUnderTest): Promise<void> {
  await program.startAlone();
  say(`no server listens for ${seconds(ALONE_TIME)}`);
  if (await program.hasEnded(ALONE_TIME))
    throw new CheckFailed("it ended because no server was listening yet.", "closed", FAILURE_OF_ONE);
}

/** How long a client waited after each failure, and at last, after a server had let it in once more; in milliseconds. */
async function waitsOf(program: ClientUnderTest): Promise<number[]> {
  const waits: number[] = [];
  let client = await program.connect();
  await welcome(client, program, 33, 9);
  for (let failure = 0; failure <= FAILURES; failure++) {
    if (failure === FAILURES) await welcome(client, program, 33, 9);
    client.socket.destroy();
    const start = performance.now();
    client = await program.comesBack(BACK_LIMIT);
    waits.push(performance.now() - start);
  }
  return waits;
}

/** Measures a crowd once for each client that is checked: it takes a while. */
const crowds = new WeakMap<ClientUnderTest, Promise<number[][]>>();

async function crowdOf(program: ClientUnderTest): Promise<number[][]> {
  const crowd = crowds.get(program) ?? measure(program);
  crowds.set(program, crowd);
  const waits = await crowd;
  for (const [index, times] of waits.entries())
    say(
      `client ${index + 1} waited ${times.slice(0, FAILURES).map(seconds).join(", ")}; after a server had let it in and it lost that server: ${seconds(times[FAILURES] ?? 0)}`,
    );
  return waits;
}

async function measure(program: ClientUnderTest): Promise<number[][]> {
  say(
    `${CROWD} clients lose their server, and the other servers close each new connection at once, ${FAILURES} times`,
  );
  const clients = Array.from({ length: CROWD }, () => program.another());
  try {
    return await Promise.all(clients.map(waitsOf));
  } finally {
    for (const client of clients) client.leave();
  }
}

function mean(numbers: readonly number[]): number {
  return numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}

/** The mean wait of a crowd after so many failures. */
function meanWait(waits: readonly number[][], failure: number): number {
  return mean(waits.map((times) => times[failure] ?? 0));
}

/** The checks of `npm run check-client 3`. */
export const CLIENT_CHECKS: ClientChecks = {
  ...ALONE,
  servers: 2,
  stages: [
    ...ALONE.stages,
    {
      title: "its server dies: it goes to the other, and walks on from where it was",
      cause: FAILURE_OF_ONE,
      async run(program) {
        const client = await program.connect();
        const [x, y] = await welcome(client, program, 33, 9);
        program.killServer();
        const again = await program.comesBack(BACK_LIMIT);
        const [newX, newY] = await welcome(again, program, 5, 5);
        // It may have walked a little, before it noticed.
        if (Math.max(Math.abs(newX - x), Math.abs(newY - y)) <= 5) return;
        throw new CheckFailed(
          `it was at ${x} ${y}, and with its new server it went to ${newX} ${newY}.`,
          "wrong",
          "The new server treats it as a new client and gives it a new place. The client has to remember its old place, and walk on from there.",
        );
      },
    },
    {
      title: "its server says goodbye in the middle of a position: it comes back",
      cause:
        "The rest of that position will never come. It is a failure like any other: wait a moment, and connect again.",
      async run(program) {
        const client = await program.connect();
        await welcome(client, program, 33, 9);
        await client.send(POSITION.pack(1, 2, 3).subarray(0, 5));
        client.end();
        await welcome(await program.comesBack(BACK_LIMIT), program, 5, 5);
      },
    },
    {
      title: "it starts before its servers: it goes on trying",
      cause: FAILURE_OF_ONE,
      async run(program) {
        await startAlone(program);
        await program.startServers();
        await welcome(await program.comesBack(BACK_LIMIT), program, 33, 9);
      },
    },
    {
      title: "as long as nobody lets it in, it waits longer each time",
      cause:
        "Double the wait after each failure. Only a server that has sent the first position has let it in: a server that accepts and closes at once, as a load balancer without servers does, counts as a failure too.",
      async run(program) {
        const waits = await crowdOf(program);
        const [first, last] = [meanWait(waits, 0), meanWait(waits, FAILURES - 1)];
        if (last >= 1.5 * first) return;
        const sentence = `it waited ${seconds(first)} after the first failure, and ${seconds(last)} after failure ${FAILURES}.`;
        throw new CheckFailed(sentence, "wrong");
      },
    },
    {
      title: "a crowd doesn't come back at the same moment",
      cause:
        "All clients of a server lose it at the same moment, and wait equally long. Wait for a random part of the time, e.g. between half of it and all of it.",
      async run(program) {
        const waits = await crowdOf(program);
        const deviations = [FAILURES - 2, FAILURES - 1].flatMap((failure) =>
          waits.map((times) => ((times[failure] ?? 0) / meanWait(waits, failure) - 1) ** 2),
        );
        const spread = Math.sqrt(mean(deviations));
        if (spread > 0.03) return;
        const sentence = `the waits of ${CROWD} clients differ by only ${(100 * spread).toFixed(1)} %.`;
        throw new CheckFailed(sentence, "wrong");
      },
    },
    {
      title: "once a server has let it in, its next wait is short again",
      cause:
        "The waits of earlier failures still count. Begin with the first wait again once a server has sent the first position.",
      async run(program) {
        const waits = await crowdOf(program);
        const [last, next] = [meanWait(waits, FAILURES - 1), meanWait(waits, FAILURES)];
        if (next < 0.75 * last) return;
        const sentence = `it waited ${seconds(last)} after failure ${FAILURES}, and ${seconds(next)} after it had been let in and had lost that server.`;
        throw new CheckFailed(sentence, "wrong");
      },
    },
  ],
  endings: [
    {
      title: STOPS_TITLE,
      cause: STOPS_CAUSE,
      fits: ["runs"],
      async run(program) {
        const client = await program.connect();
        await welcome(client, program, 33, 9);
        await program.stop();
      },
    },
    {
      title: "it ends at SIGTERM while it waits for a server, too",
      cause:
        "A program that waits has nothing to close. Let the signal end it at once, or stop waiting when it comes.",
      fits: ["runs"],
      async run(program) {
        await startAlone(program);
        await program.stop();
      },
    },
  ],
};

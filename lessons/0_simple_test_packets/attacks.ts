/**
 * Lesson 0 · the attacks that a server of test packets has to survive.
 *
 * `npm run attack 0` lists them, and `npm run attack 0 pieces` runs one. Each works on every server of the lesson,
 * in any language: `server.ts`, the programs in `steps/`, or yours.
 *
 * @module
 */

import { setTimeout } from "node:timers/promises";
import { type Causes, CheckFailed, explained, type Peer, PROMPTLY, seconds } from "../../src/checks/peer.ts";
import { CLOSES_OTHERS, FLOODED_LIMIT, type ServerChecks } from "../../src/checks/server_stages.ts";
import type { ServerUnderTest } from "../../src/checks/server_under_test.ts";
import { PACKETS, TEST_PACKET } from "./protocol.ts";

/**
 * More than the buffers of two operating systems can hold. If a server takes more than they hold, it has read the rest.
 */
const FLOOD = 64_000_000;

/** Reads a test packet, which must be the expected one. The first one tells us our id. */
async function readTest(
  client: Peer,
  target: ServerUnderTest,
  sequence: number,
  expectedId?: number,
  patience: number = target.promptly,
) {
  const limit = (sequence === 1 ? 0 : target.interval) + patience;
  const packet = await client.read(TEST_PACKET.size, `test ${sequence}`, limit);
  const [id, got] = TEST_PACKET.unpack(packet);
  if (id >= 2 ** 24 && got >= 2 ** 24) {
    const cause =
      'Its numbers are in the opposite byte order. The lowest byte comes first: "<ii", not ">ii".';
    throw new CheckFailed(`it sent id ${id} sequence ${got}.`, "wrong", cause);
  }
  if (got !== sequence || id !== (expectedId ?? id)) {
    const owner = expectedId === undefined ? "" : `id ${expectedId} `;
    throw new CheckFailed(
      `instead of ${owner}sequence ${sequence} it sent id ${id} sequence ${got}.`,
      "wrong",
      guess(sequence, got, id !== (expectedId ?? id)),
    );
  }
  return { id, packet };
}

/** The likely cause of wrong numbers. */
function guess(sequence: number, got: number, isOthersId: boolean): string {
  if (isOthersId)
    return "It sent another client's id. Every client needs an id of its own, which never changes.";
  if (sequence === 1 && got === 0) return "The sequence starts at 1, not at 0.";
  if (sequence === 1) {
    return "The sequence continues another client's. Every client needs variables of its own: an id, and a sequence that starts at 1.";
  }
  if (got < sequence) {
    return "The sequence never changes. After an answer, pause, and then send the same id with the next sequence. Count up for each test.";
  }
  return "It counts up too often: perhaps once for each chunk, or for other clients, too. Count up once for each answer, in a variable of this client.";
}

/** Reads the first test of a client that has just connected while another is there. */
async function readFirst(client: Peer, target: ServerUnderTest) {
  return await explained(readTest(client, target, 1), {
    silence:
      "It serves one client at a time: while it waits for one, no other is served. Give each a task or a thread of its own.",
    part: "A test is eight bytes.",
    closed: "It closed a client that had just connected, and had done nothing yet.",
    reset: "It closed a client that had just connected, and had done nothing yet.",
  });
}

/** Expects the server to close a client that has kept it waiting for the timeout, and not much earlier. */
async function expectTimeout(client: Peer, { timeout }: ServerUnderTest): Promise<string> {
  const took = await client.untilClosed(timeout + PROMPTLY);
  if (took < timeout / 2) {
    throw new CheckFailed(
      `it closed after ${seconds(took)}: the rest could still have arrived in time.`,
      "closed",
      `A client has ${seconds(timeout)} for an answer. Does your server take the timeout that it is given? If it has a different one, tell the check with --timeout.`,
    );
  }
  return `it closed the connection after ${seconds(took)}: every answer has a deadline.`;
}

const ONE_CHUNK =
  "It treated each chunk as one answer. Collect what arrives until there are eight bytes, and keep what is left over.";

const NOT_AWAITED =
  "It sent the next test before a whole answer to the last one had arrived. Read all eight bytes, compare them, and only then go on.";

/** The checks of `npm run attack 0` and `npm run check-server 0`. */
export const SERVER_CHECKS: ServerChecks = {
  timeout: 3000,
  interval: 1000,
  packets: PACKETS,

  // A client that answers every test, from before the attack until after it.
  async addBystander(target, patience) {
    const client = await target.connect();
    let failure: Error | undefined;
    let answered = 0;
    const live = async (): Promise<never> => {
      for (let id: number | undefined; ; answered++) {
        const test = await readTest(client, target, answered + 1, id, patience);
        id = test.id;
        await client.send(test.packet);
      }
    };
    if (!(await client.speaks(patience))) await readTest(client, target, 1); // says why
    live().catch((error: Error) => {
      failure = error;
    });
    return async () => {
      if (failure) throw failure;
      const before = answered;
      while (answered === before && !failure) await setTimeout(20); // what it waits for has a limit
      if (failure) throw failure;
    };
  },

  basics: [
    {
      name: "first",
      title: "a client gets test 1 as soon as it connects",
      cause:
        'Write the first test in the function that is called for each client: eight bytes, "<ii", id and sequence.',
      fits: ["silence", "part", "wrong"],
      async run(target) {
        const client = await target.connect("client");
        const { id } = await readTest(client, target, 1);
        if (id < 1) throw new CheckFailed(`its id is ${id}.`, "wrong", "Ids are 1, 2, 3, …");
        return "test 1 came.";
      },
    },
    {
      name: "next",
      title: "it gets the next test after each answer",
      cause:
        "It does not come back to this client after an answer. Read the answer, pause, and send the same id with the next sequence, in a loop.",
      fits: ["silence"],
      async run(target) {
        const client = await target.connect("client");
        let { id, packet } = await readTest(client, target, 1);
        for (const sequence of [2, 3]) {
          await client.send(packet);
          ({ packet } = await explained(readTest(client, target, sequence, id), {
            closed:
              "It closed a client whose answer was right. An answer is the eight bytes of the test: compare both numbers with those that were sent.",
          }));
        }
        return "tests 2 and 3 came.";
      },
    },
    {
      name: "ids",
      title: "no id is given twice, not even after its client has left",
      cause:
        "Don't use the number of clients as an id: it goes down when one leaves. Count every client that has ever connected.",
      fits: ["wrong"],
      async run(target) {
        const ids: number[] = [];
        for (const name of ["client A", "client B", "client C"]) {
          const client = await target.connect(name);
          const { id } = await readTest(client, target, 1);
          if (ids.includes(id)) throw new CheckFailed(`it gave the id ${id} again.`);
          ids.push(id);
          await client.leave();
        }
        return "each client got an id of its own.";
      },
    },
    {
      name: "goodbye",
      title: "the server closes a client that has said goodbye and can no longer answer",
      cause:
        'The end of what a client sends (an empty read, Node\'s "end") means that no answer will come: close the connection, and take the client off the list.',
      fits: ["open", "spoke"],
      async run(target) {
        const client = await target.connect("client");
        await readTest(client, target, 1);
        client.end();
        await client.untilClosed(target.timeout + PROMPTLY);
        return "it closed too.";
      },
    },
  ],

  attacks: [
    {
      name: "several",
      title: "three clients at once: each has an id of its own, and gets its own tests",
      cause: "Every client needs variables of its own: an id, and a sequence that starts at 1.",
      fits: ["wrong"],
      async run(target) {
        const clients: { client: Peer; id: number; packet: Uint8Array }[] = [];
        const ids = new Set<number>();
        for (const name of ["client A", "client B", "client C"]) {
          const client = await target.connect(name);
          const { id, packet } = await readFirst(client, target);
          ids.add(id);
          clients.push({ client, id, packet });
        }
        if (ids.size < clients.length) throw new CheckFailed("it gave two clients the same id.");
        const answerAll = async (sequence: number, causes: Causes) => {
          for (const { client, packet } of clients) await client.send(packet);
          for (const one of clients) {
            one.packet = (await explained(readTest(one.client, target, sequence, one.id), causes)).packet;
          }
        };
        await answerAll(2, {
          silence:
            "Three clients answer, but not all of them get their next test. Each needs a loop of its own.",
        });
        // One client leaves. The others must not notice, now or later.
        clients.pop()?.client.end();
        await setTimeout(target.pause);
        for (const sequence of [3, 4])
          await answerAll(sequence, { closed: CLOSES_OTHERS, reset: CLOSES_OTHERS });
        return "each client got an id of its own, and test 2 after test 1.";
      },
    },
    {
      name: "pieces",
      title: "an answer in eight pieces: TCP carries bytes, not packets",
      cause: ONE_CHUNK,
      async run(target) {
        const client = await target.connect("attacker");
        const { id, packet } = await readFirst(client, target);
        await client.drip(packet, target.pause);
        await explained(readTest(client, target, 2, id), {
          silence:
            "It threw the pieces away, or waits for all eight bytes in one chunk. Keep what has arrived, and append what comes next.",
        });
        return "it put the eight pieces together, and sent test 2.";
      },
    },
    {
      name: "nonsense",
      title: "eight bytes that are not the answer",
      cause:
        "It does not look at the answer. Unpack it, and compare its id and its sequence with what was sent.",
      fits: ["open", "spoke"],
      async run(target) {
        const client = await target.connect("attacker");
        await readFirst(client, target);
        await client.send(new TextEncoder().encode("hello!!!"));
        await client.untilClosed();
        return "it looked at the answer, and closed the connection.";
      },
    },
    {
      name: "reset",
      title: "half an answer, and then the connection breaks",
      cause:
        "Either it unpacked half an answer: wait for the rest. Or nothing listened for the error on the client's socket, which must close only that client.",
      fits: ["ended", "refused", "silence"],
      async run(target) {
        const client = await target.connect("attacker");
        const { packet } = await readFirst(client, target);
        await client.send(packet.subarray(0, 4));
        await client.reset();
        const next = await target.connect("next client");
        await explained(readTest(next, target, 1), { closed: CLOSES_OTHERS, reset: CLOSES_OTHERS });
        return "the next client was served as if nothing had happened.";
      },
    },
    {
      name: "silent",
      title: "a client that answers once and then never again, but stays connected",
      cause: "Reading needs a deadline: close a client whose answer has not come within the timeout.",
      fits: ["open"],
      async run(target) {
        const client = await target.connect("attacker");
        const { id, packet } = await readFirst(client, target);
        await client.send(packet);
        await readTest(client, target, 2, id);
        return await explained(expectTimeout(client, target), { spoke: NOT_AWAITED });
      },
    },
    {
      name: "half",
      title: "half an answer, and then nothing",
      cause: "Reading needs a deadline for the whole answer, not only for its first byte.",
      fits: ["open"],
      async run(target) {
        const client = await target.connect("attacker");
        const { packet } = await readFirst(client, target);
        await client.send(packet.subarray(0, 4));
        return await explained(expectTimeout(client, target), { spoke: NOT_AWAITED });
      },
    },
    {
      name: "slow",
      title: "a byte now and then: each byte comes in time, but the whole answer doesn't",
      cause:
        "Each byte restarted the timer. The deadline is one moment for the whole answer, fixed when the test is sent.",
      fits: ["open"],
      async run(target) {
        const client = await target.connect("attacker");
        const { packet } = await readFirst(client, target);
        let closed = false;
        const closing = expectTimeout(client, target).finally(() => {
          closed = true;
        });
        // Seven of the eight bytes: the answer never becomes whole.
        const dripping = client.drip(packet.subarray(0, 7), target.timeout / 3, () => !closed);
        const [sentence] = await Promise.all([explained(closing, { spoke: NOT_AWAITED }), dripping]);
        return sentence;
      },
    },
    {
      name: "flood",
      title: "answers without end, to tests that were never sent",
      cause:
        "Read no more than the answer that you are waiting for. While you expect nothing, leave the bytes to the operating system, or close the connection.",
      fits: ["wrong"],
      floods: true,
      async run(target) {
        const client = await target.connect("attacker");
        const { id, packet } = await readFirst(client, target);
        await client.send(packet);
        // These are the right answers to the next tests: they aren't wrong, only early.
        const answers = Array.from({ length: 8000 }, (_, index) => TEST_PACKET.pack(id, index + 2));
        const serve = () => SERVER_CHECKS.addBystander(target, FLOODED_LIMIT);
        const outcome = await client.flood(Buffer.concat(answers), FLOOD, true, serve);
        return outcome === "closed"
          ? "it closed the connection before its memory filled up."
          : "it stopped reading before its memory filled up.";
      },
    },
  ],
};

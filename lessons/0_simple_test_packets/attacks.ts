/**
 * Lesson 0 · the attacks: what a server of test packets has to withstand.
 *
 * `npm run attack 0` lists them, and `npm run attack 0 pieces` does one. Each works on every server of the lesson, in
 * any language: on `server.ts`, on the programs in `steps/`, on yours.
 *
 * @module
 */

import {
  type Attacker,
  type Attacks,
  NotWithstood,
  PROMPTLY,
  seconds,
  type Target,
} from "../../src/attack.ts";
import { PACKETS, TEST_PACKET } from "./protocol.ts";

/** More than the buffers of two operating systems hold: what a server takes of it beyond that, it has read. */
const FLOOD = 64_000_000;

/** Reads a test packet; it must be the expected one. The first tells us our id. */
async function readTest(client: Attacker, target: Target, sequence: number, expectedId?: number) {
  const packet = await client.read(
    TEST_PACKET.size,
    `test ${sequence}`,
    (sequence === 1 ? 0 : target.interval) + PROMPTLY,
  );
  const [id, got] = TEST_PACKET.unpack(packet);
  if (got !== sequence || id !== (expectedId ?? id)) {
    const owner = expectedId === undefined ? "" : `id ${expectedId} `;
    throw new NotWithstood(`instead of ${owner}sequence ${sequence} it sent id ${id} sequence ${got}.`);
  }
  return { id, packet };
}

/** A client that must be closed once it has kept the server waiting for the timeout, and not much earlier. */
async function expectTimeout(client: Attacker, { timeout }: Target): Promise<string> {
  const took = await client.untilClosed(timeout + PROMPTLY);
  if (took < timeout / 2) {
    throw new NotWithstood(`it closed after ${seconds(took)}: the rest could still have come in time.`);
  }
  return `it closed the connection after ${seconds(took)}: every answer has a deadline.`;
}

/** What `npm run attack 0` knows. */
export const ATTACKS: Attacks = {
  port: 9000,
  timeout: 3000,
  interval: 1000,
  packets: PACKETS,

  // A client that answers every test, from before the attack until after it.
  async befriend(target) {
    const friend = await target.connect();
    let failure: Error | undefined;
    let answered = 0;
    const live = async (): Promise<never> => {
      for (let id: number | undefined; ; answered++) {
        const test = await readTest(friend, target, answered + 1, id);
        id = test.id;
        await friend.send(test.packet);
      }
    };
    live().catch((error: Error) => {
      failure = error;
    });
    return async () => {
      if (failure) throw failure;
      const before = answered;
      const end = performance.now() + target.interval + PROMPTLY;
      while (answered === before && !failure && performance.now() < end) {
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      if (failure) throw failure;
    };
  },

  attacks: [
    {
      name: "several",
      title: "three clients at once: each has an id of its own, and gets its own tests",
      async run(target) {
        const clients = [];
        const ids = new Set<number>();
        for (const name of ["client A", "client B", "client C"]) {
          const client = await target.connect(name);
          const { id, packet } = await readTest(client, target, 1);
          ids.add(id);
          clients.push({ client, id, packet });
        }
        if (ids.size < clients.length) throw new NotWithstood("it gave two clients the same id.");
        for (const { client, packet } of clients) await client.send(packet);
        for (const { client, id } of clients) await readTest(client, target, 2, id);
        return "each client got an id of its own, and test 2 after test 1.";
      },
    },
    {
      name: "pieces",
      title: "an answer in eight pieces: TCP carries bytes, not packets",
      async run(target) {
        const client = await target.connect("attacker");
        const { id, packet } = await readTest(client, target, 1);
        await client.drip(packet);
        await readTest(client, target, 2, id);
        return "it put the eight pieces together, and sent test 2.";
      },
    },
    {
      name: "nonsense",
      title: "eight bytes that are not the answer",
      async run(target) {
        const client = await target.connect("attacker");
        await readTest(client, target, 1);
        await client.send(new TextEncoder().encode("hello!!!"));
        await client.untilClosed(target.timeout + PROMPTLY);
        return "it looked at the answer, and closed the connection.";
      },
    },
    {
      name: "reset",
      title: "half an answer, and then the connection breaks",
      async run(target) {
        const client = await target.connect("attacker");
        const { packet } = await readTest(client, target, 1);
        await client.send(packet.subarray(0, 4));
        await client.reset();
        const next = await target.connect("next client");
        await readTest(next, target, 1);
        return "the next client was served as if nothing had happened.";
      },
    },
    {
      name: "silent",
      title: "a client that answers once and then never again, but stays connected",
      async run(target) {
        const client = await target.connect("attacker");
        const { id, packet } = await readTest(client, target, 1);
        await client.send(packet);
        await readTest(client, target, 2, id);
        return await expectTimeout(client, target);
      },
    },
    {
      name: "half",
      title: "half an answer, and then nothing",
      async run(target) {
        const client = await target.connect("attacker");
        const { packet } = await readTest(client, target, 1);
        await client.send(packet.subarray(0, 4));
        return await expectTimeout(client, target);
      },
    },
    {
      name: "slow",
      title: "a byte now and then: each comes in time, the whole answer does not",
      async run(target) {
        const client = await target.connect("attacker");
        const { packet } = await readTest(client, target, 1);
        let closed = false;
        const closing = expectTimeout(client, target).finally(() => {
          closed = true;
        });
        // Seven of the eight bytes: the answer never becomes whole.
        const dripping = client.drip(packet.subarray(0, 7), target.timeout / 3, () => !closed);
        const [sentence] = await Promise.all([closing, dripping]);
        return sentence;
      },
    },
    {
      name: "flood",
      title: "answers without end, to tests that were never sent",
      async run(target) {
        const client = await target.connect("attacker");
        const { id, packet } = await readTest(client, target, 1);
        await client.send(packet);
        // The right answers to the next tests, so that nobody can say they are wrong: they are only early.
        const answers = Array.from({ length: 8000 }, (_, index) => TEST_PACKET.pack(id, index + 2));
        const outcome = await client.flood(Buffer.concat(answers), FLOOD);
        return outcome === "closed"
          ? "it closed the connection before its memory filled up."
          : "it stopped reading before its memory filled up.";
      },
    },
  ],
};

/**
 * Lesson 2 · the checks of a client: `npm run check-client 2 COMMAND … {port} …`, in any language. It walks from the
 * place that it is given, a step at a time.
 *
 * @module
 */

import type { ClientChecks } from "../../src/checks/client_stages.ts";
import { CheckFailed, type Peer, PROMPTLY } from "../../src/checks/peer.ts";
import { HEIGHT, NOWHERE, PACKETS, PLACE, POSITION, WIDTH } from "./protocol.ts";

/** Reads the client's next place: it must be at most a step from the last one, and in the room. */
async function expectStep(client: Peer, from: readonly [x: number, y: number], limit: number) {
  const [x, y] = PLACE.unpack(await client.read(PLACE.size, "a place", limit));
  const step = Math.max(Math.abs(x - from[0]), Math.abs(y - from[1]));
  if (x < 0 || x >= WIDTH || y < 0 || y >= HEIGHT) {
    throw new CheckFailed(`it went to ${x} ${y}; the room is ${WIDTH} wide and ${HEIGHT} high.`);
  }
  if (step > 1)
    throw new CheckFailed(`from ${from.join(" ")} it went to ${x} ${y}: that is more than a step.`);
  return [x, y] as const;
}

/** What `npm run check-client 2` knows. */
export const CLIENT_CHECKS: ClientChecks = {
  packets: PACKETS,
  timeout: 60_000,
  interval: 2000,
  begin: (client) => client.send(POSITION.pack(1, 5, 5)),

  stages: [
    {
      title: "it walks from where the server puts it, a step at a time",
      cause:
        'The first eight bytes, "<ihh", say who it is and where it starts. Its places are four bytes, "<hh".',
      async run(program) {
        const client = await program.connect();
        const limit = program.interval + PROMPTLY;
        await client.send(POSITION.pack(258, 33, 9));
        let place = await expectStep(client, [33, 9], limit);
        for (let count = 0; count < 2; count++) place = await expectStep(client, place, limit);
      },
    },
    {
      title: "it stays in the room",
      cause: "0 ≤ x < 60 and 0 ≤ y < 20: a step that leads out of the room must not be taken.",
      async run(program) {
        const client = await program.connect();
        const limit = program.interval + PROMPTLY;
        await client.send(POSITION.pack(1, WIDTH - 1, 0));
        let place = await expectStep(client, [WIDTH - 1, 0], limit);
        for (let count = 0; count < 3; count++) place = await expectStep(client, place, limit);
      },
    },
    {
      title: "it prints where the others are",
      cause: "Reading and walking go on at the same time: two tasks, two threads, or a timer.",
      async run(program) {
        const client = await program.connect();
        await client.send(POSITION.pack(1, 5, 5));
        await client.send(POSITION.pack(2, 42, 17));
        await program.expectPrinted(client, /\b42\D{1,3}17\b/, "where client 2 is, 42 17");
      },
    },
    {
      title: "positions in pieces, and many at once",
      cause: "One chunk was taken for one position. Collect what arrives, and take eight bytes at a time.",
      async run(program) {
        const client = await program.connect();
        const [first, second] = [POSITION.pack(1, 5, 5), POSITION.pack(2, 43, 16)];
        await client.drip(Buffer.concat([first, second.subarray(0, 3)]), 20);
        const third = POSITION.pack(3, 44, 15);
        await client.send(Buffer.concat([second.subarray(3), POSITION.pack(2, NOWHERE, NOWHERE), third]));
        await program.expectPrinted(client, /\b43\D{1,3}16\b/, "where client 2 is, 43 16");
        await program.expectPrinted(client, /\b44\D{1,3}15\b/, "where client 3 is, 44 15");
      },
    },
  ],
};

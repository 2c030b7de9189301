/**
 * Lesson 2 · the checks of a client: `npm run check-client 2 COMMAND … {port} …`, in any language. The client walks
 * from the place that it is given, one step at a time.
 *
 * @module
 */

import type { ClientChecks } from "../../src/checks/client_stages.ts";
import { CheckFailed, type Peer, PROMPTLY } from "../../src/checks/peer.ts";
import { unpack } from "../../src/struct.ts";
import { HEIGHT, NOWHERE, PACKETS, PLACE, POSITION, WIDTH } from "./protocol.ts";

/** Reads the client's next place: it must be at most a step from the last one, and in the room. */
async function expectStep(client: Peer, from: readonly [x: number, y: number], limit: number) {
  const [x, y] = PLACE.unpack(await client.read(PLACE.size, "a place", limit));
  const step = Math.max(Math.abs(x - from[0]), Math.abs(y - from[1]));
  if (x < 0 || x >= WIDTH || y < 0 || y >= HEIGHT) {
    const sentence = `from ${from.join(" ")} it went to ${x} ${y}; the room is ${WIDTH} wide and ${HEIGHT} high.`;
    throw new CheckFailed(sentence, "wrong", step <= 1 ? OUT_OF_THE_ROOM : guess(from, x, y));
  }
  if (step > 1) {
    const sentence = `from ${from.join(" ")} it went to ${x} ${y}: that is more than a step.`;
    throw new CheckFailed(sentence, "wrong", guess(from, x, y));
  }
  return [x, y] as const;
}

const OUT_OF_THE_ROOM =
  "It took a step that leads out of the room: 0 ≤ x < 60 and 0 ≤ y < 20. Do not take such a step.";

/** The likely cause of a place that is too far away, if it shows in the bytes. */
function guess([x, y]: readonly [x: number, y: number], gotX: number, gotY: number): string | undefined {
  const isStep = (otherX: number, otherY: number) => Math.abs(otherX - x) <= 1 && Math.abs(otherY - y) <= 1;
  if (isStep(...unpack(">hh", PLACE.pack(gotX, gotY))))
    return "The bytes of x and y are in the opposite order: the lowest comes first.";
  if (isStep(gotY, gotX)) return "x and y are swapped: x comes first, both ways.";
  if (gotX === 0 || gotY === 0)
    return "It starts at a place of its own. The server says where it starts, in the first packet.";
  return undefined;
}

/** The checks of `npm run check-client 2`. */
export const CLIENT_CHECKS: ClientChecks = {
  packets: PACKETS,
  timeout: 60_000,
  interval: 2000,
  begin: (client) => client.send(POSITION.pack(1, 5, 5)),

  stages: [
    {
      title: "it walks from where the server puts it, a step at a time",
      cause:
        'The first eight bytes, "<ihh", say who it is and where it starts. Each place that it sends has four bytes, "<hh", and is at most one away from the last, in x and in y.',
      fits: ["silence", "part", "wrong"],
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
      cause: OUT_OF_THE_ROOM,
      fits: ["wrong"],
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
      cause:
        "Print each position that the server sends, with x and y. Read and walk at the same time: in two tasks, in two threads, or with a timer.",
      fits: ["unprinted"],
      async run(program) {
        const client = await program.connect();
        await client.send(POSITION.pack(1, 5, 5));
        // Once it walks, it has read the first position, so the second arrives in a chunk of its own.
        await expectStep(client, [5, 5], program.interval + PROMPTLY);
        await client.send(POSITION.pack(2, 42, 17));
        await program.expectPrinted(client, /\b42\D{1,3}17\b/, "where client 2 is, 42 17");
      },
    },
    {
      title: "positions in pieces, and many at once",
      cause: "It treated each chunk as one position. Collect what arrives, and take eight bytes at a time.",
      fits: ["unprinted", "crashed"],
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

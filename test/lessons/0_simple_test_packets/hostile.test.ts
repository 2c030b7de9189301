import { expect } from "vitest";
import { LESSON_0, Peer } from "../harness.ts";
import { readTest, testPacket } from "../packets.ts";
import {
  type Attack,
  CONNECT_AND_LEAVE,
  CROWD,
  dice,
  LONG,
  RANDOM_BYTES,
  RUBBISH_FLOOD,
  sendInPieces,
  siege,
  slow,
} from "../siege.ts";
import { testedWitness } from "../witness.ts";

const ATTACKS: Attack[] = [
  CONNECT_AND_LEAVE,
  RANDOM_BYTES,
  RUBBISH_FLOOD,
  slow(testPacket(1, 1)),
  {
    name: "clients that answer before they are asked",
    crowd: CROWD,
    attacker: async (port, number) => {
      const peer = await Peer.connect(port);
      if (number % 2 === 0) {
        // Nothing has been asked yet: whichever id it guesses, one of the answers is too early.
        peer.send(Buffer.concat([testPacket(number, 1), testPacket(number, 2)]));
      } else {
        const { id } = await readTest(peer);
        peer.send(Buffer.concat([1, 2, 3].map((sequence) => testPacket(id, sequence))));
      }
      await peer.over;
    },
  },
  {
    name: "resets and half-closes after each byte of an answer",
    crowd: { tasks: LONG ? 2000 : 36, threads: LONG ? 36 : 2 },
    attacker: async (port, number) => {
      const peer = await Peer.connect(port);
      const { id } = await readTest(peer);
      const part = testPacket(id, 1).subarray(0, (number >> 1) % 9);
      if (number % 2 === 0) peer.end(part);
      else {
        peer.send(part);
        peer.reset();
      }
      await peer.over;
    },
  },
];

/** Answers a few tests, then does something else. The server must close it, for whatever reason. */
async function fuzz(port: number, number: number): Promise<void> {
  const { below, pick, bytes } = dice(number);
  const peer = await Peer.connect(port);
  const goodAnswers = below(4);
  for (let sequence = 1; sequence <= goodAnswers; sequence++) {
    const test = await readTest(peer);
    expect(test.sequence).toBe(sequence);
    await sendInPieces(peer, testPacket(test.id, sequence), below);
  }
  const { id, sequence } = await readTest(peer);
  const answer = testPacket(id, sequence);
  const wrong = Buffer.from(answer);
  wrong[below(8)] = below(256);
  const sent = pick([
    bytes(8 + below(100)),
    Buffer.concat([answer, answer]),
    Buffer.concat([wrong, wrong]),
    answer.subarray(0, below(8)),
    Buffer.alloc(0),
  ]);
  await sendInPieces(peer, sent, below);
  if (below(3) === 0) peer.reset();
  else if (sent.length < 16) peer.end();
  await peer.over;
}

siege(LESSON_0, ["--interval", "5"], testedWitness, ATTACKS, fuzz);

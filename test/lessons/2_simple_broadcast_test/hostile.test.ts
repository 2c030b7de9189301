import { expect } from "vitest";
import { LESSON_2, Peer } from "../harness.ts";
import { NOWHERE, place, positionsIn, readPosition } from "../packets.ts";
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
  turn,
} from "../siege.ts";
import { movingWitness } from "../witness.ts";

const TWO_PLACES = Buffer.concat([place(1, 2), place(3, 4)]);

const ATTACKS: Attack[] = [
  CONNECT_AND_LEAVE,
  RANDOM_BYTES,
  // Here rubbish is places, and all who are there are told of each.
  { ...RUBBISH_FLOOD, atOnce: 2 },
  slow(place(1, 1)),
  {
    name: "clients that are nowhere, and go on",
    crowd: CROWD,
    attacker: async (port, number) => {
      const peer = await Peer.connect(port);
      peer.send(Buffer.concat([place(number, 1), place(NOWHERE, NOWHERE), place(666, 666)]));
      const told = positionsIn(await peer.rest());
      expect(told.some(({ x, y }) => x === 666 && y === 666)).toBe(false);
      await peer.over;
    },
  },
  {
    name: "resets and half-closes after each byte of two places",
    crowd: { tasks: LONG ? 2500 : 50, threads: LONG ? 25 : 2 },
    attacker: async (port, number) => {
      const peer = await Peer.connect(port);
      const sent = TWO_PLACES.subarray(0, number % (TWO_PLACES.length + 1));
      if (number % 2 === 0) peer.end(sent);
      else {
        peer.send(sent);
        await turn();
        peer.reset();
      }
      await peer.over;
    },
  },
  {
    name: "clients that move as fast as they can, and read nothing",
    crowd: { tasks: LONG ? 60 : 4, threads: LONG ? 6 : 1 },
    atOnce: 2,
    attacker: async (port) => {
      const peer = await Peer.connect(port, { reads: false });
      const moves = Buffer.concat(Array.from({ length: 1000 }, (_, index) => place(index, 1)));
      for (let sent = 0; sent < (LONG ? 100 : 20) && !peer.socket.destroyed; sent++) {
        peer.send(moves);
        await turn();
      }
      peer.reset();
      await peer.over;
    },
  },
];

/** Random places in random pieces: a client that reads is told of each of them, in order, however it leaves. */
async function fuzz(port: number, number: number): Promise<void> {
  const { below, pick } = dice(number);
  const short = () => pick([0, 1, -1, 32767, -32767, below(65535) - 32767]);
  const places = Array.from({ length: below(200) }, () => ({ x: short(), y: short() }));
  const whole = Buffer.concat(places.map(({ x, y }) => place(x, y)));
  const cut = below(3) === 0 ? below(whole.length + 1) : whole.length;

  const peer = await Peer.connect(port);
  const { id: self } = await readPosition(peer);
  await sendInPieces(peer, whole.subarray(0, cut), below);
  if (below(5) === 0) peer.reset();
  else {
    peer.end();
    const told = positionsIn(await peer.rest()).filter(({ id }) => id === self);
    expect(told.map(({ x, y }) => ({ x, y }))).toEqual(places.slice(0, Math.floor(cut / 4)));
  }
  await peer.over;
}

// The witness is told of all that the attackers do before it hears of its own move, and that may take it some seconds.
siege(LESSON_2, ["--timeout", "10000"], movingWitness, ATTACKS, fuzz);

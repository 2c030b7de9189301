import { describe, expect, test } from "vitest";
import { MOST_SERVERS, Peers } from "../../../lessons/3_simple_cluster_test/peers.ts";
import { type Beat, KIND } from "../../../lessons/3_simple_cluster_test/protocol.ts";

const OURS = 1;
const B = 2;
const LINK = 77;

/** A beat that answers one of ours, or none. */
function beat(number: number, answers?: number, link = LINK): Beat {
  const heard = new Map(answers === undefined ? [] : [[OURS, answers]]);
  return { kind: KIND.BEAT, link, number, name: "B", heard, positions: [] };
}

/** Our peers, whose first beat is number 71. They have heard B, which has answered it. */
function withB(): Peers {
  const peers = new Peers(OURS, 71);
  expect(peers.hear(B, beat(12, 71))).toMatchObject({ isFirst: true, isAnswer: true });
  return peers;
}

/** Sends so many beats, and returns which servers have gone. */
function send(peers: Peers, count: number): number[] {
  return Array.from({ length: count }, () => peers.beat().map(({ session }) => session)).flat();
}

describe("a server is alive", () => {
  test("once it has answered one of our beats, and not before", () => {
    const peers = new Peers(OURS, 71);
    expect(peers.hear(B, beat(12))).toMatchObject({ isFirst: true, isAnswer: false });
    expect(peers.alive).toEqual([]);
    expect(peers.find(B, LINK)).toBeUndefined();
    expect(peers.hear(B, beat(13, 71))).toMatchObject({ isFirst: false, isAnswer: true });
    expect(peers.alive.map(({ name, session, number }) => [name, session, number])).toEqual([["B", B, 13]]);
    expect(peers.find(B, LINK)).toBe(peers.alive[0]);
  });

  test("only by an answer to a recent beat: not to an old one, nor to one that isn't sent yet", () => {
    const peers = new Peers(OURS, 71);
    send(peers, 5);
    expect(peers.number).toBe(76);
    for (const answers of [71, 77]) {
      expect(peers.hear(B, beat(12, answers))).toMatchObject({ isAnswer: false });
    }
    expect(peers.hear(B, beat(12, 72))).toMatchObject({ isAnswer: true });
  });

  test("on the connection that its newest answer came on", () => {
    const peers = withB();
    expect(peers.find(B, 78)).toBeUndefined();
    peers.hear(B, beat(13, undefined, 78)); // a stranger may say that
    expect(peers.find(B, LINK)).toBeDefined();
    peers.hear(B, beat(14, 71, 78));
    expect(peers.find(B, LINK)).toBeUndefined();
    expect(peers.find(B, 78)).toBeDefined();
  });
});

describe("a server is gone", () => {
  test("when its newest answer is five beats old", () => {
    const peers = withB();
    expect(send(peers, 4)).toEqual([]);
    expect(peers.find(B, LINK)).toBeDefined();
    expect(send(peers, 1)).toEqual([B]);
    expect(peers.find(B, LINK)).toBeUndefined();
    expect(send(peers, 1)).toEqual([]); // once
  });

  test("even if it goes on beating, but answers nothing new", () => {
    const peers = withB();
    const gone = Array.from({ length: 6 }, (_, index) => {
      peers.hear(B, beat(13 + index, 71));
      return send(peers, 1);
    });
    expect(gone.flat()).toEqual([B]);
  });

  test("when it says so, and comes back with a newer beat, not with a copy of its last one", () => {
    const peers = withB();
    const [peer] = peers.alive;
    if (peer) peers.bury(peer);
    expect(peers.alive).toEqual([]);
    expect(peers.hear(B, beat(12, 71))).toBeUndefined();
    expect(peers.alive).toEqual([]);
    expect(peers.hear(B, beat(13, 71))).toMatchObject({ isFirst: false, isAnswer: true });
    expect(peers.alive).toHaveLength(1);
    expect(peers.hear(B, beat(13, 71))).toMatchObject({ isAnswer: true }); // twice does no harm while it is alive
  });

  test("and is forgotten when nothing has been heard from it for five beats", () => {
    const peers = new Peers(OURS, 71);
    peers.hear(B, beat(12));
    send(peers, 4);
    expect(peers.heard).toEqual(new Map([[B, 12]]));
    send(peers, 1);
    expect(peers.heard).toEqual(new Map());
    expect(peers.hear(B, beat(11))).toMatchObject({ isFirst: true });
  });

  test("but is remembered as long as something is heard from it", () => {
    const peers = new Peers(OURS, 71);
    peers.hear(B, beat(12));
    send(peers, 4);
    peers.hear(B, beat(13));
    send(peers, 4);
    expect(peers.heard).toEqual(new Map([[B, 13]]));
  });
});

test("a beat that answers nothing doesn't make a living server's next beats look old", () => {
  const peers = withB();
  // Anyone may publish on B's topic, such as a beat of our own, which has a larger number.
  expect(peers.hear(B, beat(4000))).toMatchObject({ isAnswer: false });
  expect(peers.hear(B, beat(13, 71))).toMatchObject({ isAnswer: true });
});

test("an older beat is out of order", () => {
  const peers = withB();
  expect(peers.hear(B, beat(11, 71))).toBeUndefined();
  expect(peers.heard).toEqual(new Map([[B, 12]]));
});

test("there is room for so many servers, and those that answer keep their place", () => {
  const peers = withB();
  for (let session = 100; session < 100 + 2 * MOST_SERVERS; session++) peers.hear(session, beat(1));
  expect(peers.heard.size).toBe(MOST_SERVERS);
  expect(peers.find(B, LINK)).toBeDefined();

  // A stranger that has the last place gives it up to a server that may be a real one.
  expect(peers.hear(999, beat(1, 71))).toMatchObject({ isFirst: true, isAnswer: true });
  expect(peers.heard.size).toBe(MOST_SERVERS);
  expect(peers.find(999, LINK)).toBeDefined();

  const full = new Peers(OURS, 71);
  for (let session = 100; session < 100 + MOST_SERVERS; session++) full.hear(session, beat(1, 71));
  expect(full.hear(B, beat(12, 71))).toBeUndefined();
  expect(full.alive).toHaveLength(MOST_SERVERS);
});

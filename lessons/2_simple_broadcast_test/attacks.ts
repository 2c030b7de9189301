/**
 * Lesson 2 · the attacks that a broadcasting server has to survive.
 *
 * `npm run attack 2` lists them, and `npm run attack 2 deaf` runs one. Each works on every server of the lesson, in
 * any language: `server.ts`, the programs in `steps/`, or yours.
 *
 * Other clients may be there at the same time. The attacks ignore what a client hears about them.
 *
 * @module
 */

import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import {
  type Causes,
  CheckFailed,
  explained,
  megabytes,
  type Peer,
  PROMPTLY,
  say,
  seconds,
} from "../../src/checks/peer.ts";
import { CLOSES_OTHERS, type ServerChecks } from "../../src/checks/server_stages.ts";
import type { ServerUnderTest } from "../../src/checks/server_under_test.ts";
import { unpack } from "../../src/struct.ts";
import { describe, HEIGHT, isNowhere, NOWHERE, PACKETS, PLACE, POSITION, WIDTH } from "./protocol.ts";

/**
 * How many moves are made at once. The next ones follow only when the last of these was heard, so no client that reads
 * falls behind.
 */
const ROUND = 4096;
/**
 * More moves than two operating systems keep for a client that does not read: 5 MB, while Linux keeps up to 4 MB
 * to send and little to receive. The server itself keeps whatever goes beyond that.
 */
const MANY = 154 * ROUND;
/** How long these moves may take, in milliseconds. On a slow server there are fewer. */
const MANY_LIMIT = 40_000;

/** How long a flood lasts at least, in milliseconds. */
const FLOOD_TIME = 3000;
/**
 * How long the flood goes on while another client waits to be served, in milliseconds. A busy machine is slow but fair,
 * so only a server that serves nobody else makes that client wait this long.
 */
const FLOOD_LIMIT = 15_000;
/** How long a client that behaves well may have to wait while another attacks, in milliseconds. */
const BYSTANDER_LIMIT = 10_000;
/**
 * How many bytes a server may have taken that nobody has heard about yet. The buffers of two operating systems hold
 * hardly more.
 */
const FLOOD_MARGIN = 40_000_000;

/** A map from ids to places. */
export type Position = readonly [id: number, x: number, y: number];

/** A client that remembers what it heard. */
export class Walker {
  /** Its name in the sentences. */
  readonly name: string;
  readonly client: Peer;
  readonly id: number;
  /** Where it started. */
  readonly start: Position;
  /** Where everyone is, as far as it has heard. Clients that have left are not in it. */
  readonly map = new Map<number, Position>();
  readonly #promptly: number;

  private constructor(name: string, client: Peer, start: Position, promptly: number) {
    this.name = name;
    this.client = client;
    this.start = start;
    this.id = start[0];
    this.#promptly = promptly;
    this.map.set(this.id, start);
  }

  /** Connects, and reads the first packet: who it is, and where. With `isShown` its bytes are printed. */
  static async join(
    target: ServerUnderTest,
    name: string,
    isShown = true,
    promptly = target.promptly,
  ): Promise<Walker> {
    const client = await target.connect(isShown ? name : undefined);
    const first = client.read(POSITION.size, `the first position for ${name}`, promptly);
    const [id, x, y] = POSITION.unpack(await explained(first, NOT_WELCOMED));
    if (id >= 2 ** 24 && id % 2 ** 16 === 0) {
      const cause =
        'Its numbers are in the opposite byte order. The lowest byte comes first: "<ihh", not ">ihh".';
      throw new CheckFailed(`${describe(id, x, y)} at the start.`, "wrong", cause);
    }
    if (id < 1) throw new CheckFailed(`its id is ${id}.`, "wrong", "Ids are 1, 2, 3, …");
    if (x < 0 || x >= WIDTH || y < 0 || y >= HEIGHT) {
      const cause = `At the start a client is in the room: 0 ≤ x < ${WIDTH} and 0 ≤ y < ${HEIGHT}.`;
      const sentence = `${describe(id, x, y)} at the start; the room is ${WIDTH} wide and ${HEIGHT} high.`;
      throw new CheckFailed(sentence, "wrong", cause);
    }
    return new Walker(name, client, [id, x, y], promptly);
  }

  /** Hears the next position, of anybody. */
  async hear(what: string, limit: number = this.#promptly): Promise<Position> {
    const position = POSITION.unpack(await this.client.read(POSITION.size, what, limit));
    const [id, x, y] = position;
    if (isNowhere(x, y)) this.map.delete(id);
    else this.map.set(id, position);
    return position;
  }

  /** Hears the next position of one of these clients, and ignores all others before it. */
  async hearNext(of: readonly number[], what: string): Promise<Position> {
    const end = performance.now() + this.#promptly;
    for (;;) {
      const position = await this.hear(what);
      if (of.includes(position[0])) return position;
      if (performance.now() > end) {
        throw new CheckFailed(`${what} did not arrive within ${seconds(this.#promptly)}.`, "silence");
      }
    }
  }

  /** Whether it hears, soon, one more position of a client. */
  async hears(id: number, { pause }: ServerUnderTest): Promise<boolean> {
    while (await this.client.speaks(pause)) {
      const [heardId] = await this.hear("the next position");
      if (heardId === id) return true;
    }
    return false;
  }

  /** Hears the next position of one client, and compares it with the expected one. */
  async expect(id: number, x: number, y: number, before?: Position): Promise<void> {
    const expected = describe(id, x, y);
    const [, gotX, gotY] = await this.hearNext([id], `the news for ${this.name} that ${expected}`);
    if (gotX === x && gotY === y) return;
    const got = describe(id, gotX, gotY);
    throw new CheckFailed(
      `${this.name} was told “${got}”, not “${expected}”.`,
      "wrong",
      guess([id, gotX, gotY], [id, x, y], before),
    );
  }

  /** Hears that one client has left, and checks that it doesn't hear that again a while later. */
  async expectLeft(leaver: Walker, target: ServerUnderTest): Promise<void> {
    await this.expect(leaver.id, NOWHERE, NOWHERE);
    await setTimeout(target.pause);
    const [, x = 0, y = 0] = this.map.get(this.id) ?? [];
    await this.move(x, y);
    const what = `the news for ${this.name} that ${describe(this.id, x, y)}`;
    for (let id: number | undefined; id !== this.id; ) {
      const position = await this.hear(what);
      id = position[0];
      if (id === leaver.id) {
        const sentence = `${this.name} was told that client ${id} has left, and then heard about that client again: “${describe(...position)}”.`;
        const cause = isNowhere(position[1], position[2])
          ? "It announced one departure twice: perhaps once for the end and once for the error. Announce it where you take the client off the list, and only if it was still there."
          : "It sent a position of a client after saying that this client had left. NOWHERE must be the last thing that the others hear about a client.";
        throw new CheckFailed(sentence, "wrong", cause);
      }
    }
  }

  /**
   * Hears everything from now on, so that this client isn't slow. It ends only with an error, such as when the client
   * leaves.
   */
  async listen(onPosition: (position: Position) => void = () => {}): Promise<never> {
    for (;;) onPosition(await this.hear("the next position", Number.POSITIVE_INFINITY));
  }

  async move(x: number, y: number): Promise<void> {
    await this.client.send(PLACE.pack(x, y));
  }
}

/** The likely cause of a wrong position, if it shows. */
function guess(
  [, x, y]: Position,
  [, expectedX, expectedY]: Position,
  before?: Position,
): string | undefined {
  if (isNowhere(x, y)) return undefined; // it was closed, and why depends on what it did
  const swapped = unpack(">hh", PLACE.pack(expectedX, expectedY));
  if (x === swapped[0] && y === swapped[1]) {
    return "The bytes of x and y are in the opposite order. The lowest comes first.";
  }
  if (x === expectedY && y === expectedX) return "x and y are swapped. x comes first, both ways.";
  if (before && x === before[1] + expectedX && y === before[2] + expectedY) {
    return "A place is where the client is, not how far it went. Replace the old place; don't add to it.";
  }
  if (before && x === before[1] && y === before[2]) {
    return "That is where it was before. Keep the newest position of every client, and send that one.";
  }
  return undefined;
}

/** The place of a client after this many moves. */
function placeOf(moves: number): [x: number, y: number] {
  return [moves % 2 ** 15, Math.floor(moves / 2 ** 15)];
}

function movesTo([, x, y]: Position): number {
  return y * 2 ** 15 + x;
}

/** Many places in a row. In a 4-byte integer, x is the lower half and y the upper, so both are packed at once. */
function placesFrom(moves: number, count: number): Uint8Array {
  const bytes = new DataView(new ArrayBuffer(count * PLACE.size));
  for (let index = 0; index < count; index++) {
    const [x, y] = placeOf(moves + index);
    bytes.setInt32(index * PLACE.size, x + y * 2 ** 16, true);
  }
  return new Uint8Array(bytes.buffer);
}

/** The result of many moves that one client did not read about. */
interface Moved {
  /** How many there were. */
  moves: number;
  /** Set if the server closed that client, as it may: the client had read nothing for the whole timeout. */
  closed?: string;
}

/**
 * One client moves, round by round, and another does not read. Meanwhile the mover must hear about its own moves.
 *
 * @param others - the deaf client, and others that must not be closed for saying nothing
 * @param goesOn - asked after each round, with the number of moves; false ends it
 * @param limit - how long all rounds may take, in milliseconds
 */
async function moveALot(
  mover: Walker,
  others: readonly [deaf: Walker, ...Walker[]],
  target: ServerUnderTest,
  goesOn: (moves: number) => boolean = (moves) => moves < MANY,
  limit: number = MANY_LIMIT,
): Promise<Moved> {
  const [deaf] = others;
  const start = performance.now();
  const passed = () => performance.now() - start;
  let spoke = 0;
  let moves = 0;
  do {
    // Deaf, but not silent: it says that it is where it is.
    if (passed() - spoke >= target.timeout / 4) {
      spoke = passed();
      for (const other of others) await other.move(other.start[1], other.start[2]);
    }
    await mover.client.send(placesFrom(moves, ROUND));
    const last = moves + ROUND - 1;
    for (let heard = moves - 1; heard < last; ) {
      const position = await hearOrHeldUp(mover, deaf, moves);
      if (position[0] === deaf.id && isNowhere(position[1], position[2])) {
        if (passed() < target.timeout / 2) {
          throw new CheckFailed(
            `it closed a client that had read nothing for ${seconds(passed())}; a slow client has ${seconds(target.timeout)}.`,
            "closed",
            "It closes a client as soon as there is no room to write to it. Keep the newest positions for that client, and close it only after there has been no room for the whole timeout.",
          );
        }
        return { moves, closed: `it closed the client that had read nothing for ${seconds(passed())}.` };
      }
      if (position[0] !== mover.id) continue;
      if (movesTo(position) <= heard) {
        throw new CheckFailed(
          `moves arrived out of order: “${describe(...position)}” came after “${describe(mover.id, ...placeOf(heard))}”.`,
          "wrong",
          "A newer position has overtaken an older one. Send all positions for a client through one queue.",
        );
      }
      heard = movesTo(position);
    }
    moves += ROUND;
  } while (goesOn(moves) && passed() < limit);
  return { moves };
}

async function hearOrHeldUp(mover: Walker, deaf: Walker, moves: number): Promise<Position> {
  try {
    return await mover.hear("its next move");
  } catch (error) {
    if (moves === 0 || !(error instanceof CheckFailed) || error.sign !== "silence") throw error;
    const unread = megabytes(moves * POSITION.size);
    throw new CheckFailed(
      `once client ${deaf.id} had left ${unread} unread, the others heard nothing more either: one slow client holds up everyone.`,
      "silence",
      "It waits until there is room for the slow client, so everybody else waits too. Never wait for one client in code that other clients depend on.",
    );
  }
}

/** Waits until one client hears that another has left. */
async function untilLeft(leaver: Walker, witness: Walker): Promise<void> {
  const what = `the news for ${witness.name} that ${describe(leaver.id, NOWHERE, NOWHERE)}`;
  while (witness.map.has(leaver.id)) await witness.hearNext([leaver.id], what);
}

function sameId(id: number): CheckFailed {
  return new CheckFailed(`it gave two clients the same id, ${id}.`, "wrong", SAME_ID);
}

function idAgain(id: number): CheckFailed {
  const cause =
    "Don't use the number of clients as an id: it goes down when one leaves. Count every client that has ever connected.";
  return new CheckFailed(`it gave the id ${id} again.`, "wrong", cause);
}

/** A client that does not read, and one that moves. */
async function joinDeafAndMover(target: ServerUnderTest): Promise<{ deaf: Walker; mover: Walker }> {
  const mover = await Walker.join(target, "the client that moves", false);
  const deaf = await Walker.join(target, "the deaf client", false);
  await deaf.expect(...mover.start);
  say(`client ${deaf.id} does not read from now on, and client ${mover.id} moves ${MANY} times`);
  return { deaf, mover };
}

/** The likely causes if a client that has just connected hears nothing. */
const NOT_WELCOMED: Causes = {
  silence:
    'It writes nothing to a client that has just connected, or serves one client at a time. Write eight bytes at once: "<ihh", its id, and its place.',
  part: 'A position for a client is eight bytes: "<ihh", an id, x and y.',
};

/** The likely causes if a client has left, and another doesn't hear about it. */
const NOT_TOLD: Causes = {
  silence:
    "It did not tell the others that the client has left. However a client leaves (it says goodbye, its connection breaks, or you close it), take it off the list, and then tell the rest.",
};

/** The likely causes when a client that does nothing loses its connection because of another. */
const CUT_OFF: Causes = { closed: CLOSES_OTHERS, reset: CLOSES_OTHERS };

const ONE_CHUNK =
  "It treated each chunk as one place. Collect what arrives until there are four bytes, and keep what is left over.";

const SAME_ID = "Every client needs an id of its own: count every client that has ever connected.";

/** The checks of `npm run attack 2` and `npm run check-server 2`. */
export const SERVER_CHECKS: ServerChecks = {
  timeout: 60_000,
  interval: 0,
  packets: PACKETS,

  // A client that walks and listens, from before the attack until after it.
  async addBystander(target) {
    const walker = await Walker.join(target, "it", false);
    let failure: Error | undefined;
    let heard = 0;
    const listening = walker.listen(([id, x]) => {
      if (id === walker.id) heard = Math.max(heard, x);
    });
    listening.catch((error: Error) => {
      failure = error;
    });
    // It walks on even if it hears nothing, because the server may close a silent client.
    let walked = 0;
    const walk = async () => walker.move(++walked, 0);
    const untilTold = async (limit: number) => {
      const move = walked;
      for (const end = performance.now() + limit; heard < move && !failure; await setTimeout(10)) {
        if (performance.now() < end) continue;
        failure = new CheckFailed(`it moved, and did not hear about it within ${seconds(limit)}.`, "silence");
      }
      if (failure) throw failure;
    };
    await walk();
    await untilTold(target.promptly);
    const timer = setInterval(() => void walk(), Math.min(1000, target.timeout / 4));
    return async () => {
      clearInterval(timer);
      await walk();
      await untilTold(BYSTANDER_LIMIT);
    };
  },

  basics: [
    {
      name: "first",
      title: "a client's first position is its own: who it is, and where",
      cause:
        'Write eight bytes as soon as a client connects: "<ihh", its id, and a place with 0 ≤ x < 60 and 0 ≤ y < 20.',
      async run(target) {
        await Walker.join(target, "client");
        return "it was told its id and its place.";
      },
    },
    {
      name: "move",
      title: "a client hears about its own moves",
      cause:
        'Read four bytes, unpack "<hh", and write the position to all clients, including the one that moved.',
      fits: ["silence", "wrong", "part"],
      async run(target) {
        const client = await Walker.join(target, "the client");
        await client.move(12, 7);
        await client.expect(client.id, 12, 7, client.start);
        await client.move(3, -4);
        await client.expect(client.id, 3, -4, [client.id, 12, 7]);
        return "it heard about both its moves.";
      },
    },
    {
      name: "newcomer",
      title: "a newcomer hears who is there, and where they are now",
      cause: "Keep the newest position of every client, and write them all to each client that connects.",
      fits: ["silence", "wrong"],
      async run(target) {
        const first = await Walker.join(target, "client A");
        await first.move(5, 6);
        await first.expect(first.id, 5, 6, first.start);
        const newcomer = await Walker.join(target, "client B");
        if (newcomer.id === first.id) {
          const [, x, y] = newcomer.start;
          if (x !== 5 || y !== 6) throw sameId(first.id);
          throw new CheckFailed(
            `the first position sent to client B is that of client ${first.id}, which is client A.`,
            "wrong",
            "It tells a newcomer about the others first. First it must be told who it is itself.",
          );
        }
        await newcomer.expect(first.id, 5, 6, first.start);
        return "it heard about the client that was there before.";
      },
    },
    {
      name: "comes",
      title: "the clients that are there hear about a newcomer",
      cause: "The newcomer's first position is for all the others, too.",
      fits: ["silence", "wrong"],
      async run(target) {
        const first = await Walker.join(target, "client A");
        const newcomer = await Walker.join(target, "client B");
        if (newcomer.id === first.id) throw sameId(first.id);
        await first.expect(...newcomer.start);
        return "they heard about it before it moved.";
      },
    },
    {
      name: "everybody",
      title: "three clients move, and each hears about every move",
      cause: "Go through the list of all clients for each place that arrives.",
      fits: ["silence", "wrong"],
      async run(target) {
        const walkers: Walker[] = [];
        for (const name of ["client A", "client B", "client C"]) {
          const newcomer = await Walker.join(target, name);
          for (const walker of walkers) await walker.expect(...newcomer.start);
          for (const walker of walkers) await newcomer.expect(...walker.start);
          walkers.push(newcomer);
        }
        for (const [index, mover] of walkers.entries()) {
          await mover.move(index, 19);
          for (const walker of walkers) await walker.expect(mover.id, index, 19, mover.start);
        }
        return "each heard about every move.";
      },
    },
    {
      name: "leaves",
      title: "when a client leaves, the others hear once that it is nowhere, and newcomers hear nothing",
      cause:
        "However a client leaves, take it off the list, and then write its id with x = y = −32768 to all that remain.",
      fits: ["silence", "wrong"],
      async run(target) {
        const witness = await Walker.join(target, "client A");
        const leaver = await Walker.join(target, "client B");
        await witness.expect(...leaver.start);
        await leaver.client.leave();
        await explained(witness.expectLeft(leaver, target), CUT_OFF);
        const newcomer = await Walker.join(target, "client C");
        if (newcomer.id === leaver.id) throw idAgain(leaver.id);
        await newcomer.move(1, 1);
        await newcomer.expect(newcomer.id, 1, 1, newcomer.start);
        if (newcomer.map.has(leaver.id)) {
          throw new CheckFailed(
            `a newcomer was told about client ${leaver.id}, which had left before.`,
            "wrong",
            "It still has the client that has left on its list. However a client leaves, take it off the list.",
          );
        }
        return "they heard about it once.";
      },
    },
    {
      name: "ids",
      title: "no id is given twice, not even after its client has left",
      cause:
        "Don't use the number of clients as an id: it goes down when one leaves. Count every client that has ever connected. A client with an old id takes the place of another on every map.",
      fits: ["wrong"],
      async run(target) {
        const stays = await Walker.join(target, "client A");
        const ids = [stays.id];
        for (const name of ["client B", "client C", "client D"]) {
          const walker = await Walker.join(target, name);
          if (ids.includes(walker.id)) throw idAgain(walker.id);
          ids.push(walker.id);
          await walker.client.leave();
          await stays.expect(...walker.start);
          await explained(stays.expect(walker.id, NOWHERE, NOWHERE), CUT_OFF);
        }
        return "each client got an id of its own.";
      },
    },
  ],

  attacks: [
    {
      name: "pieces",
      title: "a place in four pieces: TCP carries bytes, not places",
      cause: ONE_CHUNK,
      async run(target) {
        const witness = await Walker.join(target, "witness");
        const attacker = await Walker.join(target, "attacker");
        await witness.expect(...attacker.start);
        await attacker.client.drip(PLACE.pack(300, 400), target.pause);
        await explained(witness.expect(attacker.id, 300, 400, attacker.start), {
          silence:
            "It threw the pieces away, or waits for all four bytes in one chunk. Keep what has arrived, and append what comes next.",
          ...CUT_OFF,
        });
        return "it put the four pieces together, and told the others about one move.";
      },
    },
    {
      name: "together",
      title: "three places in one piece",
      cause:
        "It looked at only the first place of the chunk. Look at the chunk again until fewer than four bytes are left.",
      fits: ["silence"],
      async run(target) {
        const witness = await Walker.join(target, "witness");
        const attacker = await Walker.join(target, "attacker");
        await witness.expect(...attacker.start);
        await attacker.client.send(
          Buffer.concat([PLACE.pack(101, 1), PLACE.pack(102, 2), PLACE.pack(103, 3)]),
        );
        for (const n of [1, 2, 3]) {
          const what = `the news for the witness that ${describe(attacker.id, 100 + n, n)}`;
          const [, x, y] = await witness.hearNext([attacker.id], what);
          if (x !== 100 + n) {
            const [sentence, cause] =
              x > 100 + n && n === 1 && x === 103 && !(await witness.hears(attacker.id, target))
                ? [
                    "only the newest of them was passed on",
                    "It looked at only the last place of the chunk. Pass on every place, in the order in which they arrived.",
                  ]
                : [
                    "they were passed on out of order",
                    "It passed on the places of one chunk in a different order. Pass on each before you read the next one.",
                  ];
            throw new CheckFailed(
              `instead of place ${n} of three, ${x} ${y} arrived: ${sentence}.`,
              "wrong",
              cause,
            );
          }
        }
        return "it told the others about all three, in order.";
      },
    },
    {
      name: "far",
      title: "places outside the room, and some that look like nowhere but aren't",
      cause: "Any two shorts are a place, unless both are −32768. Shorts are signed; pack them as such.",
      fits: ["wrong", "silence", "ended"],
      async run(target) {
        const witness = await Walker.join(target, "witness");
        const attacker = await Walker.join(target, "attacker");
        await witness.expect(...attacker.start);
        for (const [x, y] of [
          [60, 20],
          [-1, -1],
          [32767, -32767],
          [NOWHERE, 5],
          [5, NOWHERE],
          [0, 0],
        ] as const) {
          await attacker.move(x, y);
          await witness.expect(attacker.id, x, y);
        }
        return "it told the others about each, and the client stayed.";
      },
    },
    {
      name: "nowhere",
      title: "a client that says it is nowhere",
      cause:
        "Nowhere is what the server says about a client that has left. A client that stays and says so would vanish from all maps: close it.",
      fits: ["open", "silence"],
      async run(target) {
        const witness = await Walker.join(target, "witness");
        const attacker = await Walker.join(target, "attacker");
        await witness.expect(...attacker.start);
        await attacker.move(NOWHERE, NOWHERE);
        await attacker.client.untilClosed(target.promptly, true);
        await explained(witness.expectLeft(attacker, target), { ...NOT_TOLD, ...CUT_OFF });
        return "it closed the client, and told the others that it has left.";
      },
    },
    {
      name: "half_place",
      title: "half a place, and then a goodbye",
      cause:
        "A connection that ends in the middle of a place has ended like any other: close, take the client off the list, tell the others. Don't unpack half a place.",
      fits: ["open", "silence", "ended"],
      async run(target) {
        const witness = await Walker.join(target, "witness");
        const attacker = await Walker.join(target, "attacker");
        await witness.expect(...attacker.start);
        await attacker.client.send(PLACE.pack(7, 8).subarray(0, 2));
        attacker.client.end();
        await explained(witness.expectLeft(attacker, target), { ...NOT_TOLD, ...CUT_OFF });
        await attacker.client.untilClosed(target.promptly, true);
        return "it closed too, and told nobody about half a place.";
      },
    },
    {
      name: "half_close",
      title: "two places, and a goodbye right after them",
      cause: "What arrived before the goodbye counts. Read what is there before you look at the end.",
      fits: ["wrong"],
      async run(target) {
        const witness = await Walker.join(target, "witness");
        const attacker = await Walker.join(target, "attacker");
        await witness.expect(...attacker.start);
        await attacker.client.sendAndEnd(Buffer.concat([PLACE.pack(7, 8), PLACE.pack(9, 10)]));
        await witness.expect(attacker.id, 7, 8, attacker.start);
        await witness.expect(attacker.id, 9, 10);
        await explained(witness.expectLeft(attacker, target), { ...NOT_TOLD, ...CUT_OFF });
        await attacker.client.untilClosed(target.promptly, true);
        return "it told the others about both places, told them that the client has left, and closed the connection.";
      },
    },
    {
      name: "reset",
      title: "half a place, and then the connection breaks, while another client moves",
      cause:
        "An error on one client's socket must end only that client, whether it shows when you read from it or when you write another client's move to it. And don't unpack half a place.",
      fits: ["ended", "refused", "closed", "reset"],
      async run(target) {
        const witness = await Walker.join(target, "witness", false);
        const attacker = await Walker.join(target, "attacker");
        await witness.expect(...attacker.start);
        await attacker.client.send(PLACE.pack(7, 8).subarray(0, 2));
        let isOver = false;
        const walk = async () => {
          for (let x = 0; !isOver; x++) {
            await witness.move(x, 1);
            await setTimeout(1);
          }
        };
        const walking = walk();
        await attacker.client.reset();
        isOver = true;
        await walking;
        await explained(witness.expectLeft(attacker, target), NOT_TOLD);
        await Walker.join(target, "next client");
        return "the others heard that it has left, and the next client was served as if nothing had happened.";
      },
    },
    {
      name: "silent",
      title: "a place that never ends: it comes byte by byte until the timeout is over",
      cause: "Reading needs a deadline for the whole place, not for each byte of it.",
      fits: ["open"],
      async run(target) {
        const attacker = await Walker.join(target, "attacker");
        let isClosed = false;
        const closing = attacker.client.untilClosed(target.timeout + target.promptly, true).finally(() => {
          isClosed = true;
        });
        // Each byte comes in time. The second is still within the timeout of the whole place, the third is not.
        const bytes = PLACE.pack(7, 8).subarray(0, 3);
        const dripping = attacker.client.drip(bytes, 0.6 * target.timeout, () => !isClosed);
        const [took] = await Promise.all([closing, dripping]);
        if (took < target.timeout / 2) {
          throw new CheckFailed(
            `it closed after ${seconds(took)}: the rest could still have arrived in time.`,
            "closed",
            `A client has ${seconds(target.timeout)} for a place. Does your server take the timeout that it is given? If it has a different one, tell the check with --timeout.`,
          );
        }
        return `it closed the connection after ${seconds(took)}: every place has a deadline.`;
      },
    },
    {
      name: "deaf",
      title: "a client that does not read, while another moves 630,000 times",
      cause:
        "What you write to a client that does not read stays in the server's memory. While there is no room for it, keep only the newest position of each other client.",
      fits: ["wrong"],
      async run(target) {
        const { deaf, mover } = await joinDeafAndMover(target);
        const { moves, closed } = await moveALot(mover, [deaf], target);
        if (closed) return closed;
        say(`meanwhile the others heard about ${moves} moves; the deaf client reads again`);

        let told = 0;
        try {
          for (let newest = -1; newest < moves - 1; ) {
            newest = movesTo(await deaf.hearNext([mover.id], "the newest position"));
            told++;
          }
        } catch {
          // It hears nothing more. Another attack checks whether it knows what it should.
        }
        const [all, got] = [megabytes(moves * POSITION.size), megabytes(told * POSITION.size)];
        if (told < moves) {
          return `the client was sent ${got} of ${all}: what the buffers of both operating systems held. The server keeps little for such a client, and the client held up nobody.`;
        }
        if (moves < MANY) {
          return `the client held up nobody. But in ${seconds(MANY_LIMIT)} it was sent only ${got}, which may fit into the buffers of two operating systems. Attack again when your machine is less busy, to see what the server keeps.`;
        }
        throw new CheckFailed(
          `the client was sent all ${got}: the server had kept every position, and would keep any number of them. One client that does not read can fill the server's memory.`,
        );
      },
    },
    {
      name: "wakes",
      title:
        "a client that does not read for a while, and then reads again: it must see where everyone is now",
      cause:
        "Newer positions may replace those for which there is no room, but the newest of each client must be sent as soon as there is room. A departure counts as a position, too.",
      fits: ["wrong"],
      async run(target) {
        const leaver = await Walker.join(target, "the client that leaves", false);
        const { deaf, mover } = await joinDeafAndMover(target);
        if (!deaf.map.has(leaver.id)) await deaf.expect(...leaver.start);
        leaver.listen().catch(() => {}); // until it leaves
        const { moves, closed } = await moveALot(mover, [deaf, leaver], target);
        if (closed) return closed;
        await leaver.client.leave();
        await untilLeft(leaver, mover);
        const newcomer = await Walker.join(target, "the client that comes", false);
        await mover.expect(...newcomer.start);
        say(
          `client ${leaver.id} has left, and client ${newcomer.id} has connected; the deaf client reads again`,
        );

        const present: Position[] = [
          [mover.id, ...placeOf(moves - 1)],
          [leaver.id, NOWHERE, NOWHERE],
          newcomer.start,
        ];
        const ids = present.map(([id]) => id);
        const wrong = () =>
          present.find(([id, x, y]) => {
            const [, gotX = NOWHERE, gotY = NOWHERE] = deaf.map.get(id) ?? [];
            return gotX !== x || gotY !== y;
          });
        try {
          while (wrong()) await deaf.hearNext(ids, "the present");
        } catch (error) {
          const [id = 0, x = 0, y = 0] = wrong() ?? [];
          const [, seenX = NOWHERE, seenY = NOWHERE] = deaf.map.get(id) ?? [];
          if (!(error instanceof CheckFailed)) throw error;
          const isClosed = await untilLeft(deaf, mover).then(
            () => true,
            () => false,
          );
          if (isClosed) return "it closed the client, which had read nothing for so long.";
          throw new CheckFailed(
            `${describe(id, x, y)}, but the last thing that the slow client heard is “${describe(id, seenX, seenY)}”, and nothing more arrives.`,
          );
        }
        await mover.move(1, 1);
        await deaf.expect(mover.id, 1, 1, present[0]);
        return "it heard where everyone is now, who has connected and who has left, and it is as quick as the others again.";
      },
    },
    {
      name: "stuck",
      title: "a client that moves, but reads nothing for as long as the timeout",
      cause:
        "Nothing limits how long the server waits for room. This client keeps moving, so no read times out. Close a client when there has been no room to write to it for as long as the timeout.",
      fits: ["open"],
      async run(target) {
        const { deaf, mover } = await joinDeafAndMover(target);
        const start = performance.now();
        let full = 0;
        const stillOpen = (moves: number) => {
          if (moves < MANY) full = performance.now();
          return performance.now() - full < target.timeout + PROMPTLY;
        };
        // From when its buffers are full, the server has the whole timeout.
        const limit = MANY_LIMIT + target.timeout + PROMPTLY;
        const { closed } = await moveALot(mover, [deaf], target, stillOpen, limit);
        if (closed) return closed;
        throw new CheckFailed(
          `the client had read nothing for ${seconds(performance.now() - start)}, and was still connected.`,
          "open",
        );
      },
    },
    {
      name: "flood",
      title: "a client that floods the server with moves for three seconds, and reads nothing",
      cause:
        "A client that sends a lot must give the others their turn: handle some of what has arrived, and then look at the other sockets.",
      fits: ["silence"],
      async run(target) {
        const witness = await Walker.join(target, "the witness", false);
        const attacker = await Walker.join(target, "the attacker", false);
        await witness.expect(...attacker.start);
        let heard = 0;
        const listening = witness.listen((position) => {
          if (position[0] === attacker.id) heard = movesTo(position);
        });
        listening.catch(() => {}); // if it fails, nothing more is heard, and the check notices that
        say(
          `client ${attacker.id} moves without end for ${seconds(FLOOD_TIME)}, and another client connects`,
        );
        let isServed = false;
        const start = performance.now();
        const passed = () => performance.now() - start;
        // A slow machine takes longer to show how it handles a flood.
        const goesOn = (unheard: number) =>
          passed() < FLOOD_TIME ||
          (passed() < FLOOD_LIMIT && (!isServed || (unheard > FLOOD_MARGIN / 4 && unheard <= FLOOD_MARGIN)));
        const flooding = flood(attacker.client, () => heard, goesOn);
        try {
          await setTimeout(FLOOD_TIME / 3);
          // It gives up before the flood does.
          const newcomer = await Walker.join(target, "the newcomer", false, FLOOD_LIMIT / 3);
          await newcomer.move(2, 2);
          await newcomer.expect(newcomer.id, 2, 2, newcomer.start);
        } finally {
          isServed = true;
        }
        const { taken, unheard } = await flooding;
        if (unheard > FLOOD_MARGIN) {
          throw new CheckFailed(
            `it took ${megabytes(taken)}, and nobody has heard about ${megabytes(unheard)} of that yet: one client can fill its memory.`,
            "wrong",
            "It reads faster than it passes on. Tell the others about what you have read before you read more.",
          );
        }
        return `it took ${megabytes(taken)} in ${seconds(passed())}, and the others had their turns.`;
      },
    },
  ],
};

/** Moves as fast as the server reads. */
async function flood(
  client: Peer,
  heard: () => number,
  goesOn: (unheard: number) => boolean,
): Promise<{ taken: number; unheard: number }> {
  const { socket } = client;
  const before = socket.bytesWritten;
  const taken = () => socket.bytesWritten - socket.writableLength - before;
  const unheard = () => taken() - heard() * PLACE.size;
  for (let moves = 0; goesOn(unheard()) && !socket.destroyed; moves += 16 * ROUND) {
    socket.write(placesFrom(moves, 16 * ROUND));
    while (socket.writableNeedDrain && goesOn(unheard()) && !socket.destroyed) {
      // Until there is room, or it is time to look again whether this goes on.
      await once(socket, "drain", { signal: AbortSignal.timeout(100) }).catch(() => {});
    }
    await setTimeout(0);
  }
  const result = { taken: taken(), unheard: unheard() };
  // What is still on its way would keep the server busy in the next stage.
  socket.resetAndDestroy();
  return result;
}

import process from "node:process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type * as Ours from "#lessons/2_simple_broadcast_test/exercises/solutions/2_who_is_where.ts";
import { describe, isNowhere, NOWHERE, POSITION } from "#lessons/2_simple_broadcast_test/protocol.ts";
import { hexDigits } from "#src/printable.ts";
import { exercise, fail } from "../assertions.ts";
import { describeValue } from "../draw.ts";

type Position = readonly [id: number, x: number, y: number];

/** How many clients come and go, and how much memory they may leave behind in all, in bytes. */
const MANY = 50_000;
const LITTLE = 1_000_000;

const SHARED = "Two rooms share something: what is `static`, or outside of the class, exists only once.";

/** Whether a room has heard something: what another one knows from the start, it knows from there. */
let roomsHaveHeard = false;

/** A room of the learner's, and what it should know. */
class Trial {
  readonly room: Ours.Room;
  readonly #told: Position[] = [];
  readonly #places = new Map<number, Position>();

  constructor(Room: typeof Ours.Room) {
    this.room = new Room();
    const { self, ids } = this.room;
    if (self === undefined && (!Array.isArray(ids) || ids.length === 0)) return;
    const is = self === undefined ? `\`ids\` is ${describeValue(ids)}` : `\`self\` is ${describeValue(self)}`;
    fail(
      `In a new room, which has heard nothing yet, ${is}.`,
      roomsHaveHeard ? SHARED : self === undefined ? "It should be empty." : "It should be undefined.",
    );
  }

  /**
   * Pushes positions, cut into chunks of these sizes (the last chunk is the rest), and looks at the room.
   *
   * @param mistake - what a wrong room means here, if all has been right in simpler circumstances
   */
  tell(positions: readonly Position[], sizes: readonly number[] = [], mistake?: string): void {
    const stream = bytesOf(positions);
    let from = 0;
    for (const size of [...sizes, stream.length]) {
      if (from < stream.length) this.room.push(stream.slice(from, from + size));
      from += size;
    }
    this.heard(positions);
    this.look(mistake);
  }

  /** Keeps in mind what was pushed. */
  heard(positions: readonly Position[]): void {
    roomsHaveHeard = true;
    for (const position of positions) {
      const [id, x, y] = position;
      this.#told.push(position);
      if (isNowhere(x, y)) this.#places.delete(id);
      else this.#places.set(id, position);
    }
  }

  /** Compares the room with what it should know. */
  look(mistake?: string): void {
    const { room } = this;
    const self = this.#told[0]?.[0];
    const ids: unknown = room.ids;
    if (!Array.isArray(ids)) {
      fail(
        `\`ids\` is ${describeValue(ids)}.`,
        ids === undefined
          ? "Is a `return` missing?"
          : "It should be an array, a new one each time: `[...map.keys()]`.",
      );
    }
    if (ids.some((id) => typeof id !== "number")) {
      fail(
        `\`ids\` is ${describeValue(ids)}.`,
        "They should be numbers. The keys of an object are always strings; the keys of a Map stay what they are.",
      );
    }
    const places = new Map<unknown, unknown>(ids.map((id) => [id, room.where(id)]));
    const wanted = new Map<unknown, unknown>(Array.from(this.#places, ([id, [, x, y]]) => [id, { x, y }]));
    const expected = inWords(self, wanted);
    const got = inWords(room.self, places);
    const forgotten = this.#told.find(([id]) => !this.#places.has(id) && room.where(id) !== undefined);
    if (got === expected && ids.length === wanted.size && !forgotten) return;
    const last = this.#told.slice(-6);
    const heard = last.map(
      (position) => `  ${hexDigits(POSITION.pack(...position))}   ${describe(...position)}`,
    );
    if (this.#told.length > last.length) heard.unshift("  …");
    fail(
      ["It has heard:", ...heard, "", `  expected  ${expected}`, `  got       ${got}`].join("\n"),
      mistake ?? this.#explain(ids, forgotten),
    );
  }

  /** The mistake, if the difference tells. */
  #explain(ids: readonly unknown[], forgotten: Position | undefined): string | undefined {
    const { room } = this;
    const told = this.#told;
    const self = told[0]?.[0];
    if (room.self === undefined) return "It does not know who it is: the first position of all is its own.";
    if (told.length > 1 && room.self !== self && room.self === told.at(-1)?.[0])
      return "`self` follows the last position. Only the first position is its own: set it once.";
    if (room.self !== self && told.some(([id]) => id === room.self))
      return "`self` is somebody else: it is the id of the first position, whatever the ids are.";
    if (ids.length > new Set(ids).size)
      return "An id is in `ids` more than once: a client that moves isn't a new client. A Map holds each only once.";
    for (const id of ids as number[]) {
      const came: unknown = room.where(id);
      if (came === undefined) return `Client ${id} is in \`ids\`, and \`where(${id})\` is undefined.`;
      if (Array.isArray(came)) return "A place is an object with an `x` and a `y`, not an array.";
      const { x, y } = came as Ours.Place;
      const is = (position: Position | undefined) => position?.[1] === x && position[2] === y;
      const expected = this.#places.get(id);
      if (!expected) {
        if (isNowhere(x, y))
          return "A client at −32768 −32768 has left. That isn't a place, so take the client off (`isNowhere` finds out).";
        if (told.some((position) => position[0] === id && isNowhere(position[1], position[2])))
          return `Client ${id} has left, but is still on your map: take it off when its place is nowhere.`;
        continue;
      }
      if (is(expected)) continue;
      if (x === expected[2] && y === expected[1]) return "x and y are swapped.";
      if ((x - expected[1]) % 65536 === 0 && (y - expected[2]) % 65536 === 0)
        return "A negative number was read as a positive one: x and y are shorts, from −32768 to 32767.";
      if (told.some((position) => position[0] === id && is(position)))
        return `Client ${id} has moved on: the newest place is the one that counts.`;
      const last = told.findLast((position) => !isNowhere(position[1], position[2]));
      if (ids.length > 1 && is(last))
        return "All of them are where the last one was. Is there one object for all places? Each needs its own.";
      if (told.some((position) => position[0] !== id && is(position)))
        return `That is the place of another client: client ${id} has its own.`;
    }
    const missing = [...this.#places.keys()].find((id) => !ids.includes(id));
    if (
      missing !== undefined &&
      told.some(([id, x, y]) => id === missing && (x === NOWHERE || y === NOWHERE))
    )
      return `Client ${missing} is still here: a client has left only if x and y are both −32768.`;
    const lost = told.findLast(([id]) => id === missing);
    if (lost && (lost[1] < 0 || lost[2] < 0))
      return `Client ${missing} is still here: a negative place isn't a goodbye, only −32768 −32768 is.`;
    if (forgotten) return `\`where(${forgotten[0]})\` should be undefined: that client has left.`;
    if (missing === self) return "It is not on its own map: the first position counts like any other.";
    return undefined;
  }
}

/** Who is where, in one line. */
function inWords(self: unknown, places: ReadonlyMap<unknown, unknown>): string {
  const sorted = [...places].sort(([one], [other]) => Number(one) - Number(other));
  const list = sorted.map(([id, place]) => {
    const { x, y } = (place ?? {}) as Partial<Ours.Place>;
    return `${String(id)}: ${x === undefined || y === undefined ? describeValue(place) : `${x} ${y}`}`;
  });
  return `I am ${self === undefined ? "nobody" : `client ${describeValue(self)}`}; ${list.join("   ") || "nobody is here"}`;
}

function bytesOf(positions: readonly Position[]): Uint8Array {
  return new Uint8Array(Buffer.concat(positions.map((position) => POSITION.pack(...position))));
}

/** Takes out of memory what nobody needs, and says how much is left, in bytes. */
function measureMemory(): number {
  setFlagsFromString("--expose-gc");
  (runInNewContext("gc") as () => void)();
  return process.memoryUsage().heapUsed;
}

/** The story of the stub. Ids beyond 255, negative places, and the room's corner are in it. */
const STORY: readonly Position[] = [
  [300, 40, 5],
  [1, 12, 7],
  [1, 13, 7],
  [301, 0, 0],
  [44, -1, -300],
  [300, 41, 5],
  [1, NOWHERE, NOWHERE],
  [301, NOWHERE, 6],
  [44, 1027, -2],
];

export default exercise<typeof Ours>({
  exports: ["Room"],
  hints: [
    {
      for: /^knows|^keeps|^forgets|^spends|^lets/,
      text: "You have to keep three things: who you are, where each client is, and the bytes of a position that is not complete yet. For the second, use a `Map` from the id to the place.",
    },
    {
      for: /^finds|chunk/,
      text: "`this.#unread = Buffer.concat([this.#unread, chunk])`, as in exercise 1.3. `concat` makes a copy, so you keep nothing of the chunk. Then take the first position off, as long as there are eight bytes.",
    },
    {
      for: /^knows|^keeps the/,
      text: "`const [id, x, y] = POSITION.unpackFrom(this.#unread)` reads it. `this.#self ??= id` sets it only the first time.",
    },
    {
      for: /^keeps the|^forgets|^spends|^lets|two rooms/,
      text: "`if (isNowhere(x, y)) this.#places.delete(id); else this.#places.set(id, { x, y });` makes a new object for each place. `ids` is `[...this.#places.keys()]`.",
    },
  ],
  checks: {
    "knows itself by the first position": ({ Room }) => {
      const trial = new Trial(Room);
      trial.tell([[4, 40, 5]]);
      trial.tell([[7, 12, 7]]);
      trial.tell([[1, 30, 2]]);
      trial.tell([[4, 41, 5]]);
    },
    "keeps the newest place of each": ({ Room }) => {
      const trial = new Trial(Room);
      for (const position of STORY.slice(0, 6)) trial.tell([position]);
    },
    "forgets a client that has left, and no other": ({ Room }) => {
      const trial = new Trial(Room);
      for (const position of STORY) trial.tell([position]);
      trial.tell([[44, -5, NOWHERE]]);
      trial.tell([[44, NOWHERE, NOWHERE]]);
      // Of a client that nobody has heard of.
      trial.tell([[9, NOWHERE, NOWHERE]]);
      trial.tell([[301, 3, 3]]);
    },
    "finds all positions of a chunk": ({ Room }) => {
      const mistake =
        "All of them came in one chunk: go on as long as there is a whole position (`while`, not `if`).";
      new Trial(Room).tell(STORY, [], mistake);
    },
    "finds them wherever the stream is cut": ({ Room }) => {
      const length = STORY.length * POSITION.size;
      for (let cut = 1; cut < length; cut++) {
        const whole = cut % POSITION.size;
        const mistake =
          whole === 0
            ? "It came in two chunks of whole positions: look at every chunk, and at all of it."
            : `The first chunk ended after ${whole} of the eight bytes of a position. Keep them, and append the next chunk to them.`;
        new Trial(Room).tell(STORY, [cut], mistake);
      }
      const mistake = "The bytes arrived one by one. Append each to those before it, until there are eight.";
      new Trial(Room).tell(STORY, new Array(length).fill(1), mistake);
    },
    "keeps nothing of a chunk's memory": ({ Room }) => {
      const larger =
        "Each chunk was a part of a larger piece of memory: `chunk.buffer` is all of that. Read from `chunk` itself.";
      const reused =
        "After each `push` its chunk was overwritten, as with the next one. A `subarray` is a view of the same memory; `slice` and `Buffer.concat` make a copy.";
      for (const [isReused, mistake] of [
        [false, larger],
        [true, reused],
      ] as const) {
        for (const size of [8, 11, 24]) {
          const trial = new Trial(Room);
          const stream = bytesOf(STORY);
          for (let from = 0; from < stream.length; from += size) {
            const part = stream.subarray(from, from + size);
            const memory = new Uint8Array(40).fill(0x55);
            memory.set(part, 8);
            trial.room.push(memory.subarray(8, 8 + part.length));
            if (isReused) memory.fill(0x55);
          }
          trial.heard(STORY);
          trial.look(mistake);
        }
      }
    },
    "keeps two rooms apart": ({ Room }) => {
      const one = new Trial(Room);
      one.tell(STORY.slice(0, 4));
      one.room.push(POSITION.pack(301, 1, 1).slice(0, 3));
      new Trial(Room).tell([[8, 3, 4]], [], SHARED);
      one.look(SHARED);
    },
    "lets nobody change it through `ids`": ({ Room }) => {
      const trial = new Trial(Room);
      trial.tell(STORY.slice(0, 4));
      trial.room.ids.push(77);
      if (trial.room.ids.includes(77))
        fail(
          "Somebody pushed 77 into the array that `ids` gave, and now it is in `ids`.",
          "Your own array was handed out. Make a new one each time: `[...map.keys()]`.",
        );
    },
    "spends nothing on clients that have left": ({ Room }) => {
      const { room } = new Trial(Room);
      let id = 1;
      const comeAndGo = (clients: number) => {
        for (let count = 0; count < clients; count += 250) {
          const positions = Array.from({ length: 250 }, () => id++).flatMap((each): Position[] => [
            [each, 1, 2],
            [each, NOWHERE, NOWHERE],
          ]);
          room.push(bytesOf(positions));
        }
      };
      comeAndGo(1000);
      const before = measureMemory();
      comeAndGo(MANY);
      const grown = measureMemory() - before;
      if (room.ids.length <= 1 && grown < LITTLE) return;
      fail(
        `${MANY.toLocaleString("en")} clients came and left. ${room.ids.length > 1 ? `${room.ids.length} are still in \`ids\`` : `Nobody is there any more, and they still take ${(grown / 1e6).toFixed(1)} MB of memory`}.`,
        'Something is kept for each client that ever came. `map.delete(id)` takes everything off; a mark that says "has left" stays forever, and so does a list of all that was heard.',
      );
    },
  },
});

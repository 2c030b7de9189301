import type * as Ours from "#lessons/2_simple_broadcast_test/exercises/solutions/4_tell_the_newcomer.ts";
import {
  describe,
  HEIGHT,
  isNowhere,
  PACKETS,
  POSITION,
  WIDTH,
} from "#lessons/2_simple_broadcast_test/protocol.ts";
import { hexDigits } from "#src/printable.ts";
import { exercise, fail, Wrong } from "../assertions.ts";
import { type Served, serve } from "../sockets.ts";
import { allHear, hearLeaving, moveAndHear, type Position, Walker } from "./walker.ts";

/** How long a client may say nothing: longer than any check takes. */
const TIMEOUT = 60_000;

/** The learner's server, and where everybody is. */
class World {
  readonly #served: Served;
  readonly #here = new Map<Walker, Position>();
  /** Of whom anything may have been told, by mistake: all places of all who ever came. */
  readonly #past: Position[] = [];
  #count = 0;

  private constructor(served: Served) {
    this.#served = served;
  }

  static async with(
    startServer: typeof Ours.startServer,
    use: (world: World) => Promise<void>,
  ): Promise<void> {
    const served = await serve((port) => startServer(port, TIMEOUT), PACKETS);
    await use(new World(served));
    await served.target.leave();
    served.server.close();
  }

  get all(): Walker[] {
    return [...this.#here.keys()];
  }

  /** A client comes, and is told its own position. */
  async #come(): Promise<{ newcomer: Walker; start: Position }> {
    const id = ++this.#count;
    const newcomer = await Walker.come(this.#served, id);
    const bytes = await newcomer.next("it connected", () => {
      const mistake =
        "Tell a newcomer at once who and where it is: its own position is the first that it gets.";
      // Nothing else can be right as long as this is not.
      throw new Wrong(`Client ${id} has connected, and heard nothing.\n\n${mistake}`, true, true);
    });
    const start = POSITION.unpack(bytes);
    const [gotId, x, y] = start;
    const what = `Client ${id} has connected. The first position that it got is ${hexDigits(bytes)}, ${describe(...start)}.`;
    if (gotId !== id) {
      const known = this.all.some((walker) => walker.id === gotId);
      fail(
        what,
        known
          ? "The first position must be its own, before those of the others: that is how it learns who it is."
          : `The first must be its own, with its id, ${id}.`,
      );
    }
    if (x < 0 || x >= WIDTH || y < 0 || y >= HEIGHT) {
      // A y of HEIGHT itself comes of both mistakes.
      const mistakes = [
        (y > HEIGHT && y < WIDTH) || (x < HEIGHT && y === HEIGHT) ? "Are WIDTH and HEIGHT swapped?" : "",
        y > HEIGHT ? "" : "`Math.floor(Math.random() * limit)` is never `limit` itself; `Math.round` may be.",
      ].filter((mistake) => mistake !== "");
      fail(
        what,
        `That is not in the room: 0 ≤ x < ${WIDTH}, 0 ≤ y < ${HEIGHT}. ${mistakes.join(" Or: ")}`.trimEnd(),
      );
    }
    return { newcomer, start };
  }

  /** Of the others it must hear where they are now, each once. */
  async #hearsOfAll(newcomer: Walker, start: Position): Promise<void> {
    const expected = [...this.#here.values()];
    const heard: Position[] = [];
    const list = (positions: readonly Position[]) =>
      positions.map((position) => `    ${hexDigits(POSITION.pack(...position))}   ${describe(...position)}`);
    const drawn = () =>
      [
        `Client ${newcomer.id} has connected, and was told that it is at ${start[1]} ${start[2]}. Then it should hear, in any order,`,
        ...list(expected),
        "  and it heard",
        ...(heard.length > 0 ? list(heard) : ["    nothing"]),
      ].join("\n");
    const same = (one: Position) => (other: Position) => one.join() === other.join();
    while (heard.length < expected.length) {
      const had = heard.length;
      await newcomer
        .next("it was told its own position", () => "")
        .catch(() => {
          fail(
            drawn(),
            had === 0
              ? "A newcomer must know who is there. Write it the newest position of each client."
              : "You told it about some of them. Tell it about all, including those that have not moved yet.",
          );
        });
      const came = newcomer.heard.at(-1) as Position;
      if (expected.some(same(came)) && !heard.some(same(came))) {
        heard.push(came);
        continue;
      }
      const before = [...heard];
      heard.push(came);
      fail(drawn(), this.#explain(came, before, start));
    }
  }

  /** What stands behind a position that a newcomer should not have heard. */
  #explain(came: Position, before: readonly Position[], start: Position): string | undefined {
    const [id, x, y] = came;
    const now = [...this.#here.values()].find((position) => position[0] === id);
    if (isNowhere(x, y))
      return "A newcomer never heard of the clients that left before it connected, so there is nothing to take off its map.";
    if (id === start[0]) {
      if (x === start[1] && y === start[2])
        return "It was told its own position twice: when you tell the others that it has connected, leave out the newcomer itself.";
      return "That has the newcomer's id, but somebody else's place. Keep the position of each as it was packed, with its own id.";
    }
    if (before.some((position) => position.join() === came.join()))
      return `You told it twice where client ${id} is. Two arrays are never equal, even when they hold the same bytes.`;
    if (!now)
      return this.#past.some((position) => position[0] === id)
        ? `Client ${id} has left. Take its position off your list, too.`
        : `There is no client ${id} here.`;
    if (this.#past.some((position) => position.join() === came.join()))
      return `Client ${id} was there, but it has moved since. Each place that comes is its newest, and has to be kept.`;
    return undefined;
  }

  /**
   * A client comes.
   *
   * @param look - how far to look: at what it is told of itself, of the others, and at what they are told
   */
  async arrive(look: "self" | "others" | "everything"): Promise<Walker> {
    const { newcomer, start } = await this.#come();
    if (look !== "self") await this.#hearsOfAll(newcomer, start);
    if (look === "everything") {
      const twoPlaces = `Client ${newcomer.id} itself was told ${start[1]} ${start[2]}. Pack its position once, and send the same bytes to everyone.`;
      await allHear(
        this.all,
        start,
        `client ${newcomer.id} came`,
        () => "Tell the clients that are there that somebody has connected.",
        twoPlaces,
      );
    }
    this.#here.set(newcomer, start);
    this.#past.push(start);
    return newcomer;
  }

  /** A client moves, and all hear it, and nothing else before it. */
  async move(walker: Walker, x: number, y: number): Promise<void> {
    await moveAndHear(walker, [x, y], this.all);
    this.#here.set(walker, [walker.id, x, y]);
    this.#past.push([walker.id, x, y]);
  }

  /** A client leaves, and all hear it. */
  async leave(walker: Walker, how: "end" | "reset"): Promise<void> {
    this.#here.delete(walker);
    if (how === "end") walker.client.end();
    else await walker.client.reset();
    const words =
      how === "end"
        ? `client ${walker.id} ended its connection`
        : `the connection of client ${walker.id} broke`;
    await hearLeaving(walker.id, words, this.all);
    const [first] = this.all;
    if (first) {
      const position = first.heard.at(-1) as Position;
      this.#here.set(first, position);
      this.#past.push(position);
    }
  }
}

export default exercise<typeof Ours>({
  exports: ["startServer"],
  hints: [
    {
      for: /./,
      text: "The server has to remember where each client is: the newest position of each, beside its socket. Use a `Map` from the id to both instead of the `Set`.",
    },
    {
      for: /before anything|all who are there/,
      text: "Before the loop that reads: pack the newcomer's start, write it to the newcomer, write the newcomer the positions of all others, and tell the others about the start.",
    },
    {
      for: /before anything|all who are there/,
      text: "Put the newcomer on the list last. Then it is in neither of the two loops, and hears about itself just once.",
    },
    {
      for: /where they are now|have left/,
      text: "`clients.set(id, { socket, position })` with each place that comes, before you tell everybody. `clients.delete(id)` in `finally`.",
    },
    {
      for: /into the room/,
      text: "A random place is `Math.floor(Math.random() * WIDTH)` for x, and the same with `HEIGHT` for y.",
    },
  ],
  checks: {
    "tells a newcomer who and where it is, before anything else": ({ startServer }) =>
      World.with(startServer, async (world) => {
        for (let count = 0; count < 3; count++) await world.arrive("self");
      }),
    "tells it about all who are there": ({ startServer }) =>
      World.with(startServer, async (world) => {
        for (let count = 0; count < 3; count++) await world.arrive("others");
        const last = await world.arrive("others");
        // What it was told once too often comes before this.
        const twice =
          "It was told its own position twice: when you tell the others that it has connected, leave out the newcomer itself.";
        await last.move([1, -300]);
        await last.hears(
          [last.id, 1, -300],
          "it moved to 1 -300",
          () => "It was not told about its own move.",
          twice,
        );
      }),
    "tells all who are there that it has connected": ({ startServer }) =>
      World.with(startServer, async (world) => {
        for (let count = 0; count < 4; count++) await world.arrive("everything");
        // What is told once too often comes before this.
        for (const walker of world.all) await world.move(walker, walker.id, -300);
      }),
    "tells it where they are now": ({ startServer }) =>
      World.with(startServer, async (world) => {
        const first = await world.arrive("everything");
        await world.arrive("everything");
        const third = await world.arrive("everything");
        await world.move(first, 12, 7);
        await world.move(first, 13, 7);
        await world.move(third, -1, 1027);
        const fourth = await world.arrive("everything");
        await world.move(fourth, 0, 0);
        await world.arrive("everything");
      }),
    "tells it nothing about clients that have left": ({ startServer }) =>
      World.with(startServer, async (world) => {
        const first = await world.arrive("everything");
        const second = await world.arrive("everything");
        const third = await world.arrive("everything");
        await world.arrive("everything");
        await world.move(second, 12, 7);
        await world.leave(second, "end");
        await world.arrive("everything");
        await world.leave(third, "reset");
        await world.leave(first, "end");
        await world.arrive("everything");
      }),
    "puts it into the room": async ({ startServer }) => {
      const { random } = Math;
      // The ends of what chance may give: in a room of 60, every sixtieth client would be the first to notice.
      const chances = [1 - 2 ** -53, 0, 0.5];
      let calls = 0;
      Math.random = () => chances[calls++ % chances.length] as number;
      try {
        await World.with(startServer, async (world) => {
          for (let count = 0; count < 6; count++) await world.arrive("self");
        });
      } finally {
        Math.random = random;
      }
    },
    "keeps two servers apart": ({ startServer }) =>
      World.with(startServer, async (one) => {
        await one.arrive("everything");
        await one.arrive("everything");
        await World.with(startServer, async (other) => {
          const walker = await other.arrive("everything");
          await other.move(walker, 3, 3).catch(() => {
            fail(
              "The only client of another server heard more than its own move.",
              "The list of clients is outside of `startServer`, so all servers share it. Put it inside.",
            );
          });
        });
      }),
  },
});
